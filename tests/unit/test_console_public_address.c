/* Goal: no address of an internal network is taken for a public one, in whatever form it comes. Method: a table of addresses,
 * both edges of each range. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "console/public_address.h"

static const struct row {
	const char *address;
	bool is_public;
} rows[] = {
	{"0.0.0.0", false},
	{"0.255.255.255", false},
	{"1.0.0.0", true},
	{"9.255.255.255", true},
	{"10.0.0.0", false},
	{"10.255.255.255", false},
	{"11.0.0.0", true},
	{"100.63.255.255", true},
	{"100.64.0.0", false},
	{"100.127.255.255", false},
	{"100.128.0.0", true},
	{"126.255.255.255", true},
	{"127.0.0.1", false},
	{"127.255.255.255", false},
	{"128.0.0.0", true},
	{"169.253.255.255", true},
	{"169.254.0.0", false},
	{"169.254.169.254", false},
	{"169.255.0.0", true},
	{"172.15.255.255", true},
	{"172.16.0.0", false},
	{"172.31.255.255", false},
	{"172.32.0.0", true},
	{"192.0.0.1", false},
	{"192.0.1.1", true},
	{"192.0.2.1", false},
	{"192.88.99.1", false},
	{"192.167.255.255", true},
	{"192.168.0.0", false},
	{"192.168.255.255", false},
	{"192.169.0.0", true},
	{"198.17.255.255", true},
	{"198.18.0.0", false},
	{"198.19.255.255", false},
	{"198.20.0.0", true},
	{"198.51.100.7", false},
	{"203.0.113.7", false},
	{"223.255.255.255", true},
	{"224.0.0.1", false},
	{"239.255.255.255", false},
	{"240.0.0.1", false},
	{"255.255.255.255", false},
	{"8.8.8.8", true},
	{"93.184.216.34", true},

	{"::", false},
	{"::1", false},
	{"::2", false},
	{"::7f00:1", false},
	{"fe80::1", false},
	{"fec0::1", false},
	{"fc00::1", false},
	{"fdff::1", false},
	{"ff02::1", false},
	{"100::1", false},
	{"2001:db8::1", false},
	{"2001:db9::1", true},
	{"2001::1", false},
	{"2001:1ff:ffff::1", false},
	{"2001:200::1", true},
	{"2002:7f00:1::", false},
	{"2002:808:808::", false},
	{"3fff::1", false},
	{"3fff:fff::1", false},
	{"3ffe::1", true},
	{"4000::1", false},
	{"2606:2800:220:1::1", true},
	{"2a00:1450:4001::1", true},
	{"1fff::1", false},
	{"::ffff:127.0.0.1", false},
	{"::ffff:10.1.2.3", false},
	{"::ffff:8.8.8.8", true},
	{"::fffe:8.8.8.8", false},
	{"64:ff9b::127.0.0.1", false},
	{"64:ff9b::a9fe:a9fe", false},
	{"64:ff9b::8.8.8.8", true},
	{"64:ff9b:1::8.8.8.8", false},
};

static void each_range_ends_where_its_registry_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sockaddr_in four = {.sin_family = AF_INET};
		struct sockaddr_in6 six = {.sin6_family = AF_INET6};
		bool literal = false;
		bool is_four = inet_pton(AF_INET, rows[i].address, &four.sin_addr) == 1;
		if (!is_four)
			assert_int_equal(inet_pton(AF_INET6, rows[i].address, &six.sin6_addr), 1);
		const struct sockaddr *address = is_four ? (const struct sockaddr *)&four : (const struct sockaddr *)&six;
		if (public_address(address) != rows[i].is_public ||
		    public_address_text(rows[i].address, &literal) != rows[i].is_public)
			fail_msg("%s must be %s", rows[i].address, rows[i].is_public ? "public" : "refused");
		assert_true(literal);
	}
}

static void an_ipv4_address_is_judged_alike_in_each_ipv6_form(void **state)
{
	char text[80];
	bool literal;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows) && !strchr(rows[i].address, ':'); i++) {
		static const char *const prefixes[] = {"::ffff:", "64:ff9b::"};
		for (size_t p = 0; p < COUNT_OF(prefixes); p++) {
			snprintf(text, sizeof text, "%s%s", prefixes[p], rows[i].address);
			if (public_address_text(text, &literal) != rows[i].is_public)
				fail_msg("%s must be %s", text, rows[i].is_public ? "public" : "refused");
		}
	}
}

static void what_is_no_internet_address_is_none_that_may_be_connected_to(void **state)
{
	const struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/postgresql/.s.PGSQL.5432"};
	(void)state;
	assert_false(public_address((const struct sockaddr *)&local));
}

static void a_name_is_no_address(void **state)
{
	static const char *const names[] = {"example.org", "localhost", "",         "127.1",
	                                    "0x7f.0.0.1",  "[::1]",     "8.8.8.8.", "fe80::1%eth0"};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		bool literal = true;
		assert_false(public_address_text(names[i], &literal));
		assert_false(literal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_range_ends_where_its_registry_says),
		cmocka_unit_test(an_ipv4_address_is_judged_alike_in_each_ipv6_form),
		cmocka_unit_test(what_is_no_internet_address_is_none_that_may_be_connected_to),
		cmocka_unit_test(a_name_is_no_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
