/* fcgi/backend/totp.c: the codes of RFC 6238, appendix B (SHA-1; the last six of its eight digits); the window of one step
 * each way; encryption bound to key and user name. lib/protocol: codes as people type them. */
#include "backend/token.c"
#include "backend/totp.c"
#include "protocol/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t rfc_secret[TOTP_SECRET + 1] = "12345678901234567890";

static void test_rfc(void **state)
{
	static const struct {
		int64_t time;
		const char *code;
	} cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
	             {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(totp_code(code, rfc_secret, (uint64_t)cases[i].time / TOTP_PERIOD), OK);
		assert_string_equal(code, cases[i].code);
	}
}

static void test_window(void **state)
{
	const int64_t now = 1234567890;
	uint64_t step = 0, present = (uint64_t)now / TOTP_PERIOD;
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (uint64_t s = present - 3; s <= present + 3; s++) {
		bool near = s + 1 >= present && s <= present + 1;

		assert_int_equal(totp_code(code, rfc_secret, s), OK);
		assert_int_equal(totp_step(&step, rfc_secret, now, code), near);
		if (near)
			assert_true(step == s);
	}
	assert_false(totp_step(&step, rfc_secret, now, "5924"));
	assert_false(totp_step(&step, rfc_secret, now, ""));
}

static void test_base32(void **state)
{
	char text[TOTP_BASE32];

	(void)state;
	/* printf 12345678901234567890 | base32 */
	totp_base32(text, rfc_secret);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void test_sealed(void **state)
{
	struct secret *key = secret_copy("0123456789abcdef0123456789abcdef", 32);
	struct secret *other = secret_copy("0123456789abcdef0123456789abcdeg", 32);
	uint8_t sealed[TOTP_SEALED], open[TOTP_SECRET];

	(void)state;
	assert_int_equal(totp_seal(sealed, key, "VOTER1", rfc_secret), OK);
	assert_true(totp_open(open, key, "VOTER1", sealed));
	assert_memory_equal(open, rfc_secret, TOTP_SECRET);
	assert_false(totp_open(open, key, "VOTER2", sealed));
	assert_false(totp_open(open, other, "VOTER1", sealed));
	sealed[20] ^= 1;
	assert_false(totp_open(open, key, "VOTER1", sealed));
	secret_free(key);
	secret_free(other);
}

static void test_typed_code(void **state)
{
	uint8_t hash[32], first[32], last[32];
	char code[CODE_SIZE], again[CODE_SIZE];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned j = 0; j < 32; j++)
			hash[j] = (uint8_t)(i * 37 + j * 101 + i * j);
		hash_code(code, hash);
		assert_true(hash_read_code(first, last, code));
		assert_true(memcmp(first, hash, 32) <= 0 && memcmp(hash, last, 32) <= 0);
		hash_code(again, first);
		assert_string_equal(again, code);
		hash_code(again, last);
		assert_string_equal(again, code);
	}
	assert_true(hash_read_code(first, last, "p0cjv 4s69m-gr65nk3ngf"));
	hash_code(again, first);
	assert_string_equal(again, "P0CJV-4S69M-GR65N-K3NGF");
	assert_true(hash_read_code(first, last, "iLoO0-00000-00000-00000"));
	hash_code(again, first);
	assert_string_equal(again, "11000-00000-00000-00000");
	assert_false(hash_read_code(first, last, "00000-00000-00000-0000"));
	assert_false(hash_read_code(first, last, "00000-00000-00000-000000"));
	assert_false(hash_read_code(first, last, "00000-00000-00000-0000U"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rfc), cmocka_unit_test(test_window),
	                                   cmocka_unit_test(test_base32), cmocka_unit_test(test_sealed),
	                                   cmocka_unit_test(test_typed_code)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
