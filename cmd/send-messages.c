/* send-messages: hands the one-time codes to the SMS gateways (notify/dispatch.h). In the foreground, until SIGTERM. */
#include "base/i18n.h"
#include "base/program.h"
#include "base/settings.h"
#include "monitor/check.h"
#include "notify/dispatch.h"
#include <stddef.h>

int main(int argc, char **argv)
{
	const char *config = NULL;
	bool check = false;
	const struct program_option table[] = {{"config", &config, NULL}, {"check-config", NULL, &check}, {NULL, NULL, NULL}};
	struct settings *s = NULL;
	enum status r = E_USAGE;
	int next;

	program_start("send-messages");
	switch (program_options(argc, argv, table,
	                        _("Uso: send-messages [--config ARCHIVO] [--check-config]\n\n"
	                          "Entrega por SMS los códigos de un solo uso: recibe cada mensaje por el socket\n"
	                          "sms.socket y lo da a las pasarelas de sms.gateways, una vez a cada una, sin\n"
	                          "guardarlo. SIGUSR1 muestra las cifras por país; SIGTERM termina.\n"
	                          "--check-config dice todas las faltas de los ajustes y prueba lo que nombran.\n"),
	                        &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next == argc && check)
		return program_end(check_config(config, NULL, SETTINGS_SENDER));
	if (next == argc && (r = settings_open(&s, config)) == OK)
		r = dispatch_run(s);
	settings_free(s);
	return program_end(r);
}
