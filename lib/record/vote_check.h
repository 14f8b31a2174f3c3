/* Is an opened vote what its envelope says? (PROTOCOL 6) Shared by verifier and tally. Public. */
#ifndef RECORD_VOTE_CHECK_H
#define RECORD_VOTE_CHECK_H

#include "record/folder.h"
#include "record/votes.h"

/* inner: of the decrypted row, and whether it decodes. *holds false: *why (translated, static) says what is wrong. */
MUST_USE enum status vote_check(bool *holds, const char **why, const struct opened_vote *v, const struct record *r,
                                   const struct contest *contest, bool decodes, const uint8_t *inner);
/* The same for n of them, with tables; *bad: the first that does not hold (n: none) and *why.
 * votes, decodes, inner: n each. sealer: of this contest. */
MUST_USE enum status vote_check_many(size_t *bad, const char **why, const struct opened_vote *votes,
                                     const struct record *r, const struct contest *contest, const bool *decodes,
                                     const uint8_t (*inner)[INNER_MAX], size_t n, const struct envelope_sealer *sealer);

#endif
