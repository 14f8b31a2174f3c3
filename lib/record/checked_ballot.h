/*
 * A ballot that a voter had opened instead of casting it (PROTOCOL 8, end): the opening file against the published
 * files, every test of that section, and what its votes say. The file is the voter's secret until it is thrown away;
 * nothing of it is kept here. Public otherwise.
 */
#ifndef RECORD_CHECKED_BALLOT_H
#define RECORD_CHECKED_BALLOT_H

#include "base/status.h"
#include "protocol/ballot.h"
#include "protocol/hash.h"

enum checked_test {
	CHECKED_FORM,       /* the file's fields; the ballot's bytes; unsigned */
	CHECKED_FILES,      /* election.json, keys.json, opening.json, credentials.csv; eid of them */
	CHECKED_EID,        /* the ballot's eid is that */
	CHECKED_TRACKER,    /* SHA-256 of the unsigned bytes, as the voter wrote it down */
	CHECKED_CREDENTIAL, /* the one of the voter's own letter */
	CHECKED_LISTED,     /* and in credentials.csv */
	CHECKED_CONTESTS,   /* those of its district, in order, each of its width; no two C_0 equal */
	CHECKED_ENVELOPES,  /* each sealed again from seed, plain, t */
	CHECKED_PROOFS,
	CHECKED_TESTS
};
/* OPEN: to be compared by eye, because the voter gave nothing to compare with. */
enum checked_outcome { CHECKED_NOT_REACHED, CHECKED_HOLDS, CHECKED_FALSE, CHECKED_OPEN };
enum { CHECKED_WORDS = 2048 };

const char *checked_test_id(enum checked_test t);   /* stable: "envelopes" */
const char *checked_test_name(enum checked_test t); /* for people, through gettext */

struct checked_ballot {
	enum checked_outcome outcome[CHECKED_TESTS];
	char reason[CHECKED_TESTS][256]; /* of a test that is false */
	char tracker[CODE_SIZE], credential[CODE_SIZE], eid[65];
	unsigned n; /* votes in words: none unless CHECKED_ENVELOPES holds */
	struct {
		char office[256], words[CHECKED_WORDS];
	} votes[BALLOT_CONTESTS_MAX];
};

/* tracker, credential: the codes as typed by the voter, or NULL. OK: every test holds or is the voter's to compare.
 * E_EVIDENCE: one is false. E_FAILED: this machine's fault. *out: the caller's, from checked_ballot_free. */
MUST_USE enum status checked_ballot_check(struct checked_ballot **out, const char *file, const char *folder,
                                          const char *tracker, const char *credential);
void checked_ballot_free(struct checked_ballot *c);

#endif
