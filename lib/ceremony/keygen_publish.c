/*
 * The key session's end (PROCESS 12): the facts, the act, the transcript, and last of all keys.json. Nothing here is
 * secret.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "journal/journal.h"
#include "report/keygen_act.h"
#include "report/transcript.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char FACTS[] = "keygen-session.json", ACT[] = "acta-llaves.pdf", TRANSCRIPT[] = "transcripcion-llaves.pdf";

void keygen_people(const struct keygen *g, struct report_session *out, struct report_member *members)
{
	for (unsigned i = 0; i < g->keys->cards; i++)
		members[i] = (struct report_member){.name = g->keys->members[i].name, .card = i + 1};
	out->place = g->place;
	out->members = members;
	out->n_members = g->keys->cards;
	out->notary = g->notary;
	out->hsm_admin = g->hsm_admin;
	out->coordinator = g->coordinator;
}

enum status keygen_card_note(void *ctx, unsigned card, const char *event, const char *text)
{
	struct keygen *g = ctx;
	const char *who = card >= 1 && card <= g->keys->cards ? g->keys->members[card - 1].name : NULL;
	const char *phrase = cards_phrase(event);
	char name[64];
	enum status r;

	snprintf(name, sizeof name, "card-%s", event);
	if ((r = steps_note(g->steps, name, who, json_pack("{s:i,s:s}", "card", (int)card, "text", text))) != OK ||
	    phrase == NULL)
		return r;
	return who != NULL ? steps_quiet_fact(g->steps, "Tarjeta %u, %s: %s.", card, who, phrase)
	                   : steps_quiet_fact(g->steps, "En el lector: %s.", phrase);
}

/* ---- the facts (documents/keygen-session.json), from which the act is made */

static void when_text(char out[32], const struct keygen *g, moment when)
{
	moment_rfc3339(out, 32, when, g->definition->zone);
}

static void lists(json_t *root, const struct keygen *g, const struct report_session *who)
{
	json_t *members = json_object_get(root, "members"), *events = json_object_get(root, "events"),
	       *confirmations = json_object_get(root, "confirmations"), *exceptions = json_object_get(root, "exceptions");
	char when[32];

	for (unsigned i = 0; i < g->keys->cards; i++)
		json_array_append_new(members, json_pack("{s:i,s:s,s:s}", "card", (int)i + 1, "name", g->keys->members[i].name,
		                                         "serial", g->serials[i]));
	for (size_t i = 0; i < who->n_facts; i++) {
		when_text(when, g, who->facts[i].when);
		json_array_append_new(events, json_pack("{s:s,s:s}", "time", when, "text", who->facts[i].text));
	}
	for (size_t i = 0; i < who->n_confirmations; i++) {
		const struct report_confirmation *c = &who->confirmations[i];

		when_text(when, g, c->when);
		json_array_append_new(confirmations, json_pack("{s:s,s:i,s:s,s:s?,s:s,s:s}", "time", when, "number",
		                                               (int)c->number, "step", c->step, "numeral", c->numeral,
		                                               "initials", c->initials, "remark", c->remark));
	}
	for (size_t i = 0; i < who->n_exceptions; i++) {
		const struct report_exception *e = &who->exceptions[i];

		when_text(when, g, e->when);
		json_array_append_new(exceptions,
		                      json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "time", when, "step", e->step, "expected",
		                                e->expected, "happened", e->happened, "decided", e->decided, "by", e->by));
	}
}

static json_t *facts(const struct keygen *g, const struct report_session *who, const uint8_t keys_sha256[32])
{
	char started[32], ended[32];
	json_t *root;

	when_text(started, g, steps_started(g->steps));
	when_text(ended, g, who->when);
	root = json_pack("{s:s,s:s,s:s,s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:i,s:o,s:o,s:o,s:O?,s:[],s:[],s:[],s:[]}", "format",
	                 "VEMRE-V1", "election", g->definition->id, "title", g->definition->title, "simulation",
	                 g->definition->simulation ? 1 : 0, "place", g->place, "notary", g->notary, "hsm_admin", g->hsm_admin,
	                 "coordinator", g->coordinator, "started", started, "ended", ended, "threshold",
	                 (int)g->keys->threshold, "cards", (int)g->keys->cards, "subsets", (int)g->subsets, "keys_sha256",
	                 json_hex(keys_sha256, 32), "definition_sha256", json_hex(g->definition_sha256, 32), "election_key",
	                 json_hex(g->keys->election_key.octets, POINT_BYTES), "vault", g->vault_facts, "members", "events",
	                 "confirmations", "exceptions");
	if (root != NULL)
		lists(root, g, who);
	if (root != NULL && g->spare != NULL)
		json_object_set_new(root, "spare", json_pack("{s:s,s:s}", "file", g->spare, "sha256", g->spare_sha256));
	return root;
}

