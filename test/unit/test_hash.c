/* Hb, Hs, Hp, tracker codes (PROTOCOL 2, 8), HKDF (RFC 5869) and expand_message_xmd (RFC 9380). */
#include "base/report.h"
#include "group/xmd.h"
#include "protocol/hash.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *primitives;

static int set_up(void **state)
{
	(void)state;
	primitives = vectors_load("primitives.json");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(primitives);
	return 0;
}

/* The parts of a vector: an array, decoded. */
static size_t read_parts(struct bytes parts[8], uint8_t *owned[8], const json_t *v)
{
	const json_t *list = vectors_get(v, "parts");
	size_t n = json_array_size(list);

	assert_in_range(n, 1, 8);
	for (size_t i = 0; i < n; i++) {
		owned[i] = vectors_bytes(&parts[i].len, json_array_get(list, i));
		parts[i].data = owned[i];
	}
	return n;
}

static void test_hash_b_and_s(void **state)
{
	static const char *const names[] = {"Hb", "Hs"};
	struct bytes parts[8];
	uint8_t *owned[8], expected[32], out[32];
	struct scalar s;
	const json_t *list, *v;
	size_t i;

	(void)state;
	for (int k = 0; k < 2; k++) {
		list = vectors_get(primitives, names[k]);
		assert_true(json_array_size(list) > 0);
		json_array_foreach((json_t *)(uintptr_t)list, i, v) {
			size_t n = read_parts(parts, owned, v);

			vectors_field(expected, 32, v, "out");
			if (k == 0) {
				assert_int_equal(hash_b(out, vectors_text(v, "label"), parts, n), OK);
			} else {
				assert_int_equal(hash_s(&s, vectors_text(v, "label"), parts, n), OK);
				scalar_write(out, &s);
			}
			assert_memory_equal(out, expected, 32);
			/* Another label, or one byte moved over a border, gives another hash. */
			if (k == 0) {
				assert_int_equal(hash_b(out, "other", parts, n), OK);
				assert_memory_not_equal(out, expected, 32);
			}
			for (size_t j = 0; j < n; j++)
				free(owned[j]);
		}
	}
}

static void test_borders_count(void **state)
{
	uint8_t a[32], b[32];

	(void)state;
	assert_int_equal(hash_b(a, "x", PARTS(BYTES("ab", 2), BYTES("c", 1))), OK);
	assert_int_equal(hash_b(b, "x", PARTS(BYTES("a", 1), BYTES("bc", 2))), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(hash_b(b, "x", PARTS(BYTES("abc", 3))), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(hash_b(b, "x", PARTS(BYTES("ab", 2), BYTES("c", 1), BYTES("", 0))), OK);
	assert_memory_not_equal(a, b, 32);
}

static void test_hash_p(void **state)
{
	const json_t *list = vectors_get(primitives, "Hp"), *v;
	struct point expected, out;
	uint8_t *msg;
	size_t i, len;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		msg = vectors_bytes(&len, vectors_get(v, "msg"));
		vectors_point(&expected, vectors_get(v, "out"));
		assert_int_equal(hash_p(&out, vectors_text(v, "label"), msg, len), OK);
		assert_true(point_equal(&out, &expected));
		free(msg);
	}
}

/* RFC 9380, J.1.1: the suite's own vectors (DST of the RFC, not ours). */
static void test_rfc9380(void **state)
{
	static const char dst[] = "QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_";
	static const struct {
		const char *msg, *x;
	} cases[] = {
	    {"", "2c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4"},
	    {"abc", "0bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f"},
	};
	struct point out;
	uint8_t x[32];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *hex = json_string(cases[i].x);

		assert_int_equal(point_hash(&out, (const uint8_t *)dst, sizeof dst - 1, (const uint8_t *)cases[i].msg,
		                            strlen(cases[i].msg)),
		                 OK);
		vectors_fixed(x, 32, hex);
		assert_memory_equal(out.octets + 1, x, 32);
		assert_true(point_valid(out.octets));
		json_decref(hex);
	}
}

static void test_xmd_limits(void **state)
{
	uint8_t out[64], longer[64], dst[256] = {0};
	char said[256];

	(void)state;
	/* A prefix of a longer expansion is not the shorter one: the length is hashed too. */
	assert_int_equal(xmd_expand(out, 32, dst, 10, (const uint8_t *)"m", 1), OK);
	assert_int_equal(xmd_expand(longer, 64, dst, 10, (const uint8_t *)"m", 1), OK);
	assert_memory_not_equal(out, longer, 32);
	report_capture_begin(said, sizeof said);
	assert_int_equal(xmd_expand(out, 32, dst, 256, (const uint8_t *)"m", 1), E_FAILED);
	report_capture_end();
	assert_true(said[0] != '\0');
}

/* RFC 5869, A.1 */
static void test_hkdf(void **state)
{
	json_t *okm = json_string("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
	       *salt = json_string("000102030405060708090a0b0c"), *info = json_string("f0f1f2f3f4f5f6f7f8f9");
	uint8_t ikm[22], s[13], in[10], expected[42], out[42];

	(void)state;
	memset(ikm, 0x0b, sizeof ikm);
	vectors_fixed(s, 13, salt);
	vectors_fixed(in, 10, info);
	vectors_fixed(expected, 42, okm);
	assert_int_equal(hash_hkdf(out, 42, BYTES(ikm, 22), BYTES(s, 13), BYTES(in, 10)), OK);
	assert_memory_equal(out, expected, 42);
	json_decref(okm);
	json_decref(salt);
	json_decref(info);
}

static void test_codes(void **state)
{
	const json_t *list = vectors_get(primitives, "tracker"), *v;
	char code[CODE_SIZE];
	uint8_t hash[32];
	size_t i;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		vectors_field(hash, 32, v, "hash");
		hash_code(code, hash);
		assert_string_equal(code, vectors_text(v, "code"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hash_b_and_s), cmocka_unit_test(test_borders_count), cmocka_unit_test(test_hash_p),
	    cmocka_unit_test(test_rfc9380),      cmocka_unit_test(test_xmd_limits),    cmocka_unit_test(test_hkdf),
	    cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
