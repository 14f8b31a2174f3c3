/* The committee's secret K, its Feldman sharing over the cards, and what K yields (PROTOCOL 3). */
#ifndef PROTOCOL_SHARES_H
#define PROTOCOL_SHARES_H

#include "base/secret.h"
#include "base/status.h"
#include "group/point.h"

enum {
	SHARES_MAX = 64,     /* cards */
	COMMITTEE_KEYS = 4,  /* B_1..B_4 */
	PIN_CHARS = 32,      /* of a vault's PIN */
};

/* 48 bytes (HSM generator XOR system generator) -> K in [1, n), a secret of 32 bytes big-endian. */
MUST_USE enum status shares_make_k(struct secret **k, const struct secret *entropy48);
/* f(0) = K, degree threshold-1. shares[0..cards): 32 bytes each (card i+1 holds shares[i]), the caller's to free.
 * commitments[0..threshold). 2 <= threshold <= cards <= SHARES_MAX. */
MUST_USE enum status shares_split(struct secret **shares, struct point *commitments, const struct secret *k,
                                  unsigned threshold, unsigned cards);
/* Does card's share agree with the commitments? E_EVIDENCE if not (nothing said: the caller knows whose it is). */
MUST_USE enum status shares_check(const struct secret *share, unsigned card, const struct point *commitments,
                                  unsigned threshold);
/* Lagrange at 0 from exactly `threshold` distinct cards; K*G is compared with commitments[0]. */
MUST_USE enum status shares_combine(struct secret **k, const struct secret *const *shares, const unsigned *cards,
                                    const struct point *commitments, unsigned threshold);

/* b_1..b_4: 32 bytes each, the caller's. */
MUST_USE enum status shares_committee_secrets(struct secret *b[COMMITTEE_KEYS], const struct secret *k);
MUST_USE enum status shares_committee_keys(struct point out[COMMITTEE_KEYS], const struct secret *k);
/* PIN of PIN_CHARS characters, no zero; what: "vault-pin" or "vault-so-pin". */
MUST_USE enum status shares_vault_pin(struct secret **pin, const struct secret *k, const char *what);
MUST_USE enum status shares_spare_key(struct secret **key32, const struct secret *k);

#endif
