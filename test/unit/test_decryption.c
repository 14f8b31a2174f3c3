/* Opening the outer envelopes (PROTOCOL 10): vectors, each rejected one at the check it fails; our own proofs. */
#include "base/report.h"
#include "protocol/decryption.h"
#include "protocol/envelope.h"
#include "protocol/hash.h"
#include "unit/vectors.h"
#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const files[] = {"shuffle-w2-n2.json", "shuffle-w2-n9.json", "shuffle-w3-n5.json"};

struct vector {
	json_t *file;
	uint8_t eid[32], hash[32];
	struct point committee_key[4], *list, *factors;
	struct decryption_statement st;
};

static void vector_open(struct vector *v, const char *name)
{
	size_t len, count;
	uint8_t *data;

	v->file = vectors_load(name);
	vectors_field(v->eid, 32, v->file, "eid");
	v->st = (struct decryption_statement){.eid = v->eid, .name = vectors_text(v->file, "contest"),
	                                      .w = (unsigned)vectors_int(v->file, "w"),
	                                      .n = (uint64_t)vectors_int(v->file, "n"),
	                                      .committee_key = v->committee_key, .list_hash = v->hash};
	for (size_t k = 0; k < v->st.w; k++)
		vectors_point(&v->committee_key[k], json_array_get(vectors_get(v->file, "committee_key"), k));
	count = v->st.n * (v->st.w + 1);
	data = vectors_bytes(&len, vectors_get(v->file, "output"));
	v->list = malloc(count * sizeof *v->list);
	for (size_t i = 0; i < count; i++)
		assert_true(point_read(&v->list[i], data + len - (count - i) * POINT_BYTES));
	assert_int_equal(hash_sha256(v->hash, data, len), OK);
	free(data);
	v->st.list = v->list;
	v->factors = malloc(v->st.n * v->st.w * sizeof *v->factors);
}

static void vector_close(struct vector *v)
{
	json_decref(v->file);
	free(v->list);
	free(v->factors);
}

static enum status check(unsigned *failed, char why[512], struct vector *v, const json_t *hex)
{
	size_t len;
	uint8_t *data = vectors_bytes(&len, hex);
	enum status r;

	report_capture_begin(why, 512);
	r = decryption_check(failed, v->factors, &v->st, data, len);
	report_capture_end();
	free(data);
	return r;
}

/* Accepted; the rows decode to the inner envelopes, which seal again from their seeds. */
static void test_accepted(void **state)
{
	struct vector v;
	unsigned failed;
	char why[512];

	(void)state;
	for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
		struct point election_key;

		vector_open(&v, files[f]);
		vectors_point(&election_key, vectors_get(v.file, "election_key"));
		if (check(&failed, why, &v, vectors_get(v.file, "decryption")) != OK || failed != 0)
			fail_msg("%s: %s, %u", files[f], why, failed);
		for (size_t i = 0; i < v.st.n; i++) {
			uint8_t inner[INNER_MAX], expected[INNER_MAX], seed[SEED_BYTES], plain[PLAIN_MAX];
			bool decodes, same;

			vectors_fixed(expected, envelope_inner_len(v.st.w), json_array_get(vectors_get(v.file, "inner"), i));
			vectors_fixed(seed, SEED_BYTES, json_array_get(vectors_get(v.file, "seeds"), i));
			vectors_fixed(plain, envelope_plain_len(v.st.w), json_array_get(vectors_get(v.file, "plains"), i));
			assert_int_equal(decryption_inner(&decodes, inner, v.st.w, &v.list[i * (v.st.w + 1)],
			                                  &v.factors[i * v.st.w]),
			                 OK);
			assert_true(decodes);
			assert_memory_equal(inner, expected, envelope_inner_len(v.st.w));
			assert_int_equal(envelope_seals_again(&same, inner, v.st.w, v.eid, v.st.name, &election_key, seed,
			                                      plain),
			                 OK);
			assert_true(same);
		}
		vector_close(&v);
	}
}

