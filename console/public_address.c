/* The special-purpose registries of IANA (RFC 6890), as tables. */
#include "console/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "common/attributes.h"

struct range {
	unsigned char bytes[16];
	int bits;
};

static const struct range not_public_4[] = {
	{{0}, 8},             /* this network */
	{{10}, 8},            /* private */
	{{100, 64}, 10},      /* shared by a provider's customers */
	{{127}, 8},           /* loopback */
	{{169, 254}, 16},     /* link-local, and the metadata services of clouds */
	{{172, 16}, 12},      /* private */
	{{192, 0, 0}, 24},    /* protocol assignments */
	{{192, 0, 2}, 24},    /* documentation */
	{{192, 88, 99}, 24},  /* relays to 6to4 */
	{{192, 168}, 16},     /* private */
	{{198, 18}, 15},      /* benchmarks */
	{{198, 51, 100}, 24}, /* documentation */
	{{203, 0, 113}, 24},  /* documentation */
	{{224}, 4},           /* multicast */
	{{240}, 4},           /* reserved, and broadcast */
};

/* All that is public is in 2000::/3; of that not: */
static const struct range public_6 = {{0x20}, 3};
static const struct range not_public_6[] = {
	{{0x20, 0x01, 0x00}, 23},       /* protocol assignments, among them Teredo */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	{{0x20, 0x02}, 16},             /* 6to4 */
	{{0x3f, 0xff}, 20},             /* documentation */
};

/* Their last four bytes are an IPv4 address, which is where a packet goes. */
static const struct range holds_4[] = {
	{{[10] = 0xff, [11] = 0xff}, 96}, /* mapped */
	{{0x00, 0x64, 0xff, 0x9b}, 96},   /* NAT64 */
};

static bool within(const unsigned char *bytes, const struct range *range)
{
	int whole = range->bits / 8, rest = range->bits % 8;
	if (memcmp(bytes, range->bytes, (size_t)whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}

static bool within_any(const unsigned char *bytes, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (within(bytes, &ranges[i]))
			return true;
	}
	return false;
}

static bool public_4(const unsigned char bytes[4])
{
	return !within_any(bytes, not_public_4, COUNT_OF(not_public_4));
}

static bool public_16(const unsigned char bytes[16])
{
	if (within_any(bytes, holds_4, COUNT_OF(holds_4)))
		return public_4(bytes + 12);
	return within(bytes, &public_6) && !within_any(bytes, not_public_6, COUNT_OF(not_public_6));
}

bool public_address(const struct sockaddr *address)
{
	unsigned char bytes[16];
	switch (address->sa_family) {
	case AF_INET:
		memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in, sin_addr), 4);
		return public_4(bytes);
	case AF_INET6:
		memcpy(bytes, (const char *)address + offsetof(struct sockaddr_in6, sin6_addr), 16);
		return public_16(bytes);
	default:
		return false;
	}
}

bool public_address_text(const char *text, bool *literal)
{
	unsigned char bytes[16];
	*literal = true;
	if (inet_pton(AF_INET, text, bytes) == 1)
		return public_4(bytes);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return public_16(bytes);
	*literal = false;
	return false;
}
