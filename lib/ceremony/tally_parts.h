/* Inside lib/ceremony: the tally's state, and its steps by the numerals they serve. */
#ifndef CEREMONY_TALLY_PARTS_H
#define CEREMONY_TALLY_PARTS_H

#include "base/secret.h"
#include "base/settings.h"
#include "ceremony/attendance.h"
#include "ceremony/lottery.h"
#include "ceremony/steps.h"
#include "ceremony/tally.h"
#include "election/count.h"
#include "hsm/vault.h"
#include "journal/journal.h"
#include "record/verify_parts.h"

struct tally {
	struct settings *settings;
	const char *election; /* folder */
	enum tally_part part;
	bool stopped;         /* after the lottery, as asked */
	char *record, *documents, *journal;
	struct record *early; /* before anything is checked: the definition and who holds which card */
	struct steps *steps;
	struct verify *v;     /* the record as verified until closing; the box, list 0, rights */
	struct verify_report report;
	struct attendance attendance;
	struct lottery lottery;
	struct list **last;    /* per list: the last mix's output; NULL: no files */
	struct count **counts; /* per list; NULL: withheld */
	uint64_t mismatches;
	uint8_t results_sha256[32];
	struct report_member members[SHARES_MAX]; /* for the acts */
};

/* The steps' functions; ctx: the struct tally. */
#define TALLY_STEP(name) MUST_USE enum status name(struct steps *s, void *ctx)
#define TALLY_RESTORE(name) MUST_USE enum status name(struct steps *s, void *ctx, const json_t *kept, bool *again)

/* ---- tally_before.c: numerals 29 and 30; nothing is opened */
TALLY_STEP(tally_attendance);
TALLY_RESTORE(tally_attendance_restore);
TALLY_STEP(tally_record);
TALLY_STEP(tally_mixes);
TALLY_STEP(tally_lottery);
TALLY_RESTORE(tally_lottery_restore);

/* ---- tally_count.c: numerals 31 to 33, and the cards' end */
TALLY_STEP(tally_count);
TALLY_RESTORE(tally_count_restore);
TALLY_STEP(tally_erase);
/* Erasing alone, of cards that a session which has ended left as they were. */
MUST_USE enum status tally_erase_left(struct tally *t);
/* The drawn members open the vault once more, for challenges alone. */
MUST_USE enum status tally_challenge_again(struct tally *t);

/* What happens at the reader, into the journal (cards.h: cards_note); ctx: the journal. */
MUST_USE enum status tally_card_note(void *ctx, unsigned card, const char *event, const char *text);

/* ---- tally_challenge.c: PROTOCOL 12 */
/* Asks for files of challenges, answers and records them; v: its record, opened votes known. */
MUST_USE enum status tally_challenges(struct vault *vault, const struct record *record, struct journal *journal,
                                      const char *journal_path);

/* ---- tally_acts.c: numerals 33 to 35 */
TALLY_STEP(tally_acts);
TALLY_STEP(tally_signatures);
/* Members with what the lottery gave, and the session so far; valid until the next of steps.h. */
void tally_session(struct report_session *out, struct tally *t);
bool tally_acts_there(const struct tally *t); /* results and every act */

/* ---- tally_open.c */
/* Decrypts, opens and counts every list: lists/NAME/decryption, decrypted-votes.csv, results.json; fills counts.
 * Files that a session broken off has left are compared with what is computed now, byte by byte where it is
 * determined by the votes, by its proof where it is not. */
MUST_USE enum status tally_open_votes(struct tally *t, struct vault *vault, const struct secret *k);
/* The counts again from decrypted-votes.csv, which with results.json must be what `kept` says. */
MUST_USE enum status tally_count_again(struct tally *t);

#endif
