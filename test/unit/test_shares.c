/* The committee's secret (PROTOCOL 3): vectors, every subset of M cards, shares that are not what they should be. */
#include "base/report.h"
#include "protocol/shares.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { M = 3, N = 5 };

static json_t *keys;
static struct secret *k, *shares[N];
static struct point commitments[M];

static struct secret *secret_of(const json_t *hex)
{
	uint8_t bytes[32];

	vectors_fixed(bytes, 32, hex);
	return secret_copy(bytes, 32);
}

static int set_up(void **state)
{
	(void)state;
	keys = vectors_load("keys.json");
	assert_int_equal(vectors_int(keys, "threshold"), M);
	assert_int_equal(vectors_int(keys, "cards"), N);
	k = secret_of(vectors_get(keys, "K"));
	for (int i = 0; i < N; i++)
		shares[i] = secret_of(json_array_get(vectors_get(keys, "shares"), (size_t)i));
	for (int i = 0; i < M; i++)
		vectors_point(&commitments[i], json_array_get(vectors_get(keys, "commitments"), (size_t)i));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	secret_free(k);
	for (int i = 0; i < N; i++)
		secret_free(shares[i]);
	json_decref(keys);
	return 0;
}

static bool is_k(const struct secret *s)
{
	return s != NULL && secret_len(s) == 32 && memcmp(secret_bytes(s), secret_bytes(k), 32) == 0;
}

static void test_check(void **state)
{
	const json_t *bad = vectors_get(keys, "bad_share");
	struct secret *other = secret_of(vectors_get(bad, "share")), *high, *brief = secret_copy("short", 5);
	uint8_t ones[32];

	(void)state;
	for (unsigned i = 1; i <= N; i++)
		assert_int_equal(shares_check(shares[i - 1], i, commitments, M), OK);
	assert_int_equal(shares_check(other, (unsigned)vectors_int(bad, "card"), commitments, M), E_EVIDENCE);
	assert_int_equal(shares_check(shares[0], 2, commitments, M), E_EVIDENCE);
	assert_int_equal(shares_check(shares[0], 0, commitments, M), E_EVIDENCE);
	assert_int_equal(shares_check(shares[0], SHARES_MAX + 1, commitments, M), E_EVIDENCE);
	assert_int_equal(shares_check(brief, 1, commitments, M), E_EVIDENCE);
	memset(ones, 0xff, sizeof ones); /* not below n */
	high = secret_copy(ones, sizeof ones);
	assert_int_equal(shares_check(high, 1, commitments, M), E_EVIDENCE);
	secret_free(other);
	secret_free(high);
	secret_free(brief);
}

static void test_combine_vectors(void **state)
{
	const json_t *list = vectors_get(keys, "combine"), *v;
	size_t i;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		const struct secret *some[M];
		unsigned cards[M];
		struct secret *out;

		for (size_t j = 0; j < M; j++) {
			cards[j] = (unsigned)json_integer_value(json_array_get(vectors_get(v, "cards"), j));
			some[j] = shares[cards[j] - 1];
		}
		assert_int_equal(shares_combine(&out, some, cards, commitments, M), OK);
		assert_true(is_k(out));
		secret_free(out);
	}
}

/* Every ordered choice of three different cards of five. */
static void test_combine_all(void **state)
{
	struct secret *out;
	int done = 0;

	(void)state;
	for (unsigned a = 1; a <= N; a++)
		for (unsigned b = 1; b <= N; b++)
			for (unsigned c = 1; c <= N; c++) {
				const struct secret *some[M] = {shares[a - 1], shares[b - 1], shares[c - 1]};
				const unsigned cards[M] = {a, b, c};

				if (a == b || b == c || a == c)
					continue;
				assert_int_equal(shares_combine(&out, some, cards, commitments, M), OK);
				assert_true(is_k(out));
				secret_free(out);
				done++;
			}
	assert_int_equal(done, 60);
}

static void test_combine_refused(void **state)
{
	const struct secret *some[M] = {shares[0], shares[1], shares[2]};
	const unsigned twice[M] = {1, 2, 1}, moved[M] = {1, 3, 2};
	struct secret *out = k;
	char why[256];

	(void)state;
	report_capture_begin(why, sizeof why);
	assert_int_equal(shares_combine(&out, some, twice, commitments, M), E_REFUSED);
	report_capture_end();
	assert_null(out);
	vectors_about(why, "dos veces", "a card twice");
	out = k;
	report_capture_begin(why, sizeof why);
	assert_int_equal(shares_combine(&out, some, moved, commitments, M), E_EVIDENCE);
	report_capture_end();
	assert_null(out);
	vectors_about(why, "no dan el secreto", "shares under others' numbers");
	/* Two cards of three, with a polynomial taken for a line: not K. */
	report_capture_begin(why, sizeof why);
	assert_int_equal(shares_combine(&out, some, (const unsigned[]){1, 2}, commitments, 2), E_EVIDENCE);
	report_capture_end();
	assert_null(out);
}

