/*
 * The client of system-signer, the one process that owns the server's token (DESIGN 5). It signs typed requests
 * only: it builds the bytes of a receipt, a seal, a journal head itself (protocol/signature.h).
 *
 * Socket: setting signer.socket. Each call waits at most 10 s. E_FAILED (said): no answer; E_REFUSED (said): the
 * signer does not sign this; E_DEVICE (said): its token fails.
 */
#ifndef HSM_SIGNER_H
#define HSM_SIGNER_H

#include "base/status.h"
#include "group/point.h"
#include "protocol/signature.h"
#include <stddef.h>
#include <stdint.h>

struct signer; /* a connection to system-signer; reconnects by itself once; not thread-safe: one per thread */

MUST_USE enum status signer_connect(struct signer **out, const char *socket_path);
void signer_free(struct signer *s);
MUST_USE enum status signer_public_key(struct signer *s, struct point *out);
MUST_USE enum status signer_receipt(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                                    const uint8_t tracker[32]);
/* closed: RFC 3339. */
MUST_USE enum status signer_seal(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                                 const uint8_t box_sha256[32], const uint8_t reissues_sha256[32], uint64_t ballots,
                                 const char *closed);
MUST_USE enum status signer_journal(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                                    uint64_t lines, const uint8_t last[32]);

#endif
