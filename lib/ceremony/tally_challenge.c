/*
 * `tally challenge` (PROTOCOL 12): with the vault open and all votes opened, observers' requests are answered by the HSM,
 * at most 1,000 an election by the journal's count, and what they reveal joins the record. Files: record/challenge_file.h.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/cards.h"
#include "ceremony/tally_parts.h"
#include "record/challenge_file.h"
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 1024 };

static enum status count_answers(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	const char *event = json_string_value(json_object_get(line, "event"));

	(void)number;
	(void)sha256;
	*(unsigned *)ctx += event != NULL && strcmp(event, "challenge-answered") == 0;
	return OK;
}

/* The answer goes beside the request. Noted first: an answer that nobody counted is never given. */
static enum status answer(struct vault *vault, const struct record *r, struct journal *journal, const char *request)
{
	char *copy = strdup(request), *to = copy != NULL ? file_path(dirname(copy), "answer.json", NULL) : NULL;
	struct challenge_request q;
	uint8_t x[32];
	enum status s = E_FAILED;

	if (to == NULL || (s = challenge_read_request(&q, r, request)) != OK)
		goto done;
	if (file_exists(to)) {
		s = fault(E_REFUSED, NULL, _("%s: ya está respondido"), to);
		goto done;
	}
	if ((s = journal_write(journal, "challenge-answered", NULL,
	                       json_pack("{s:s, s:I, s:o}", "list", q.list, "idx", (json_int_t)q.idx, "Q",
	                                 json_hex(q.q.octets, POINT_BYTES)))) == OK &&
	    (s = vault_derive_x(vault, x, &q.q)) == OK && (s = challenge_write_answer(&q, r, x, to)) == OK)
		report_info(_("reto al voto %llu de «%s»: respondido en %s"), (unsigned long long)q.idx, q.list, to);
done:
	free(copy);
	free(to);
	return s;
}

static enum status take(const struct record *r, struct journal *journal, const char *reveal)
{
	enum status s = challenge_record(r, reveal);

	if (s == OK)
		s = journal_write(journal, "challenge-recorded", NULL, json_pack("{s:s}", "file", reveal));
	if (s == OK)
		report_info(_("%s: el reto se cumple y consta en challenges.json"), reveal);
	return s;
}

/* Of which of the two kinds is the file? */
static enum status one(struct vault *vault, const struct record *r, struct journal *journal, const char *path,
                       unsigned *answered)
{
	json_t *root = NULL;
	enum status s = json_read(&root, path, 1 << 16);
	bool is_request = json_object_get(root, "Q") != NULL;

	json_decref(root);
	if (s != OK)
		return s;
	if (!is_request)
		return take(r, journal, path);
	if (vault == NULL)
		return fault(E_STATE, NULL, _("%s: es una solicitud, y la bóveda está cerrada"), path);
	if (*answered >= CHALLENGES_ANSWERED_MAX)
		return fault(E_REFUSED, NULL, _("ya se respondieron %u retos: no se responden más"), *answered);
	if ((s = answer(vault, r, journal, path)) == OK)
		++*answered;
	return s;
}

enum status tally_challenges(struct vault *vault, const struct record *record, struct journal *journal,
                             const char *journal_path)
{
	unsigned answered = 0;
	char path[PATH_SIZE];
	enum status s;

	if ((s = journal_read(journal_path, count_answers, &answered)) != OK)
		return s;
	report_step(_("Retos de los observadores a los votos no coincidentes (PROTOCOL 12)"));
	report_info(_("Cada observador copia decrypted-votes.csv a su equipo y hace allí su solicitud: verify-election "
	              "--challenge."));
	for (;;) {
		if ((s = prompt_line(path, sizeof path,
		                     _("Archivo de un reto (request.json o reveal.json; Enter: no hay más):"))) != OK)
			return s;
		if (path[0] == '\0')
			return OK;
		/* A bad file is its observer's trouble, not the session's; the machine's own is. */
		if ((s = one(vault, record, journal, path, &answered)) == E_DEVICE)
			return s;
	}
}

/* No session's step is there to say it: the vault's opening and closing are lines of their own. */
static enum status note_vault(struct journal *journal, const char *event, const struct vault *vault)
{
	return journal_write(journal, event, NULL, json_pack("{s:s, s:s}", "why", "challenges", "vault", vault_serial(vault)));
}

/* After the session, before the cards are erased: the same members open the vault again. */
enum status tally_challenge_again(struct tally *t)
{
	char *path = file_path(t->documents, "lottery.json", NULL), *results = file_path(t->record, "results.json", NULL);
	const struct keys_file *keys = t->early->keys;
	struct journal *journal = NULL;
	struct cards_desk *desk = NULL;
	struct vault *vault = NULL;
	struct secret *k = NULL;
	enum status s = E_FAILED, closed;

	if (path == NULL || results == NULL)
		goto done;
	if (!file_exists(results)) {
		s = fault(E_STATE, NULL, _("los retos se responden cuando todos los votos se han abierto"));
		goto done;
	}
	if ((s = journal_open(&journal, t->journal, "tally")) != OK ||
	    (s = lottery_read(&t->lottery, t->early, path)) != OK ||
	    (s = cards_open(&desk, t->settings, keys, tally_card_note, journal)) != OK ||
	    (s = cards_collect(&k, desk, t->lottery.order, keys->cards, NULL)) != OK ||
	    (s = vault_open(&vault, t->settings, k, &keys->election_key, 1)) != OK)
		goto done;
	secret_free(k);
	k = NULL;
	if ((s = note_vault(journal, "vault-opened", vault)) != OK)
		goto done;
	s = tally_challenges(vault, t->early, journal, t->journal);
	closed = note_vault(journal, "vault-closed", vault);
	s = s != OK ? s : closed;
done:
	vault_close(vault);
	secret_free(k);
	cards_close(desk);
	journal_close(journal);
	free(path);
	free(results);
	return s;
}
