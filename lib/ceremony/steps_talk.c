/* What a guided session asks of its notary (steps.h). The order of what is read from stdin is part of the contract. */
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/steps_parts.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

void steps_announce(const struct steps *s, const struct steps_step *step)
{
	if (step->numeral != NULL)
		report_step(strchr(step->numeral, ' ') != NULL ? _("Paso %u de %u · %s (numerales %s)")
		                                               : _("Paso %u de %u · %s (numeral %s)"),
		            s->at + 1, s->what->n, _(step->title), _(step->numeral));
	else
		report_step(_("Paso %u de %u · %s"), s->at + 1, s->what->n, _(step->title));
	if (step->who != NULL)
		report_info(_("Quién:   %s"), _(step->who));
	if (step->what != NULL)
		report_info(_("Qué:     %s"), _(step->what));
	if (step->seen != NULL)
		report_info(_("Se verá: %s"), _(step->seen));
}

static bool is_one_of(const char *answer, const char *a, const char *b, const char *c)
{
	return strcmp(answer, a) == 0 || strcmp(answer, b) == 0 || strcmp(answer, c) == 0;
}

static const char *trimmed(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	return text;
}

/* Two to eight letters (any of UTF-8), dots allowed: "CTV", "C.T.V.", "Ñ.R." */
static bool are_initials(const char *text, size_t len)
{
	unsigned letters = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '.')
			continue;
		if (c < 0x80 && !isalpha(c))
			return false;
		letters += (c & 0xc0) != 0x80;
	}
	return letters >= 2 && letters <= 8;
}

/* ---- exceptions (numeral 5) */

static enum status ask_text(char out[STEPS_ANSWER], const char *question)
{
	char line[STEPS_ANSWER];
	enum status r;

	do {
		if ((r = prompt_line(line, sizeof line, question)) != OK)
			return r;
		snprintf(out, STEPS_ANSWER, "%s", trimmed(line));
		if (out[0] == '\0')
			report_warning(NULL, _("una excepción se asienta completa"));
	} while (out[0] == '\0');
	return OK;
}

enum status steps_exception(struct steps *s)
{
	char expected[STEPS_ANSWER], happened[STEPS_ANSWER], decided[STEPS_ANSWER], by[STEPS_ANSWER];
	json_t *detail;
	enum status r;

	report_step(_("Excepción (numeral 5)"));
	if ((r = ask_text(expected, _("Qué se esperaba:"))) != OK || (r = ask_text(happened, _("Qué ocurrió:"))) != OK ||
	    (r = ask_text(decided, _("Qué se decidió:"))) != OK || (r = ask_text(by, _("Quién lo decidió:"))) != OK)
		return r;
	detail = json_pack("{s:s,s:i,s:s,s:s,s:s,s:s}", "step", s->what->list[s->at].id, "step_number", (int)s->at + 1,
	                   "expected", expected, "happened", happened, "decided", decided, "by", by);
	if (detail == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria, o un texto no es UTF-8"));
	if ((r = steps_write(s, "exception", detail)) == OK)
		report_info(_("excepción asentada en la bitácora"));
	return r;
}

/* ---- the notary's line */

static enum status pause_session(struct steps *s)
{
	enum status r;

	if ((r = steps_write(s, "session-paused", NULL)) != OK)
		return r;
	report_step(_("Sesión en pausa: la terminal y las tarjetas quedan a la vista de los presentes"));
	return steps_confirm(s, "session-resumed", _("Fedatario: iniciales y observaciones para reanudar:"));
}

static enum status abandon(struct steps *s)
{
	enum status r = steps_write(s, "session-abandoned", json_pack("{s:s,s:i}", "session", s->what->name, "number",
	                                                              (int)s->number));

	s->abandoned = true;
	return r != OK ? r : fault(E_REFUSED, _("la siguiente sesión empieza desde el primer paso"),
	                           _("la sesión se abandonó a petición de los presentes"));
}

/* *other: the line was a word to the session, not an answer. */
static enum status heed(bool *other, struct steps *s, const char *answer)
{
	*other = true;
	if (is_one_of(answer, "!", "excepción", "exception") || strcmp(answer, "excepcion") == 0)
		return steps_exception(s);
	if (is_one_of(answer, "abandonar", "abandon", "ABANDONAR"))
		return abandon(s);
	*other = false;
	return OK;
}

enum status steps_confirm(struct steps *s, const char *event, const char *question)
{
	char line[STEPS_ANSWER], initials[40];
	const char *answer, *remark;
	json_t *detail;
	size_t len;
	bool other;
	enum status r;

	for (;;) {
		if ((r = prompt_line(line, sizeof line, question)) != OK && r != E_REFUSED)
			return r;
		answer = trimmed(line);
		if ((r = heed(&other, s, answer)) != OK)
			return r;
		if (other)
			continue;
		if (is_one_of(answer, "pausa", "pause", "PAUSA")) {
			if ((r = pause_session(s)) != OK)
				return r;
			continue;
		}
		len = strcspn(answer, " \t");
		if (len < sizeof initials && are_initials(answer, len))
			break;
		report_warning(NULL, _("escriba sus iniciales (de dos a ocho letras) y, tras un espacio, observaciones si las "
		                       "hay"));
	}
	snprintf(initials, sizeof initials, "%.*s", (int)len, answer);
	remark = answer + len + strspn(answer + len, " \t");
	detail = json_pack("{s:s,s:i,s:s,s:s}", "step", s->what->list[s->at].id, "step_number", (int)s->at + 1, "initials",
	                   initials, "remark", remark);
	if (detail == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria, o un texto no es UTF-8"));
	return steps_write(s, event, detail);
}

enum status steps_ask_again(struct steps *s)
{
	char line[STEPS_ANSWER], lost[128];
	const char *answer;
	bool other;
	enum status r;

	for (;;) {
		/* Nobody there to answer: the step's own fault has been said, and is enough. */
		report_capture_begin(lost, sizeof lost);
		r = prompt_line(line, sizeof line,
		                _("El paso no se completó. ¿Qué se hace? [Intro: repetirlo · !: excepción · abandonar]"));
		report_capture_end();
		if (r != OK)
			return E_FAILED;
		answer = trimmed(line);
		if (answer[0] == '\0')
			return OK;
		if ((r = heed(&other, s, answer)) != OK)
			return r == E_FAILED ? E_FAILED : E_REFUSED;
	}
}
