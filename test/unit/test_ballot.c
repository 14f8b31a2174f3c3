/* The ballot (PROTOCOL 8): lawful ones taken, each rejected one refused for its own reason. */
#include "base/report.h"
#include "protocol/ballot.h"
#include "protocol/hash.h"
#include "unit/vectors.h"
#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *file;
static uint8_t eid[32];
static struct point election_key, committee_key[4];
static const struct ballot_form one = {1, {{"presidencia", 2}}};
static const struct ballot_form two = {2, {{"presidencia", 2}, {"gubernatura-09", 3}}};

static int set_up(void **state)
{
	(void)state;
	file = vectors_load("ballots.json");
	vectors_field(eid, 32, file, "eid");
	vectors_point(&election_key, vectors_get(file, "election_key"));
	for (size_t k = 0; k < 4; k++)
		vectors_point(&committee_key[k], json_array_get(vectors_get(file, "committee_key"), k));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(file);
	return 0;
}

/* Reads and checks; what was said goes to why. */
static enum status take(char why[512], const uint8_t *data, size_t len, bool with_signature,
                        const struct ballot_form *form)
{
	struct ballot *b = malloc(sizeof *b);
	uint8_t *exact = malloc(len > 0 ? len : 1); /* so that a sanitizer sees a byte too many */
	enum status r;

	memcpy(exact, data, len);
	report_capture_begin(why, 512);
	if ((r = ballot_read(b, exact, len, with_signature)) == OK)
		r = ballot_check(b, eid, form);
	report_capture_end();
	free(exact);
	free(b);
	return r;
}

static void test_vectors(void **state)
{
	const json_t *list = vectors_get(file, "ballots"), *v;
	char why[512], code[CODE_SIZE];
	uint8_t tracker[32], *data;
	struct ballot *b = malloc(sizeof *b);
	size_t i, len;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		const struct ballot_form *form = json_array_size(vectors_get(v, "contests")) == 1 ? &one : &two;

		data = vectors_bytes(&len, vectors_get(v, "ballot"));
		if (take(why, data, len, true, form) != OK)
			fail_msg("ballot %zu: %s", i, why);
		assert_int_equal(ballot_read(b, data, len, true), OK);
		assert_true(b->is_signed);
		vectors_field(tracker, 32, v, "tracker");
		assert_memory_equal(b->tracker, tracker, 32);
		hash_code(code, b->tracker);
		assert_string_equal(code, vectors_text(v, "code"));
		/* the form of another district is refused */
		assert_int_equal(take(why, data, len, true, form == &one ? &two : &one), E_EVIDENCE);
		vectors_about(why, "le tocan", "another district's form");
		free(data);
		data = vectors_bytes(&len, vectors_get(v, "unsigned"));
		if (take(why, data, len, false, form) != OK)
			fail_msg("unsigned %zu: %s", i, why);
		assert_int_equal(ballot_read(b, data, len, false), OK);
		assert_false(b->is_signed);
		assert_memory_equal(b->tracker, tracker, 32);
		free(data);
	}
	free(b);
}

static void test_lawful(void **state)
{
	const json_t *list = vectors_get(file, "lawful"), *v;
	char why[512];
	size_t i, len;

	(void)state;
	assert_true(json_array_size(list) >= 6);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		uint8_t *data = vectors_bytes(&len, vectors_get(v, "ballot"));

		if (take(why, data, len, true, &one) != OK)
			fail_msg("%s: %s", vectors_text(v, "why"), why);
		free(data);
	}
}

static void test_rejected(void **state)
{
	static const struct {
		const char *why, *about;
	} reasons[] = {
	    {"magic", "VMB1"},
	    {"cut short", "firma legible"},
	    {"a byte too many", "sobran bytes"},
	    {"unsigned", "firma legible"},
	    {"another election", "otra elección"},
	    {"signature", "la firma de la boleta"},
	    {"signed by another's key", "la firma de la boleta"},
	    {"C_0 off the curve", "no está en la curva"},
	    {"C_0 replaced, signed anew", "prueba de conocimiento"},
	    {"C_2 replaced, signed anew", "prueba de conocimiento"},
	    {"another voter's envelope and proof, signed anew", "prueba de conocimiento"},
	    {"scalar z not below n", "no es menor que n"},
	    {"width 5", "ancho"},
	    {"two contests with the same C_0", "mismo azar"},
	    {"two different contests sealed with the same t", "mismo azar"},
	};
	/* "two contests with the same C_0" names one contest twice: of a form that had it so, the C_0 is the fault */
	static const struct ballot_form same = {2, {{"presidencia", 2}, {"presidencia", 2}}};
	const json_t *list = vectors_get(file, "rejected"), *v;
	size_t i, k, len;
	char why[512];

	(void)state;
	assert_true(json_array_size(list) >= 15);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		const char *name = vectors_text(v, "why");
		uint8_t *data = vectors_bytes(&len, vectors_get(v, "ballot"));
		const struct ballot_form *form = data[101] == 1 ? &one : &two; /* the count of contests */

		for (k = 0; k < sizeof reasons / sizeof *reasons && strcmp(reasons[k].why, name) != 0; k++)
			;
		if (k == sizeof reasons / sizeof *reasons)
			fail_msg("no reason is known for «%s»", name);
		assert_int_equal(take(why, data, len, true, &one), E_EVIDENCE);
		assert_int_equal(take(why, data, len, true, form), E_EVIDENCE);
		if (strcmp(name, "two contests with the same C_0") == 0) {
			vectors_about(why, "donde va", name);
			assert_int_equal(take(why, data, len, true, &same), E_EVIDENCE);
		}
		vectors_about(why, reasons[k].about, name);
		free(data);
	}
}

