/* The shuffle's proof (PROTOCOL 9): vectors, of each rejected one exactly the checks it fails; our own proofs. */
#include "base/report.h"
#include "protocol/hash.h"
#include "protocol/shuffle.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const files[] = {"shuffle-w2-n2.json", "shuffle-w2-n9.json", "shuffle-w3-n5.json"};

struct vector {
	json_t *file;
	uint8_t eid[32];
	const char *name;
	unsigned w;
	uint64_t n;
	struct point committee_key[4];
};

static void vector_open(struct vector *v, const char *name)
{
	v->file = vectors_load(name);
	vectors_field(v->eid, 32, v->file, "eid");
	v->name = vectors_text(v->file, "contest");
	v->w = (unsigned)vectors_int(v->file, "w");
	v->n = (uint64_t)vectors_int(v->file, "n");
	for (size_t k = 0; k < v->w; k++)
		vectors_point(&v->committee_key[k], json_array_get(vectors_get(v->file, "committee_key"), k));
}

/* A list file's points and hash. */
static struct point *points_of(uint8_t hash[32], const struct vector *v, const json_t *hex)
{
	size_t len, count = v->n * (v->w + 1);
	uint8_t *data = vectors_bytes(&len, hex);
	struct point *p = malloc(count * sizeof *p);

	assert_true(len > count * POINT_BYTES);
	for (size_t i = 0; i < count; i++)
		assert_true(point_read(&p[i], data + len - (count - i) * POINT_BYTES));
	assert_int_equal(hash_sha256(hash, data, len), OK);
	free(data);
	return p;
}

static enum status check(unsigned *failed, char why[512], const struct vector *v, const json_t *o)
{
	uint8_t hin[32], hout[32], *proof;
	struct point *in = points_of(hin, v, vectors_get(o, "input")), *out = points_of(hout, v, vectors_get(o, "output"));
	struct shuffle_statement st = {.eid = v->eid, .name = v->name, .w = v->w, .n = v->n,
	                               .committee_key = v->committee_key, .in = in, .out = out, .hin = hin, .hout = hout};
	size_t len;
	enum status r;

	proof = vectors_bytes(&len, vectors_get(o, "proof"));
	report_capture_begin(why, 512);
	r = shuffle_check(failed, &st, proof, len);
	report_capture_end();
	free(proof);
	free(in);
	free(out);
	return r;
}

static void test_accepted(void **state)
{
	struct vector v;
	unsigned failed;
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		vector_open(&v, files[i]);
		if (check(&failed, why, &v, v.file) != OK || failed != 0)
			fail_msg("%s: %s, bits %x", files[i], why, failed);
		json_decref(v.file);
	}
}

static void check_rejected(const struct vector *v, const json_t *o)
{
	const json_t *fails = vectors_get(o, "fails"), *x;
	const char *name = vectors_text(o, "why");
	unsigned failed, expected = 0;
	char why[512];
	size_t i;
	enum status r = check(&failed, why, v, o);

	if (json_is_string(json_array_get(fails, 0))) { /* cannot be read */
		assert_int_equal(r, E_EVIDENCE);
		assert_int_equal(failed, SHUFFLE_CHECKS);
		vectors_about(why, "no es menor que n", name);
		return;
	}
	if (r != OK)
		fail_msg("%s: %s", name, why);
	json_array_foreach((json_t *)(uintptr_t)fails, i, x)
		expected |= 1u << (json_integer_value(x) - 1);
	if (failed != expected)
		fail_msg("%s: fails %x and should fail %x", name, failed, expected);
	assert_true(failed != 0);
}

static void test_rejected(void **state)
{
	const json_t *list, *o;
	struct vector v;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof files / sizeof *files; i++) {
		vector_open(&v, files[i]);
		list = vectors_get(v.file, "rejected");
		assert_true(json_array_size(list) >= 12);
		json_array_foreach((json_t *)(uintptr_t)list, j, o)
			check_rejected(&v, o);
		json_decref(v.file);
	}
}

/* The proof as a file: cut anywhere, with a byte more, of another list, election, width or number. */
static void test_file(void **state)
{
	struct vector v;
	uint8_t hin[32], hout[32], *proof, *exact;
	unsigned failed;
	char why[512];
	size_t len;

	(void)state;
	vector_open(&v, files[0]);
	struct point *in = points_of(hin, &v, vectors_get(v.file, "input")),
	             *out = points_of(hout, &v, vectors_get(v.file, "output"));
	struct shuffle_statement st = {.eid = v.eid, .name = v.name, .w = v.w, .n = v.n, .committee_key = v.committee_key,
	                               .in = in, .out = out, .hin = hin, .hout = hout};
	proof = vectors_bytes(&len, vectors_get(v.file, "proof"));
	proof = realloc(proof, len + 1);
	proof[len] = 0;
	for (size_t i = 0; i <= len + 1; i += i < 60 ? 1 : 13) {
		if (i == len)
			continue;
		exact = malloc(i > 0 ? i : 1);
		memcpy(exact, proof, i <= len ? i : len + 1);
		report_capture_begin(why, sizeof why);
		assert_int_equal(shuffle_check(&failed, &st, exact, i), E_EVIDENCE);
		report_capture_end();
		assert_int_equal(failed, SHUFFLE_CHECKS);
		assert_true(why[0] != '\0');
		free(exact);
	}
	assert_int_equal(shuffle_check(&failed, &st, proof, len), OK);
	assert_int_equal(failed, 0);
	for (size_t i = 0; i < len; i += 7) { /* any byte changed: unreadable, or a check fails */
		proof[i] ^= 0x10;
		report_capture_begin(why, sizeof why);
		if (shuffle_check(&failed, &st, proof, len) == OK)
			assert_true(failed != 0);
		report_capture_end();
		proof[i] ^= 0x10;
	}
	st.n = UINT64_MAX / 96; /* nothing of that size is asked for */
	report_capture_begin(why, sizeof why);
	assert_int_equal(shuffle_check(&failed, &st, proof, len), E_EVIDENCE);
	st.n = 1;
	assert_int_equal(shuffle_check(&failed, &st, proof, len), E_EVIDENCE);
	report_capture_end();
	json_decref(v.file);
	free(in);
	free(out);
	free(proof);
}

