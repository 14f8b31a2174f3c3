/* The mixer's side of lists/NAME/ (record/chain.h): what it follows and what it refuses to mix; its own mixes verify. */
#include "base/file.h"
#include "base/report.h"
#include "record/chain.h"
#include "record/verify.h"
#include "unit/folder.h"
#include "unit/prover.h"
#include "unit/vectors.h"
#include "unit/whole.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char why[512];
static struct whole *whole;
static struct record *record;
static const char NAME[] = "presidencia";

static int set_up(void **state)
{
	return folder_make(state) == 0 && whole_make(&whole, in_folder("record"), whole_shape("three-mixes")) == OK &&
	               record_open(&record, whole->folder) == OK && remove(in_folder("record/lists/presidencia/decryption")) == 0
	           ? 0
	           : -1;
}

static int tear_down(void **state)
{
	record_free(record);
	whole_free(whole);
	return folder_remove(state);
}

static const struct list *zero(void)
{
	return whole->lists[whole_list(whole, NAME)].chain[0];
}

/* chain_follow forgets the points of the list 0 that it is given. */
static enum status follow_copy(struct list **last, unsigned *mixes)
{
	struct list copy = *zero();
	size_t size = copy.n * (copy.w + 1) * sizeof *copy.points;
	enum status s;

	copy.points = malloc(size);
	assert_non_null(copy.points);
	memcpy(copy.points, zero()->points, size);
	s = chain_follow(last, mixes, record, NAME, &copy);
	list_forget(&copy);
	return s;
}

/* Follows, which must come to so many mixes. */
static struct list *follow(unsigned expected)
{
	struct list *last;
	unsigned mixes;

	assert_int_equal(follow_copy(&last, &mixes), OK);
	assert_int_equal(mixes, expected);
	return last;
}

static void refuse(const char *about)
{
	struct list *last;
	unsigned mixes;

	SAID(follow_copy(&last, &mixes), E_EVIDENCE);
	assert_null(last);
	vectors_about(why, about, about);
}

static void swap(const char *a, const char *b)
{
	assert_int_equal(rename(in_folder(a), in_folder("aside")), 0);
	assert_int_equal(rename(in_folder(b), in_folder(a)), 0);
	assert_int_equal(rename(in_folder("aside"), in_folder(b)), 0);
}

static void test_follow(void **state)
{
	struct list *last = follow(3), other = *zero();
	struct point first[2];

	(void)state;
	assert_true(point_equal(&last->points[0], &whole->lists[whole_list(whole, NAME)].chain[3]->points[0]));
	list_free(last);
	/* another list 0 than the box's: one vote for another */
	other.points = malloc(other.n * (other.w + 1) * sizeof *other.points);
	assert_non_null(other.points);
	memcpy(other.points, zero()->points, other.n * (other.w + 1) * sizeof *other.points);
	first[0] = other.points[1];
	other.points[1] = other.points[2];
	other.points[2] = first[0];
	SAID(chain_follow(&last, &(unsigned){0}, record, NAME, &other), E_EVIDENCE);
	vectors_about(why, "0.list no es lo que da la urna", "another box");
	assert_null(last);
	free(other.points);
	/* lists and proofs in each other's place, of another list, not readable */
	swap("record/lists/presidencia/1.list", "record/lists/presidencia/2.list");
	refuse("1.proof");
	swap("record/lists/presidencia/1.list", "record/lists/presidencia/2.list");
	swap("record/lists/presidencia/2.proof", "record/lists/presidencia/3.proof");
	refuse("2.proof");
	swap("record/lists/presidencia/2.proof", "record/lists/presidencia/3.proof");
	swap("record/lists/presidencia/3.list", "record/lists/senadurias.09/1.list");
	refuse("3.list");
	swap("record/lists/presidencia/3.list", "record/lists/senadurias.09/1.list");
	assert_int_equal(file_create(in_folder("record/lists/presidencia/notes"), "", 0, 0600), OK);
	refuse("notes");
	assert_int_equal(remove(in_folder("record/lists/presidencia/notes")), 0);
	swap("record/lists/presidencia/0.list", "record/lists/presidencia/3.list");
	refuse("0.list");
	swap("record/lists/presidencia/0.list", "record/lists/presidencia/3.list");
	assert_int_equal(rename(in_folder("record/lists/presidencia/0.list"), in_folder("0.list")), 0);
	assert_int_equal(file_create(in_folder("record/lists/presidencia/0.list"), "VML1", 4, 0600), OK);
	refuse("0.list: la lista es de otra elección");
	assert_int_equal(rename(in_folder("0.list"), in_folder("record/lists/presidencia/0.list")), 0);
	list_free(follow(3));
}

