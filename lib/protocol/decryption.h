/* Opening the outer envelopes of a list, with its proof (PROTOCOL 10). */
#ifndef PROTOCOL_DECRYPTION_H
#define PROTOCOL_DECRYPTION_H

#include "base/buffer.h"
#include "base/secret.h"
#include "base/status.h"
#include "group/point.h"
#include "protocol/envelope.h"

struct decryption_statement {
	const uint8_t *eid;
	const char *name;
	unsigned w;
	uint64_t n;
	const struct point *committee_key;
	const struct point *list;  /* n * (w+1) */
	const uint8_t *list_hash;  /* SHA-256 of the list file */
};

/* The whole file, appended. b[k]: b_(k+1), 32 bytes, k < w. */
MUST_USE enum status decryption_make(struct buffer *file, const struct decryption_statement *st,
                                     struct secret *const *b);
/* Reads the file as the decryption of this statement (E_EVIDENCE, said, if it cannot be) and checks its proof:
 * *failed bit 0: z_k G = A_k + e B_k fails for some k; bit 1: z_k C* = A'_k + e D*_k. factors: n*w points, room
 * given by the caller. */
MUST_USE enum status decryption_check(unsigned *failed, struct point *factors, const struct decryption_statement *st,
                                      const uint8_t *file, size_t len);
/* The inner envelope of row i. False: undecodable. inner: envelope_inner_len(w). */
MUST_USE enum status decryption_inner(bool *decodes, uint8_t *inner, unsigned w, const struct point *row,
                                      const struct point *factors);
/* The same of n rows of w+1 points and their n*w factors. */
MUST_USE enum status decryption_inner_many(bool *decodes, uint8_t (*inner)[INNER_MAX], unsigned w,
                                           const struct point *rows, const struct point *factors, size_t n);

#endif
