/*
 * Mail by SMTP with libcurl. A message may hold a secret (a voter's password): it is a struct secret from end to
 * end, and what libcurl copies of it is wiped (notify/transfer.h).
 *
 * Settings: mail.url ("smtp://host:port", or "smtps://…"; a must), mail.from (a must), mail.from_name (""),
 * mail.starttls (true: a relay that does not offer it gets no mail), mail.ca (file; default the system's),
 * mail.user and mail.password_file (where the relay asks), mail.timeout (60 s a message), mail.hello (the name we
 * greet with; default the domain of mail.from).
 */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum { MAIL_ADDRESS_MAX = 254 /* RFC 5321 4.5.3.1.3 */, MAIL_REASON = 256 };

/* A bounded part of RFC 5321: one '@', a dot-atom of ASCII before (at most 64), a host name with a dot after; no
 * quoting, no comments, nothing that could end a header or a command. */
bool mail_address_valid(const char *address);
/* The part after the '@', in the address. */
const char *mail_domain(const char *address);

/* One relay connection, for one thread. The texts are owned by it. */
struct mail_relay;
MUST_USE enum status mail_relay_open(struct mail_relay **out, struct settings *s);
void mail_relay_free(struct mail_relay *m);
const char *mail_relay_from(const struct mail_relay *m);
const char *mail_relay_from_name(const struct mail_relay *m); /* "" where there is none */

/* Does it answer, with TLS and the log-in where they are asked for? Nothing is sent, and the relay is of no other use
 * afterwards. E_FAILED, said. */
MUST_USE enum status mail_relay_try(struct mail_relay *m);

enum mail_outcome {
	MAIL_ACCEPTED, /* the relay answered 250 to the whole message */
	MAIL_REFUSED,  /* it refuses this address or this message for good (5xx) */
	MAIL_LATER,    /* not now: no connection, 4xx; nothing went out */
	MAIL_DOUBT,    /* the whole message was handed over and the answer was lost: it may have gone out */
	MAIL_USELESS,  /* no message can go this way: TLS missing or wrong, log-in refused; nothing went out */
};
/* message: the whole of it, with CRLF. reason: what the relay or libcurl said; nothing of the message. The connection
 * is kept for the next call. */
enum mail_outcome mail_send(struct mail_relay *m, const char *to, const struct secret *message,
                            char reason[MAIL_REASON]);

#endif
