/* tally: the session of decryption and count (numerals 29 to 35). The session itself is lib/ceremony/tally.c. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "ceremony/import.h"
#include "ceremony/tally.h"
#include "monitor/check.h"
#include <string.h>

int main(int argc, char **argv)
{
	const char *config = NULL, *election = NULL, *medium = NULL;
	struct settings *settings = NULL;
	bool check = false;
	enum tally_part part = TALLY_ALL;
	enum status s;
	int next = 0;

	program_start("tally");
	const struct program_option options[] = {
	    {"config", &config, NULL}, {"election", &election, NULL}, {"import", &medium, NULL}, {"check-config", NULL, &check}, {NULL, NULL, NULL}};
	switch (program_options(
	    argc, argv, options,
	    _("Uso: tally --election CARPETA [--config AJUSTES] [draw | erase | challenge]\n"
	      "     tally --import MEDIO --election CARPETA [--config AJUSTES]\n"
	      "     tally --check-config [--config AJUSTES]\n"
	      "Sesión de descifrado y cómputo, paso por paso: asistencia, expediente, mezclas, sorteo, tarjetas, apertura,\n"
	      "actas, firmas, borrado de las tarjetas. Si se interrumpe, el mismo mandato la reanuda donde quedó.\n"
	      "  draw        se detiene después del sorteo\n"
	      "  erase       terminada la sesión, borra las partes de las tarjetas que faltaron\n"
	      "  challenge   abiertos los votos, responde retos de los observadores (los sorteados abren la bóveda de nuevo)\n"
	      "  --import    antes de la sesión: trae del medio lo que close-election dejó y compara el hash de cada archivo\n"
	      "              con el reporte de cierre\n"
	      "  --check-config   dice todas las faltas de los ajustes y prueba lo que nombran\n"),
	    &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (check && next == argc)
		return program_end(check_config(config, election, SETTINGS_TALLY));
	if (next == argc - 1 && strcmp(argv[next], "draw") == 0)
		part = TALLY_DRAW;
	else if (next == argc - 1 && strcmp(argv[next], "erase") == 0)
		part = TALLY_ERASE;
	else if (next == argc - 1 && strcmp(argv[next], "challenge") == 0)
		part = TALLY_CHALLENGE;
	if (election == NULL || (next != argc && part == TALLY_ALL))
		return program_end(fault(E_USAGE, _("tally --help"), _("falta --election, o sobra algo")));
	if (medium != NULL)
		return program_end(part == TALLY_ALL ? import_run(election, medium)
		                                     : fault(E_USAGE, _("tally --help"), _("--import va solo")));
	if ((s = settings_open(&settings, config)) == OK)
		s = tally_run(settings, election, part);
	settings_free(settings);
	return program_end(s);
}
