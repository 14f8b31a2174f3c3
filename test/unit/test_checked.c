/* Ballots opened for checking (PROTOCOL 8, end): a good one passes every test, each bad one fails the test named for it. */
#include "base/json.h"
#include "base/report.h"
#include "protocol/credential.h"
#include "record/checked_ballot.h"
#include "unit/folder.h"
#include "unit/made.h"
#include "unit/papers.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include "unit/whole.h"
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char file[320];
static struct whole *whole;

static int set_up(void **state)
{
	if (folder_make(state) != 0)
		return -1;
	snprintf(file, sizeof file, "%s", in_folder("opened.json"));
	return whole_make(&whole, in_folder("record"), whole_shape("plain")) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
	whole_free(whole);
	return folder_remove(state);
}

static json_t *open_ballot(const struct made_sealing *s)
{
	json_t *root;

	assert_int_equal(made_opened(&root, s), OK);
	return root;
}

/* Checks the file; *first: the first test that is false (CHECKED_TESTS: none). */
static enum status check(enum checked_test *first, char why[256], const char *tracker, const char *credential)
{
	struct checked_ballot *c;
	enum status s = checked_ballot_check(&c, file, whole->folder, tracker, credential);
	int t;

	assert_non_null(c);
	for (t = 0; t < CHECKED_TESTS && c->outcome[t] != CHECKED_FALSE; t++)
		;
	*first = (enum checked_test)t;
	strcpy(why, t < CHECKED_TESTS ? c->reason[t] : "");
	assert_int_equal(s, t < CHECKED_TESTS ? E_EVIDENCE : OK);
	assert_true(s != OK || c->n > 0);
	checked_ballot_free(c);
	return s;
}

static void fails(enum checked_test expected, const char *about, const char *what)
{
	enum checked_test first;
	char why[256];

	check(&first, why, NULL, NULL);
	if (first != expected)
		fail_msg("%s: the first that fails is %s (%s)", what, first < CHECKED_TESTS ? checked_test_id(first) : "none", why);
	vectors_about(why, about, what);
}

static void test_good(void **state)
{
	char tracker[CODE_SIZE], credential[24], typed[64], why[256];
	enum checked_test first;
	struct checked_ballot *c;
	struct made_sealing s;
	json_t *root;
	size_t n = 0;

	(void)state;
	made_sealing(&s, whole);
	papers_write(file, root = open_ballot(&s));
	json_decref(root);
	assert_int_equal(checked_ballot_check(&c, file, whole->folder, NULL, NULL), OK);
	for (int t = 0; t < CHECKED_TESTS; t++)
		assert_int_equal(c->outcome[t], t == CHECKED_TRACKER || t == CHECKED_CREDENTIAL ? CHECKED_OPEN : CHECKED_HOLDS);
	assert_int_equal(c->n, s.form.n);
	strcpy(tracker, c->tracker);
	checked_ballot_free(c);
	assert_int_equal(credential_code(credential, &s.credential), OK);
	/* as typed: case, dashes, spaces, I L O */
	for (const char *p = tracker; *p != '\0'; p++)
		if (*p != '-') {
			typed[n++] = (char)(*p == '1' ? 'l' : *p == '0' ? 'o' : tolower((unsigned char)*p));
			typed[n++] = ' ';
		}
	typed[n] = '\0';
	assert_int_equal(check(&first, why, typed, credential), OK);
	typed[n - 2] = '\0'; /* one too few */
	assert_int_equal(check(&first, why, typed, credential), E_EVIDENCE);
	assert_int_equal(first, CHECKED_TRACKER);
	snprintf(typed, sizeof typed, "%s0", tracker); /* one too many */
	assert_int_equal(check(&first, why, typed, credential), E_EVIDENCE);
	assert_int_equal(first, CHECKED_TRACKER);
	snprintf(typed, sizeof typed, "%s", tracker);
	typed[6] = typed[6] == 'Z' ? 'Y' : 'Z';
	assert_int_equal(check(&first, why, typed, NULL), E_EVIDENCE);
	assert_int_equal(check(&first, why, NULL, tracker), E_EVIDENCE);
	assert_int_equal(first, CHECKED_CREDENTIAL);
	assert_int_equal(check(&first, why, "", NULL), E_EVIDENCE);
}

