/* See transcript.h. */
#include "report/transcript.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "journal/journal.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_DIGITS = 16 };

struct writer {
	struct document *d;
	const struct report_transcript *t;
};

static const char *text_of(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text != NULL ? text : "";
}

static void put(struct buffer *out, const char *name, const char *text)
{
	if (text[0] != '\0')
		buffer_printf(out, "%s%s%s%s", out->len > 0 ? "; " : "", name, name[0] != '\0' ? ": " : "", text);
}

/* What the events' details hold (ceremony/steps_memory.c), for people; what has no name here is left to the file. */
static void describe(struct buffer *out, const json_t *detail)
{
	static const struct {
		const char *field, *name;
	} names[] = {{"title", ""},          {"text", ""},           {"initials", "iniciales"}, {"remark", "observaciones"},
	             {"expected", "se esperaba"}, {"happened", "ocurrió"}, {"decided", "se decidió"}, {"by", "por"}};
	const json_t *step = json_object_get(detail, "step_number"), *card = json_object_get(detail, "card"), *status = json_object_get(detail, "status");
	char number[32];

	if (json_integer_value(step) > 0) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(step));
		put(out, "paso", number);
	}
	if (json_integer_value(card) > 0) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(card));
		put(out, "tarjeta", number);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put(out, names[i].name, text_of(detail, names[i].field));
	if (json_is_integer(status)) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(status));
		put(out, "estado", number);
	}
}

/* The stable words of the guided sessions (ceremony/steps_memory.c) and of the cards (ceremony/cards.h). */
static const char *event_words(const char *event)
{
	static const struct {
		const char *event, *words;
	} known[] = {{"session-begun", "empieza la sesión"},
	             {"session-taken-up", "se reanuda la sesión interrumpida"},
	             {"session-paused", "pausa"},
	             {"session-resumed", "fin de la pausa"},
	             {"session-broken-off", "se interrumpe la sesión"},
	             {"session-abandoned", "se abandona la sesión"},
	             {"session-ended", "termina la sesión"},
	             {"step-begun", "empieza el paso"},
	             {"step-done", "paso hecho"},
	             {"step-confirmed", "paso confirmado"},
	             {"step-failed", "paso no completado"},
	             {"step-anew", "ha de hacerse de nuevo"},
	             {"fact", "hecho"},
	             {"exception", "excepción"},
	             {"card-inserted", "tarjeta insertada"},
	             {"card-removed", "tarjeta retirada"},
	             {"card-written", "tarjeta escrita"},
	             {"card-read", "tarjeta leída"},
	             {"card-erased", "tarjeta borrada"},
	             {"card-wrong-password", "contraseña equivocada"},
	             {"card-no-card", "no llegó la tarjeta"},
	             {"card-removed-early", "tarjeta retirada antes de tiempo"},
	             {"card-unreadable", "tarjeta ilegible"},
	             {"card-not-blank", "tarjeta no en blanco"},
	             {"card-same-card", "la misma tarjeta"},
	             {"card-other-election", "tarjeta de otra elección"},
	             {"card-other-session", "tarjeta de otra sesión"},
	             {"card-contradicts", "parte que contradice"},
	             {"card-reused", "tarjeta vuelta a usar"},
	             {"card-dropped", "se prescinde de la tarjeta"},
	             {"card-substitute", "tarjeta sustituta"},
	             {"journal-repaired", "línea a medias, asentada"}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].event, event) == 0)
			return known[i].words;
	return event;
}

static enum status row(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct writer *w = ctx;
	char n[24], hour[REPORT_DATE_SIZE], hex[65], groups[HASH_DIGITS + HASH_DIGITS / 4 + 1];
	struct buffer words = BUFFER_INIT;
	moment when = 0;
	size_t used = 0;

	moment_parse(&when, text_of(line, "time"));
	report_time(hour, sizeof hour, when, w->t->definition->zone);
	snprintf(n, sizeof n, "%llu", (unsigned long long)number);
	hex_encode(hex, sha256, 32);
	for (size_t i = 0; i < HASH_DIGITS; i += 4)
		used += (size_t)snprintf(groups + used, sizeof groups - used, "%s%.4s", i > 0 ? " " : "", hex + i);
	describe(&words, json_object_get(line, "detail"));
	document_table_row(w->d, DOCUMENT_ROW,
	                   (struct document_cell[]){{.text = n},
	                                            {.text = hour},
	                                            {.text = event_words(text_of(line, "event")),
	                                             .note = json_string_value(json_object_get(line, "who"))},
	                                            {.text = words.len > 0 ? buffer_str(&words) : ""},
	                                            {.text = groups, .mono = true}});
	buffer_free(&words);
	return OK;
}

static enum status lines(struct document *d, const struct report_transcript *t)
{
	static const struct document_column columns[] = {{"Línea", 0.07, DOCUMENT_RIGHT},
	                                                 {"Hora", 0.10, DOCUMENT_LEFT},
	                                                 {"Suceso y quién", 0.25, DOCUMENT_LEFT},
	                                                 {"Lo asentado", 0.37, DOCUMENT_LEFT},
	                                                 {"SHA-256 de la línea", 0.21, DOCUMENT_LEFT}};
	struct writer w = {d, t};
	enum status r;

	document_heading(d, "Bitácora de la sesión");
	document_table_begin(d, columns, 5);
	r = journal_read(t->journal, row, &w);
	document_table_end(d);
	return r;
}

static enum status compose(struct document *d, const struct report_transcript *t, uint64_t n,
                           const uint8_t head_hash[32])
{
	struct document_hash hash = {.label = "Cabeza de la bitácora", .note = "SHA-256 de su última línea"};
	const char *name = strrchr(t->journal, '/');
	enum status r;

	memcpy(hash.bytes, head_hash, 32);
	document_text(d,
	              "Transcripción de la bitácora «%s» hasta su línea %llu. Cada línea del archivo lleva el SHA-256 de la "
	              "anterior: la huella de la última responde por todas. Quienes firman lo hacen de su mano sobre esa huella "
	              "impresa; cualquiera la recomputa con «verify-election --journal %s --line %llu».",
	              name != NULL ? name + 1 : t->journal, (unsigned long long)n, name != NULL ? name + 1 : t->journal,
	              (unsigned long long)n);
	document_heading(d, "Huella que se firma");
	document_hashes(d, &hash, 1);
	if ((r = lines(d, t)) != OK)
		return r;
	session_confirmations(d, t->session);
	session_exceptions(d, t->session);
	session_signatures(d, t->session, "Firman de su mano sobre la huella impresa de esta transcripción (numeral 10).",
	                   t->sign);
	return OK;
}

enum status report_transcript(const char *path, const struct report_transcript *t)
{
	struct document_head head = {.title = t->title,
	                             .election = t->definition->title,
	                             .place = t->session->place,
	                             .date = t->session->when,
	                             .zone = t->definition->zone,
	                             .simulation = t->definition->simulation};
	char folio[FOLIO_SIZE];
	struct document *d = NULL;
	uint8_t last[32];
	uint64_t n;
	enum status r;

	if ((r = journal_check(t->journal, &n, last)) != OK)
		return r;
	folio_make(folio, t->definition->id, t->kind, 1, last);
	head.folio = folio;
	if ((r = document_new(&d, &head)) != OK)
		return r;
	if ((r = compose(d, t, n, last)) == OK)
		r = document_write(d, path);
	document_free(d);
	return r;
}
