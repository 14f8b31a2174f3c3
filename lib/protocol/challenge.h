/* An observer's challenge of a mismatch vote (PROTOCOL 12, PROTOCOL 6). */
#ifndef PROTOCOL_CHALLENGE_H
#define PROTOCOL_CHALLENGE_H

#include "base/status.h"
#include "group/point.h"

/* Q = u R + v G. */
MUST_USE enum status challenge_question(struct point *q, const struct point *r, const struct scalar *u,
                                        const struct scalar *v);
/* Does answer = x(u W + v A), with u != 0 and no infinity on the way? */
MUST_USE enum status challenge_holds(bool *holds, const struct point *r, const struct point *w,
                                     const struct point *election_key, const struct scalar *u, const struct scalar *v,
                                     const uint8_t answer[32]);

#endif
