/* keygen-ceremony: the key session at the ceremony terminal (PROCESS 6 to 12; lib/ceremony/keygen.h). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/keygen.h"
#include <stdlib.h>

static const char USAGE[] =
        N_("uso: keygen-ceremony --config ARCHIVO --election CARPETA --definition ARCHIVO\n"
           "                     [--threshold M] [--cards N]\n"
           "\n"
           "  --config ARCHIVO      ajustes (hsm.*, cards.*)\n"
           "  --election CARPETA    carpeta de la elección; se escribe en record/, documents/ y journal/\n"
           "  --definition ARCHIVO  datos de la elección (JSON)\n"
           "  --threshold M         tarjetas que abren la bóveda (3)\n"
           "  --cards N             tarjetas (5)\n"
           "\n"
           "Sin terminal, las respuestas se leen de la entrada, una por línea y solo cuando se pregunta:\n"
           "  1  lugar\n"
           "  2  Administrador del HSM\n"
           "  3  Coordinador\n"
           "  4  Fedatario\n"
           "  5  nombre del integrante de cada tarjeta, de la 1 a la N\n"
           "  6  ¿están presentes todos?: s\n"
           "  7  ¿acuses firmados y entregados?: s\n"
           "  8  iniciales del Fedatario (y observaciones)\n"
           "  9  por cada tarjeta, de la 1 a la N: su contraseña nueva, dos veces\n"
           " 10  iniciales del Fedatario, vistos los atributos de la llave de apertura\n"
           "     (con un HSM que no es SoftHSM, además: ¿se clonó la bóveda?: s)\n"
           " 11  ensayo: por cada tarjeta, según llegue: su contraseña\n"
           " 12  iniciales del Fedatario\n"
           "Tras tres contraseñas erróneas, una tarjeta ilegible o una que no llega se pregunta qué se hace:\n"
           "línea vacía, otra vez; x, abandonar. El lector se mira cada 200 ms: una tarjeta se inserta y se retira\n"
           "cuando se pide («Inserte la tarjeta N», «Retire la tarjeta»), sin línea de entrada.\n");

static enum status number(unsigned *out, const char *text, unsigned fallback)
{
	char *end;
	unsigned long v;

	*out = fallback;
	if (text == NULL)
		return OK;
	v = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || v > 1000)
		return fault(E_USAGE, NULL, _("«%s» no es un número de tarjetas"), text);
	*out = (unsigned)v;
	return OK;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *threshold = NULL, *cards = NULL;
	struct keygen_options o = {0};
	const struct program_option options[] = {{"config", &config, NULL},
	                                         {"election", &o.election, NULL},
	                                         {"definition", &o.definition, NULL},
	                                         {"threshold", &threshold, NULL},
	                                         {"cards", &cards, NULL},
	                                         {NULL, NULL, NULL}};
	struct settings *s = NULL;
	int next;
	enum status r;

	program_start("keygen-ceremony");
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc || o.election == NULL || o.definition == NULL)
		r = fault(E_USAGE, _("--help muestra las opciones"), _("faltan --election y --definition, o sobra algo"));
	else if ((r = number(&o.threshold, threshold, 3)) == OK && (r = number(&o.cards, cards, 5)) == OK &&
	         (r = settings_open(&s, config)) == OK)
		r = keygen_run(s, &o);
	settings_free(s);
	return program_end(r);
}