/* Our own: any n, any width, points among the input that are equal, opposite, or the bases themselves. */
static void round_trip(uint64_t n, unsigned w)
{
	uint8_t eid[32] = {7}, hin[32] = {1}, hout[32] = {2};
	struct point key[4], *in = malloc(n * (w + 1) * sizeof *in), *out = malloc(n * (w + 1) * sizeof *out);
	struct shuffle_statement st = {.eid = eid, .name = "x", .w = w, .n = n, .committee_key = key, .in = in, .out = out,
	                               .hin = hin, .hout = hout};
	struct shuffle_secret *secret;
	struct buffer proof = BUFFER_INIT, again = BUFFER_INIT;
	struct scalar s;
	unsigned failed;

	for (unsigned k = 0; k < 4; k++) {
		assert_int_equal(scalar_random(&s), OK);
		assert_int_equal(point_mul_base(&key[k], &s), OK);
	}
	for (uint64_t i = 0; i < n * (w + 1); i++) {
		assert_int_equal(scalar_random(&s), OK);
		assert_int_equal(point_mul_base(&in[i], &s), OK);
	}
	in[1] = POINT_GENERATOR;
	point_neg(&in[2], &in[1]);
	in[w + 1] = in[0]; /* two C_0 alike: two ballots may be */
	assert_int_equal(hash_p(&in[w + 2], "commitment-base", "\0\0\0\0\0\0\0\1", 8), OK);
	assert_int_equal(shuffle_mix(&secret, out, in, n, w, key), OK);
	assert_int_equal(shuffle_prove(&proof, &st, secret), OK);
	assert_int_equal(shuffle_check(&failed, &st, proof.data, proof.len), OK);
	assert_int_equal(failed, 0);
	/* fresh masks each time */
	assert_int_equal(shuffle_prove(&again, &st, secret), OK);
	assert_int_equal(proof.len, again.len);
	assert_memory_not_equal(proof.data, again.data, proof.len);
	/* not for another statement */
	hin[31] ^= 1;
	assert_int_equal(shuffle_check(&failed, &st, proof.data, proof.len), OK);
	assert_true(failed != 0);
	hin[31] ^= 1;
	/* +D on one point, -D on its neighbour */
	assert_int_equal(point_add_vartime(&out[0], &out[0], &POINT_GENERATOR), OK);
	assert_int_equal(point_sub_vartime(&out[1], &out[1], &POINT_GENERATOR), OK);
	assert_int_equal(shuffle_check(&failed, &st, proof.data, proof.len), OK);
	assert_int_equal(failed, SHUFFLE_CHECK_2);
	shuffle_secret_free(secret);
	buffer_free(&proof);
	buffer_free(&again);
	free(in);
	free(out);
}

static void test_round_trips(void **state)
{
	(void)state;
	for (unsigned w = 2; w <= 4; w++) {
		round_trip(2, w);
		round_trip(3, w);
		round_trip(17, w);
	}
}

/* Every permutation of three comes by: none is never drawn. */
static void test_permutations(void **state)
{
	struct point keys[2] = {POINT_GENERATOR, POINT_GENERATOR}, in[9], out[9];
	bool seen[27] = {false};
	struct scalar s;
	int kinds = 0;

	(void)state;
	for (int i = 0; i < 9; i++) {
		assert_int_equal(scalar_random(&s), OK);
		assert_int_equal(point_mul_base(&in[i], &s), OK);
	}
	for (int turn = 0; turn < 200; turn++) {
		struct shuffle_secret *secret;
		int code = 0;

		assert_int_equal(shuffle_mix(&secret, out, in, 3, 2, keys), OK);
		shuffle_secret_free(secret);
		for (int i = 0; i < 3; i++) { /* C_1 - C_0 does not change where B_1 = G */
			struct point a, b;

			assert_int_equal(point_sub_vartime(&a, &out[3 * i + 1], &out[3 * i]), OK);
			for (int j = 0; j < 3; j++) {
				assert_int_equal(point_sub_vartime(&b, &in[3 * j + 1], &in[3 * j]), OK);
				if (point_equal(&a, &b))
					code = 3 * code + j;
			}
			assert_false(point_equal(&out[3 * i], &in[3 * i]));
		}
		kinds += !seen[code];
		seen[code] = true;
	}
	assert_int_equal(kinds, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted),    cmocka_unit_test(test_rejected),     cmocka_unit_test(test_file),
	    cmocka_unit_test(test_round_trips), cmocka_unit_test(test_permutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
