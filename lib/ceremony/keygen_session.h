/* What the files of the key session share (keygen.h); private to ceremony/. */
#ifndef CEREMONY_KEYGEN_SESSION_H
#define CEREMONY_KEYGEN_SESSION_H

#include "base/secret.h"
#include "ceremony/cards.h"
#include "ceremony/keygen.h"
#include "election/definition.h"
#include "journal/journal.h"
#include "record/folder.h"
#include <jansson.h>

enum { KEYGEN_NAME_MAX = 120 };

struct keygen {
	struct settings *settings;
	const struct keygen_options *options;
	struct definition *definition;
	struct keys_file *keys;
	struct cards_desk *desk;
	struct journal *journal;
	char *keys_path, *document_path;
	char place[KEYGEN_NAME_MAX + 1], hsm_admin[KEYGEN_NAME_MAX + 1], coordinator[KEYGEN_NAME_MAX + 1],
	        notary[KEYGEN_NAME_MAX + 1];
	char serials[SHARES_MAX][17];
	char *spare; /* path; NULL with a real HSM */
	json_t *facts; /* keygen-session.json as it grows */
};

/* ---- keygen_facts.c: what is written down as it happens */
MUST_USE enum status keygen_facts_open(struct keygen *g);
/* One event for the journal and the document. detail: taken over, may be NULL; text: for the act. */
MUST_USE enum status keygen_note(struct keygen *g, const char *event, const char *who, json_t *detail,
                                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* For the cards' dialogue. ctx: the struct keygen. */
MUST_USE enum status keygen_card_note(void *ctx, unsigned card, const char *event, const char *text);
/* The notary confirms a step: initials, remarks (numeral 10). */
MUST_USE enum status keygen_confirm(struct keygen *g, const char *step);
/* A question that has to be answered with yes. E_REFUSED, said, if it is not. */
MUST_USE enum status keygen_demand(struct keygen *g, const char *event, const char *question, const char *refusal);
/* document_path, with the hash of keys.json. */
MUST_USE enum status keygen_facts_write(struct keygen *g, const uint8_t keys_sha256[32]);

/* ---- keygen_rehearsal.c */
MUST_USE enum status keygen_rehearse(struct keygen *g);

#endif
