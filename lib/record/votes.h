/* decrypted-votes.csv (PROTOCOL 11). */
#ifndef RECORD_VOTES_H
#define RECORD_VOTES_H

#include "base/buffer.h"
#include "base/reader.h"
#include "base/status.h"
#include "group/point.h"
#include "protocol/envelope.h"

struct opened_vote {
	enum vote_status status;
	uint8_t inner[INNER_MAX]; /* all but VOTE_UNDECODABLE */
	uint8_t seed[SEED_BYTES], plain[PLAIN_MAX]; /* VOTE_VALID */
	struct point w;           /* VOTE_MISMATCH */
};
void votes_line(struct buffer *out, const char *list, uint64_t idx, unsigned width, const struct opened_vote *v);
/* The next line, which must be row idx of this list. E_EVIDENCE, said. */
MUST_USE enum status votes_read(struct opened_vote *out, struct reader *csv, const char *list, uint64_t idx,
                                unsigned width);

#endif
