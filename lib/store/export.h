/* What close-election takes out of the database, as vemre_admin. */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "base/moment.h"
#include "base/status.h"
#include "store/connection.h"
#include <stdint.h>
#include <stdio.h>

enum export_close { EXPORT_CLOSED, EXPORT_WAS_CLOSED, EXPORT_TOO_EARLY };

/* Closes for ever; EXPORT_TOO_EARLY: *wait seconds are left by the database's clock. E_STATE, said: no election. */
MUST_USE enum status export_close(struct connection *c, enum export_close *outcome, uint64_t *ballots, moment *closed,
                                  int *wait);
/* Writes the box to a new file, in the order of trackers, streaming (record/box.h). */
MUST_USE enum status export_box(struct connection *c, const char *path, const uint8_t eid[32], uint64_t ballots);
/* Chains the server's journal and appends its lines to f. */
MUST_USE enum status export_journal(struct connection *c, FILE *f, uint64_t *lines, uint8_t last[32]);

#endif
