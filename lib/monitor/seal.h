/*
 * The server's journal, sealed while the voting is open (DESIGN 11, PROTOCOL 12, end). One round:
 *
 *   1. the head of the operators' journal goes into the server's (so that its tail cannot be cut either)
 *   2. what is new is chained, and read back and hashed here: every line against every head that was ever signed, every
 *      row against its line (beyond journal.whole_lines lines: from the last head on, and all of it every SEAL_WHOLE_EVERY rounds)
 *   3. system-signer signs the head; it goes to the election's monitor/server-heads.jsonl and at once to the second place:
 *      the file of the setting journal.heads (another host's disk), syslog (journal.syslog), or both
 *
 * A journal that contradicts a head is said, noted in the operators' journal and in syslog, and is not sealed any more until
 * somebody has looked. As vemre_monitor. Public.
 */
#ifndef MONITOR_SEAL_H
#define MONITOR_SEAL_H

#include "monitor/operation.h"

enum { SEAL_WHOLE_MAX = 200000, SEAL_WHOLE_EVERY = 15, SEAL_SECONDS = 60 };

/* every 0: one round. Else a round each so many seconds until SIGTERM or SIGINT; a round that fails is said, and the next
 * comes all the same. E_EVIDENCE, said: the database's journal is not the one that was sealed. E_STATE: another one seals. */
MUST_USE enum status seal_run(struct operation *o, long every);

/* ---- the second place (seal_place.c) */
struct seal_place;
/* Settings journal.heads and journal.syslog. E_FAILED, said: a file that cannot be written. */
MUST_USE enum status seal_place_open(struct seal_place **out, const struct operation *o);
void seal_place_close(struct seal_place *p);
/* A line without its LF. E_FAILED, said, with the place that did not take it; the others got it. */
MUST_USE enum status seal_place_put(struct seal_place *p, const char *line, bool alarm);

#endif