static void test_rejected(void **state)
{
	static const struct {
		const char *why;
		unsigned fails; /* 0: cannot be read */
	} reasons[] = {
	    {"made to fail the first check alone", 1},
	    {"made to fail the second check alone", 2},
	    {"two factors swapped", 3}, /* the challenge covers the factors: both fail */
	    {"answer changed", 3},
	    {"cut", 0},
	};
	const json_t *list, *o;
	struct vector v;
	unsigned failed;
	char why[512];
	size_t f, i, k;

	(void)state;
	for (f = 0; f < sizeof files / sizeof *files; f++) {
		vector_open(&v, files[f]);
		list = vectors_get(v.file, "decryption_rejected");
		assert_true(json_array_size(list) >= 5);
		json_array_foreach((json_t *)(uintptr_t)list, i, o) {
			const char *name = vectors_text(o, "why");
			enum status r = check(&failed, why, &v, vectors_get(o, "decryption"));

			for (k = 0; k < sizeof reasons / sizeof *reasons && strcmp(reasons[k].why, name) != 0; k++)
				;
			assert_true(k < sizeof reasons / sizeof *reasons);
			if (reasons[k].fails == 0) {
				assert_int_equal(r, E_EVIDENCE);
				vectors_about(why, "no es menor que n", name);
				continue;
			}
			assert_int_equal(r, OK);
			if (failed != reasons[k].fails)
				fail_msg("%s: %s: fails %u and should fail %u", files[f], name, failed, reasons[k].fails);
		}
		vector_close(&v);
	}
}

static void test_round_trip(void **state)
{
	uint8_t eid[32] = {9}, hash[32] = {3}, inner[INNER_MAX], back[INNER_MAX];
	enum { N = 7 };

	(void)state;
	for (unsigned w = 2; w <= 4; w++) {
		struct point key[4], list[N * OUTER_POINTS_MAX], factors[N * WIDTH_MAX];
		struct decryption_statement st = {.eid = eid, .name = "x.rest", .w = w, .n = N, .committee_key = key,
		                                  .list = list, .list_hash = hash};
		struct secret *b[4];
		struct buffer file = BUFFER_INIT;
		struct scalar s, t;
		unsigned failed;
		bool decodes;
		char why[512];

		for (unsigned k = 0; k < 4; k++) {
			assert_int_equal(scalar_random(&s), OK);
			b[k] = secret_new(32);
			scalar_write(secret_bytes(b[k]), &s);
			assert_int_equal(point_mul_base(&key[k], &s), OK);
		}
		assert_int_equal(RAND_bytes(inner, sizeof inner), 1);
		for (unsigned i = 0; i < N; i++) {
			assert_int_equal(scalar_random(&t), OK);
			assert_int_equal(envelope_seal_outer(&list[i * (w + 1)], w, key, &t, inner), OK);
		}
		/* C_1 = t B_1: its block is infinity; and C_0 = G */
		assert_int_equal(point_mul(&list[1], &t, &key[0]), OK);
		assert_int_equal(point_mul_base(&list[0], &t), OK);
		list[w + 1] = POINT_GENERATOR;
		assert_int_equal(decryption_make(&file, &st, b), OK);
		assert_int_equal(decryption_check(&failed, factors, &st, file.data, file.len), OK);
		assert_int_equal(failed, 0);
		assert_int_equal(decryption_inner(&decodes, back, w, &list[0], &factors[0]), OK);
		assert_false(decodes);
		assert_int_equal(decryption_inner(&decodes, back, w, &list[2 * (w + 1)], &factors[2 * w]), OK);
		assert_true(decodes);
		assert_memory_equal(back, inner, envelope_inner_len(w));
		/* not for another list, name or key */
		hash[0] ^= 1;
		assert_int_equal(decryption_check(&failed, factors, &st, file.data, file.len), OK);
		assert_int_equal(failed, 3);
		hash[0] ^= 1;
		key[w - 1] = POINT_GENERATOR;
		assert_int_equal(decryption_check(&failed, factors, &st, file.data, file.len), OK);
		assert_true(failed != 0);
		st.name = "x.resto";
		report_capture_begin(why, sizeof why);
		assert_int_equal(decryption_check(&failed, factors, &st, file.data, file.len), E_EVIDENCE);
		report_capture_end();
		vectors_about(why, "otra lista", "name");
		for (unsigned k = 0; k < 4; k++)
			secret_free(b[k]);
		buffer_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_rejected),
	    cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
