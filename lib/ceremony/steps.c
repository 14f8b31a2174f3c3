/* See steps.h: the way through a session. Nothing here is secret. */
#include "ceremony/steps.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/steps_parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* fcntl's locks and the flock of lib/journal do not see each other (Linux, fcntl(2), flock(2)). */
static enum status hold(struct steps *s)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if ((s->lock = open(s->what->journal, O_RDWR | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return fault(E_FAILED, NULL, "%s: %s", s->what->journal, strerror(errno));
	if (fcntl(s->lock, F_OFD_SETLK, &whole) != 0)
		return fault(E_STATE, _("termine la otra antes de empezar esta"),
		             _("esta sesión ya se está llevando en otra terminal"));
	return OK;
}

enum status steps_open(struct steps **out, const struct steps_session *what)
{
	struct steps *s = calloc(1, sizeof *s);
	enum status r;

	*out = NULL;
	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	s->what = what;
	s->lock = -1;
	s->state = calloc(what->n, sizeof *s->state);
	s->view = calloc(1, sizeof *s->view);
	s->log = json_array();
	if (s->state == NULL || s->view == NULL || s->log == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((r = journal_open(&s->journal, what->journal, what->program)) != OK || (r = hold(s)) != OK ||
	    (r = steps_remember(s)) != OK)
		goto done;
	*out = s;
	s = NULL;
done:
	steps_close(s);
	return r;
}

void steps_close(struct steps *s)
{
	if (s == NULL)
		return;
	journal_close(s->journal);
	if (s->lock >= 0)
		close(s->lock);
	for (unsigned i = 0; s->state != NULL && i < s->what->n; i++)
		json_decref(s->state[i].kept);
	if (s->view != NULL) {
		free(s->view->facts);
		free(s->view->confirmations);
		free(s->view->exceptions);
	}
	free(s->view);
	free(s->state);
	free(s->notary);
	json_decref(s->kept);
	json_decref(s->log);
	free(s);
}

/* ---- one step */

static json_t *named(const struct steps *s)
{
	return json_pack("{s:s,s:i,s:s}", "step", s->what->list[s->at].id, "step_number", (int)s->at + 1, "title",
	                 s->what->list[s->at].title);
}

static enum status confirm(struct steps *s, const struct steps_step *step)
{
	struct steps_state *state = &s->state[s->at];
	char question[256];
	enum status r = OK;

	if (step->unconfirmed) {
		state->confirmed = true;
		return OK;
	}
	snprintf(question, sizeof question, _("Fedatario, paso %u, «%s»: iniciales y observaciones [!: excepción]:"),
	         s->at + 1, _(step->title));
	if ((r = steps_confirm(s, "step-confirmed", question)) == OK)
		state->confirmed = true;
	return r;
}

/* It was done before this process began. *over: nothing is left to do for it. */
static enum status take_over(bool *over, struct steps *s, const struct steps_step *step)
{
	struct steps_state *state = &s->state[s->at];
	bool again = false;
	enum status r = OK;

	*over = false;
	if (!s->taken_up || !state->done || step->each_time)
		return OK;
	if (step->restore != NULL && (r = step->restore(s, s->what->ctx, state->kept, &again)) != OK)
		return r;
	if (again) {
		report_warning(NULL, _("el paso %u, «%s», ha de hacerse de nuevo"), s->at + 1, _(step->title));
		steps_forget_from(s, s->at);
		return steps_write(s, "step-anew", named(s));
	}
	*over = true;
	if (state->confirmed || step->unconfirmed) {
		report_info(_("Paso %u, «%s»: ya está hecho"), s->at + 1, _(step->title));
		return OK;
	}
	steps_announce(s, step);
	report_info(_("Este paso ya se hizo antes de la interrupción; solo falta que el Fedatario lo confirme."));
	return confirm(s, step);
}

static enum status run_once(struct steps *s, const struct steps_step *step)
{
	struct steps_state *state = &s->state[s->at];
	enum status r;

	steps_announce(s, step);
	json_decref(s->kept);
	s->kept = NULL;
	if ((r = steps_write(s, "step-begun", named(s))) != OK)
		return r;
	if ((r = step->run(s, s->what->ctx)) != OK)
		return r;
	state->done = true;
	json_decref(state->kept);
	state->kept = s->kept;
	s->kept = NULL;
	return steps_write(s, "step-done", json_pack("{s:s,s:i,s:O?}", "step", step->id, "step_number", (int)s->at + 1,
	                                               "kept", state->kept));
}

static enum status one(struct steps *s, const struct steps_step *step)
{
	bool over;
	enum status r;

	if ((r = take_over(&over, s, step)) != OK || over)
		return r;
	while ((r = run_once(s, step)) != OK) {
		enum status why = r;

		if (s->abandoned || (r = steps_write(s, "step-failed", json_pack("{s:s,s:i,s:i}", "step", step->id,
		                                                                 "step_number", (int)s->at + 1, "status",
		                                                                 (int)why))) != OK)
			return why;
		s->state[s->at].begun++;
		if (!step->retry || (r = steps_ask_again(s)) == E_FAILED)
			return why;
		if (r != OK)
			return r;
	}
	return confirm(s, step);
}

/* ---- all of them */

static enum status take_up(struct steps *s)
{
	if (!s->taken_up) {
		report_step("%s", _(s->what->title));
		if (s->what->simulation)
			report_info(_("SIMULACRO, sin validez oficial"));
		return steps_begin(s);
	}
	report_step(_("%s: se reanuda la sesión %u, que se interrumpió"), _(s->what->title), s->number);
	if (s->what->simulation)
		report_info(_("SIMULACRO, sin validez oficial"));
	return steps_confirm(s, "session-taken-up",
	                     _("Fedatario: iniciales y observaciones para reanudar [abandonar: empezar otra después]:"));
}

enum status steps_run(struct steps *s)
{
	enum status r;

	if ((r = take_up(s)) == OK)
		for (s->at = 0; r == OK && s->at < s->what->n; s->at++)
			if ((r = one(s, &s->what->list[s->at])) != OK)
				break;
	if (r == OK)
		return steps_write(s, "session-ended", json_pack("{s:s,s:i}", "session", s->what->name, "number", (int)s->number));
	if (!s->abandoned &&
	    steps_write(s, "session-broken-off", json_pack("{s:s,s:i}", "session", s->what->name, "status", (int)r)) == OK)
		report_warning(_("el mismo programa, con los mismos datos, la reanuda donde quedó"),
		               _("la sesión se interrumpió: no ha terminado"));
	return r;
}

/* ---- for a step's run */

void steps_notary(struct steps *s, const char *name)
{
	free(s->notary);
	s->notary = strdup(name);
}

enum status steps_note(struct steps *s, const char *event, const char *who, json_t *detail)
{
	return journal_write(s->journal, event, who, detail);
}

static char *format(const char *fmt, va_list args)
{
	char *text = NULL;

	return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

enum status steps_fact(struct steps *s, const char *fmt, ...)
{
	char *kept, *shown;
	va_list args, again;
	enum status r;

	va_start(args, fmt);
	va_copy(again, args);
	kept = format(fmt, args);
	shown = format(_(fmt), again); /* translations have the same conversions: msgfmt -c sees to it */
	va_end(again);
	va_end(args);
	if (kept == NULL || shown == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	} else {
		report_info("%s", shown);
		r = steps_write(s, "fact", json_pack("{s:s}", "text", kept));
	}
	free(kept);
	free(shown);
	return r;
}

enum status steps_quiet_fact(struct steps *s, const char *fmt, ...)
{
	va_list args;
	char *text;
	enum status r;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	if (text == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	r = steps_write(s, "fact", json_pack("{s:s}", "text", text));
	free(text);
	return r;
}

enum status steps_keep(struct steps *s, json_t *kept)
{
	json_decref(s->kept);
	s->kept = kept;
	return kept != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria, o un texto no es UTF-8"));
}

enum status steps_demand(struct steps *s, const char *question, const char *refusal)
{
	char asked[STEPS_ANSWER];
	bool yes = false;
	enum status r;

	snprintf(asked, sizeof asked, _("%s [s/n]"), _(question));
	if ((r = prompt_yes(&yes, asked)) != OK)
		return r;
	/* The document's sentence is Spanish, whatever the terminal's language. */
	if ((r = steps_write(s, "fact",
	                     json_pack("{s:o}", "text", json_sprintf("%s %s", question, yes ? "Sí." : "No.")))) != OK)
		return r;
	return yes ? OK : fault(E_REFUSED, _("se sigue cuando se cumpla"), "%s", _(refusal));
}

/* ---- what is known */

static const struct steps_state *state_of(const struct steps *s, const char *id)
{
	for (unsigned i = 0; i < s->what->n; i++)
		if (strcmp(s->what->list[i].id, id) == 0)
			return &s->state[i];
	return NULL;
}

unsigned steps_begun_before(const struct steps *s, const char *id)
{
	const struct steps_state *state = state_of(s, id);

	return state != NULL ? state->begun : 0;
}

bool steps_is_done(const struct steps *s, const char *id)
{
	const struct steps_state *state = state_of(s, id);

	return state != NULL && state->done;
}

bool steps_taken_up(const struct steps *s)
{
	return s->taken_up;
}

unsigned steps_number(const struct steps *s)
{
	return s->number;
}

moment steps_started(const struct steps *s)
{
	return s->started;
}

struct journal *steps_journal(struct steps *s)
{
	return s->journal;
}
