/* Inside lib/protocol: what the prover and the check of a shuffle share (PROTOCOL 9). */
#ifndef PROTOCOL_SHUFFLE_PROOF_H
#define PROTOCOL_SHUFFLE_PROOF_H

#include "protocol/envelope.h"
#include "protocol/shuffle.h"

struct shuffle_points {
	struct point c_a, c_b, c_a0, e0[OUTER_POINTS_MAX], c_d, c_delta, c_delta2; /* c_delta2: the capital one */
};
struct shuffle_transcript {
	uint8_t ctx[32], t1[32], t2[32], t3[32];
	struct scalar x, y, z, e;
};

/* H_0..H_n, made once in a process for the longest list so far; *h stays good until it is given back. Any thread. */
struct shuffle_bases;
MUST_USE enum status shuffle_bases_take(struct shuffle_bases **bases, const struct point **h, uint64_t n);
void shuffle_bases_give_back(struct shuffle_bases *bases);
MUST_USE enum status shuffle_transcript_start(struct shuffle_transcript *t, const struct shuffle_statement *st);
MUST_USE enum status shuffle_transcript_1(struct shuffle_transcript *t, const struct point *c_a);
MUST_USE enum status shuffle_transcript_2(struct shuffle_transcript *t, const struct point *c_b);
MUST_USE enum status shuffle_transcript_3(struct shuffle_transcript *t, unsigned w, const struct shuffle_points *p);
/* The file up to the answers. */
void shuffle_proof_header(struct buffer *file, const struct shuffle_statement *st, const struct shuffle_points *p);

#endif
