/* Credentials (PROTOCOL 4): what a user name and a password yield, as typed by people. */
#include "protocol/credential.h"
#include "protocol/hash.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *file;

static int set_up(void **state)
{
	(void)state;
	file = vectors_load("credentials.json");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(file);
	return 0;
}

/* Everything of the case follows from this way of typing it. */
static void check_typed(const json_t *v, const char *username_typed, const char *password_typed)
{
	char username[USERNAME_MAX + 1], shown[PASSWORD_SHOWN];
	uint8_t expected[32], stored[32], sk[32];
	struct credential_keys keys;
	struct secret *password;
	struct point credential;

	assert_true(credential_read_username(username, username_typed, strlen(username_typed)));
	assert_string_equal(username, vectors_text(v, "username"));
	assert_int_equal(credential_read_password(&password, password_typed, strlen(password_typed)), OK);
	credential_show_password(shown, password);
	assert_string_equal(shown, vectors_text(v, "password"));
	assert_int_equal(credential_derive(&keys, vectors_text(file, "slug"), username, password), OK);
	vectors_field(expected, 32, v, "auth");
	assert_memory_equal(keys.auth, expected, 32);
	assert_int_equal(hash_sha256(stored, keys.auth, 32), OK);
	vectors_field(expected, 32, v, "stored");
	assert_memory_equal(stored, expected, 32);
	scalar_write(sk, &keys.sk);
	vectors_field(expected, 32, v, "sk");
	assert_memory_equal(sk, expected, 32);
	vectors_point(&credential, vectors_get(v, "credential"));
	assert_true(point_equal(&keys.credential, &credential));
	credential_wipe(&keys);
	assert_true(scalar_is_zero(&keys.sk));
	secret_free(password);
}

static void test_vectors(void **state)
{
	const json_t *list = vectors_get(file, "cases"), *v, *other;
	int typed = 0;
	size_t i, j;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		check_typed(v, vectors_text(v, "username"), vectors_text(v, "password"));
		json_array_foreach(json_object_get(v, "username_typed"), j, other) {
			check_typed(v, json_string_value(other), vectors_text(v, "password"));
			typed++;
		}
		json_array_foreach(json_object_get(v, "typed"), j, other) {
			check_typed(v, vectors_text(v, "username"), json_string_value(other));
			typed++;
		}
	}
	assert_true(typed >= 5);
}

static void test_bad_passwords(void **state)
{
	static const char *const bad[] = {
	    "",           "6NGGZ-HHB3W-ZBV9J-1F2V", "6NGGZ-HHB3W-ZBV9J-1F2VGX", "6NGGZ-HHB3W-ZBV9J-1F2VU",
	    "6NGGZ-HHB3W-ZBV9J-1F2V\xc3\x91", "6NGGZ_HHB3W_ZBV9J_1F2VG",
	};
	struct secret *s;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(credential_read_password(&s, bad[i], strlen(bad[i])), E_EVIDENCE);
		assert_null(s);
	}
	/* a zero byte in the middle is a symbol that is none */
	assert_int_equal(credential_read_password(&s, "6NGGZ-HHB3W-ZBV9J-1F2V\0", 23), E_EVIDENCE);
}

static void test_usernames(void **state)
{
	static const char *const bad[] = {"", "   ", "a b", "\xc3\xb1" "and", "a/b", "x@y",
	                                  "12345678901234567890123456789012345678901"};
	char out[USERNAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(credential_read_username(out, bad[i], strlen(bad[i])));
	assert_true(credential_read_username(out, "\t a.b_c-9 ", 10));
	assert_string_equal(out, "A.B_C-9");
	assert_true(credential_read_username(out, "1234567890123456789012345678901234567890", 40));
	assert_int_equal(strlen(out), 40);
}

static void test_new_passwords(void **state)
{
	struct secret *a, *b, *again;
	char shown[PASSWORD_SHOWN];

	(void)state;
	assert_int_equal(credential_new_password(&a), OK);
	assert_int_equal(credential_new_password(&b), OK);
	assert_int_equal(secret_len(a), PASSWORD_SYMBOLS);
	assert_memory_not_equal(secret_bytes(a), secret_bytes(b), PASSWORD_SYMBOLS);
	credential_show_password(shown, a);
	assert_int_equal(credential_read_password(&again, shown, strlen(shown)), OK);
	assert_memory_equal(secret_bytes(a), secret_bytes(again), PASSWORD_SYMBOLS);
	secret_free(a);
	secret_free(b);
	secret_free(again);
}

/* The code in the voter's letter is that of SHA-256(credential); another election, another credential. */
static void test_code_and_slug(void **state)
{
	const json_t *v = json_array_get(vectors_get(file, "cases"), 0);
	struct credential_keys here, there;
	struct secret *password;
	char code[24], expected[CODE_SIZE];
	uint8_t hash[32];

	(void)state;
	assert_int_equal(credential_read_password(&password, vectors_text(v, "password"), 23), OK);
	assert_int_equal(credential_derive(&here, "ejemplo-2027", "VMRE000001", password), OK);
	assert_int_equal(credential_derive(&there, "ejemplo-2030", "VMRE000001", password), OK);
	assert_false(point_equal(&here.credential, &there.credential));
	assert_memory_not_equal(here.auth, there.auth, 32);
	assert_int_equal(credential_code(code, &here.credential), OK);
	assert_int_equal(hash_sha256(hash, here.credential.octets, POINT_BYTES), OK);
	hash_code(expected, hash);
	assert_string_equal(code, expected);
	credential_wipe(&here);
	credential_wipe(&there);
	secret_free(password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),       cmocka_unit_test(test_bad_passwords), cmocka_unit_test(test_usernames),
	    cmocka_unit_test(test_new_passwords), cmocka_unit_test(test_code_and_slug),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
