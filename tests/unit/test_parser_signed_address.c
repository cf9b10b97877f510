/* Goal: which addresses carry a signature, and are not stored. Method: rows of addresses. */
#include "unit.h"

#include "parser/signed_address.h"

static void it_is_told_by_its_parameters(void **state)
{
	static const struct row {
		const char *address;
		bool is_signed;
	} rows[] = {
		{"https://a.example/p.jpg?X-Amz-Date=1&X-Amz-Signature=00ff", true},
		{"https://a.example/p.jpg?X-Amz-Credential=key", true},
		{"https://a.example/p.jpg?Expires=1&Signature=x&Key-Pair-Id=k", true},
		{"https://a.example/p.jpg?w=300", false},
		{"https://a.example/Signature=/p.jpg", false},
		{"https://a.example/p.jpg?NoSignature=1", false},
		{"https://a.example/p.jpg?", false},
		{"https://a.example/p.jpg?a&", false},
		{"al-1", false},
		{"", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (signed_address(span_of(rows[i].address)) != rows[i].is_signed)
			fail_msg("%s", rows[i].address);
	}
	assert_false(signed_address((struct span){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_by_its_parameters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
