/* keygen-ceremony: the key session at the ceremony terminal (PROCESS 6 to 12; lib/ceremony/keygen.h). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/keygen.h"
#include "monitor/check.h"
#include <stdlib.h>

static const char USAGE[] =
        N_("keygen-ceremony: la sesión de llaves, en la terminal de la ceremonia (numerales 6 a 12)\n"
           "\n"
           "Uso: keygen-ceremony --election CARPETA --definition ARCHIVO [--config ARCHIVO]\n"
           "                     [--threshold M] [--cards N]\n"
           "     keygen-ceremony --check-config [--config ARCHIVO]\n"
           "\n"
           "Hace en el HSM la llave de apertura de la elección, y la clave del comité, repartida entre N\n"
           "tarjetas de las que M abren la bóveda.\n"
           "\n"
           "  --election CARPETA    carpeta de la elección; se escribe en record/, documents/ y journal/\n"
           "  --definition ARCHIVO  datos de la elección (JSON)\n"
           "  --threshold M         tarjetas que abren la bóveda (3)\n"
           "  --cards N             tarjetas (5)\n"
           "  --config ARCHIVO      ajustes (hsm.*, cards.*; /etc/vemre/vemre.conf)\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "La sesión es por pasos; tras cada uno, el Fedatario lo confirma con sus iniciales y, tras un\n"
           "espacio, sus observaciones. En vez de ellas: ! asienta una excepción (cuatro líneas: se esperaba,\n"
           "ocurrió, se decidió, quién); pausa (la línea siguiente, iniciales, la termina); abandonar. Una\n"
           "sesión interrumpida se reanuda en su paso con el mismo mandato: la primera línea son entonces las\n"
           "iniciales del Fedatario.\n"
           "\n"
           "Sin terminal, las respuestas se leen de la entrada, una por línea y solo cuando se pregunta (F:\n"
           "iniciales):\n"
           "  1  ¿es la hora?: s; F\n"
           "  2  lugar; Administrador del HSM; Coordinador; Fedatario; el nombre de cada integrante, de la\n"
           "     tarjeta 1 a la N; ¿están todos?: s; F\n"
           "  3  ¿acuses firmados y entregados?: s; F\n"
           "  4  [tras una sesión interrumpida, ¿se borra lo que dejó?: s]; por cada tarjeta, de la 1 a la N, su\n"
           "     contraseña nueva, dos veces; F\n"
           "  5  vistos los atributos de la llave de apertura, F\n"
           "  6  [con un HSM que no es SoftHSM, ¿se clonó la bóveda?: s]; F\n"
           "  7  ensayo: por cada tarjeta, según llegue, su contraseña; F\n"
           "Tras tres contraseñas erróneas, una tarjeta ilegible o una que no llega se pregunta qué se hace:\n"
           "línea vacía, otra vez; x, dejar el paso. El lector se mira cada 200 ms: una tarjeta se inserta y se\n"
           "retira cuando se pide («Inserte la tarjeta N», «Retire la tarjeta»), sin línea de entrada.\n"
           "\n"
           "Salida: 0 hecha; 1 falla del equipo; 2 mandato o ajustes; 3 una llave o una tarjeta no dio lo que\n"
           "debe; 4 el HSM, una tarjeta o el lector; 5 ya hay llaves de esta elección, u otra sesión sin\n"
           "terminar; 6 no se sigue: se abandonó, falta alguien o el Fedatario no confirma.\n"
           "\n"
           "Ejemplo: keygen-ceremony --election /var/lib/vemre/2027 --definition /media/vemre/election.json\n");

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