/* No prefix of a good ballot is one, and no single byte may be another. */
static void test_every_byte(void **state)
{
	const json_t *v = json_array_get(vectors_get(file, "ballots"), 0);
	char why[512];
	size_t len;
	uint8_t *data;

	(void)state;
	data = vectors_bytes(&len, vectors_get(v, "ballot"));
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(take(why, data, cut, true, &one), E_EVIDENCE);
	for (size_t i = 0; i < len; i++) {
		data[i] ^= 0x20;
		assert_int_equal(take(why, data, len, true, &one), E_EVIDENCE);
		assert_true(why[0] != '\0');
		data[i] ^= 0x20;
	}
	assert_int_equal(take(why, data, len, true, &one), OK);
	free(data);
}

static void make(struct buffer *out, const struct ballot_form *form, const struct point *credential,
                 const struct scalar *sk, bool same_t)
{
	struct ballot_vote votes[BALLOT_CONTESTS_MAX];
	static uint8_t plain[PLAIN_MAX];

	for (unsigned i = 0; i < form->n; i++) {
		votes[i].plain = plain;
		assert_int_equal(RAND_bytes(votes[i].seed, SEED_BYTES), 1);
		assert_int_equal(scalar_random(&votes[i].t), OK);
		if (same_t && i > 0)
			votes[i].t = votes[0].t;
	}
	assert_int_equal(ballot_make_unsigned(out, eid, credential, form, &election_key, committee_key, votes), OK);
	if (sk != NULL)
		assert_int_equal(ballot_sign(out, credential, sk), OK);
}

static void test_making(void **state)
{
	struct ballot_form many = {.n = BALLOT_CONTESTS_MAX};
	static char names[BALLOT_CONTESTS_MAX][BALLOT_NAME_MAX + 1];
	struct buffer b = BUFFER_INIT;
	struct point credential;
	struct scalar sk, other;
	char why[512];

	(void)state;
	assert_int_equal(scalar_random(&sk), OK);
	assert_int_equal(scalar_random(&other), OK);
	assert_int_equal(point_mul_base(&credential, &sk), OK);
	make(&b, &two, &credential, &sk, false);
	assert_int_equal(take(why, b.data, b.len, true, &two), OK);
	b.len -= 97; /* without the signature it is the unsigned one */
	assert_int_equal(take(why, b.data, b.len, false, &two), OK);
	assert_int_equal(take(why, b.data, b.len, true, &two), E_EVIDENCE);
	buffer_free(&b);
	make(&b, &two, &credential, &other, false);
	assert_int_equal(take(why, b.data, b.len, true, &two), E_EVIDENCE);
	vectors_about(why, "la firma de la boleta", "another's key");
	buffer_free(&b);
	make(&b, &two, &credential, &sk, true);
	assert_int_equal(take(why, b.data, b.len, true, &two), E_EVIDENCE);
	vectors_about(why, "mismo azar", "the same t");
	buffer_free(&b);
	/* the greatest ballot there may be: every contest, the longest names, width 4 */
	for (unsigned i = 0; i < many.n; i++) {
		memset(names[i], 'a' + (int)(i % 26), BALLOT_NAME_MAX);
		names[i][0] = (char)('0' + i / 26);
		many.contests[i].name = names[i];
		many.contests[i].w = WIDTH_MAX;
	}
	make(&b, &many, &credential, &sk, false);
	assert_true(b.len <= BALLOT_MAX_BYTES);
	assert_int_equal(take(why, b.data, b.len, true, &many), OK);
	buffer_free(&b);
}

/* The order, the names and the widths are the definition's. */
static void test_forms(void **state)
{
	static const struct ballot_form swapped = {2, {{"gubernatura-09", 3}, {"presidencia", 2}}},
	                                renamed = {2, {{"presidencia", 2}, {"gubernatura-14", 3}}},
	                                wider = {2, {{"presidencia", 2}, {"gubernatura-09", 4}}};
	const json_t *v = json_array_get(vectors_get(file, "ballots"), 1);
	char why[512];
	uint8_t *data, other[32];
	size_t len;
	struct ballot *b = malloc(sizeof *b);

	(void)state;
	data = vectors_bytes(&len, vectors_get(v, "ballot"));
	assert_int_equal(take(why, data, len, true, &two), OK);
	assert_int_equal(take(why, data, len, true, &swapped), E_EVIDENCE);
	vectors_about(why, "donde va", "order");
	assert_int_equal(take(why, data, len, true, &renamed), E_EVIDENCE);
	vectors_about(why, "donde va", "name");
	assert_int_equal(take(why, data, len, true, &wider), E_EVIDENCE);
	vectors_about(why, "donde va", "width");
	memcpy(other, eid, 32);
	other[31] ^= 1;
	assert_int_equal(ballot_read(b, data, len, true), OK);
	report_capture_begin(why, sizeof why);
	assert_int_equal(ballot_check(b, other, &two), E_EVIDENCE);
	report_capture_end();
	vectors_about(why, "otra elección", "eid");
	free(data);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),    cmocka_unit_test(test_lawful), cmocka_unit_test(test_rejected),
	    cmocka_unit_test(test_every_byte), cmocka_unit_test(test_making), cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
