/* The ballot: its bytes, its proofs, its signature, its tracker (PROTOCOL 8). All public. */
#ifndef PROTOCOL_BALLOT_H
#define PROTOCOL_BALLOT_H

#include "base/buffer.h"
#include "base/status.h"
#include "group/point.h"
#include "protocol/envelope.h"

enum { BALLOT_CONTESTS_MAX = 32, BALLOT_NAME_MAX = 40, BALLOT_MAX_BYTES = 32768 };

struct ballot_contest {
	char name[BALLOT_NAME_MAX + 1];
	unsigned w;
	struct point c[OUTER_POINTS_MAX]; /* w + 1 */
	struct point proof_a;
	struct scalar proof_z;
};

struct ballot {
	uint8_t eid[32];
	struct point credential;
	unsigned n;
	struct ballot_contest contests[BALLOT_CONTESTS_MAX];
	bool is_signed;
	struct point sig_a;
	struct scalar sig_z;
	uint8_t tracker[32];
};

/* What a ballot of this credential must hold, in the definition's order. */
struct ballot_form {
	unsigned n;
	struct {
		const char *name; /* borrowed */
		unsigned w;
	} contests[BALLOT_CONTESTS_MAX];
};

/* Reads the bytes (form alone: points on the curve, scalars below n, nothing left over). `with_signature` false
 * reads an unsigned one (PROTOCOL 8, checking). E_EVIDENCE, said. */
MUST_USE enum status ballot_read(struct ballot *out, const uint8_t *data, size_t len, bool with_signature);
/* Everything of PROTOCOL 8 that the ballot alone shows: eid, form, distinct C_0, each proof, the signature (where
 * is_signed). The right to vote is the caller's business (election/rights.h). E_EVIDENCE, said. */
MUST_USE enum status ballot_check(const struct ballot *b, const uint8_t eid[32], const struct ballot_form *form);

/* ballot_check for many: ballot_batch_add checks all but the proofs and the signature, ballot_batch_holds those of all
 * that were added, at once. Where they do not hold, ballot_check finds the culprit. One thread at a time each. */
struct ballot_batch;
MUST_USE enum status ballot_batch_new(struct ballot_batch **out);
void ballot_batch_free(struct ballot_batch *b);
void ballot_batch_clear(struct ballot_batch *b);
MUST_USE enum status ballot_batch_add(struct ballot_batch *batch, const struct ballot *b, const uint8_t eid[32],
                                      const struct ballot_form *form);
MUST_USE enum status ballot_batch_holds(bool *holds, const struct ballot_batch *b);

/* Making one, for tests and tools: append the unsigned bytes; then the signature. */
struct ballot_vote {
	const uint8_t *plain; /* envelope_plain_len(w) */
	uint8_t seed[SEED_BYTES];
	struct scalar t;
};
MUST_USE enum status ballot_make_unsigned(struct buffer *out, const uint8_t eid[32], const struct point *credential,
                                          const struct ballot_form *form, const struct point *election_key,
                                          const struct point *committee_key, const struct ballot_vote *votes);
MUST_USE enum status ballot_sign(struct buffer *ballot, const struct point *credential, const struct scalar *sk);

#endif
