/* Re-issued credentials in the database, as vemre_admin (PROTOCOL 4): giving one, what the acknowledgement shows, and
 * reissues.csv. */
#ifndef STORE_REISSUES_H
#define STORE_REISSUES_H

#include "base/status.h"
#include "group/point.h"
#include "protocol/signature.h"
#include "store/connection.h"
#include <stdbool.h>
#include <stdint.h>

/* One transaction. E_REFUSED, said: a ballot is in the box, the credential is not a live one, the new one no free spare
 * of the district; E_STATE, said: not opened, or closed. *journal: of its event; *again: it was done before. */
MUST_USE enum status reissues_give(struct connection *c, const struct point *old, const struct point *fresh,
                                   const uint8_t *signature, size_t signature_len, long long *journal, bool *again);

/* Chains the journal; then the lines from that event's to the last, in order. *number: of the last one; last: its
 * SHA-256. */
typedef enum status (*reissues_listener)(void *ctx, const char *line);
MUST_USE enum status reissues_lines(struct connection *c, long long journal, uint64_t *number, uint8_t last[32],
                                    reissues_listener tell, void *ctx);

/* Appends the lines of reissues.csv, sorted by bytes. */
MUST_USE enum status reissues_export(struct connection *c, struct buffer *out);

#endif
