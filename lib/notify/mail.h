/*
 * One mail with a plain and an HTML part, by SMTP with libcurl. The message itself holds a secret (the voter's
 * password) and exists only in locked memory, wiped once it has been handed over.
 */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "base/moment.h"
#include <stdbool.h>
#include <stddef.h>

enum { MAIL_ADDRESS_MAX = 254 /* RFC 5321 4.5.3.1.3 */ };

/* addr-spec of RFC 5322 as the web uses it: one '@', dot-atom before, host name after, ASCII (a bounded subset:
 * no quoted local parts, no comments, nothing that could end a header or an SMTP command). */
bool mail_address_valid(const char *address);
/* The part after the '@', in the address. */
const char *mail_domain(const char *address);

/* Settings mail.url ("smtp://host:port" or "smtps://…"; a must), mail.from (a must), mail.from_name,
 * mail.starttls (true: refuse a relay that does not offer it), mail.ca (file; default: the system's),
 * mail.user and mail.password_file (where the relay asks), mail.timeout (60 s), mail.hello (our name). */
struct mail_relay;
MUST_USE enum status mail_relay_open(struct mail_relay **out, struct settings *s);
void mail_relay_free(struct mail_relay *m); /* ends the connection */
const char *mail_relay_from(const struct mail_relay *m);
const char *mail_relay_from_name(const struct mail_relay *m); /* "" where there is none */

enum mail_outcome {
	MAIL_ACCEPTED, /* the relay answered 250 to the whole message */
	MAIL_REFUSED,  /* the relay refuses this address or message for good (5xx) */
	MAIL_LATER,    /* not now: connection, TLS, 4xx; nothing went out */
	MAIL_DOUBT,    /* the message was under way and the answer was lost: it may have gone out */
};
/* Sends over a connection that is kept between calls. message: the whole of it, CRLF lines. reason: what the
 * relay or libcurl said, never the message. */
enum mail_outcome mail_send(struct mail_relay *m, const char *to, const struct secret *message, char *reason,
                            size_t reason_size);

/* What a voter's mail says. Texts are borrowed; UTF-8. */
struct mail_letter {
	const char *from, *from_name, *to, *to_name, *message_id; /* message_id with its <> */
	moment date;
	const char *title, *username, *credential_code, *district;
	const struct secret *password; /* PASSWORD_SYMBOLS */
	const char *site, *help_phone, *zone;
	moment opens, closes;
	bool simulation;
};
/* *out: the whole message, RFC 5322 with multipart/alternative (RFC 2046), UTF-8, base64 parts. */
MUST_USE enum status mail_compose(struct secret **out, const struct mail_letter *letter);

#endif
