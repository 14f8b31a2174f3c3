/* close-election: the end of the voting on its server (numerals 27, 28). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/closing.h"
#include "monitor/check.h"
#include <stddef.h>

static const char USAGE[] =
        N_("close-election: cierra la votación y sella la urna (numerales 27 y 28)\n"
           "\n"
           "Uso: close-election [--config ARCHIVO] [--election CARPETA] [--wait]\n"
           "     close-election --check-config [--config ARCHIVO] [--election CARPETA]\n"
           "\n"
           "Cierra la votación, saca la urna de la base de datos y la sella. Antes de la hora se niega; con\n"
           "--wait espera. Se puede repetir: comprueba lo que ya está y no lo sobrescribe.\n"
           "\n"
           "  --config ARCHIVO      ajustes (/etc/vemre/vemre.conf)\n"
           "  --election CARPETA    la carpeta de la elección; por omisión, la del ajuste election.folder\n"
           "  --wait                espera a la hora del cierre\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 cerrada y sellada; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 lo que\n"
           "ya estaba no es de esta urna; 5 falta un paso anterior; 6 aún no es la hora.\n"
           "\n"
           "Ejemplo: close-election --wait --election /var/lib/vemre/2027\n");

int main(int argc, char **argv)
{
	const char *config = NULL, *election = NULL;
	bool wait = false, check = false;
	const struct program_option options[] = {
	        {"config", &config, NULL}, {"election", &election, NULL}, {"wait", NULL, &wait}, {"check-config", NULL, &check}, {0}};
	struct settings *s = NULL;
	enum status r;
	int next;

	program_start("close-election");
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (check && next == argc)
		return program_end(check_config(config, election, SETTINGS_CLOSE));
	if (next != argc)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"), _("argumentos de más")));
	/* The service that closes by the hour has no folder on its command line: it is the setting's. */
	if ((r = settings_open(&s, config)) == OK) {
		if (election == NULL)
			election = settings_path(s, "election.folder", NULL);
		r = election != NULL ? closing_run(s, election, wait) : E_USAGE;
	}
	settings_free(s);
	return program_end(r);
}
