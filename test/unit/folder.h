/* A test's own folder, one a program: in memory (the disk waits for each of thousands of fsyncs), else below /tmp; and what
 * a call says. */
#ifndef UNIT_FOLDER_H
#define UNIT_FOLDER_H

#include "base/report.h"

/* A group's set-up and tear-down (state: as it is): 0, or -1. */
int folder_make(void **state);
int folder_remove(void **state);
/* A path below it, static storage: good until the fourth call after. */
const char *in_folder(const char *name);

/* Calls, keeps what was reported in `why` (an array in sight), and compares the status. */
#define SAID(call, expected)                                                                                           \
	do {                                                                                                           \
		report_capture_begin(why, sizeof why);                                                                 \
		enum status said_ = (call);                                                                            \
		report_capture_end();                                                                                  \
		assert_int_equal(said_, expected);                                                                     \
	} while (0)

#endif
