/* Inside lib/ceremony: the tally's state and its two halves (tally.c: the session; tally_open.c: the votes). */
#ifndef CEREMONY_TALLY_PARTS_H
#define CEREMONY_TALLY_PARTS_H

#include "base/secret.h"
#include "base/settings.h"
#include "ceremony/attendance.h"
#include "ceremony/lottery.h"
#include "election/count.h"
#include "hsm/vault.h"
#include "journal/journal.h"
#include "record/verify_parts.h"

enum { TALLY_FACTS_MAX = 256, TALLY_FACT = 320 };

struct tally {
	struct settings *settings;
	const char *election;  /* folder */
	char *record, *documents;
	struct journal *journal;
	struct verify *v;      /* the record as verified until closing; the box, list 0, rights */
	struct verify_report report;
	struct attendance attendance;
	struct lottery lottery;
	struct list **last;    /* per list: the last mix's output; NULL: no files */
	struct count **counts; /* per list; NULL: withheld */
	uint8_t results_sha256[32];
	char fact_text[TALLY_FACTS_MAX][TALLY_FACT];
	struct report_fact facts[TALLY_FACTS_MAX];
	size_t n_facts;
};

/* A fact for the acts, told to the room too. */
void tally_fact(struct tally *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Decrypts, opens and counts every list: lists/NAME/decryption, decrypted-votes.csv, results.json; fills counts.
 * Files that a session broken off has left are compared with what is computed now, byte by byte where it is
 * determined by the votes, by its proof where it is not. */
MUST_USE enum status tally_open_votes(struct tally *t, struct vault *vault, const struct secret *k);

#endif
