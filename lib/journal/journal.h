/*
 * The journal (bitácora, DESIGN 11): what a program did, who did it and when, one JSON object per line,
 *
 *   {"time": RFC 3339 in UTC, "program", "event", "who": text or null, "detail": object, "previous": hex}
 *
 * "previous" is the SHA-256 of the line before, its bytes without the LF; the first line has that of the empty
 * string (PROTOCOL 12, end). Append-only: nothing is ever taken away, not even the half of a line that a power
 * cut left. Several programs may write to one journal: each line is written under a lock (flock) and is on disk
 * (fsync) when the call returns. Never a secret, never what links a voter to a ballot.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include "base/status.h"
#include <jansson.h>
#include <stdint.h>

enum { JOURNAL_LINE_MAX = 1 << 20 }; /* bytes of a line, LF included */

/* The event that finishes a half-written line: detail {"line", "bytes", "sha256"} of what was left. */
#define JOURNAL_REPAIRED "journal-repaired"

struct journal;

/* Opens or makes the file (mode 0640; its folder must exist). A half-written last line is finished with an LF and
 * named by an event JOURNAL_REPAIRED, and a warning is said. program: as it calls itself; copied. */
MUST_USE enum status journal_open(struct journal **out, const char *path, const char *program);
void journal_close(struct journal *j); /* NULL is fine */

/* event: ASCII [a-z0-9-]. who: person or account, or NULL. detail: an object, whose reference is taken over in
 * every case, or NULL for {}. E_FAILED: not written, or not whole, and said; the next call repairs. */
MUST_USE enum status journal_write(struct journal *j, const char *event, const char *who, json_t *detail);

/* Reads it all: form of every line and the chain. *lines: how many; last: SHA-256 of the last line (of the empty
 * string where there is none); either may be NULL. E_EVIDENCE, said, with the number of the bad line. The end of a
 * journal can be cut without breaking the chain: only a head kept elsewhere shows that. */
MUST_USE enum status journal_check(const char *path, uint64_t *lines, uint8_t last[32]);

/* The same, and tells `tell` of every line in order: its number from 1, its object (borrowed), its SHA-256. A line that a
 * power cut left unreadable is passed over. What tell returns other than OK ends the reading. */
typedef enum status (*journal_tell)(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32]);
MUST_USE enum status journal_read(const char *path, journal_tell tell, void *ctx);

#endif
