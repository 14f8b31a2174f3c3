/* Pieces of a mail, written into a secret's room (notify/transfer.h): they may hold a password. */
#ifndef NOTIFY_MIME_H
#define NOTIFY_MIME_H

#include "notify/transfer.h"

/* Unstructured text of a header, as encoded-words of RFC 2047 (B, UTF-8) where it is not plain ASCII, folded.
 * Control characters become spaces. No line end after it. */
void mime_header_text(struct room *r, const char *text);
/* A display name before an address: the same; one with a special character is encoded too, and so needs no quotes. */
void mime_header_name(struct room *r, const char *name);
/* RFC 2045 6.7: lines of at most 76, CRLF. text: UTF-8 with LF. */
void mime_quoted_printable(struct room *r, const char *text, size_t len);
/* &, <, >, " escaped; control characters become spaces. */
void mime_html(struct room *r, const char *text);
/* RFC 5322 3.3, in UTC. out: at least 40 bytes. */
void mime_date(char *out, size_t size, int64_t when);

#endif
