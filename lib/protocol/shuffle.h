/*
 * Shuffle of ElGamal ciphertexts of w+1 points and its proof (Bayer and Groth, EUROCRYPT 2012, one row;
 * PROTOCOL 9). The permutation, the re-randomisers and the proof's masks are secret; the rest is public.
 */
#ifndef PROTOCOL_SHUFFLE_H
#define PROTOCOL_SHUFFLE_H

#include "base/buffer.h"
#include "base/status.h"
#include "group/point.h"

/* A list of ciphertexts: n rows of w+1 points. */
struct shuffle_statement {
	const uint8_t *eid;            /* 32 */
	const char *name;              /* of the list */
	unsigned w;
	uint64_t n;                    /* >= 2 */
	const struct point *committee_key; /* B_1..B_w */
	const struct point *in, *out;  /* n * (w+1) */
	const uint8_t *hin, *hout;     /* SHA-256 of the list files */
};

/* The six checks of PROTOCOL 9, as bits. */
enum { SHUFFLE_CHECK_1 = 1, SHUFFLE_CHECK_2 = 2, SHUFFLE_CHECK_3 = 4, SHUFFLE_CHECK_4 = 8, SHUFFLE_CHECK_5 = 16,
       SHUFFLE_CHECK_6 = 32, SHUFFLE_CHECKS = 63 };

struct shuffle_secret; /* permutation and re-randomisers */

/* Draws a permutation and re-randomisers; out: n * (w+1) points. */
MUST_USE enum status shuffle_mix(struct shuffle_secret **secret, struct point *out, const struct point *in, uint64_t n,
                                 unsigned w, const struct point *committee_key);
void shuffle_secret_free(struct shuffle_secret *secret);
/* The whole proof file, appended to file. */
MUST_USE enum status shuffle_prove(struct buffer *file, const struct shuffle_statement *st,
                                   const struct shuffle_secret *secret);
/* *failed: bits of the checks that do not hold (0: it holds). E_EVIDENCE (said) if the file cannot be read as the
 * proof of this statement. */
MUST_USE enum status shuffle_check(unsigned *failed, const struct shuffle_statement *st, const uint8_t *file,
                                   size_t len);

#endif
