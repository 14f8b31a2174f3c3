/* The verifier on whole records: good ones of every shape held, each altered one refused at the check it breaks. */
#include "base/report.h"
#include "record/verify.h"
#include "unit/breakage.h"
#include "unit/folder.h"
#include "unit/vectors.h"
#include "unit/whole.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct verify_report report;
static struct whole *good[16]; /* by shape, made once */

static int tear_down(void **state)
{
	for (unsigned i = WHOLE_SHAPES_COUNT; i-- > 0;)
		whole_free(good[i]);
	return folder_remove(state);
}

static void print(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level == REPORT_FAULT)
		fprintf(stderr, "%s\n", text);
}

static const char *first_fault(void)
{
	static char text[600];

	for (int c = 0; c < VERIFY_CHECKS; c++)
		if (report.outcome[c] != VERIFY_HOLDS) {
			snprintf(text, sizeof text, "%s (%d): %s", verify_check_id((enum verify_check)c), report.outcome[c],
			         report.reason[c]);
			return text;
		}
	return "nothing";
}

static void test_vector_records(void **state)
{
	static const char *const names[] = {"record", "record-odd", "record-small"};

	(void)state;
	for (int i = 0; i < 3; i++)
		if (verify_record(&report, vectors_path(names[i]), VERIFY_UNTIL_TALLY, NULL, NULL) != OK)
			fail_msg("%s: %s", names[i], first_fault());
}

static struct whole *good_of(const char *shape)
{
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++) {
		if (strcmp(WHOLE_SHAPES[i].name, shape) != 0)
			continue;
		if (good[i] == NULL) {
			report_install(print, NULL, NULL);
			assert_int_equal(whole_make(&good[i], in_folder(shape), &WHOLE_SHAPES[i]), OK);
			report_install(NULL, NULL, NULL);
		}
		return good[i];
	}
	fail_msg("no shape «%s»", shape);
	return NULL;
}

static void test_shapes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++) {
		enum status expected = strcmp(WHOLE_SHAPES[i].name, "unproved") == 0 ? E_UNPROVED : OK;

		if (verify_record(&report, good_of(WHOLE_SHAPES[i].name)->folder, VERIFY_UNTIL_TALLY, NULL, NULL) !=
		    expected)
			fail_msg("%s: %s", WHOLE_SHAPES[i].name, first_fault());
	}
}

static void remove_folder(const char *path)
{
	char command[320];

	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static void test_breakages(void **state)
{
	const struct breakage *b;
	unsigned wrong = 0;
	char path[256];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("broken"));
	for (unsigned i = 0; (b = breakage(i)) != NULL; i++) {
		const char *what;

		report_install(print, NULL, NULL);
		assert_int_equal(breakage_make(b, good_of(b->shape), path), OK);
		report_install(NULL, NULL, NULL);
		what = breakage_judge(b, verify_record(&report, path, VERIFY_UNTIL_TALLY, NULL, NULL), &report);
		if (what != NULL)
			print_error("%s\n", what);
		wrong += what != NULL;
		remove_folder(path);
	}
	assert_int_equal(wrong, 0);
}

/* Any bit of any file: a record with one changed is never held. (An observer's name alone is nobody's to check.) */
static void flip_in(const char *path, size_t size, const char *record)
{
	FILE *f = fopen(path, "r+b");
	uint8_t around[12] = {0};
	long at = (long)((size_t)rand() % size), from = at < 6 ? 0 : at - 6;
	int byte, bit = 1 << rand() % 8;
	enum status r;

	assert_non_null(f);
	fseek(f, from, SEEK_SET);
	if (fread(around, 1, sizeof around, f) == 0)
		fail_msg("%s", path);
	fseek(f, at, SEEK_SET);
	byte = fgetc(f);
	fseek(f, at, SEEK_SET);
	fputc(byte ^ bit, f);
	fflush(f);
	r = verify_record(&report, record, VERIFY_UNTIL_TALLY, NULL, NULL);
	fseek(f, at, SEEK_SET);
	fputc(byte, f);
	fclose(f);
	if (r == OK && (strstr(path, "challenges.json") == NULL || report.outcome[CHECK_CHALLENGES] != VERIFY_HOLDS))
		fail_msg("%s: byte %ld, bit %d: held (near «%.12s»)", path, at, bit, around);
}

static void test_flips(void **state)
{
	char path[256], command[1024], line[256], files[64][256];
	size_t sizes[64], n = 0;
	unsigned seed = (unsigned)time(NULL);
	FILE *list;

	(void)state;
	srand(seed);
	snprintf(path, sizeof path, "%s", in_folder("flips"));
	snprintf(command, sizeof command, "cp -r '%s' '%s' && find '%s' -type f -size +0 -printf '%%s %%p\\n'",
	         vectors_path("record-odd"), path, path);
	assert_non_null(list = popen(command, "r"));
	while (n < 64 && fgets(line, sizeof line, list) != NULL) {
		char *space = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		sizes[n] = strtoul(line, NULL, 10);
		snprintf(files[n++], sizeof files[0], "%s", space + 1);
	}
	assert_int_equal(pclose(list), 0);
	assert_true(n > 30);
	print_message("flips: seed %u\n", seed);
	/* VEMRE_SMALL (valgrind): one a file; every refusal stands among the breakages, too. */
	for (size_t i = 0; i < (getenv("VEMRE_SMALL") != NULL ? n : 3 * n); i++)
		flip_in(files[i % n], sizes[i % n], path);
	assert_int_equal(verify_record(&report, path, VERIFY_UNTIL_TALLY, NULL, NULL), OK); /* all put back */
}

/* A record on its way: whole as far as it goes, and of a later phase it says what is missing. */
static void test_phases(void **state)
{
	static const char *const parts[] = {"results.json decrypted-votes.csv challenges.json lists/*/decryption", "lists",
	                                    "seal.json encrypted-votes.box reissues.csv"};
	char path[256], command[1024];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("phases"));
	snprintf(command, sizeof command, "cp -r '%s' '%s'", good_of("whole")->folder, path);
	assert_int_equal(system(command), 0);
	for (int phase = VERIFY_UNTIL_TALLY; phase >= VERIFY_UNTIL_OPENING; phase--) {
		for (int until = VERIFY_UNTIL_OPENING; until <= VERIFY_UNTIL_TALLY; until++)
			assert_int_equal(verify_record(&report, path, (enum verify_phase)until, NULL, NULL),
			                 until <= phase ? OK : E_INCOMPLETE);
		if (phase == VERIFY_UNTIL_OPENING)
			break;
		snprintf(command, sizeof command, "cd '%s' && rm -r %s", path, parts[VERIFY_UNTIL_TALLY - phase]);
		assert_int_equal(system(command), 0);
	}
}

static void test_nothing_there(void **state)
{
	(void)state;
	assert_int_equal(verify_record(&report, in_folder("nowhere"), VERIFY_UNTIL_TALLY, NULL, NULL), E_INCOMPLETE);
	assert_int_equal(report.outcome[CHECK_DEFINITION], VERIFY_MISSING);
	assert_int_equal(report.outcome[CHECK_RESULTS], VERIFY_NOT_REACHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vector_records), cmocka_unit_test(test_shapes), cmocka_unit_test(test_breakages),
	    cmocka_unit_test(test_flips),          cmocka_unit_test(test_phases), cmocka_unit_test(test_nothing_there),
	};

	return cmocka_run_group_tests(tests, folder_make, tear_down);
}
