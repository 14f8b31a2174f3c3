/* What the files of the key session share (keygen.h); private to ceremony/. */
#ifndef CEREMONY_KEYGEN_SESSION_H
#define CEREMONY_KEYGEN_SESSION_H

#include "base/secret.h"
#include "ceremony/cards.h"
#include "ceremony/keygen.h"
#include "ceremony/steps.h"
#include "election/definition.h"
#include "hsm/vault.h"
#include "record/folder.h"
#include <jansson.h>

enum { KEYGEN_NAME_MAX = 120 };

struct keygen {
	struct settings *settings;
	const struct keygen_options *options;
	struct definition *definition;
	uint8_t definition_sha256[32];
	struct keys_file *keys;
	struct cards_desk *desk;
	struct steps *steps;
	char *keys_path, *documents, *journal;
	char place[KEYGEN_NAME_MAX + 1], hsm_admin[KEYGEN_NAME_MAX + 1], coordinator[KEYGEN_NAME_MAX + 1],
	        notary[KEYGEN_NAME_MAX + 1];
	char serials[SHARES_MAX][17];
	struct vault *vault;  /* from its preparation to its closing */
	struct secret *k;     /* from the cards' writing to the spare */
	json_t *vault_facts;  /* vault.h */
	char *spare;          /* path; NULL with a real HSM */
	char spare_sha256[65];
	unsigned subsets;     /* tried in the rehearsal */
};

/* The steps' functions; ctx: the struct keygen. */
#define KEYGEN_STEP(name) MUST_USE enum status name(struct steps *s, void *ctx)
#define KEYGEN_RESTORE(name) \
	MUST_USE enum status name(struct steps *s, void *ctx, const json_t *kept, bool *again)

/* ---- keygen_people.c: numerals 6 to 8 */
KEYGEN_STEP(keygen_table);
KEYGEN_STEP(keygen_attendance);
KEYGEN_RESTORE(keygen_attendance_restore);
KEYGEN_STEP(keygen_receipts);

/* ---- keygen_make.c: numerals 9 to 11 */
KEYGEN_STEP(keygen_shares);
KEYGEN_RESTORE(keygen_shares_restore);
KEYGEN_STEP(keygen_vault);
KEYGEN_RESTORE(keygen_vault_restore);
KEYGEN_STEP(keygen_spare);
KEYGEN_RESTORE(keygen_spare_restore);

/* ---- keygen_rehearsal.c */
KEYGEN_STEP(keygen_rehearse);
KEYGEN_RESTORE(keygen_rehearse_restore);

/* ---- keygen_publish.c: numeral 12 */
KEYGEN_STEP(keygen_publish);
/* Who is there, for a document; facts and confirmations are not filled in. members: SHARES_MAX of them. */
void keygen_people(const struct keygen *g, struct report_session *out, struct report_member *members);

/* For the cards' dialogue: journal, and a fact where it matters. ctx: the struct keygen. */
MUST_USE enum status keygen_card_note(void *ctx, unsigned card, const char *event, const char *text);

#endif
