/*
 * A guided session's memory (steps.h): what it writes into the journal, and what a later process reads back there.
 *
 *   (a step's events have its "step_number" too, from 1)
 *   session-begun    {"session", "number", "election", "binding"}     begins; what stood before is another session's
 *   session-taken-up {"step", "initials", "remark"}
 *   step-begun       {"step"}      step-done {"step", "kept"}      step-confirmed {"step", "initials", "remark"}
 *   step-failed      {"step", "status"}
 *   step-anew        {"step"}      it and all after it are to be done again
 *   fact {"text"}    exception {"step", "expected", "happened", "decided", "by"}
 *   session-paused, session-resumed {"step", "initials", "remark"}, session-broken-off {"session", "status"}
 *   session-abandoned, session-ended {"session", "number"}           closes it
 */
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/steps_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	struct steps *s;
	bool ours;   /* the lines read now belong to a session of this name */
	bool open;   /* it has not been ended or abandoned */
	json_t *binding;
};

static const char *text_of(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text != NULL ? text : "";
}

static int index_of(const struct steps *s, const json_t *detail)
{
	const char *id = text_of(detail, "step");

	for (unsigned i = 0; i < s->what->n; i++)
		if (strcmp(s->what->list[i].id, id) == 0)
			return (int)i;
	return -1;
}

void steps_forget_from(struct steps *s, unsigned i)
{
	for (; i < s->what->n; i++) {
		s->state[i].done = s->state[i].confirmed = false;
		json_decref(s->state[i].kept);
		s->state[i].kept = NULL;
	}
}

/* ---- what the acts tell */

static enum status keep(struct steps *s, const char *kind, moment when, const json_t *detail)
{
	json_t *entry = json_pack("{s:s,s:I,s:O?}", "kind", kind, "when", (json_int_t)when, "detail", detail);

	if (entry == NULL || json_array_append_new(s->log, entry) != 0)
		return fault(E_FAILED, NULL, _("no hay memoria, o un texto no es UTF-8"));
	return OK;
}

static enum status keep_text(struct steps *s, moment when, const char *text, const char *initials, const char *remark)
{
	json_t *detail = json_pack("{s:o}", "text",
	                           json_sprintf(remark[0] != '\0' ? "%s (Fedatario: %s; %s)." : "%s (Fedatario: %s).", text,
	                                        initials, remark));
	enum status r = keep(s, "fact", when, detail);

	json_decref(detail);
	return r;
}

static enum status tell_act(struct steps *s, const char *event, moment when, const json_t *detail)
{
	json_t *text;
	enum status r;

	if (strcmp(event, "fact") == 0 || strcmp(event, "exception") == 0 || strcmp(event, "step-confirmed") == 0)
		return keep(s, event, when, detail);
	if (strcmp(event, "session-taken-up") == 0)
		return keep_text(s, when, "Se reanudó la sesión, que se había interrumpido", text_of(detail, "initials"),
		                 text_of(detail, "remark"));
	if (strcmp(event, "session-resumed") == 0)
		return keep_text(s, when, "Terminó la pausa", text_of(detail, "initials"), text_of(detail, "remark"));
	if (strcmp(event, "session-paused") == 0)
		text = json_pack("{s:s}", "text", "La sesión quedó en pausa.");
	else if (strcmp(event, "session-begun") == 0)
		text = json_pack("{s:s}", "text", "Empezó la sesión.");
	else
		return OK;
	r = keep(s, "fact", when, text);
	json_decref(text);
	return r;
}

/* ---- reading back */

static void begin_anew(struct memory *m, const json_t *detail, moment when)
{
	struct steps *s = m->s;

	m->open = true;
	json_decref(m->binding);
	m->binding = json_incref(json_object_get(detail, "binding"));
	s->number = (unsigned)json_integer_value(json_object_get(detail, "number"));
	s->started = when;
	steps_forget_from(s, 0);
	json_array_clear(s->log);
}

static void step_event(struct steps *s, const char *event, const json_t *detail)
{
	int i = index_of(s, detail);
	struct steps_state *state = i >= 0 ? &s->state[i] : NULL;

	if (state == NULL)
		return;
	if (strcmp(event, "step-begun") == 0) {
		state->begun++;
		state->done = state->confirmed = false;
	} else if (strcmp(event, "step-done") == 0) {
		state->done = true;
		json_decref(state->kept);
		state->kept = json_incref(json_object_get(detail, "kept"));
	} else if (strcmp(event, "step-confirmed") == 0) {
		state->confirmed = true;
	} else if (strcmp(event, "step-anew") == 0) {
		steps_forget_from(s, (unsigned)i);
	}
}

