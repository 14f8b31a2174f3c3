/*
 * The opening as a guided session before the notary (numerals 13 to 17): opening_run is its fifth step, undone if the
 * notary does not see zeros. Nothing here is secret.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/manifest.h"
#include "ceremony/opening_parts.h"
#include "ceremony/steps.h"
#include "report/exceptions_note.h"
#include "report/transcript.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 120 };

struct room {
	struct settings *settings;
	struct opening_request q; /* with the names of those who are there */
	struct definition *definition;
	const char *definition_path;
	char *journal, *documents, *kept; /* kept: record/election.json */
	struct steps *steps;
	char place[NAME_MAX_BYTES + 1], admin[NAME_MAX_BYTES + 1], coordinator[NAME_MAX_BYTES + 1],
	        notary[NAME_MAX_BYTES + 1];
};

/* ---- who is there */

static enum status ask(char out[NAME_MAX_BYTES + 1], const char *question)
{
	enum status r = prompt_line(out, NAME_MAX_BYTES + 1, question);

	if (r == OK && out[strspn(out, " \t")] == '\0')
		r = fault(E_REFUSED, _("la apertura se hace ante el Fedatario"), _("%s falta"), question);
	return r;
}

static enum status attendance(struct steps *s, void *ctx)
{
	struct room *m = ctx;
	enum status r;

	if ((r = ask(m->place, _("Lugar de la sesión:"))) != OK || (r = ask(m->admin, _("Administrador del Sistema:"))) != OK ||
	    (r = ask(m->coordinator, _("Coordinador:"))) != OK || (r = ask(m->notary, _("Fedatario:"))) != OK)
		return r;
	steps_notary(s, m->notary);
	if ((r = steps_keep(s, json_pack("{s:s,s:s,s:s,s:s}", "place", m->place, "admin", m->admin, "coordinator",
	                                 m->coordinator, "notary", m->notary))) != OK)
		return r;
	return steps_quiet_fact(s, "En %s, ante el Fedatario, %s, el Administrador del Sistema, %s, y el Coordinador, %s.",
	                        m->place, m->notary, m->admin, m->coordinator);
}

static bool take(char out[NAME_MAX_BYTES + 1], const json_t *kept, const char *field)
{
	const char *text = json_string_value(json_object_get(kept, field));

	return text != NULL && snprintf(out, NAME_MAX_BYTES + 1, "%s", text) <= NAME_MAX_BYTES;
}

static enum status attendance_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct room *m = ctx;

	*again = !take(m->place, kept, "place") || !take(m->admin, kept, "admin") ||
	         !take(m->coordinator, kept, "coordinator") || !take(m->notary, kept, "notary");
	if (!*again)
		steps_notary(s, m->notary);
	return OK;
}

/* ---- numeral 13 */

static enum status handover(struct steps *s, void *ctx)
{
	char opinion[NAME_MAX_BYTES + 1], manual[NAME_MAX_BYTES + 1];
	enum status r;

	(void)ctx;
	if ((r = ask(opinion, _("Dictamen (número, fecha, quién lo firma):"))) != OK ||
	    (r = ask(manual, _("Manual de configuración (versión, fecha):"))) != OK ||
	    (r = steps_fact(s, N_("El Administrador del Sistema entregó al Fedatario el dictamen: %s."), opinion)) != OK ||
	    (r = steps_fact(s, N_("Le entregó el manual de configuración: %s."), manual)) != OK)
		return r;
	return steps_demand(s, N_("¿Tiene el Fedatario en sus manos el dictamen y el manual de configuración?"),
	                    N_("el numeral 13 pide que el Fedatario los reciba"));
}

/* ---- numeral 14 */

static enum status system_hash(struct steps *s, void *ctx)
{
	struct room *m = ctx;
	struct opening_hash_request hash = {.certified = m->q.certified, .sections = MANIFEST_SERVER | MANIFEST_DATABASE};
	uint8_t sha256[32];
	char hex[65];
	enum status r;

	if (m->q.certified == NULL)
		return fault(E_STATE, _("--certified MANIFIESTO: el del dictamen"), _("falta el manifiesto certificado (numeral 14)"));
	if ((r = opening_system_hash(m->settings, &hash)) != OK || (r = file_sha256(sha256, m->q.certified)) != OK)
		return r;
	hex_encode(hex, sha256, 32);
	if ((r = steps_fact(s, N_("Lo instalado es lo certificado, archivo por archivo; SHA-256 del manifiesto: %s."), hex)) !=
	    OK)
		return r;
	return steps_demand(s, N_("¿Es esa la huella que asienta el dictamen?"),
	                    N_("la huella del sistema no es la del dictamen: no se abre"));
}

