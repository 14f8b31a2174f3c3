/*
 * The card dialogue of the tally alone, for the tests of it.
 *
 *   open-cards --config F --keys KEYS --order 3,1,5,2,4      collects K and opens the vault with it
 *   open-cards --config F --keys KEYS --erase                erases the shares
 *   open-cards --config F --keys KEYS --forge CARD           writes a blank card (password "falsa-12") whose share is
 *                                                            not the one the commitments fix
 */
#include "base/program.h"
#include "base/report.h"
#include "ceremony/cards.h"
#include "hsm/card.h"
#include "hsm/vault.h"
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status note(void *ctx, unsigned card, const char *event, const char *text)
{
	(void)ctx;
	report_info("event %u %s: %s", card, event, text);
	return OK;
}

static enum status collect(struct settings *s, struct cards_desk *desk, const struct keys_file *keys, const char *list)
{
	unsigned order[SHARES_MAX], used[SHARES_MAX], n = 0;
	struct secret *k = NULL;
	struct vault *v = NULL;
	enum status r;
	char *end;

	for (; n < SHARES_MAX && *list != '\0'; list = *end == ',' ? end + 1 : end)
		order[n++] = (unsigned)strtoul(list, &end, 10);
	if ((r = cards_collect(&k, desk, order, n, used)) == OK &&
	    (r = vault_open(&v, s, k, &keys->election_key, 1)) == OK) {
		printf("open with");
		for (unsigned i = 0; i < keys->threshold; i++)
			printf(" %u", used[i]);
		printf("\n");
	}
	vault_close(v);
	secret_free(k);
	return r;
}

static enum status erase(struct cards_desk *desk, const struct keys_file *keys)
{
	bool erased[SHARES_MAX];
	enum status r = cards_erase(desk, erased);

	for (unsigned i = 0; r == OK && i < keys->cards; i++)
		printf("card %u %s\n", i + 1, erased[i] ? "erased" : "not erased");
	return r;
}

static enum status forge(struct settings *s, const struct keys_file *keys, unsigned card)
{
	struct card_label label = {.card = card, .cards = keys->cards, .threshold = keys->threshold,
	                           .commitment = keys->commitments[0]};
	struct secret *share = secret_new(32), *password = secret_copy("falsa-12", 8);
	struct card_reader *reader = NULL;
	enum status r = E_FAILED;

	snprintf(label.election, sizeof label.election, "%s", keys->election);
	snprintf(label.member, sizeof label.member, "%s", keys->members[card - 1].name);
	/* Below n: the first byte is zero. */
	if (share != NULL && password != NULL && RAND_priv_bytes(secret_bytes(share) + 1, 31) == 1 &&
	    (r = card_reader_open(&reader, s)) == OK)
		r = card_write(reader, &label, share, password);
	card_reader_free(reader);
	secret_free(share);
	secret_free(password);
	return r;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *keys_path = NULL, *order = NULL, *forged = NULL;
	bool erasing = false;
	const struct program_option options[] = {{"config", &config, NULL}, {"keys", &keys_path, NULL},
	                                         {"order", &order, NULL},   {"forge", &forged, NULL},
	                                         {"erase", NULL, &erasing}, {NULL, NULL, NULL}};
	struct settings *s = NULL;
	struct keys_file *keys = NULL;
	struct cards_desk *desk = NULL;
	int next;
	enum status r;

	program_start("open-cards");
	if (program_options(argc, argv, options, "", &next) != PROGRAM_GO || keys_path == NULL)
		return E_USAGE;
	if ((r = settings_open(&s, config)) != OK || (r = keys_file_open(&keys, keys_path)) != OK)
		goto done;
	if (forged != NULL) {
		r = forge(s, keys, (unsigned)strtoul(forged, NULL, 10));
		goto done;
	}
	if ((r = cards_open(&desk, s, keys, note, NULL)) == OK)
		r = erasing ? erase(desk, keys) : collect(s, desk, keys, order);
done:
	cards_close(desk);
	keys_file_free(keys);
	settings_free(s);
	return program_end(r);
}
