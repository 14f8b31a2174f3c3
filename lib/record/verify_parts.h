/*
 * The verifier's state, for the checks that have files of their own and for the programs that go on from a record
 * verified so far: mix-election and tally.
 */
#ifndef RECORD_VERIFY_PARTS_H
#define RECORD_VERIFY_PARTS_H

#include "base/status.h"
#include "election/count.h"
#include "record/ballots.h"
#include "record/verify.h"
#include "record/votes.h"

/* What is kept of each list of the plan. */
struct verified_list {
	struct list *last;       /* the last mix's output; NULL: no files */
	struct point *factors;   /* n * w, after the decryption */
	unsigned mixes;
	struct count *count;     /* after the votes */
	uint64_t first_vote;     /* index of its row 0 in votes */
};

struct verify {
	struct verify_report *report;
	verify_listener listener;
	void *ctx;
	bool machine; /* a fault of this machine's, not the record's */
	struct record record;
	struct rights *rights;
	struct box *box;
	uint8_t box_sha256[32], reissues_sha256[32];
	struct ballots *ballots;
	struct verified_list *lists; /* as ballots->lists */
	struct opened_vote *votes;   /* of all lists, one after another */
	uint64_t n_votes;
};

/* verify_record (verify.h), and what it has read is kept: *out is the caller's (verify_free) where OK or E_UNPROVED is
 * returned, else NULL. */
MUST_USE enum status verify_keep(struct verify **out, struct verify_report *report, const char *folder,
                                 enum verify_phase until, verify_listener listener, void *ctx);
void verify_free(struct verify *v);

char *verify_path(const struct verify *v, const char *name); /* malloc'd */
MUST_USE enum status verify_hash_file(uint8_t out[32], const struct verify *v, const char *name);

/* Each says its first fault and returns E_EVIDENCE; E_INCOMPLETE for a file that is not there. */
MUST_USE enum status verify_lists(struct verify *v);
MUST_USE enum status verify_shuffles(struct verify *v);
MUST_USE enum status verify_decryption(struct verify *v);
MUST_USE enum status verify_votes(struct verify *v);
MUST_USE enum status verify_challenges(struct verify *v); /* E_UNPROVED: a mismatch that nobody has challenged well */
MUST_USE enum status verify_results(struct verify *v);
void verify_lists_free(struct verify *v);

#endif