/* ---- numeral 15 */

static enum status configuration(struct steps *s, void *ctx)
{
	struct room *m = ctx;
	uint8_t sha256[32];
	char hex[65];
	enum status r;

	if ((r = opening_configuration(&m->q, m->definition, m->definition_path, m->documents)) != OK ||
	    (r = file_sha256(sha256, m->definition_path)) != OK)
		return r;
	hex_encode(hex, sha256, 32);
	if ((r = steps_fact(s, N_("Se imprimió el reporte de configuración; SHA-256 de los datos de la elección: %s."), hex)) !=
	    OK)
		return r;
	return steps_demand(s, N_("¿Los datos configurados son, uno por uno, los del manual de configuración?"),
	                    N_("los datos de la elección no son los del manual: no se abre"));
}

/* ---- numeral 16 */

static enum status sees_zeros(void *ctx)
{
	struct room *m = ctx;

	return steps_demand(m->steps, N_("¿Ve el Fedatario la urna vacía y todos los contadores en cero?"),
	                    N_("el Fedatario no ve el sistema en ceros: no se abre"));
}

/* Opened, and the session was broken off before its journal said so: the report is there, and is looked at again. */
static enum status was_opened(struct room *m)
{
	char *report = file_path(m->documents, "reporte-inicial.pdf", NULL);
	enum status r = report == NULL ? E_FAILED : OK;

	if (r == OK && !file_exists(report))
		r = fault(E_STATE, NULL, _("falta %s"), report);
	else if (r == OK)
		report_info(_("el sistema ya quedó abierto; el reporte inicial: %s"), report);
	free(report);
	return r == OK ? sees_zeros(m) : r;
}

static enum status open_system(struct steps *s, void *ctx)
{
	struct room *m = ctx;
	char *opening = file_path(m->q.election, "record", "opening.json", NULL);
	enum status r = E_FAILED;

	if (opening == NULL)
		return r;
	m->q.journal = steps_journal(s);
	m->q.confirm = sees_zeros;
	m->q.confirm_ctx = m;
	r = file_exists(opening) && steps_begun_before(s, "open") > 0 ? was_opened(m) : opening_run(m->settings, &m->q);
	free(opening);
	if (r != OK)
		return r;
	return steps_fact(s, N_("Se creó la base de datos y se obtuvo de ella el reporte inicial: sin votos, contadores en cero."));
}

/* ---- numeral 17, and the papers */

static enum status papers(struct steps *s, void *ctx)
{
	struct room *m = ctx;
	struct report_session who = {.place = m->place, .when = moment_now(), .notary = m->notary,
	                             .coordinator = m->coordinator};
	struct report_transcript t = {.definition = m->definition,
	                              .title = "Transcripción de la apertura del Sistema",
	                              .kind = "TO",
	                              .journal = m->journal,
	                              .session = &who,
	                              .sign = SESSION_SIGN_NOTARY | SESSION_SIGN_COORDINATOR};
	char *transcript = file_path(m->documents, "transcripcion-apertura.pdf", NULL);
	char *note = file_path(m->documents, "nota-consejo-apertura.pdf", NULL);
	enum status r = E_FAILED;

	if (transcript == NULL || note == NULL)
		goto done;
	if ((r = steps_fact(s, N_("El sistema abrirá solo, por el reloj de la base de datos: %s."), m->definition->opens_text)) !=
	    OK)
		goto done;
	steps_report(s, &who);
	unlink(transcript);
	unlink(note);
	if ((r = report_transcript(transcript, &t)) != OK)
		goto done;
	report_info(_("imprima y fírmese: %s"), transcript);
	if (who.n_exceptions > 0) {
		if ((r = report_exceptions_note(note, m->definition, "Apertura del Sistema", &who)) != OK)
			goto done;
		report_info(_("remítase al Consejo General (numeral 5): %s"), note);
	}
done:
	free(transcript);
	free(note);
	return r;
}

