/*
 * monitor-election integrity (numerals 14, 23): while the system runs, what is installed here and what the database of the
 * open election holds, against the manifest of the dictamen. Asked for by anybody with an account on the server; every
 * time is in the journal, with every difference by name.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "ceremony/host_report.h"
#include "monitor/operation.h"
#include "store/connection.h"
#include <stdio.h>
#include <string.h>

enum { MANIFEST_MAX_FILE = 16 << 20 };

static const char USAGE[] =
        N_("monitor-election integrity: lo instalado y la base, contra el manifiesto certificado (numeral 14)\n"
           "\n"
           "Uso: monitor-election integrity --certified MANIFIESTO [--config ARCHIVO] [--election CARPETA]\n"
           "                                [--section LUGAR] [--report ARCHIVO] [--by NOMBRE]\n"
           "\n"
           "Compara, con el sistema en marcha, lo instalado en este equipo y los objetos de la base de datos de\n"
           "la elección abierta con el manifiesto certificado, y lo asienta en la bitácora.\n"
           "\n"
           "  --section LUGAR       server (por omisión), ceremony, enrolment o verify; server compara también\n"
           "                        la base\n"
           "  --report ARCHIVO      el reporte de este equipo, para open-election --collect\n"
           "  --by NOMBRE           quién lo asienta (por omisión, la cuenta que lo ejecuta)\n"
           "\n"
           "Salida: 0 es lo certificado; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 hay\n"
           "diferencias, nombradas una por una; 5 la elección no se ha abierto.\n"
           "\n"
           "Ejemplo: monitor-election integrity --certified manifiesto.txt --by 'Delfina Ugalde'\n");

static enum status note(const struct operation *o, const struct host_report *h, const char *who, bool database)
{
	char hex[65];

	hex_encode(hex, h->certified_sha256, 32);
	return journal_write(o->journal, "integrity", operation_who(who),
	                     json_pack("{s:s, s:O, s:b, s:I, s:s, s:O}", "host", h->view.name, "sections",
	                               json_object_get(h->json, "sections"), "database", database, "pieces",
	                               (json_int_t)h->view.files, "certified_sha256", hex, "differences",
	                               json_object_get(h->json, "differences")));
}

static enum status verdict(const struct host_report *h)
{
	if (h->view.n_differences > 0)
		return fault(E_EVIDENCE, _("guarde el reporte, abra un incidente y avise al Coordinador: no es el sistema dictaminado"),
		             _("%s (%s): %zu diferencias con el manifiesto certificado"), h->view.name, h->view.sections,
		             h->view.n_differences);
	report_step(_("%s (%s): es lo certificado, %llu piezas"), h->view.name, h->view.sections,
	            (unsigned long long)h->view.files);
	return OK;
}

static enum status check(const struct operation *o, const struct buffer *certified, unsigned sections, const char *report,
                         const char *who)
{
	struct host_report h = {0};
	struct connection *db = NULL;
	enum status r, database = OK, written;

	/* A database that does not answer is said, and the files are compared all the same. */
	if ((sections & MANIFEST_SERVER) != 0)
		database = connection_open(&db, o->settings, CONNECTION_MONITOR, NULL, o->definition->id);
	if ((r = host_report_make(&h, o->settings, certified, sections, db)) != OK)
		goto done;
	r = verdict(&h);
	if (report != NULL && (written = host_report_write(&h, report)) != OK)
		r = r == OK ? written : r;
	if ((written = note(o, &h, who, db != NULL)) != OK)
		r = r == OK ? written : r;
	if (r == OK && database != OK)
		r = fault(database, _("vuelva a hacerlo cuando responda"), _("los objetos de la base de datos no se compararon"));
done:
	connection_close(db);
	host_report_free(&h);
	return r;
}

enum status integrity_command(int argc, char **argv)
{
	const char *config = NULL, *election = NULL, *certified = NULL, *section = NULL, *report = NULL, *who = NULL;
	const struct program_option options[] = {{"config", &config, NULL},       {"election", &election, NULL},
	                                         {"certified", &certified, NULL}, {"section", &section, NULL},
	                                         {"report", &report, NULL},       {"by", &who, NULL},
	                                         {0}};
	struct buffer manifest = BUFFER_INIT;
	struct operation o = {0};
	unsigned sections = MANIFEST_SERVER;
	enum status r;
	bool go;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE))) != OK || !go)
		return r;
	if (certified == NULL)
		return fault(E_USAGE, _("--help muestra las opciones"), _("falta --certified MANIFIESTO"));
	if (section != NULL && (sections = manifest_section(section) & MANIFEST_FILES) == 0)
		return fault(E_USAGE, _("server, ceremony, enrolment o verify"), _("--section %s: no hay tal lugar de uso"),
		             section);
	if ((r = file_read(&manifest, certified, MANIFEST_MAX_FILE)) == OK && (r = operation_open(&o, config, election)) == OK)
		r = check(&o, &manifest, sections, report, who);
	operation_close(&o);
	buffer_free(&manifest);
	return r;
}
