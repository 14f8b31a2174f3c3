/* The plain vote, the inner and the outer envelope (PROTOCOL 5, 6, 7). */
#ifndef PROTOCOL_ENVELOPE_H
#define PROTOCOL_ENVELOPE_H

#include "base/status.h"
#include "group/point.h"

enum {
	WIDTH_MIN = 2,
	WIDTH_MAX = 4,
	BLOCK = 30,
	INNER_MAX = BLOCK * WIDTH_MAX,      /* 120 */
	PLAIN_MAX = INNER_MAX - 48,         /* 72 */
	SEED_BYTES = 16,
	OUTER_POINTS_MAX = WIDTH_MAX + 1,
};

enum vote_status { VOTE_VALID, VOTE_UNDECODABLE, VOTE_OFF_CURVE, VOTE_MISMATCH };

/* "valid", "undecodable", "off-curve", "mismatch" */
const char *envelope_status_name(enum vote_status s);

static inline size_t envelope_inner_len(unsigned w)
{
	return BLOCK * (size_t)w;
}
static inline size_t envelope_plain_len(unsigned w)
{
	return BLOCK * (size_t)w - 48;
}

/* Seals v (envelope_plain_len(w) bytes) to the election key A. out: envelope_inner_len(w). */
MUST_USE enum status envelope_seal_inner(uint8_t *out, unsigned w, const uint8_t eid[32], const char *contest,
                                         const struct point *election_key, const uint8_t seed[SEED_BYTES],
                                         const uint8_t *v);
/* R: the point with x = X and even y. False: off-curve. */
bool envelope_inner_point(struct point *r, const uint8_t *inner);
/* Unmasks with Z = x(W); seed and v come out whatever they are. */
MUST_USE enum status envelope_unmask(uint8_t seed[SEED_BYTES], uint8_t *v, unsigned w, const uint8_t eid[32],
                                     const char *contest, const uint8_t *inner, const uint8_t z[32]);
/* *same: does sealing (seed, v) again give these bytes? */
MUST_USE enum status envelope_seals_again(bool *same, const uint8_t *inner, unsigned w, const uint8_t eid[32],
                                          const char *contest, const struct point *election_key,
                                          const uint8_t seed[SEED_BYTES], const uint8_t *v);

/* The same for many votes of one contest, with tables for G and A. Constant-time in seed and v. */
struct envelope_sealer;
struct envelope_opened {
	const uint8_t *inner, *seed, *plain; /* borrowed */
};
MUST_USE enum status envelope_sealer_new(struct envelope_sealer **out, unsigned w, const uint8_t eid[32],
                                         const char *contest, const struct point *election_key);
void envelope_sealer_free(struct envelope_sealer *s);
MUST_USE enum status envelope_seals_again_many(bool *same, const struct envelope_sealer *s,
                                               const struct envelope_opened *opened, size_t n);

/* A block as a point (PROTOCOL 7). */
MUST_USE enum status envelope_embed(struct point *out, const uint8_t block[BLOCK]);
/* False: the point does not decode (first byte of x not 00, y odd, infinity). */
bool envelope_extract(uint8_t block[BLOCK], const struct point *p);

/* C_0 = t G, C_k = P_k + t B_k. out: w+1 points. For tests and tools; voters seal in the browser. */
MUST_USE enum status envelope_seal_outer(struct point *out, unsigned w, const struct point *committee_key,
                                         const struct scalar *t, const uint8_t *inner);

/* x of a point, and width for a contest's write_in_bytes (0..64): ceil((56 + bytes) / 30). */
void envelope_x(uint8_t x[32], const struct point *p);
unsigned envelope_width(unsigned write_in_bytes);

#endif
