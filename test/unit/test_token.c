/* fcgi/backend/token.c: tokens, codes, keyed hashes; the key's file. */
#include "backend/token.c"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static void test_tokens(void **state)
{
	char a[TOKEN_HEX + 1], b[TOKEN_HEX + 1], csrf[TOKEN_HEX + 1];
	uint8_t hash[32];
	char hex[65];

	(void)state;
	assert_int_equal(token_new(a), OK);
	assert_int_equal(token_new(b), OK);
	assert_int_equal(strlen(a), TOKEN_HEX);
	assert_string_not_equal(a, b);
	assert_int_equal(token_csrf(csrf, a), OK);
	assert_true(token_csrf_right(a, csrf));
	assert_false(token_csrf_right(b, csrf));
	assert_false(token_csrf_right(a, ""));
	assert_false(token_csrf_right(a, a));
	csrf[TOKEN_HEX - 1] = (char)(csrf[TOKEN_HEX - 1] == '0' ? '1' : '0');
	assert_false(token_csrf_right(a, csrf));
	/* echo -n abc | sha256sum */
	assert_int_equal(token_sha256(hash, "abc"), OK);
	hex_encode(hex, hash, 32);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_codes(void **state)
{
	unsigned first[10] = {0};
	char code[TOKEN_CODE_DIGITS + 1];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(token_new_code(code), OK);
		assert_int_equal(strspn(code, "0123456789"), TOKEN_CODE_DIGITS);
		first[code[0] - '0']++;
	}
	/* 1,000 each, standard deviation 30: ten of them would be a bad generator */
	for (int i = 0; i < 10; i++)
		assert_in_range(first[i], 700, 1300);
}

static void test_hmac(void **state)
{
	uint8_t eid[32] = {1}, other[32] = {2}, a[32], b[32];
	struct secret *key = secret_copy("0123456789abcdef0123456789abcdef", 32);
	struct secret *key2 = secret_copy("0123456789abcdef0123456789abcdeg", 32);

	(void)state;
	assert_int_equal(token_code_hmac(a, key, eid, "ANA", "123456"), OK);
	assert_int_equal(token_code_hmac(b, key, eid, "ANA", "123456"), OK);
	assert_memory_equal(a, b, 32);
	assert_int_equal(token_code_hmac(b, key, eid, "ANA", "123457"), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(token_code_hmac(b, key, eid, "BEA", "123456"), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(token_code_hmac(b, key, other, "ANA", "123456"), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(token_code_hmac(b, key2, eid, "ANA", "123456"), OK);
	assert_memory_not_equal(a, b, 32);
	secret_free(key);
	secret_free(key2);
}

static void test_key_file(void **state)
{
	char path[] = "/tmp/vemre-key.XXXXXX", text[256];
	struct secret *key;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	report_capture_begin(text, sizeof text);
	assert_int_equal(write(fd, "short", 5), 5);
	assert_int_equal(token_key_open(&key, path), E_USAGE);
	assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef", 32), 32);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(token_key_open(&key, path), E_USAGE);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(token_key_open(&key, path), OK);
	assert_int_equal(secret_len(key), 37);
	report_capture_end();
	secret_free(key);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_codes),
	                                   cmocka_unit_test(test_hmac), cmocka_unit_test(test_key_file)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