static enum status write_facts(const struct keygen *g, const struct report_session *who, const uint8_t keys_sha256[32],
                               const char *path)
{
	struct buffer text = BUFFER_INIT;
	json_t *root = facts(g, who, keys_sha256);
	enum status r;

	if (root == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria, o un nombre no es UTF-8"));
	if ((r = json_write(&text, root)) == OK)
		r = file_replace(path, text.data, text.len, 0644);
	buffer_free(&text);
	json_decref(root);
	return r;
}

/* ---- documents */

static enum status documents(struct keygen *g, const uint8_t keys_sha256[32])
{
	struct report_member members[SHARES_MAX];
	struct report_session who = {.when = moment_now()};
	struct report_transcript t = {.definition = g->definition,
	                              .title = "Transcripción de la sesión de creación de la Llave criptográfica",
	                              .kind = "TL",
	                              .journal = g->journal,
	                              .session = &who,
	                              .sign = SESSION_SIGN_NOTARY | SESSION_SIGN_HSM_ADMIN | SESSION_SIGN_COORDINATOR |
	                                      SESSION_SIGN_MEMBERS};
	char *facts_path = file_path(g->documents, FACTS, NULL), *act = file_path(g->documents, ACT, NULL),
	     *transcript = file_path(g->documents, TRANSCRIPT, NULL);
	enum status r = E_FAILED;

	if (facts_path == NULL || act == NULL || transcript == NULL)
		goto done;
	keygen_people(g, &who, members);
	steps_report(g->steps, &who);
	/* Those of a try that was broken off before keys.json was there: nobody has signed them. */
	unlink(act);
	unlink(transcript);
	if ((r = write_facts(g, &who, keys_sha256, facts_path)) != OK ||
	    (r = report_keygen_act(act, g->definition, facts_path)) != OK || (r = report_transcript(transcript, &t)) != OK)
		goto done;
	report_info(_("imprima y fírmese: %s"), transcript);
	report_info(_("imprima y fírmese: %s"), act);
done:
	free(facts_path);
	free(act);
	free(transcript);
	return r;
}

/* ---- keys.json */

/* A session that was broken off between keys.json and its own last word: the same keys, and nothing is left to do. */
static enum status already_there(const struct keygen *g, const uint8_t sha256[32])
{
	uint8_t there[32];
	enum status r = file_sha256(there, g->keys_path);

	if (r == OK && memcmp(there, sha256, 32) != 0)
		r = fault(E_STATE, NULL, _("ya hay llaves de esta elección, y son otras: %s"), g->keys_path);
	return r;
}

/* It is made under another name, so that the documents can have its hash, and appears last. */
enum status keygen_publish(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	uint8_t sha256[32];
	char *part = NULL, hex[65];
	enum status r;

	if (asprintf(&part, "%s.unfinished", g->keys_path) < 0)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	unlink(part);
	if ((r = keys_file_write(g->keys, part)) != OK || (r = file_sha256(sha256, part)) != OK)
		goto done;
	hex_encode(hex, sha256, 32);
	if (file_exists(g->keys_path)) {
		r = already_there(g, sha256);
		goto done;
	}
	if ((r = steps_fact(s, N_("Se escribieron las llaves públicas, keys.json; su SHA-256 es %s."), hex)) != OK ||
	    (r = documents(g, sha256)) != OK)
		goto done;
	/* link, not rename: never over an existing one. */
	if (link(part, g->keys_path) != 0)
		r = fault(E_FAILED, NULL, "%s: %s", g->keys_path, strerror(errno));
	else
		report_info(_("keys.json: %s"), g->keys_path);
done:
	unlink(part);
	free(part);
	return r;
}
