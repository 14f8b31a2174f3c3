/* An observer's challenge of a mismatch vote (PROTOCOL 12). */
#include "protocol/challenge.h"
#include "protocol/envelope.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *file;
static struct point election_key, r, w;
static struct scalar a, u, v;
static uint8_t answer[32];

static int set_up(void **state)
{
	const json_t *c;
	uint8_t inner[60];

	(void)state;
	file = vectors_load("ballots.json");
	c = vectors_get(file, "challenge");
	vectors_point(&election_key, vectors_get(file, "election_key"));
	vectors_scalar(&a, vectors_get(file, "opening_secret"));
	vectors_field(inner, sizeof inner, c, "inner");
	assert_true(envelope_inner_point(&r, inner));
	vectors_point(&w, vectors_get(c, "W"));
	vectors_scalar(&u, vectors_get(c, "u"));
	vectors_scalar(&v, vectors_get(c, "v"));
	vectors_field(answer, 32, c, "answer");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(file);
	return 0;
}

static bool holds(const struct point *w_, const struct scalar *u_, const struct scalar *v_, const uint8_t *answer_)
{
	bool yes = true;

	assert_int_equal(challenge_holds(&yes, &r, w_, &election_key, u_, v_, answer_), OK);
	return yes;
}

static void test_vector(void **state)
{
	const json_t *c = vectors_get(file, "challenge"), *list = vectors_get(c, "rejected_W"), *x;
	struct point q, expected, aq;
	uint8_t z[32];
	size_t i;

	(void)state;
	vectors_point(&expected, vectors_get(c, "Q"));
	assert_int_equal(challenge_question(&q, &r, &u, &v), OK);
	assert_true(point_equal(&q, &expected));
	assert_int_equal(point_mul(&aq, &a, &q), OK); /* what the vault answers */
	envelope_x(z, &aq);
	assert_memory_equal(z, answer, 32);
	assert_true(holds(&w, &u, &v, answer));
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x) {
		struct point bad;

		vectors_point(&bad, x);
		assert_false(holds(&bad, &u, &v, answer));
	}
}

static void test_refused(void **state)
{
	struct scalar one_more, minus, k;
	struct point minus_w, other_w, q;
	uint8_t bent[32];

	(void)state;
	memcpy(bent, answer, 32);
	bent[31] ^= 1;
	assert_false(holds(&w, &u, &v, bent));
	scalar_add(&one_more, &u, &SCALAR_ONE);
	assert_false(holds(&w, &one_more, &v, answer));
	scalar_add(&one_more, &v, &SCALAR_ONE);
	assert_false(holds(&w, &u, &one_more, answer));
	point_neg(&minus_w, &w);
	assert_false(holds(&minus_w, &u, &v, answer));
	/* u = 0 asks nothing about W: refused even where the answer is right */
	assert_int_equal(point_mul(&minus_w, &v, &election_key), OK);
	envelope_x(bent, &minus_w);
	assert_false(holds(&w, &SCALAR_ZERO, &v, bent));
	/* u R + v G at infinity: R = -G and u = v */
	point_neg(&r, &POINT_GENERATOR);
	point_neg(&minus_w, &election_key);
	memset(bent, 0, sizeof bent);
	assert_false(holds(&minus_w, &u, &u, bent));
	/* the same for a vote whose r its voter has told: Q at infinity asks nothing, and any W would answer it */
	assert_int_equal(scalar_random(&k), OK);
	assert_int_equal(point_mul_base(&r, &k), OK);
	scalar_mul(&minus, &u, &k);
	scalar_neg(&minus, &minus); /* v = -u r */
	assert_int_equal(scalar_random(&k), OK);
	assert_int_equal(point_mul_base(&other_w, &k), OK);
	assert_int_equal(point_msm_vartime(&q, (struct scalar[]){u, minus},
	                                   (struct point[]){other_w, election_key}, 2),
	                 OK);
	envelope_x(bent, &q);
	assert_false(holds(&other_w, &u, &minus, bent));
	point_neg(&r, &POINT_GENERATOR);
	/* and with R = -G, W = -A it holds for any other u, v */
	scalar_neg(&minus, &u);
	scalar_add(&k, &v, &minus); /* v - u */
	scalar_mul(&k, &k, &a);
	assert_int_equal(point_mul_base(&w, &k), OK);
	envelope_x(bent, &w);
	assert_true(holds(&minus_w, &u, &v, bent));
	/* v = 0 is nobody's fault */
	scalar_mul(&k, &minus, &a);
	assert_int_equal(point_mul_base(&w, &k), OK);
	envelope_x(bent, &w);
	assert_true(holds(&minus_w, &u, &SCALAR_ZERO, bent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_vector, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
