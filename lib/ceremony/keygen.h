/*
 * The key session (PROCESS 6 to 12, PROTOCOL 3), a guided session (ceremony/steps.h): table, attendance, receipts; K and
 * the cards; the vault with the opening key; the spare; the rehearsal; keys.json and the documents.
 *
 * Writes into the election's folder: journal/keygen-ceremony.jsonl as it goes; documents/: acuses-tarjetas.pdf,
 * hojas-contrasena.pdf, sobres-tarjetas.pdf, then keygen-session.json (the facts), acta-llaves.pdf,
 * transcripcion-llaves.pdf; and, last of all and in one step, record/keys.json: a session broken off never looks
 * finished. It is taken up at its step; from the first card written until the spare is made K is in memory alone, and a
 * session broken off there makes the keys anew (the half-made vault is removed, with consent and on the record).
 *
 * Asked of stdin, in this order, where nothing goes wrong. C: a line of confirmation, ceremony/steps.h; what cards ask
 * besides: ceremony/cards.h. An empty answer where a name is wanted, or a "no", is answered by what steps.h says of a
 * failed step.
 *   1  is this the hour? (s); C
 *   2  place; HSM administrator; coordinator; notary; the N members' names, card 1 to N; all present? (s); C
 *   3  receipts signed and handed in? (s); C
 *   4  [after a session broken off: what it left may be removed? (s)]; per card 1..N: password, password again; C
 *   5  C (the attributes of the opening key have been shown)
 *   6  [a real HSM: cloned by its maker's means? (s)]; C
 *   7  per card as they come: password; C
 */
#ifndef CEREMONY_KEYGEN_H
#define CEREMONY_KEYGEN_H

#include "base/settings.h"
#include "base/status.h"

struct keygen_options {
	const char *election;   /* folder */
	const char *definition; /* file */
	unsigned threshold, cards; /* 2 <= threshold <= cards <= cards.max_cards */
};

/* E_STATE (said): keys.json, a vault or a spare is there already. E_REFUSED: somebody is missing, a limit, abandoned.
 * E_DEVICE: HSM or cards. */
MUST_USE enum status keygen_run(struct settings *s, const struct keygen_options *o);

#endif
