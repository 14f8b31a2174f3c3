/*
 * Verification of a record by anyone (PROTOCOL 11): nothing but the record's files. Every check has a name and is
 * told one by one to a listener.
 */
#ifndef RECORD_VERIFY_H
#define RECORD_VERIFY_H

#include "base/status.h"
#include <stdint.h>

enum verify_check {
	CHECK_DEFINITION, CHECK_KEYS, CHECK_OPENING, CHECK_CREDENTIALS, CHECK_REISSUES, CHECK_BOX, CHECK_SEAL,
	CHECK_BALLOTS, CHECK_LISTS, CHECK_SHUFFLES, CHECK_DECRYPTION, CHECK_VOTES, CHECK_CHALLENGES, CHECK_RESULTS,
	VERIFY_CHECKS
};
enum verify_outcome { VERIFY_HOLDS, VERIFY_FAILS, VERIFY_MISSING, VERIFY_UNPROVED, VERIFY_NOT_REACHED };
/* How far a record is expected to go. */
enum verify_phase { VERIFY_UNTIL_OPENING, VERIFY_UNTIL_CLOSING, VERIFY_UNTIL_MIXING, VERIFY_UNTIL_TALLY };

const char *verify_check_id(enum verify_check c);   /* stable: "ballots" */
const char *verify_check_name(enum verify_check c); /* for people, through gettext */

struct verify_report {
	enum verify_outcome outcome[VERIFY_CHECKS];
	uint64_t items[VERIFY_CHECKS];
	char reason[VERIFY_CHECKS][512]; /* of the first fault of each */
	uint64_t ballots, malformed, undecodable, off_curve, mismatches, challenged;
	char observers[512]; /* who made the challenges that hold, each once, "; " between; for people, fit for a terminal */
	char eid[65];
};
typedef void (*verify_listener)(void *ctx, const struct verify_report *report, enum verify_check done);

/* OK: all holds. E_UNPROVED: all holds but mismatch votes without a good challenge. E_INCOMPLETE: a part of the
 * record is missing and the rest holds. E_EVIDENCE: something is false. E_FAILED: the machine's fault. */
MUST_USE enum status verify_record(struct verify_report *report, const char *folder, enum verify_phase until,
                                   verify_listener listener, void *ctx);

#endif
