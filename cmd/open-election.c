/* open-election: checks a definition, shows the system's hash, opens the election on its server (numerals 13 to 16). */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/manifest.h"
#include "ceremony/opening.h"
#include "ceremony/reissue.h"
#include "monitor/check.h"
#include "record/folder.h"
#include <string.h>

static const char USAGE[] =
        N_("open-election: abre la elección, y dice de cada equipo si es lo dictaminado (numerales 13 a 16)\n"
           "\n"
           "Uso: open-election --check ARCHIVO\n"
           "     open-election --configuration ARCHIVO --out CARPETA\n"
           "     open-election --system-hash [--config ARCHIVO] [--section LUGAR] [--database]\n"
           "                   [--certified MANIFIESTO [--report ARCHIVO]]\n"
           "     open-election --collect REPORTE… --certified MANIFIESTO --definition ARCHIVO --out ARCHIVO.pdf\n"
           "     open-election [--config ARCHIVO] --election CARPETA --system-keys ARCHIVO… [opciones]\n"
           "     open-election --session … (lo mismo, paso a paso, ante el Fedatario)\n"
           "     open-election [--config ARCHIVO] --election CARPETA --reissue ARCHIVO --out ACUSE\n"
           "     open-election --check-config [--config ARCHIVO] [--election CARPETA]\n"
           "\n"
           "Abrir comprueba la definición, las llaves y lo instalado, hace la base de datos, la carga, muestra\n"
           "que está en ceros y escribe record/opening.json. No se puede deshacer; interrumpido, el mismo\n"
           "mandato sigue.\n"
           "\n"
           "  --check ARCHIVO         dice todas las faltas de una definición\n"
           "  --configuration ARCHIVO\n"
           "                          hace el reporte de configuración, para cotejarlo con el manual\n"
           "  --system-hash           muestra el manifiesto de lo instalado y su SHA-256\n"
           "  --section LUGAR         solo lo de un lugar de uso: server, ceremony, enrolment o verify\n"
           "  --database              también lo que la base de datos guarda: funciones y derechos; con\n"
           "                          --election, los de esa elección, ya abierta\n"
           "  --certified MANIFIESTO  lo compara con el certificado y no abre si difieren\n"
           "  --report ARCHIVO        lo que se halló en este equipo, para --collect y --hosts\n"
           "  --collect REPORTE…      una hoja con los reportes de varios equipos\n"
           "  --hosts REPORTE…        reportes de los demás servidores; no se abre si alguno difiere\n"
           "  --definition ARCHIVO    la definición (o está ya en CARPETA/record/election.json)\n"
           "  --load ARCHIVO          por omisión CARPETA/enrolment/server-load.csv\n"
           "  --registrar-key ARCHIVO\n"
           "                          por omisión CARPETA/enrolment/registrar.pub\n"
           "  --system-keys ARCHIVO   llave pública del system-signer de un servidor; puede repetirse\n"
           "  --place --admin --notary TEXTO\n"
           "                          para los documentos\n"
           "  --reissue ARCHIVO       da a un votante una credencial de reserva por la línea firmada del\n"
           "                          registro\n"
           "  --config ARCHIVO        ajustes (/etc/vemre/vemre.conf)\n"
           "  --check-config          dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 hecho; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 un archivo no es\n"
           "lo que debe, o lo instalado no es lo certificado; 5 falta un paso anterior, o ya se abrió; 6 no se\n"
           "abre: la base de datos no está en ceros, pasó la hora, o no se confirmó.\n"
           "\n"
           "Ejemplo: open-election --system-hash --certified manifiesto.txt --report servidor-1.txt\n");

/* "--system-keys A B --system-keys C": taken out of argv, the rest is for program_options. */
struct list {
	const char *name; /* with its dashes */
	const char **items;
	unsigned n, max;
};

