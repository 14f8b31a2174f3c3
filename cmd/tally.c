/* tally: the session of decryption and count (numerals 29 to 35). The session itself is lib/ceremony/tally.c. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "ceremony/tally.h"
#include <string.h>

int main(int argc, char **argv)
{
	const char *config = NULL, *election = NULL;
	struct settings *settings = NULL;
	enum tally_part part = TALLY_ALL;
	enum status s;
	int next = 0;

	program_start("tally");
	const struct program_option options[] = {
	    {"config", &config, NULL}, {"election", &election, NULL}, {NULL, NULL, NULL}};
	switch (program_options(
	    argc, argv, options,
	    _("Uso: tally --election CARPETA [--config AJUSTES] [draw | erase]\n"
	      "Sesión de descifrado y cómputo: asistencia, expediente, mezclas, sorteo, tarjetas, apertura, actas.\n"
	      "Con «draw» se detiene después del sorteo; «erase» sólo borra las partes de las tarjetas, hecho ya el cómputo.\n"
	      "Preguntas, en orden: lugar; Fedatario; Administrador del HSM; Coordinador; tarjetas ausentes; hora (s/n);\n"
	      "números dichos en voz alta, uno por línea, y una línea vacía; contraseña de cada tarjeta sorteada, y al final\n"
	      "la de cada tarjeta para borrar su parte.\n"),
	    &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next == argc - 1 && strcmp(argv[next], "draw") == 0)
		part = TALLY_DRAW;
	else if (next == argc - 1 && strcmp(argv[next], "erase") == 0)
		part = TALLY_ERASE;
	if (election == NULL || (next != argc && part == TALLY_ALL))
		return program_end(fault(E_USAGE, _("tally --help"), _("falta --election, o sobra algo")));
	if ((s = settings_open(&settings, config)) == OK)
		s = tally_run(settings, election, part);
	settings_free(settings);
	return program_end(s);
}
