/*
 * A mixer and a decrypter that can cheat: PROTOCOL 9 and 10 written once more, from the text, with a place to bend each
 * step, Fiat-Shamir always over what is handed in.
 */
#ifndef UNIT_PROVER_H
#define UNIT_PROVER_H

#include "unit/whole.h"

enum twist {
	TWIST_NONE,
	TWIST_1, TWIST_2, TWIST_3, TWIST_4, /* an answer that enters this check alone */
	TWIST_5,       /* delta_1 is not delta-d_1 */
	TWIST_6,       /* delta_N is not 0 */
	TWIST_ANSWER,  /* an a_i changed: checks 1 and 2 */
	TWIST_COPY,    /* the first output again as the second: one vote twice, one lost */
	TWIST_SHIFT,   /* +D on C_0, -D on C_1 of one output */
	TWIST_ROWS,    /* +D on C_1 of one output, -D on C_1 of another */
	TWIST_LINEAR,  /* an output is the sum of two inputs; b made to fit: the product alone shows it */
	TWIST_REPLACE, /* an output is an envelope of the mixer's own */
	TWIST_HASH,    /* proved over another hash of the output */
	TWIST_ZERO,    /* every answer zero */
};
/* Mixes chain[mixes - 1] of this list again in place of the last mix, bent so; list and proof are written. */
MUST_USE enum status prover_mix(struct whole *w, unsigned list, enum twist twist);

enum bend {
	BEND_NONE,
	BEND_FIRST,   /* A_1 bent before e: z G alone */
	BEND_SECOND,  /* A'_1 bent before e: z C* alone */
	BEND_FACTOR,  /* a factor changed, proved over it */
	BEND_SWAP,    /* two rows' factors exchanged, proved over it */
	BEND_ROWS,    /* +D on one row's factor, -D on another's */
	BEND_COLUMNS, /* +D on D_1, -D on D_2 of one row */
	BEND_KEY,     /* b_1 and b_2 exchanged: another key than the committee's */
	BEND_ANSWER,  /* z_1 changed after e: both */
};
/* The decryption file, bent so; factors follow, so that openings can be made from them. */
MUST_USE enum status prover_decrypt(struct whole *w, unsigned list, enum bend bend);

#endif
