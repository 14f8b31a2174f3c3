/* send-messages: hands the one-time codes to the SMS gateways (notify/dispatch.h). In the foreground, until SIGTERM. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "monitor/check.h"
#include "notify/dispatch.h"
#include <stddef.h>

static const char USAGE[] =
        N_("send-messages: entrega por SMS los códigos de un solo uso\n"
           "\n"
           "Uso: send-messages [--config ARCHIVO] [--check-config]\n"
           "\n"
           "Recibe cada mensaje por el socket sms.socket y lo da a las pasarelas de sms.gateways, una vez a cada\n"
           "una, sin guardarlo. Corre hasta SIGTERM; SIGUSR1 muestra las cifras por país.\n"
           "\n"
           "  --config ARCHIVO      ajustes (/etc/vemre/vemre.conf)\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 terminó por SIGTERM; 1 falla del equipo; 2 mandato o ajustes; 5 otro send-messages atiende\n"
           "ese socket o, con --check-config, ninguna pasarela responde.\n"
           "\n"
           "Ejemplo: send-messages --check-config\n");

int main(int argc, char **argv)
{
	const char *config = NULL;
	bool check = false;
	const struct program_option table[] = {{"config", &config, NULL}, {"check-config", NULL, &check}, {NULL, NULL, NULL}};
	struct settings *s = NULL;
	enum status r;
	int next;

	program_start("send-messages");
	switch (program_options(argc, argv, table, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"), _("argumento de más: %s"), argv[next]));
	if (check)
		return program_end(check_config(config, NULL, SETTINGS_SENDER));
	if ((r = settings_open(&s, config)) == OK)
		r = dispatch_run(s);
	settings_free(s);
	return program_end(r);
}
