/* monitor-election: the operator's program while the voting is open (numerals 23 to 26). The first word picks the command. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "monitor/operation.h"
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *word;
	enum status (*run)(int argc, char **argv); /* argv[0]: the word */
	const char *what;
} commands[] = {
        {"integrity", integrity_command, N_("lo instalado y la base de datos, contra el manifiesto certificado")},
        {"incident", incident_command, N_("incidentes: new, update, close, list")},
        {"seal", seal_command, N_("sella la bitácora del servidor cada minuto")},
        {"report", report_command, N_("el informe de operación")},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void usage(void)
{
	printf(_("Uso: monitor-election ORDEN [opciones]\n\nEl estado y la operación de una elección abierta (numerales 23 a 26).\n"));
	for (int i = 0; i < COMMANDS; i++)
		printf("  %-12s %s\n", commands[i].word, _(commands[i].what));
	printf(_("«monitor-election ORDEN --help» muestra las opciones de cada una.\n"));
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
	return program_end(fault(E_USAGE, _("--help muestra las órdenes"), argc < 2 ? _("falta la orden") : _("no hay tal orden: %s"),
	                         argv[1]));
}
