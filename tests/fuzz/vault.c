/* Sealed secrets as Postgres gives them back. Input: the length of an account's name, the name, and what is unsealed. Holds:
 * nothing but what was sealed for that name opens, and one altered bit is enough that it does not. */
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

#include "common/vault.h"

static struct vault *open_vault(void)
{
	char folder[] = "/tmp/fuzz-vault-XXXXXX", path[64];
	struct vault *vault;
	struct err err;
	assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/key", folder);
	assert(vault_create_key(path, &err) == 0 && vault_open(path, &vault, &err) == 0);
	unlink(path);
	rmdir(folder);
	return vault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vault *vault;
	struct span input = fuzz_input(data, size);
	unsigned char sealed[VAULT_SEALED_MAX];
	char secret[LIMIT_SECRET + 1];
	struct err err = {0};
	size_t len = 0, name = fuzz_byte(&input) % (LIMIT_ACCOUNT + 1);
	if (!vault)
		vault = open_vault();
	struct span account = {input.at, name < input.len ? name : input.len};
	struct span rest = fuzz_exact((struct span){input.at + account.len, input.len - account.len});
	assert(vault_unseal(vault, account, (const unsigned char *)rest.at, rest.len, secret, &err) == -1);
	assert(err.class == ERR_CONFIG);
	if (vault_seal(vault, account, rest, sealed, &len, &err) == 0) {
		assert(len == rest.len + VAULT_OVERHEAD);
		assert(vault_unseal(vault, account, sealed, len, secret, &err) == 0);
		assert(memcmp(secret, rest.at, rest.len) == 0);
		sealed[name * 7919 % len] ^= (unsigned char)(1u << name % 8);
		assert(vault_unseal(vault, account, sealed, len, secret, &err) == -1);
	} else {
		assert(rest.len > LIMIT_SECRET);
	}
	free((void *)(uintptr_t)rest.at);
	return 0;
}
