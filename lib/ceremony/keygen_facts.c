/* What the key session writes down: journal, document, the notary's confirmations. Never a secret. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PROGRAM[] = "keygen-ceremony";

static void now_text(char out[32], const struct keygen *g)
{
	moment_rfc3339(out, 32, moment_now(), g->definition->zone);
}

enum status keygen_facts_open(struct keygen *g)
{
	char *journal = file_path(g->options->election, "journal", NULL), *path = NULL;
	char *record = file_path(g->options->election, "record", NULL);
	char *documents = file_path(g->options->election, "documents", NULL);
	char now[32];
	enum status r = E_FAILED;

	now_text(now, g);
	g->facts = json_pack("{s:s,s:s,s:s,s:b,s:s,s:i,s:i,s:[],s:[],s:[]}", "format", "VEMRE-V1", "election",
	                     g->definition->id, "title", g->definition->title, "simulation",
	                     g->definition->simulation ? 1 : 0, "started", now, "threshold",
	                     (int)g->options->threshold, "cards", (int)g->options->cards, "members", "confirmations",
	                     "events");
	if (g->facts == NULL || journal == NULL || record == NULL || documents == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((path = file_path(journal, "keygen-ceremony.jsonl", NULL)) == NULL ||
	    (r = file_mkdirs(journal, 0755)) != OK || (r = file_mkdirs(record, 0755)) != OK ||
	    (r = file_mkdirs(documents, 0755)) != OK)
		goto done;
	r = journal_open(&g->journal, path, PROGRAM);
done:
	free(path);
	free(journal);
	free(record);
	free(documents);
	return r;
}

static enum status keep(struct keygen *g, const char *list, json_t *entry)
{
	if (entry == NULL || json_array_append_new(json_object_get(g->facts, list), entry) != 0)
		return fault(E_FAILED, NULL, _("no hay memoria, o un texto no es UTF-8"));
	return OK;
}

enum status keygen_note(struct keygen *g, const char *event, const char *who, json_t *detail, const char *fmt, ...)
{
	char text[512], now[32];
	va_list args;
	enum status r;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	now_text(now, g);
	r = keep(g, "events", json_pack("{s:s,s:s,s:s}", "time", now, "event", event, "text", text));
	if (r != OK) {
		json_decref(detail);
		return r;
	}
	return journal_write(g->journal, event, who, detail);
}

enum status keygen_card_note(void *ctx, unsigned card, const char *event, const char *text)
{
	struct keygen *g = ctx;
	const char *who = card >= 1 && card <= g->keys->cards ? g->keys->members[card - 1].name : NULL;
	char name[64], now[32];
	enum status r;

	snprintf(name, sizeof name, "card-%s", event);
	now_text(now, g);
	r = keep(g, "events",
	         json_pack("{s:s,s:s,s:i,s:s}", "time", now, "event", name, "card", (int)card, "text", text));
	if (r != OK)
		return r;
	return journal_write(g->journal, name, who, json_pack("{s:i,s:s}", "card", (int)card, "text", text));
}

enum status keygen_confirm(struct keygen *g, const char *step)
{
	char question[256], answer[256] = "", now[32];
	enum status r;

	snprintf(question, sizeof question, _("Fedatario: iniciales (y observaciones) por «%s»:"), step);
	while (answer[0] == '\0')
		if ((r = prompt_line(answer, sizeof answer, question)) != OK)
			return r;
	now_text(now, g);
	r = keep(g, "confirmations", json_pack("{s:s,s:s,s:s}", "time", now, "step", step, "initials", answer));
	if (r != OK)
		return r;
	return journal_write(g->journal, "confirmed", g->notary,
	                     json_pack("{s:s,s:s}", "step", step, "initials", answer));
}

enum status keygen_demand(struct keygen *g, const char *event, const char *question, const char *refusal)
{
	bool yes = false;
	enum status r;

	if ((r = prompt_yes(&yes, question)) != OK)
		return r;
	r = keygen_note(g, event, g->coordinator, json_pack("{s:b}", "answer", yes ? 1 : 0), "%s %s", question,
	                yes ? _("Sí.") : _("No."));
	if (r == OK && !yes)
		r = fault(E_REFUSED, _("la sesión puede empezarse de nuevo cuando se cumpla"), "%s", refusal);
	return r;
}

/* Everything that is known only now; times and events are there already. */
static enum status complete(struct keygen *g, const uint8_t keys_sha256[32])
{
	json_t *f = g->facts, *members = json_object_get(f, "members"), *key = NULL;
	uint8_t sha256[32];
	char now[32];
	int bad;
	enum status r;

	if ((r = file_sha256(sha256, g->options->definition)) != OK)
		return r;
	now_text(now, g);
	for (unsigned i = 0; i < g->keys->cards; i++)
		if ((r = keep(g, "members",
		              json_pack("{s:i,s:s,s:s}", "card", (int)i + 1, "name", g->keys->members[i].name, "serial",
		                        g->serials[i]))) != OK)
			return r;
	(void)members;
	key = json_hex(g->keys->election_key.octets, POINT_BYTES);
	bad = json_object_set_new(f, "place", json_string(g->place)) |
	      json_object_set_new(f, "hsm_admin", json_string(g->hsm_admin)) |
	      json_object_set_new(f, "coordinator", json_string(g->coordinator)) |
	      json_object_set_new(f, "notary", json_string(g->notary)) |
	      json_object_set_new(f, "definition_sha256", json_hex(sha256, 32)) |
	      json_object_set_new(f, "keys_sha256", json_hex(keys_sha256, 32)) |
	      json_object_set_new(f, "election_key", key) | json_object_set_new(f, "ended", json_string(now));
	return bad == 0 ? OK : fault(E_FAILED, NULL, _("no hay memoria, o un nombre no es UTF-8"));
}

enum status keygen_facts_write(struct keygen *g, const uint8_t keys_sha256[32])
{
	struct buffer text = BUFFER_INIT;
	enum status r;

	/* A document of a session that was broken off gives way: the journal keeps what happened. */
	if ((r = complete(g, keys_sha256)) == OK && (r = json_write(&text, g->facts)) == OK)
		r = file_replace(g->document_path, text.data, text.len, 0644);
	buffer_free(&text);
	return r;
}
