/* The verifier on whole records: good ones of every shape held, each altered one refused at the check it breaks. */
#include "base/report.h"
#include "record/verify.h"
#include "unit/vectors.h"
#include "unit/whole.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char folder[] = "/tmp/vemre-verify-XXXXXX";
static struct verify_report report;

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
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

static void test_shapes(void **state)
{
	(void)state;
	report_install(print, NULL, NULL);
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++) {
		enum status expected = strcmp(WHOLE_SHAPES[i].name, "unproved") == 0 ? E_UNPROVED : OK;
		char path[128];
		struct whole *w;

		snprintf(path, sizeof path, "%s/%s", folder, WHOLE_SHAPES[i].name);
		assert_int_equal(whole_make(&w, path, &WHOLE_SHAPES[i]), OK);
		if (verify_record(&report, path, VERIFY_UNTIL_TALLY, NULL, NULL) != expected)
			fail_msg("%s: %s", WHOLE_SHAPES[i].name, first_fault());
		whole_free(w);
	}
	report_install(NULL, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vector_records),
	    cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