/* Fields of the file, one wrong at a time. */
static void test_form(void **state)
{
	static const struct {
		struct paper_fault fault;
		enum checked_test test;
	} cases[] = {
	    {{"format", "\"VEMRE-V2\"", "formato"}, CHECKED_FORM},
	    {{"more", "1", "more"}, CHECKED_FORM},
	    {{"ballot", "7", "ballot"}, CHECKED_FORM},
	    {{"ballot", "\"0\"", "hexadecimal"}, CHECKED_FORM},
	    {{"ballot", "\"xx\"", "hexadecimal"}, CHECKED_FORM},
	    {{"ballot", "\"564d4231\"", "boleta"}, CHECKED_FORM},
	    {{"contests", "{}", "contests"}, CHECKED_FORM},
	    {{"contests", "{\"a\": 1, \"b\": 2, \"c\": 3}", "contests"}, CHECKED_FORM},
	    {{"contests", "[]", "contests"}, CHECKED_FORM},
	    {{"contests.2", NULL, "contests"}, CHECKED_FORM},
	    {{"contests.3", "{}", "contests"}, CHECKED_FORM},
	    {{"contests.0", "7", "contests[0]"}, CHECKED_FORM},
	    {{"contests.0.more", "7", "more"}, CHECKED_FORM},
	    {{"contests.0.contest", "\"senadurias\"", "contests[0]"}, CHECKED_FORM},
	    {{"contests.0.contest", "7", "contest"}, CHECKED_FORM},
	    {{"contests.1.seed", "\"00\"", "seed"}, CHECKED_FORM},
	    {{"contests.1.seed", "\"00000000000000000000000000000000\"", "sellado de nuevo"}, CHECKED_ENVELOPES},
	    {{"contests.1.plain", "\"00\"", "plain"}, CHECKED_FORM},
	    {{"contests.1.plain", "\"000000000000000200000000\"", "sellado de nuevo"}, CHECKED_ENVELOPES},
	    {{"contests.1.t", "\"00\"", "«t»"}, CHECKED_FORM},
	    {{"contests.1.t", "\"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551\"", "t no es menor"}, CHECKED_FORM},
	    {{"contests.1.t", "\"0000000000000000000000000000000000000000000000000000000000000001\"", "sellado de nuevo"}, CHECKED_ENVELOPES},
	};
	struct made_sealing s;
	json_t *good;

	(void)state;
	made_sealing(&s, whole);
	good = open_ballot(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *root = json_deep_copy(good);

		if (cases[i].fault.value == NULL)
			sample_remove(root, cases[i].fault.path);
		else
			sample_set(root, cases[i].fault.path, json_loads(cases[i].fault.value, JSON_DECODE_ANY, NULL));
		papers_write(file, root);
		fails(cases[i].test, cases[i].fault.about, cases[i].fault.path);
		json_decref(root);
	}
	json_decref(good);
}

/* What only the published files show; everything else of these is sealed well. */
static void test_sealings(void **state)
{
	struct made_sealing s;
	struct scalar k;
	json_t *root;

	(void)state;
	assert_int_equal(scalar_random(&k), OK);
	for (int i = 0; i < 9; i++) {
		static const struct {
			enum checked_test test;
			const char *about;
		} expected[] = {{CHECKED_EID, "otra elección"}, {CHECKED_LISTED, "credentials.csv"}, {CHECKED_ENVELOPES, "sellado de nuevo"},
		                {CHECKED_ENVELOPES, "sellado de nuevo"}, {CHECKED_CONTESTS, "elecciones de la entidad"},
		                {CHECKED_CONTESTS, "elecciones de la entidad"}, {CHECKED_CONTESTS, "elecciones de la entidad"},
		                {CHECKED_CONTESTS, "la misma C_0"}, {CHECKED_PROOFS, "prueba"}};

		made_sealing(&s, whole);
		switch (i) {
		case 0: s.eid[31] ^= 1; break;
		case 1: assert_int_equal(point_mul_base(&s.credential, &k), OK); break;
		case 2: assert_int_equal(point_mul_base(&s.election_key, &k), OK); break;
		case 3: assert_int_equal(point_mul_base(&s.committee_key[1], &k), OK); break;
		case 4: s.form.n--; break;
		case 5: s.form.contests[1].name = "otra"; break;
		case 6: s.form.contests[1].w++; break;
		case 7: s.same_t = true; break;
		}
		root = open_ballot(&s);
		if (i == 8) { /* the proof's last digit */
			char *hex = strdup(json_string_value(json_object_get(root, "ballot")));

			assert_non_null(hex);
			hex[strlen(hex) - 1] = hex[strlen(hex) - 1] == '0' ? '1' : '0';
			sample_set(root, "ballot", json_string(hex));
			free(hex);
		}
		papers_write(file, root);
		fails(expected[i].test, expected[i].about, expected[i].about);
		json_decref(root);
	}
}

/* A signed ballot could be cast: it is refused, not checked. Nor is what is no file of these. */
static void test_signed(void **state)
{
	const struct buffer *b = &whole->ballots[0].bytes;
	struct made_sealing s;
	json_t *root;

	(void)state;
	made_sealing(&s, whole);
	root = open_ballot(&s);
	sample_set(root, "ballot", json_hex(b->data, b->len));
	papers_write(file, root);
	fails(CHECKED_FORM, "sobran", "signed");
	json_decref(root);
	assert_int_equal(remove(file), 0);
	fails(CHECKED_FORM, "no se puede abrir", "no file");
}

/* Published files that are not all there. */
static void test_files(void **state)
{
	char to[sizeof whole->folder + 32], why[256];
	struct checked_ballot *c;
	struct made_sealing s;
	json_t *root;

	(void)state;
	made_sealing(&s, whole);
	papers_write(file, root = open_ballot(&s));
	json_decref(root);
	for (int i = 0; i < 4; i++) {
		static const char *const names[] = {"election.json", "keys.json", "opening.json", "credentials.csv"};

		snprintf(to, sizeof to, "%s/aside", whole->folder);
		assert_int_equal(rename(whole_path(whole, names[i]), to), 0);
		assert_int_equal(checked_ballot_check(&c, file, whole->folder, NULL, NULL), E_EVIDENCE);
		assert_int_equal(c->outcome[CHECKED_FORM], CHECKED_HOLDS);
		assert_int_equal(c->outcome[CHECKED_FILES], CHECKED_FALSE);
		assert_int_equal(c->outcome[CHECKED_PROOFS], CHECKED_NOT_REACHED);
		strcpy(why, c->reason[CHECKED_FILES]);
		checked_ballot_free(c);
		vectors_about(why, names[i], names[i]);
		assert_int_equal(rename(to, whole_path(whole, names[i])), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_form),
	                                   cmocka_unit_test(test_sealings), cmocka_unit_test(test_signed),
	                                   cmocka_unit_test(test_files)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