/* A mix that cheats is followed by nobody. */
static void test_twisted(void **state)
{
	unsigned l = whole_list(whole, NAME);

	(void)state;
	for (enum twist t = TWIST_1; t <= TWIST_ZERO; t++) {
		assert_int_equal(prover_mix(whole, l, t), OK);
		refuse("3.proof");
	}
	assert_int_equal(prover_mix(whole, l, TWIST_NONE), OK);
	list_free(follow(3));
}

static void test_mix(void **state)
{
	struct list *last = follow(3);
	static struct verify_report report;
	unsigned mixes = 3;

	(void)state;
	assert_int_equal(chain_mix(&last, &mixes, record, NAME), OK);
	assert_int_equal(mixes, 4);
	assert_int_equal(last->n, zero()->n);
	list_free(last);
	last = follow(4);
	assert_int_equal(verify_record(&report, whole->folder, VERIFY_UNTIL_MIXING, NULL, NULL), OK);
	/* never over what is there, nor after the decryption */
	mixes = 3;
	SAID(chain_mix(&last, &mixes, record, NAME), E_STATE);
	assert_int_equal(mixes, 3);
	assert_int_equal(file_create(in_folder("record/lists/presidencia/decryption"), "x", 1, 0600), OK);
	mixes = 4;
	SAID(chain_mix(&last, &mixes, record, NAME), E_STATE);
	vectors_about(why, "ya está descifrada", "decrypted");
	assert_false(file_exists(in_folder("record/lists/presidencia/5.proof")));
	assert_int_equal(remove(in_folder("record/lists/presidencia/decryption")), 0);
	list_free(last);
}

/* Half a mix is taken away; a folder of another's is not entered. */
static void test_clean(void **state)
{
	struct list *last = NULL;

	(void)state;
	assert_int_equal(remove(in_folder("record/lists/presidencia/4.proof")), 0);
	assert_int_equal(file_create(in_folder("record/lists/presidencia/5.proof.part-x"), "", 0, 0600), OK);
	report_capture_begin(why, sizeof why);
	list_free(follow(3));
	report_capture_end();
	assert_false(file_exists(in_folder("record/lists/presidencia/4.list")));
	assert_false(file_exists(in_folder("record/lists/presidencia/5.proof.part-x")));
	assert_int_equal(rename(in_folder("record/lists/presidencia"), in_folder("elsewhere")), 0);
	assert_int_equal(file_create(in_folder("elsewhere/4.list"), "", 0, 0600), OK);
	assert_int_equal(symlink("../../elsewhere", in_folder("record/lists/presidencia")), 0);
	refuse("no es una carpeta propia");
	assert_int_equal(remove(in_folder("record/lists/presidencia")), 0);
	assert_true(file_exists(in_folder("elsewhere/4.list")));
	assert_int_equal(rename(in_folder("record/lists"), in_folder("far")), 0);
	assert_int_equal(symlink("../far", in_folder("record/lists")), 0);
	refuse("no es una carpeta propia");
	assert_int_equal(remove(in_folder("record/lists")), 0);
	/* no folder yet: list 0 is written */
	last = follow(0);
	assert_int_equal(last->n, zero()->n);
	assert_true(file_exists(in_folder("record/lists/presidencia/0.list")));
	list_free(last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_follow), cmocka_unit_test(test_twisted),
	                                   cmocka_unit_test(test_mix), cmocka_unit_test(test_clean)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
