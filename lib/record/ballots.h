/*
 * Every ballot of the box checked (PROTOCOL 8, 9, 11), and list 0 of every list made from them. What verifier, mixer
 * and tally do before anything else.
 */
#ifndef RECORD_BALLOTS_H
#define RECORD_BALLOTS_H

#include "base/status.h"
#include "election/lists.h"
#include "election/rights.h"
#include "record/box.h"
#include "record/folder.h"
#include "record/list.h"

struct ballots {
	uint64_t n;
	struct election_lists *lists;
	/* Per list; NULL where there are no files: empty or withheld. Its points are forgotten once lists/NAME/0.list has
	 * been compared with them (verify_lists, chain_follow). */
	struct list **zero;
};

/* Trackers ascend strictly; each credential may vote, in its district, once; each ballot holds. The first fault is
 * said with the ballot's place and tracker. */
MUST_USE enum status ballots_check(struct ballots **out, const struct record *record, const struct rights *rights,
                                   const struct box *box);
void ballots_free(struct ballots *b);

#endif
