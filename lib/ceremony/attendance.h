/* Who is in the room (numerals 6, 29): asked at the terminal, kept for the journal and the acts. */
#ifndef CEREMONY_ATTENDANCE_H
#define CEREMONY_ATTENDANCE_H

#include "base/status.h"
#include "record/folder.h"
#include "report/session.h"

enum { ATTENDANCE_NAME = 256 };

struct attendance {
	char place[ATTENDANCE_NAME], notary[ATTENDANCE_NAME], hsm_admin[ATTENDANCE_NAME], coordinator[ATTENDANCE_NAME];
	bool absent[SHARES_MAX]; /* member i+1 */
};

/*
 * Asked of stdin, in order: place; names of notary, HSM administrator, coordinator (none may be left empty: numeral
 * 29); cards of the members who are absent (numbers separated by spaces; an empty line: all are there). Fewer
 * than the threshold present: E_REFUSED, said.
 */
MUST_USE enum status attendance_ask(struct attendance *out, const struct keys_file *keys);

#endif
