/*
 * The closing (numerals 27, 28): no more ballots, sessions ended, the box taken out of the database, sealed by a
 * system key. Run again, it finds the same or says what differs; it never writes over what is there.
 */
#ifndef CEREMONY_CLOSING_H
#define CEREMONY_CLOSING_H

#include "base/settings.h"
#include "base/status.h"
#include <stdbool.h>

/*
 * Leaves record/encrypted-votes.box, record/reissues.csv, record/seal.json, journal/server.jsonl with its signed head
 * journal/server-head.json, journal/server-heads.txt (those signed while the voting was open, where monitor-election
 * sealed), documents/closing-report.json (each file of record/ and journal/ with its hash: what the venue compares,
 * ceremony/import.h) and reporte-de-cierre.pdf. Run again later, the server's journal may have grown; the report stays.
 * wait: sleeps until the closing by the database's clock;
 * otherwise too early is E_REFUSED, said. E_STATE: not opened. E_EVIDENCE: what is there is not what the database has.
 */
MUST_USE enum status closing_run(struct settings *s, const char *election, bool wait);

#endif
