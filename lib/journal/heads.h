/*
 * Signed heads of the server's journal (PROTOCOL 12, end): how many lines it had and the SHA-256 of the last, signed by a
 * system key. They are kept where whoever rules over the database does not: a journal that was edited, thinned or cut
 * contradicts them. A head as a line of JSON:
 *
 *   {"format": "VEMRE-V1", "eid": hex, "time": RFC 3339, "lines": n, "last": hex, "signature": hex}
 *
 * "time" is the sealer's word and not signed; the closing's head (journal/server-head.json) has none. Public.
 */
#ifndef JOURNAL_HEADS_H
#define JOURNAL_HEADS_H

#include "base/status.h"
#include "record/folder.h"
#include <jansson.h>
#include <stdint.h>

struct head {
	uint8_t eid[32], last[32], signature[SIGNATURE_MAX];
	size_t signature_len;
	uint64_t lines;
	moment time; /* 0: not said */
};

/* A new reference; NULL: out of memory. */
json_t *head_json(const struct head *h);
/* E_EVIDENCE, said with `where`: not the object of a head. */
MUST_USE enum status head_of(struct head *out, const json_t *object, const char *where);
/* By one of the opening's system keys? */
bool head_signed(const struct head *h, const struct opening_file *o);

/* A file of heads: one object, or one a line (from the first '{' on: lines of syslog are fine; a line without one is passed
 * over). *out: malloc'd, in the file's order. E_INCOMPLETE, said: there is none. */
MUST_USE enum status heads_read(struct head **out, size_t *n, const char *path);

struct heads_verdict {
	uint64_t heads, lines, sealed; /* lines of the journal; of them, up to the last head */
	moment first, last;            /* of the heads that say their time; 0: none */
	int64_t longest;               /* seconds between two of these that follow each other */
};
/* The journal (an export, journal/journal.h's form) against every head. E_EVIDENCE, each said: a signature is no system
 * key's, a head of another election, a line that is no longer what was sealed, lines missing at the end, a broken chain. */
MUST_USE enum status heads_check(struct heads_verdict *out, const char *journal, const char *heads,
                                 const struct record *record);

#endif