static const struct steps_step STEPS[] = {
        {.id = "attendance",
         .title = N_("Asistencia"),
         .numeral = "13",
         .who = N_("Coordinador"),
         .what = N_("Nombre a quienes están presentes."),
         .seen = N_("Cada nombre, tal como quedará en los documentos."),
         .run = attendance,
         .restore = attendance_restore,
         .retry = true},
        {.id = "handover",
         .title = N_("Entrega del dictamen y del manual de configuración"),
         .numeral = "13",
         .who = N_("Administrador del Sistema; Fedatario"),
         .what = N_("Entregue al Fedatario el dictamen, con la huella del sistema, y el manual de configuración."),
         .seen = N_("Los dos documentos, en manos del Fedatario."),
         .run = handover,
         .retry = true},
        {.id = "system-hash",
         .title = N_("Hash del sistema"),
         .numeral = "14",
         .who = N_("Administrador del Sistema; Fedatario"),
         .what = N_("Se compara lo instalado, y lo que la base de datos guarda, con el manifiesto certificado."),
         .seen = N_("Ninguna diferencia, y la misma huella que en el dictamen."),
         .run = system_hash,
         .retry = true},
        {.id = "configuration",
         .title = N_("Cotejo de los datos de la elección"),
         .numeral = "15",
         .who = N_("Administrador del Sistema; Fedatario"),
         .what = N_("Imprima el reporte de configuración y cotéjelo renglón por renglón con el manual."),
         .seen = N_("Cargos, candidaturas, coaliciones, nombres, periodo y máximo de votantes iguales a los del manual."),
         .run = configuration,
         .retry = true},
        {.id = "open",
         .title = N_("Base de datos y reporte inicial"),
         .numeral = "16",
         .who = N_("Administrador del Sistema; Fedatario"),
         .what = N_("Se crea la base de datos, se cargan los votantes y se obtiene el reporte inicial."),
         .seen = N_("Cero votos, todos los contadores en cero."),
         .run = open_system,
         .retry = true},
        {.id = "papers",
         .title = N_("Apertura automática y documentos"),
         .numeral = "17",
         .who = N_("Fedatario"),
         .what = N_("Imprima y fírmense los documentos; el sistema abre solo a la hora configurada."),
         .seen = N_("La hora de apertura."),
         .run = papers,
         .retry = true,
         .unconfirmed = true},
};

static enum status prepare(struct room *m)
{
	char *folder = file_path(m->q.election, "journal", NULL);
	enum status r = E_FAILED;

	m->kept = file_path(m->q.election, "record", "election.json", NULL);
	m->documents = file_path(m->q.election, "documents", NULL);
	m->journal = file_path(m->q.election, "journal", "open-election.jsonl", NULL);
	m->definition_path = m->q.definition != NULL ? m->q.definition : m->kept;
	m->q.place = m->place;
	m->q.admin = m->admin;
	m->q.notary = m->notary;
	if (folder != NULL && m->kept != NULL && m->documents != NULL && m->journal != NULL &&
	    (r = file_mkdirs(folder, 0755)) == OK && (r = file_mkdirs(m->documents, 0755)) == OK &&
	    (r = definition_open(&m->definition, m->definition_path)) == OK)
		r = definition_advise(m->definition);
	free(folder);
	return r;
}

enum status opening_session(struct settings *s, const struct opening_request *q)
{
	struct room m = {.settings = s, .q = *q};
	struct steps_session session = {.name = "opening-session",
	                                .title = N_("Apertura del Sistema"),
	                                .program = "open-election",
	                                .list = STEPS,
	                                .n = sizeof STEPS / sizeof *STEPS,
	                                .ctx = &m};
	uint8_t sha256[32];
	enum status r;

	if ((r = prepare(&m)) != OK || (r = file_sha256(sha256, m.definition_path)) != OK)
		goto done;
	session.journal = m.journal;
	session.election = m.definition->id;
	session.zone = m.definition->zone;
	session.simulation = m.definition->simulation;
	session.binding = json_pack("{s:o}", "definition_sha256", json_hex(sha256, 32));
	if ((r = steps_open(&m.steps, &session)) != OK)
		goto done;
	report_info(_("Elección: %s"), m.definition->title);
	r = steps_run(m.steps);
done:
	steps_close(m.steps);
	json_decref(session.binding);
	definition_free(m.definition);
	free(m.journal);
	free(m.documents);
	free(m.kept);
	return r;
}
