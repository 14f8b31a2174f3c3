/* See attendance.h. */
#include "ceremony/attendance.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include <stdlib.h>
#include <string.h>

static enum status name(char out[ATTENDANCE_NAME], const char *question)
{
	enum status s;

	do {
		if ((s = prompt_line(out, ATTENDANCE_NAME, question)) != OK)
			return s;
		if (out[0] == '\0')
			report_warning(NULL, _("sin este dato la sesión no puede empezar (numeral 29)"));
	} while (out[0] == '\0');
	return OK;
}

/* "2 5" -> absent. False: something else than card numbers. */
static bool read_cards(bool absent[SHARES_MAX], const char *line, unsigned cards)
{
	char *end;

	memset(absent, 0, SHARES_MAX * sizeof *absent);
	for (;;) {
		long card;

		line += strspn(line, " ,\t");
		if (*line == '\0')
			return true;
		card = strtol(line, &end, 10);
		if (end == line || card < 1 || card > (long)cards)
			return false;
		absent[card - 1] = true;
		line = end;
	}
}

enum status attendance_ask(struct attendance *out, const struct keys_file *keys)
{
	char line[ATTENDANCE_NAME];
	unsigned present = 0;
	enum status s;

	if ((s = name(out->place, _("Lugar de la sesión:"))) != OK ||
	    (s = name(out->notary, _("Nombre del Fedatario:"))) != OK ||
	    (s = name(out->hsm_admin, _("Nombre del Administrador del HSM:"))) != OK ||
	    (s = name(out->coordinator, _("Nombre del Coordinador:"))) != OK)
		return s;
	for (unsigned i = 0; i < keys->cards; i++)
		report_info(_("Tarjeta %u: %s"), i + 1, keys->members[i].name);
	for (;;) {
		if ((s = prompt_line(line, sizeof line,
		                     _("Tarjetas de integrantes ausentes (números; Enter si están todos):"))) != OK)
			return s;
		if (read_cards(out->absent, line, keys->cards))
			break;
		report_warning(NULL, _("escriba números de tarjeta de 1 a %u, separados por espacios"), keys->cards);
	}
	for (unsigned i = 0; i < keys->cards; i++)
		present += !out->absent[i];
	if (present < keys->threshold)
		return fault(E_REFUSED, _("hacen falta más integrantes para abrir la bóveda"),
		             _("hay %u integrantes y se necesitan %u"), present, keys->threshold);
	return OK;
}
