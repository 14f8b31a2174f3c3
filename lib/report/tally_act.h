/*
 * Acta de cómputo of one list (numerals 33 to 35; DESIGN 7, 10): every option and combination with votes,
 * unregistered, null and total, in figures and words; who signs and to whom it goes; the hashes that tie it to
 * the record. On sheets of its own, the informative annex: combinations, distribution, candidates.
 */
#ifndef REPORT_TALLY_ACT_H
#define REPORT_TALLY_ACT_H

#include "base/status.h"
#include "election/count.h"
#include "election/definition.h"
#include "election/lists.h"
#include "report/session.h"
#include <stdbool.h>
#include <stdint.h>

struct report_tally {
	const struct definition *definition;
	const struct election_lists *lists;
	size_t list;               /* index in lists */
	const struct count *count; /* finished; NULL where the list is withheld */
	uint8_t eid[32];
	uint8_t box_sha256[32], results_sha256[32];
	uint8_t list_sha256[32];   /* of the last list file, the one that was decrypted */
	bool has_list;             /* false: the list has no ballots, or is withheld, so it has no files */
	const struct report_session *session;
	const char *folio;         /* NULL: made from the election, the list's number and results_sha256 */
};

MUST_USE enum status report_tally_act(const char *path, const struct report_tally *t);

#endif
