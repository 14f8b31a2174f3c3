/*
 * The roll (lista nominal) as the registrar hands it in: CSV of RFC 4180, UTF-8 (a byte-order mark is passed over),
 * LF or CRLF, a header line with exactly these names in any order:
 *
 *   voter,name,email,phone,district
 *
 * voter: the register's key, [0-9A-Za-z._-], 1 to 64; name: 1 to 200 bytes; email: notify/mail.h; phone: E.164, in
 * which spaces, dashes, dots and brackets are dropped; district: an id of the definition. A field may be quoted; a
 * line end within quotes is not taken. Personal data: goes nowhere but the spool.
 */
#ifndef CEREMONY_ROLL_H
#define CEREMONY_ROLL_H

#include "base/buffer.h"
#include "base/status.h"
#include "election/definition.h"
#include <stdbool.h>
#include <stdint.h>

enum { ROLL_MAX_FILE = 1 << 30, ROLL_VOTER_MAX = 64, ROLL_NAME_MAX = 200 };

struct roll_line {
	const char *voter, *name, *email, *phone; /* owned by the roll */
	unsigned district;
	uint32_t number; /* of the line in the file, from 1 */
};
struct roll {
	struct roll_line *lines; /* the good ones, in the file's order */
	size_t n;
	struct buffer rejected; /* CSV: line,reason,text, with its header; empty if there is none */
	size_t n_rejected;
	char *text;
};

/* Bad lines are said as warnings (the first twenty) and kept in rejected. repeated_mail: several voters may share an
 * address. E_EVIDENCE: no such header, or not UTF-8 CSV at all. */
MUST_USE enum status roll_read(struct roll **out, const char *path, const struct definition *d, bool repeated_mail);
/* The same from bytes; name: for messages. */
MUST_USE enum status roll_parse(struct roll **out, const char *name, const void *data, size_t len,
                                const struct definition *d, bool repeated_mail);
void roll_free(struct roll *r);
/* field as CSV, quoted where it must be. */
void roll_csv(struct buffer *out, const char *field);

#endif