static enum status read_line(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct memory *m = ctx;
	const json_t *detail = json_object_get(line, "detail");
	const char *event = text_of(line, "event");
	moment when = 0;

	(void)number;
	(void)sha256;
	moment_parse(&when, text_of(line, "time"));
	if (strcmp(event, "session-begun") == 0) {
		m->ours = strcmp(text_of(detail, "session"), m->s->what->name) == 0;
		if (m->ours)
			begin_anew(m, detail, when);
	}
	if (!m->ours)
		return OK;
	if (strcmp(event, "step-confirmed") == 0)
		steps_notary(m->s, text_of(line, "who"));
	if (strcmp(event, "session-ended") == 0 || strcmp(event, "session-abandoned") == 0)
		m->open = false;
	step_event(m->s, event, detail);
	return tell_act(m->s, event, when, detail);
}

enum status steps_remember(struct steps *s)
{
	struct memory m = {.s = s};
	enum status r = journal_read(s->what->journal, read_line, &m);

	if (r == OK && m.open && s->what->binding != NULL && !json_equal(m.binding, s->what->binding))
		r = fault(E_STATE, _("repita el mandato con los datos de entonces, o abandone aquella sesión con ellos"),
		          _("la sesión %u se interrumpió y era con otros datos"), s->number);
	json_decref(m.binding);
	s->taken_up = m.open;
	return r;
}

enum status steps_begin(struct steps *s)
{
	steps_forget_from(s, 0);
	json_array_clear(s->log);
	s->number++;
	s->started = moment_now();
	return steps_write(s, "session-begun",
	                   json_pack("{s:s,s:i,s:s,s:O?}", "session", s->what->name, "number", (int)s->number, "election",
	                             s->what->election, "binding", s->what->binding));
}

/* ---- writing */

enum status steps_write(struct steps *s, const char *event, json_t *detail)
{
	enum status r;

	if ((r = tell_act(s, event, moment_now(), detail)) != OK) {
		json_decref(detail);
		return r;
	}
	return journal_write(s->journal, event, s->notary, detail);
}

/* ---- for the documents */

static void tell_one(struct steps_view *v, struct report_session *out, const struct steps *s, const json_t *entry)
{
	const json_t *detail = json_object_get(entry, "detail");
	moment when = (moment)json_integer_value(json_object_get(entry, "when"));
	const char *kind = text_of(entry, "kind");
	int i = index_of(s, detail);
	const struct steps_step *step = i >= 0 ? &s->what->list[i] : NULL;

	if (strcmp(kind, "fact") == 0)
		v->facts[out->n_facts++] = (struct report_fact){when, text_of(detail, "text")};
	else if (strcmp(kind, "exception") == 0)
		v->exceptions[out->n_exceptions++] = (struct report_exception){
		        when, step != NULL ? step->title : "", text_of(detail, "expected"), text_of(detail, "happened"),
		        text_of(detail, "decided"), text_of(detail, "by")};
	else if (step != NULL)
		v->confirmations[out->n_confirmations++] = (struct report_confirmation){
		        when, (unsigned)i + 1, step->numeral, step->title, text_of(detail, "initials"), text_of(detail, "remark")};
}

void steps_report(const struct steps *s, struct report_session *out)
{
	struct steps_view *v = s->view;
	size_t n = json_array_size(s->log) + 1;

	free(v->facts);
	free(v->confirmations);
	free(v->exceptions);
	v->facts = calloc(n, sizeof *v->facts);
	v->confirmations = calloc(n, sizeof *v->confirmations);
	v->exceptions = calloc(n, sizeof *v->exceptions);
	out->n_facts = out->n_confirmations = out->n_exceptions = 0;
	if (v->facts != NULL && v->confirmations != NULL && v->exceptions != NULL)
		for (size_t i = 0; i < n - 1; i++)
			tell_one(v, out, s, json_array_get(s->log, i));
	out->facts = v->facts;
	out->confirmations = v->confirmations;
	out->exceptions = v->exceptions;
}
