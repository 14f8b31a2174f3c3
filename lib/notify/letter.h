/* The voter's letter: the mail that brings user name and password (numeral 19). Looks into the password. */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include "base/moment.h"
#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>

/* Texts are borrowed, UTF-8. */
struct letter {
	const char *from, *from_name, *to, *to_name; /* names may be "" */
	const char *message_id;                      /* with its <> */
	moment date;
	const char *title, *site, *help_phone, *zone, *district; /* the election's; district as people read it */
	moment opens, closes;
	bool simulation;
	const char *username, *credential_code, *phone; /* phone: only its last two digits are told */
	const struct secret *password;
};

/* *out: the whole message with CRLF: RFC 5322, multipart/alternative (RFC 2046) of text/plain and text/html, UTF-8,
 * quoted-printable. In the plain part, each on a line of its own: "Usuario: X" and
 * "Contraseña: XXXXX-XXXXX-XXXXX-XXXXX". */
MUST_USE enum status letter_compose(struct secret **out, const struct letter *l);

#endif
