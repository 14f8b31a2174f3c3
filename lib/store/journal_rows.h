/* The server's journal in the database, for whoever seals it (as vemre_monitor or vemre_admin) or tells of it. sql/003, sql/009. */
#ifndef STORE_JOURNAL_ROWS_H
#define STORE_JOURNAL_ROWS_H

#include "store/connection.h"

/* Chains what is new and tells the head: as the database has it, to be recomputed from the lines. */
MUST_USE enum status journal_rows_seal(struct connection *c, uint64_t *lines, uint8_t last[32]);
/* The chained lines from number `from` on, in order, without their LF. What tell returns other than OK ends it. */
typedef enum status (*journal_rows_listener)(void *ctx, uint64_t number, const char *line);
MUST_USE enum status journal_rows_tell(struct connection *c, uint64_t from, journal_rows_listener tell, void *ctx);
/* Lines beyond `after` whose row of vemre.journal is gone or says something else: each said. E_EVIDENCE if there is one. */
MUST_USE enum status journal_rows_faults(struct connection *c, uint64_t after);
/* Notes the head of another journal, where it has changed. name: "monitor-election.jsonl". */
MUST_USE enum status journal_rows_other(struct connection *c, const char *name, uint64_t lines, const uint8_t last[32]);

#endif
