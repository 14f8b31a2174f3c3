/*
 * Vault, cards and keys.json of an election without the key session's dialogue, for tests of what comes after it.
 *
 *   quick-keys --config FILE --election ID --cards DIR --out keys.json     three of five cards, DIR/1 … DIR/5 (blank)
 *
 * Card N's password is clave-larga-N. SoftHSM only: the reader's link is set card by card. Tests only.
 */
#include "base/file.h"
#include "base/program.h"
#include "base/report.h"
#include "hsm/card.h"
#include "hsm/vault.h"
#include "record/folder.h"
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THRESHOLD = 3, CARDS = 5 };

static const char *const people[CARDS] = {"Aurora Béjar Lozano", "Benigno Cota Ruvalcaba", "Cecilia Domínguez Ñonthé",
                                          "Darío Echeverría Puc", "Elvira Fuentes de la Mora"};

static enum status write_card(struct card_reader *reader, struct keys_file *keys, unsigned card, const char *folder,
                              const char *link, const struct secret *share)
{
	struct card_label label = {.card = card, .cards = CARDS, .threshold = THRESHOLD,
	                           .commitment = keys->commitments[0]};
	struct secret *password;
	char text[64], number[8];
	char *store, *real;
	enum status r;

	snprintf(number, sizeof number, "%u", card);
	store = file_path(folder, number, NULL);
	if (store == NULL || (real = realpath(store, NULL)) == NULL)
		return fault(E_USAGE, NULL, "no card %u", card);
	unlink(link);
	if (symlink(real, link) != 0)
		return fault(E_FAILED, NULL, "%s: no link", link);
	snprintf(label.election, sizeof label.election, "%s", keys->election);
	snprintf(label.member, sizeof label.member, "%s", people[card - 1]);
	snprintf(text, sizeof text, "clave-larga-%u", card);
	password = secret_copy(text, strlen(text));
	r = card_write(reader, &label, share, password);
	secret_free(password);
	unlink(link);
	free(store);
	free(real);
	return r;
}

static enum status make(struct settings *s, const char *id, const char *folder, const char *out)
{
	struct keys_file *keys = calloc(1, sizeof *keys);
	struct secret *shares[CARDS] = {NULL}, *entropy = secret_new(48), *k = NULL;
	struct card_reader *reader = NULL;
	struct vault *vault = NULL;
	const char *link = settings_path(s, "cards.reader", NULL);
	enum status r;

	if (keys == NULL || entropy == NULL || link == NULL || RAND_priv_bytes(secret_bytes(entropy), 48) != 1)
		return E_FAILED;
	snprintf(keys->election, sizeof keys->election, "%s", id);
	keys->threshold = THRESHOLD;
	keys->cards = CARDS;
	for (unsigned i = 0; i < CARDS; i++)
		keys->members[i].name = strdup(people[i]);
	if ((r = shares_make_k(&k, entropy)) != OK || (r = vault_prepare(&vault, s)) != OK ||
	    (r = vault_make(vault, k)) != OK || (r = vault_public_key(vault, &keys->election_key)) != OK ||
	    (r = shares_committee_keys(keys->committee_key, k)) != OK ||
	    (r = shares_split(shares, keys->commitments, k, THRESHOLD, CARDS)) != OK)
		goto done;
	vault_close(vault);
	vault = NULL;
	if ((r = card_reader_open(&reader, s)) != OK)
		goto done;
	for (unsigned i = 0; r == OK && i < CARDS; i++)
		r = write_card(reader, keys, i + 1, folder, link, shares[i]);
	if (r == OK)
		r = keys_file_write(keys, out);
done:
	card_reader_free(reader);
	vault_close(vault);
	for (unsigned i = 0; i < CARDS; i++)
		secret_free(shares[i]);
	secret_free(entropy);
	secret_free(k);
	keys_file_free(keys);
	return r;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *id = NULL, *cards = NULL, *out = NULL;
	struct settings *settings = NULL;
	enum status r;
	int next;

	program_start("quick-keys");
	const struct program_option options[] = {{"config", &config, NULL}, {"election", &id, NULL},
	                                         {"cards", &cards, NULL},   {"out", &out, NULL},
	                                         {NULL, NULL, NULL}};
	if (program_options(argc, argv, options, "see the head of test/tools/quick-keys.c\n", &next) != PROGRAM_GO ||
	    config == NULL || id == NULL || cards == NULL || out == NULL)
		return program_end(fault(E_USAGE, NULL, "quick-keys --config --election --cards --out"));
	if ((r = settings_open(&settings, config)) == OK)
		r = make(settings, id, cards, out);
	settings_free(settings);
	return program_end(r);
}