static void test_what_k_yields(void **state)
{
	struct secret *b[COMMITTEE_KEYS], *pin, *spare;
	struct point keys_out[COMMITTEE_KEYS], expected;
	uint8_t bytes[32];

	(void)state;
	assert_int_equal(shares_committee_secrets(b, k), OK);
	assert_int_equal(shares_committee_keys(keys_out, k), OK);
	for (size_t i = 0; i < COMMITTEE_KEYS; i++) {
		vectors_fixed(bytes, 32, json_array_get(vectors_get(keys, "b"), i));
		assert_memory_equal(secret_bytes(b[i]), bytes, 32);
		vectors_point(&expected, json_array_get(vectors_get(keys, "B"), i));
		assert_true(point_equal(&keys_out[i], &expected));
		secret_free(b[i]);
	}
	assert_int_equal(shares_vault_pin(&pin, k, "vault-pin"), OK);
	assert_int_equal(secret_len(pin), PIN_CHARS);
	assert_memory_equal(secret_bytes(pin), vectors_text(keys, "vault_pin"), PIN_CHARS);
	secret_free(pin);
	assert_int_equal(shares_vault_pin(&pin, k, "vault-so-pin"), OK);
	assert_memory_equal(secret_bytes(pin), vectors_text(keys, "vault_so_pin"), PIN_CHARS);
	secret_free(pin);
	assert_int_equal(shares_spare_key(&spare, k), OK);
	vectors_field(bytes, 32, keys, "spare_key");
	assert_memory_equal(secret_bytes(spare), bytes, 32);
	secret_free(spare);
}

/* The PIN's alphabet by arithmetic: all 64 symbols, against base64url said plainly. */
static void test_pin_alphabet(void **state)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	bool seen[128] = {false};
	struct secret *s, *pin;
	uint8_t bytes[32] = {0};

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		bytes[31] = (uint8_t)(i + 1);
		s = secret_copy(bytes, 32);
		assert_int_equal(shares_vault_pin(&pin, s, "vault-pin"), OK);
		for (int j = 0; j < PIN_CHARS; j++) {
			assert_non_null(memchr(symbols, secret_bytes(pin)[j], 64));
			seen[secret_bytes(pin)[j]] = true;
		}
		secret_free(pin);
		secret_free(s);
	}
	for (int i = 0; i < 64; i++)
		assert_true(seen[(unsigned char)symbols[i]]);
}

static void split_and_join(unsigned threshold, unsigned cards, const struct secret *secret)
{
	struct secret *parts[SHARES_MAX], *out;
	const struct secret *some[SHARES_MAX];
	struct point f[SHARES_MAX];
	unsigned numbers[SHARES_MAX];

	assert_int_equal(shares_split(parts, f, secret, threshold, cards), OK);
	for (unsigned i = 0; i < cards; i++)
		assert_int_equal(shares_check(parts[i], i + 1, f, threshold), OK);
	for (unsigned i = 0; i < threshold; i++) { /* the last ones, backwards */
		numbers[i] = cards - i;
		some[i] = parts[cards - i - 1];
	}
	assert_int_equal(shares_combine(&out, some, numbers, f, threshold), OK);
	assert_memory_equal(secret_bytes(out), secret_bytes(secret), 32);
	secret_free(out);
	for (unsigned i = 0; i < cards; i++)
		secret_free(parts[i]);
}

static void test_split(void **state)
{
	struct secret *wide = secret_new(48), *fresh, *parts[SHARES_MAX];
	struct point f[SHARES_MAX];
	char why[256];

	(void)state;
	memset(secret_bytes(wide), 0xa5, 48);
	assert_int_equal(shares_make_k(&fresh, wide), OK);
	split_and_join(2, 2, fresh);
	split_and_join(3, 5, fresh);
	split_and_join(5, 5, fresh);
	split_and_join(2, SHARES_MAX, fresh);
	split_and_join(SHARES_MAX, SHARES_MAX, fresh);
	report_capture_begin(why, sizeof why);
	assert_int_equal(shares_split(parts, f, fresh, 1, 3), E_USAGE);
	assert_int_equal(shares_split(parts, f, fresh, 4, 3), E_USAGE);
	assert_int_equal(shares_split(parts, f, fresh, 2, SHARES_MAX + 1), E_USAGE);
	report_capture_end();
	secret_free(fresh);
	secret_free(wide);
	/* A generator that gives zeros gives no K. */
	wide = secret_new(48);
	report_capture_begin(why, sizeof why);
	assert_int_equal(shares_make_k(&fresh, wide), E_FAILED);
	report_capture_end();
	assert_null(fresh);
	secret_free(wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check),           cmocka_unit_test(test_combine_vectors),
	    cmocka_unit_test(test_combine_all),     cmocka_unit_test(test_combine_refused),
	    cmocka_unit_test(test_what_k_yields),   cmocka_unit_test(test_pin_alphabet),
	    cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