static int take_list(int argc, char **argv, struct list *l)
{
	size_t len = strlen(l->name);
	int kept = 1;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], l->name, len) == 0 && argv[i][len] == '=' && l->n < l->max) {
			l->items[l->n++] = argv[i] + len + 1;
		} else if (strcmp(argv[i], l->name) == 0) {
			while (i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0 && l->n < l->max)
				l->items[l->n++] = argv[++i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	return kept;
}

struct options {
	const char *config, *check, *configuration, *section, *reissue, *out;
	bool system_hash, database, session, check_config;
	struct opening_request q;
	struct opening_hash_request hash;
	struct list collect;
};

static enum status hash(const struct options *o, struct settings *s)
{
	struct opening_hash_request q = o->hash;

	q.certified = o->q.certified;
	q.sections = MANIFEST_FILES;
	if (o->section != NULL && (q.sections = manifest_section(o->section) & MANIFEST_FILES) == 0)
		return fault(E_USAGE, _("server, ceremony, enrolment o verify"), _("--section %s: no hay tal lugar de uso"),
		             o->section);
	if (o->database)
		q.sections |= MANIFEST_DATABASE;
	q.election = o->q.election;
	if (q.report != NULL && q.certified == NULL)
		return fault(E_USAGE, _("--help muestra las opciones"), _("--report necesita --certified"));
	return opening_system_hash(s, &q);
}

static enum status collect(struct options *o)
{
	o->q.hosts = o->collect.items;
	o->q.n_hosts = o->collect.n;
	if (o->q.certified == NULL || o->q.definition == NULL || o->out == NULL)
		return fault(E_USAGE, _("--help muestra las opciones"), _("--collect necesita --certified, --definition y --out"));
	return opening_collect(&o->q, o->out);
}

static enum status run(struct options *o)
{
	struct settings *s = NULL;
	enum status r;

	if (o->check_config)
		return check_config(o->config, o->q.election, SETTINGS_OPEN);
	if (o->check != NULL)
		return opening_check(o->check);
	if (o->configuration != NULL)
		return o->out != NULL ? opening_print_configuration(&o->q, o->configuration, o->out)
		                      : fault(E_USAGE, _("--help muestra las opciones"), _("--configuration necesita --out"));
	if (o->collect.n > 0)
		return collect(o);
	if (!o->system_hash && o->q.election == NULL)
		return fault(E_USAGE, _("--help muestra las opciones"), _("falta --election CARPETA"));
	if (o->reissue != NULL && o->out == NULL)
		return fault(E_USAGE, _("--help muestra las opciones"), _("--reissue necesita --out ACUSE"));
	if ((r = settings_open(&s, o->config)) == OK)
		r = o->system_hash ? hash(o, s)
		    : o->reissue != NULL ? reissue_serve(s, o->q.election, o->reissue, o->out)
		    : o->session           ? opening_session(s, &o->q)
		                           : opening_run(s, &o->q);
	settings_free(s);
	return r;
}

int main(int argc, char **argv)
{
	const char *keys[SYSTEM_KEYS_MAX], *hosts[OPENING_HOSTS_MAX], *reports[OPENING_HOSTS_MAX];
	struct list system_keys = {"--system-keys", keys, 0, SYSTEM_KEYS_MAX};
	struct list other_hosts = {"--hosts", hosts, 0, OPENING_HOSTS_MAX};
	struct options o = {.collect = {"--collect", reports, 0, OPENING_HOSTS_MAX}};
	const struct program_option options[] = {{"config", &o.config, NULL},
	                                         {"election", &o.q.election, NULL},
	                                         {"definition", &o.q.definition, NULL},
	                                         {"load", &o.q.load, NULL},
	                                         {"registrar-key", &o.q.registrar_key, NULL},
	                                         {"certified", &o.q.certified, NULL},
	                                         {"place", &o.q.place, NULL},
	                                         {"admin", &o.q.admin, NULL},
	                                         {"notary", &o.q.notary, NULL},
	                                         {"check", &o.check, NULL},
	                                         {"configuration", &o.configuration, NULL},
	                                         {"section", &o.section, NULL},
	                                         {"report", &o.hash.report, NULL},
	                                         {"reissue", &o.reissue, NULL},
	                                         {"out", &o.out, NULL},
	                                         {"system-hash", NULL, &o.system_hash},
	                                         {"database", NULL, &o.database},
	                                         {"session", NULL, &o.session},
	                                         {"check-config", NULL, &o.check_config},
	                                         {0}};
	int next;

	program_start("open-election");
	argc = take_list(argc, argv, &system_keys);
	argc = take_list(argc, argv, &other_hosts);
	argc = take_list(argc, argv, &o.collect);
	o.q.system_keys = keys;
	o.q.n_system_keys = system_keys.n;
	o.q.hosts = hosts;
	o.q.n_hosts = other_hosts.n;
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
	return program_end(run(&o));
}
