/* The desk, the reader, and what is said at it (cards_desk.h, cards.h). */
#include "ceremony/cards_desk.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 200 };

enum status cards_open(struct cards_desk **out, struct settings *s, const struct keys_file *keys, cards_note note,
                       void *ctx)
{
	struct cards_desk *d = calloc(1, sizeof *d);
	enum status r;

	*out = NULL;
	if (d == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	d->keys = keys;
	d->note = note;
	d->ctx = ctx;
	if ((r = settings_int(&d->wait_seconds, s, "cards.wait_seconds", 600, 1, 86400)) != OK ||
	    (r = card_reader_open(&d->reader, s)) != OK)
		goto done;
	if (keys->cards > card_reader_max_cards(d->reader)) {
		r = fault(E_REFUSED, _("ajuste cards.max_cards"), _("%u tarjetas son más de las %u que admite el HSM"),
		          keys->cards, card_reader_max_cards(d->reader));
		goto done;
	}
	*out = d;
	d = NULL;
done:
	cards_close(d);
	return r;
}

void cards_close(struct cards_desk *d)
{
	if (d == NULL)
		return;
	card_reader_free(d->reader);
	free(d);
}

/* ---- telling */

enum status cards_tell(struct cards_desk *d, unsigned card, const char *event, const char *text)
{
	return d->note != NULL ? d->note(d->ctx, card, event, text) : OK;
}

/* A fault of a card that is answered in place: shown, noted; the session goes on. */
enum status cards_complain(struct cards_desk *d, unsigned card, const char *event, const char *hint, const char *fmt, ...)
{
	char shown[512], kept[512];
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	vsnprintf(kept, sizeof kept, fmt, args);
	vsnprintf(shown, sizeof shown, _(fmt), again);
	va_end(again);
	va_end(args);
	report_warning(hint, "%s", shown);
	return cards_tell(d, card, event, kept);
}

const char *cards_holder(const struct cards_desk *d, unsigned card)
{
	return d->keys->members[card - 1].name;
}

const char *cards_phrase(const char *event)
{
	static const struct {
		const char *event, *phrase;
	} phrases[] = {{"written", "se escribió su parte de la llave tras su contraseña y se leyó de vuelta"},
	               {"read", "se leyó con su contraseña"},
	               {"erased", "se borró su parte de la llave"},
	               {"already-erased", "su parte de la llave ya estaba borrada"},
	               {"wrong-password", "contraseña equivocada"},
	               {"other-election", "se insertó una tarjeta de otra elección"},
	               {"other-session", "se insertó una tarjeta de otra sesión de llaves"},
	               {"same-card", "se insertó otra vez la misma tarjeta"},
	               {"not-drawn", "se insertó sin haber sido sorteada"},
	               {"not-blank", "se insertó una tarjeta que no está en blanco"},
	               {"reused", "se borró lo que la tarjeta tenía, para usarla de nuevo"},
	               {"unreadable", "la tarjeta no se pudo leer o escribir"},
	               {"contradicts", "su parte contradice los compromisos publicados"},
	               {"removed-early", "se retiró antes de tiempo"},
	               {"no-card", "no se insertó a tiempo"},
	               {"dropped", "se prescindió de ella"},
	               {"substitute", "sustituye a otra, según el orden del sorteo"}};

	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (strcmp(phrases[i].event, event) == 0)
			return phrases[i].phrase;
	return NULL;
}

/* ---- the reader */

/* A pressed Enter at the terminal while the reader is waited for; a script's lines are left alone. */
static bool enter_pressed(void)
{
	struct pollfd in = {.fd = 0, .events = POLLIN};
	char line[256];

	if (isatty(0) == 0) {
		nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
		return false;
	}
	return poll(&in, 1, POLL_MS) > 0 && read(0, line, sizeof line) > 0;
}

bool cards_wait_for(struct cards_desk *d, bool present)
{
	time_t until = time(NULL) + d->wait_seconds;

	while (card_present(d->reader) != present)
		if (time(NULL) >= until || enter_pressed())
			return card_present(d->reader) == present;
	return true;
}

enum status cards_wait_removed(struct cards_desk *d, unsigned card)
{
	if (!card_present(d->reader))
		return OK;
	do
		report_step(_("Retire la tarjeta"));
	while (!cards_wait_for(d, false) && isatty(0) != 0);
	if (card_present(d->reader))
		return fault(E_DEVICE, NULL, _("la tarjeta sigue en el lector"));
	return cards_tell(d, card, "removed", "tarjeta retirada");
}

enum status cards_password(struct secret **out, struct cards_desk *d, const char *question)
{
	char lost[128];
	bool keypad = false;
	enum status r;

	*out = NULL;
	report_capture_begin(lost, sizeof lost);
	r = card_keypad(&keypad, d->reader);
	report_capture_end();
	if (r == OK && keypad) {
		report_step(_("%s en el teclado del lector"), question);
		return OK;
	}
	return prompt_secret(out, CARD_PASSWORD_MAX, question);
}

enum status cards_what_now(enum cards_choice *out, struct cards_desk *d, unsigned card, bool may_drop)
{
	char answer[16];
	enum status r;

	for (;;) {
		r = prompt_line(answer, sizeof answer,
		                may_drop ? _("¿Qué se hace? [Intro: otra vez · s: prescindir de la tarjeta · x: abandonar]")
		                         : _("¿Qué se hace? [Intro: otra vez · x: abandonar]"));
		if (r != OK)
			return r;
		*out = CARDS_AGAIN;
		if (answer[0] == '\0')
			return OK;
		if (strcmp(answer, "x") == 0)
			return fault(E_REFUSED, NULL, _("la sesión se abandonó a petición de los presentes"));
		*out = CARDS_DROP;
		if (strcmp(answer, "s") == 0 && may_drop)
			return cards_complain(d, card, "dropped", NULL, N_("se prescinde de la tarjeta %u (%s)"), card,
			                cards_holder(d, card));
	}
}
