/* The transcript of the lottery (PROTOCOL 12), documents/lottery.json: read and drawn again by anyone. */
#ifndef RECORD_LOTTERY_FILE_H
#define RECORD_LOTTERY_FILE_H

#include "base/status.h"
#include "protocol/shares.h"
#include "record/folder.h"

enum { LOTTERY_SPOKEN_MAX = 64, LOTTERY_SPOKEN_DIGITS = 40 };

struct lottery {
	unsigned n, m, order[SHARES_MAX]; /* of all cards; the first m are drawn */
	uint8_t commitment[32], entropy[32];
};
/* Reads a transcript and recomputes it: E_EVIDENCE (said) if anything in it is not what the draw gives, or the draw is
 * not of this election's threshold among its cards. */
MUST_USE enum status lottery_read(struct lottery *out, const struct record *r, const char *path);

#endif
