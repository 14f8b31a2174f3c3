/* monitor-election: the operator's program while the voting is open (numerals 23 to 26). The first word picks the command;
 * without one it is the live view. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "monitor/check.h"
#include "monitor/components.h"
#include "monitor/operation.h"
#include "monitor/view.h"
#include "monitor/watcher.h"
#include <stdio.h>
#include <string.h>

static const char USAGE_WATCH[] =
        N_("monitor-election watch: el estado de cada componente, con su luz\n"
           "\n"
           "Uso: monitor-election [watch] [--config ARCHIVO] [--election CARPETA] [--once] [--json] [--record]\n"
           "     monitor-election --check-config [--config ARCHIVO] [--election CARPETA]\n"
           "\n"
           "Muestra cada componente con su luz, la razón y lo primero que hay que hacer, y lo renueva hasta que\n"
           "se interrumpe.\n"
           "\n"
           "  --once                una vez\n"
           "  --json                una vez, en JSON\n"
           "  --record              no muestra nada: guarda cuánto tiempo tuvo cada componente qué luz, para el\n"
           "                        informe de operación, y dice los cambios; hasta SIGTERM\n"
           "  --config ARCHIVO      ajustes (/etc/vemre/vemre.conf)\n"
           "  --election CARPETA    la carpeta de la elección; por omisión, la del ajuste election.folder\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 nada está en rojo; 1 falla del equipo; 2 mandato o ajustes; 5 algo está en rojo, o no se\n"
           "ha abierto la elección.\n"
           "\n"
           "Ejemplo: monitor-election --once\n");

static enum status watch(int argc, char **argv)
{
	const char *config = NULL, *election = NULL;
	bool once = false, json = false, record = false, check = false;
	const struct program_option options[] = {{"config", &config, NULL},
	                                         {"election", &election, NULL},
	                                         {"once", NULL, &once},
	                                         {"json", NULL, &json},
	                                         {"check-config", NULL, &check},
	                                         {"record", NULL, &record},
	                                         {0}};
	struct components *all = NULL;
	struct settings *s = NULL;
	long refresh;
	enum status r;
	bool go;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE_WATCH))) != OK || !go)
		return r;
	if (check)
		return check_config(config, election, SETTINGS_MONITOR);
	if ((r = settings_open(&s, config)) == OK && (r = settings_int(&refresh, s, "monitor.refresh", 5, 1, 60)) == OK &&
	    (r = components_open(&all, s, election)) == OK)
		r = record         ? watcher_run(all, refresh)
		    : once || json ? view_once(all, json)
		                   : view_live(all, refresh);
	components_free(all);
	settings_free(s);
	return r;
}

static const struct command {
	const char *word;
	enum status (*run)(int argc, char **argv); /* argv[0]: the word */
	const char *what;
} commands[] = {
        {"watch", watch, N_("el estado de cada componente; es la orden por omisión")},
        {"integrity", integrity_command, N_("lo instalado y la base de datos, contra el manifiesto certificado")},
        {"incident", incident_command, N_("incidentes: new, update, close, list")},
        {"seal", seal_command, N_("sella la bitácora del servidor cada minuto")},
        {"probe", probe_command, N_("la entrada de prueba: una cuenta que no puede votar entra desde fuera")},
        {"report", report_command, N_("el informe de operación")},
        {"state", state_command, N_("en una palabra, cómo está: before, open, closed o sealed")},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void usage(void)
{
	printf(_("monitor-election: estado y operación de una elección abierta (numerales 23 a 26)\n"
	         "\n"
	         "Uso: monitor-election [ORDEN] [opciones]\n"
	         "\n"));
	for (int i = 0; i < COMMANDS; i++)
		printf("  %-12s %s\n", commands[i].word, _(commands[i].what));
	printf(_("\n"
	         "«monitor-election ORDEN --help» muestra las opciones de cada una, y cómo termina.\n"
	         "\n"
	         "Salida: 0 bien; 2 no hay tal orden, o sus opciones no son esas; las demás, en cada orden.\n"
	         "\n"
	         "Ejemplo: monitor-election --once\n"));
}

int main(int argc, char **argv)
{
	program_start("monitor-election");
	if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
		usage();
		return program_end(OK);
	}
	for (int i = 0; argc >= 2 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].word) == 0)
			return program_end(commands[i].run(argc - 1, argv + 1));
	if (argc >= 2 && argv[1][0] != '-')
		return program_end(fault(E_USAGE, _("--help muestra las órdenes"), _("no hay tal orden: %s"), argv[1]));
	return program_end(watch(argc, argv));
}
