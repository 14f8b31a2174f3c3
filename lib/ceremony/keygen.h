/*
 * The key session (PROCESS 6 to 12, PROTOCOL 3): attendance, K, the cards, the vault with the opening key, the spare,
 * the rehearsal, keys.json.
 *
 * Writes into the election's folder: journal/keygen-ceremony.jsonl as it goes; documents/keygen-session.json (the
 * facts, for the act) and, last of all and in one step, record/keys.json: a session broken off never looks finished.
 *
 * Asked of stdin, in this order, where nothing goes wrong (what cards ask besides: ceremony/cards.h):
 *   place; HSM administrator; coordinator; notary; the N members' names, card 1 to N; all present? (s);
 *   receipts signed? (s); notary's initials and remarks;
 *   per card 1..N: password, password again;
 *   notary's initials (the vault's attributes have been shown); with a real HSM: cloned by its maker's means? (s);
 *   rehearsal, per card as they come: password;
 *   notary's initials.
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

/* E_STATE (said): keys.json, a vault or a spare is there already. E_REFUSED: somebody is missing, a limit, broken off.
 * E_DEVICE: HSM or cards. */
MUST_USE enum status keygen_run(struct settings *s, const struct keygen_options *o);

#endif
