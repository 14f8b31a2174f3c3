/* open-election: checks a definition, shows the system's hash, opens the election on its server (numerals 13 to 16). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/opening.h"
#include "record/folder.h"
#include <string.h>

static const char USAGE[] =
        N_("uso: open-election --check ARCHIVO\n"
           "     open-election --system-hash [--config ARCHIVO] [--certified MANIFIESTO]\n"
           "     open-election [--config ARCHIVO] --election CARPETA --system-keys ARCHIVO… [opciones]\n"
           "\n"
           "  --check ARCHIVO         dice todas las faltas de una definición\n"
           "  --system-hash           muestra el manifiesto de lo instalado y su SHA-256\n"
           "  --certified MANIFIESTO  lo compara con el certificado y no abre si difieren\n"
           "  --definition ARCHIVO    la definición (o está ya en CARPETA/record/election.json)\n"
           "  --load ARCHIVO          por omisión CARPETA/enrolment/server-load.csv\n"
           "  --registrar-key ARCHIVO por omisión CARPETA/enrolment/registrar.pub\n"
           "  --system-keys ARCHIVO   llave pública del system-signer de un servidor; puede repetirse\n");

/* "--system-keys A B --system-keys C": taken out of argv, the rest is for program_options. */
static int take_system_keys(int argc, char **argv, const char **keys, unsigned *n)
{
	static const char name[] = "--system-keys";
	int kept = 1;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--system-keys=", sizeof name) == 0 && *n < SYSTEM_KEYS_MAX) {
			keys[(*n)++] = argv[i] + sizeof name;
		} else if (strcmp(argv[i], name) == 0) {
			while (i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0 && *n < SYSTEM_KEYS_MAX)
				keys[(*n)++] = argv[++i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	return kept;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *check = NULL, *keys[SYSTEM_KEYS_MAX];
	struct opening_request q = {0};
	bool system_hash = false;
	const struct program_option options[] = {{"config", &config, NULL},
	                                         {"election", &q.election, NULL},
	                                         {"definition", &q.definition, NULL},
	                                         {"load", &q.load, NULL},
	                                         {"registrar-key", &q.registrar_key, NULL},
	                                         {"certified", &q.certified, NULL},
	                                         {"check", &check, NULL},
	                                         {"system-hash", NULL, &system_hash},
	                                         {0}};
	struct settings *s = NULL;
	enum status r;
	int next;

	program_start("open-election");
	q.system_keys = keys;
	argc = take_system_keys(argc, argv, keys, &q.n_system_keys);
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"), _("argumento de más: %s"), argv[next]));
	if (check != NULL)
		return program_end(opening_check(check));
	if (!system_hash && q.election == NULL)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"), _("falta --election CARPETA")));
	if ((r = settings_open(&s, config)) == OK)
		r = system_hash ? opening_system_hash(s, q.certified) : opening_run(s, &q);
	settings_free(s);
	return program_end(r);
}
