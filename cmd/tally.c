/* tally: the session of decryption and count (numerals 29 to 35). The session itself is lib/ceremony/tally.c. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "ceremony/import.h"
#include "ceremony/tally.h"
#include "monitor/check.h"
#include <string.h>

static const char USAGE[] =
        N_("tally: la sesión de descifrado y cómputo (numerales 29 a 35)\n"
           "\n"
           "Uso: tally --election CARPETA [--config ARCHIVO] [draw | erase | challenge]\n"
           "     tally --import MEDIO --election CARPETA [--config ARCHIVO]\n"
           "     tally --check-config [--config ARCHIVO]\n"
           "\n"
           "Paso por paso: asistencia, expediente, mezclas, sorteo, tarjetas, apertura, actas, firmas, borrado\n"
           "de las tarjetas. Si se interrumpe, el mismo mandato la reanuda donde quedó.\n"
           "\n"
           "  draw                  se detiene después del sorteo\n"
           "  erase                 terminada la sesión, borra las partes de las tarjetas que faltaron\n"
           "  challenge             abiertos los votos, responde retos de los observadores (los sorteados abren\n"
           "                        la bóveda de nuevo)\n"
           "  --import MEDIO        antes de la sesión: trae del medio lo que close-election dejó y compara el\n"
           "                        hash de cada archivo con el reporte de cierre\n"
           "  --election CARPETA    la carpeta de la elección\n"
           "  --config ARCHIVO      ajustes (hsm.*, cards.*; /etc/vemre/vemre.conf)\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 hecho; 1 falla de este equipo; 2 mandato o ajustes; 3 el expediente no es lo que debe;\n"
           "4 el HSM, una tarjeta o el lector; 5 aún no es la hora, o falta un paso anterior; 6 se abandonó, o\n"
           "no se admite; 8 falta parte del expediente.\n"
           "\n"
           "Ejemplo: tally --election /var/lib/vemre/2027\n");

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
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
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
