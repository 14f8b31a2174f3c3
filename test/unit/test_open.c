/* What every program does first with a record (record/folder.h): its first files together, and who may vote. */
#include "base/file.h"
#include "base/report.h"
#include "record/folder.h"
#include "unit/folder.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char why[512];

/* record_open ties the first files together, and gives the vectors' eid. */
static void test_open(void **state)
{
	struct record *r;
	struct rights *rights;
	json_t *results;
	uint8_t eid[32];

	(void)state;
	assert_int_equal(record_open(&r, vectors_path("record")), OK);
	results = vectors_load("record/results.json");
	vectors_field(eid, 32, results, "eid");
	assert_memory_equal(r->eid, eid, 32);
	json_decref(results);
	assert_int_equal(record_rights(&rights, r, true), OK);
	assert_int_equal(rights->n, 26);
	rights_free(rights);
	record_free(r);
	SAID(record_open(&r, "/nowhere"), E_INCOMPLETE);
	assert_null(r);
}

/* A copy of the vectors' record, altered by this command run in it. */
static void alter(const char *command)
{
	const char *to = in_folder("open");
	char whole[1600];

	snprintf(whole, sizeof whole, "rm -rf %s && cp -r '%s' %s && cd %s && %s", to, vectors_path("record"), to, to, command);
	assert_int_equal(system(whole), 0);
}

/* Each of the first files missing, or of another election. */
static void test_open_faults(void **state)
{
	static const char *const missing[] = {"election.json", "keys.json", "opening.json", "credentials.csv"};
	struct rights *rights;
	struct record *r;
	char command[128];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(command, sizeof command, "rm %s", missing[i]);
		alter(command);
		SAID(record_open(&r, in_folder("open")), E_INCOMPLETE);
		vectors_about(why, missing[i], missing[i]);
		assert_null(r);
	}
	for (size_t i = 0; i < 3; i++) {
		snprintf(command, sizeof command, "echo '{}' >%s", missing[i]);
		alter(command);
		SAID(record_open(&r, in_folder("open")), E_EVIDENCE);
		vectors_about(why, "falta", missing[i]);
		assert_null(r);
	}
	for (size_t i = 1; i < 3; i++) {
		snprintf(command, sizeof command, "sed -i 's/\"election\": \"[a-z0-9-]*\"/\"election\": \"otra\"/' %s", missing[i]);
		alter(command);
		SAID(record_open(&r, in_folder("open")), E_EVIDENCE);
		vectors_about(why, "de otra elección", missing[i]);
		assert_null(r);
	}
	/* credentials taken away between the two; reissues that must be there, or may */
	alter("true");
	assert_int_equal(record_open(&r, in_folder("open")), OK);
	assert_int_equal(remove(in_folder("open/reissues.csv")), 0);
	SAID(record_rights(&rights, r, true), E_INCOMPLETE);
	assert_null(rights);
	assert_int_equal(record_rights(&rights, r, false), OK);
	rights_free(rights);
	assert_int_equal(file_create(in_folder("open/reissues.csv"), "x\n", 2, 0600), OK);
	SAID(record_rights(&rights, r, false), E_EVIDENCE);
	assert_null(rights);
	assert_int_equal(remove(in_folder("open/credentials.csv")), 0);
	SAID(record_rights(&rights, r, false), E_INCOMPLETE);
	assert_null(rights);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_open), cmocka_unit_test(test_open_faults)};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
