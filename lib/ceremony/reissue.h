/*
 * A lost credential replaced while the election is open (PROTOCOL 4): the exchange between the enrolment machine and the
 * server. Two files travel:
 *
 *   line             one line as reissues.csv has it: "old-hex,new-hex,signature-hex" LF, signed by the registrar's key
 *   acknowledgement  {"format", "eid", "old", "new", "lines": [text, …], "number": n, "signature": hex}: the lines of the
 *                    server's journal from the event "reissued old new" to the one that was last then, number n, and a
 *                    system key's signature over that head (PROTOCOL 12, end). So the enrolment machine knows that the
 *                    database did it, by what the server cannot take back, and only then mails the spare's password.
 *
 * Public, both.
 */
#ifndef CEREMONY_REISSUE_H
#define CEREMONY_REISSUE_H

#include "base/settings.h"
#include "base/status.h"
#include "record/folder.h"

struct reissue_line {
	struct point old, fresh;
	uint8_t signature[SIGNATURE_MAX];
	size_t signature_len;
};
/* Appends the line with its LF. */
void reissue_line_text(struct buffer *out, const struct reissue_line *l);
MUST_USE enum status reissue_line_read(struct reissue_line *out, const char *name, const uint8_t *data, size_t len);

/* On the server: checks the line, has the database do it, writes the acknowledgement (replaced). Again with the same
 * line: a new acknowledgement of the same. E_EVIDENCE, said: the line is malformed or not signed by the registrar;
 * else store/reissues.h. */
MUST_USE enum status reissue_serve(struct settings *s, const char *election, const char *line, const char *out);

/* On the enrolment machine: does this acknowledgement prove that the server took the line? E_EVIDENCE, said. *out: which
 * credentials it is about. */
MUST_USE enum status reissue_acknowledged(struct reissue_line *out, const struct record *r, const char *path);

#endif
