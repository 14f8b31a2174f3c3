/* keygen-ceremony: the key session at the ceremony terminal (PROCESS 6 to 12; lib/ceremony/keygen.h). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/keygen.h"
#include "monitor/check.h"
#include <stdlib.h>

static const char USAGE[] =
        N_("uso: keygen-ceremony --config ARCHIVO --election CARPETA --definition ARCHIVO\n"
           "                     [--threshold M] [--cards N]\n"
           "     keygen-ceremony --check-config [--config ARCHIVO]\n"
           "\n"
           "  --config ARCHIVO      ajustes (hsm.*, cards.*)\n"
           "  --election CARPETA    carpeta de la elección; se escribe en record/, documents/ y journal/\n"
           "  --definition ARCHIVO  datos de la elección (JSON)\n"
           "  --threshold M         tarjetas que abren la bóveda (3)\n"
           "  --cards N             tarjetas (5)\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "La sesión es por pasos; tras cada uno, el Fedatario lo confirma con sus iniciales y, tras un espacio, sus\n"
           "observaciones. En vez de ellas: ! asienta una excepción (cuatro líneas: se esperaba, ocurrió, se decidió,\n"
           "quién); pausa (la línea siguiente, iniciales, la termina); abandonar. Una sesión interrumpida se reanuda en\n"
           "su paso con el mismo mandato: la primera línea son entonces las iniciales del Fedatario.\n"
           "\n"
           "Sin terminal, las respuestas se leen de la entrada, una por línea y solo cuando se pregunta (F: iniciales):\n"
           "  1  ¿es la hora?: s; F\n"
           "  2  lugar; Administrador del HSM; Coordinador; Fedatario; el nombre de cada integrante, de la tarjeta 1\n"
           "     a la N; ¿están todos?: s; F\n"
           "  3  ¿acuses firmados y entregados?: s; F\n"
           "  4  [tras una sesión interrumpida, ¿se borra lo que dejó?: s]; por cada tarjeta, de la 1 a la N, su\n"
           "     contraseña nueva, dos veces; F\n"
           "  5  vistos los atributos de la llave de apertura, F\n"
           "  6  [con un HSM que no es SoftHSM, ¿se clonó la bóveda?: s]; F\n"
           "  7  ensayo: por cada tarjeta, según llegue, su contraseña; F\n"
           "Tras tres contraseñas erróneas, una tarjeta ilegible o una que no llega se pregunta qué se hace:\n"
           "línea vacía, otra vez; x, dejar el paso. El lector se mira cada 200 ms: una tarjeta se inserta y se retira\n"
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
	bool check = false;
	const struct program_option options[] = {{"config", &config, NULL},
	                                         {"election", &o.election, NULL},
	                                         {"definition", &o.definition, NULL},
	                                         {"threshold", &threshold, NULL},
	                                         {"cards", &cards, NULL},
	                                         {"check-config", NULL, &check},
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
	if (check && next == argc)
		return program_end(check_config(config, o.election, SETTINGS_KEYGEN));
	if (next != argc || o.election == NULL || o.definition == NULL)
		r = fault(E_USAGE, _("--help muestra las opciones"), _("faltan --election y --definition, o sobra algo"));
	else if ((r = number(&o.threshold, threshold, 3)) == OK && (r = number(&o.cards, cards, 5)) == OK &&
	         (r = settings_open(&s, config)) == OK)
		r = keygen_run(s, &o);
	settings_free(s);
	return program_end(r);
}
