/*
 * Vault, cards and keys.json of an election without the key session's dialogue, for tests of what comes after it.
 *
 *   quick-keys --config FILE --election ID --cards DIR --out keys.json     three of five cards, DIR/1 … DIR/5 (blank)
 *
 * --secrets FILE: every secret of it, as it would lie in a memory, for memory-watch. Card N's password is clave-larga-N. SoftHSM only: the reader's link is set card by card. Tests only.
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

/* ---- for memory-watch: a name and bytes in hex a line; a scalar also as lib/group holds it, least first */

static void put(FILE *f, const char *name, const uint8_t *bytes, size_t len)
{
	fprintf(f, "%s ", name);
	for (size_t i = 0; i < len; i++)
		fprintf(f, "%02x", bytes[i]);
	fputc('\n', f);
}

static void put_scalar(FILE *f, const char *name, const struct secret *s)
{
	uint8_t reversed[32];
	char text[64];

	for (size_t i = 0; i < 32; i++)
		reversed[i] = secret_bytes(s)[31 - i];
	put(f, name, secret_bytes(s), 32);
	snprintf(text, sizeof text, "%s-limbs", name);
	put(f, text, reversed, 32);
}

static void put_and_free(FILE *f, const char *name, struct secret *s)
{
	if (s != NULL)
		put(f, name, secret_bytes(s), secret_len(s));
	secret_free(s);
}

static enum status write_secrets(const char *path, const struct secret *k, struct secret *const *shares)
{
	FILE *f = fopen(path, "w");
	struct secret *b[COMMITTEE_KEYS], *pin = NULL, *so_pin = NULL, *spare = NULL;
	char name[32], text[32];
	enum status r;

	if (f == NULL)
		return fault(E_FAILED, NULL, "%s", path);
	if ((r = shares_committee_secrets(b, k)) != OK || (r = shares_vault_pin(&pin, k, "vault-pin")) != OK ||
	    (r = shares_vault_pin(&so_pin, k, "vault-so-pin")) != OK || (r = shares_spare_key(&spare, k)) != OK)
		goto done;
	put_scalar(f, "K", k);
	for (unsigned i = 0; i < COMMITTEE_KEYS; i++) {
		snprintf(name, sizeof name, "b_%u", i + 1);
		put_scalar(f, name, b[i]);
		secret_free(b[i]);
	}
	for (unsigned i = 0; i < CARDS; i++) {
		snprintf(name, sizeof name, "share-%u", i + 1);
		put_scalar(f, name, shares[i]);
		snprintf(name, sizeof name, "password-%u", i + 1);
		snprintf(text, sizeof text, "clave-larga-%u", i + 1);
		put(f, name, (const uint8_t *)text, strlen(text));
	}
	put_and_free(f, "vault-pin", pin);
	put_and_free(f, "vault-so-pin", so_pin);
	put_and_free(f, "vault-spare-key", spare);
done:
	fclose(f);
	return r;
}

static enum status make(struct settings *s, const char *id, const char *folder, const char *out, const char *secrets)
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
	if (r == OK && secrets != NULL)
		r = write_secrets(secrets, k, shares);
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
	const char *config = NULL, *id = NULL, *cards = NULL, *out = NULL, *secrets = NULL;
	struct settings *settings = NULL;
	enum status r;
	int next;

	program_start("quick-keys");
	const struct program_option options[] = {{"config", &config, NULL}, {"election", &id, NULL},
	                                         {"cards", &cards, NULL},   {"out", &out, NULL},
	                                         {"secrets", &secrets, NULL}, {NULL, NULL, NULL}};
	if (program_options(argc, argv, options, "see the head of test/tools/quick-keys.c\n", &next) != PROGRAM_GO ||
	    config == NULL || id == NULL || cards == NULL || out == NULL)
		return program_end(fault(E_USAGE, NULL, "quick-keys --config --election --cards --out"));
	if ((r = settings_open(&settings, config)) == OK)
		r = make(settings, id, cards, out, secrets);
	settings_free(settings);
	return program_end(r);
}
