/*
 * monitor-election report (numeral 26): what report/operation_report.h prints, gathered: counters of the database, signed
 * heads, journals, figures of delivery. Never anything of a vote.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/program.h"
#include "base/report.h"
#include "journal/heads.h"
#include "monitor/availability.h"
#include "monitor/operation_events.h"
#include "monitor/seal.h"
#include "monitor/unsent.h"
#include "monitor/visit.h"
#include "notify/figures.h"
#include "protocol/hash.h"
#include "report/operation_report.h"
#include "store/participation.h"
#include "store/setup.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOUR = 3600, HOURS_MAX = 24 * 400, COMPONENTS_MAX = 64, DELIVERIES = 2, HEADS_LATE = 5 };

struct gather {
	struct operation *o;
	struct connection *db;
	struct report_operation r;
	struct incidents *incidents;
	struct operation_events *events;
	struct report_component components[COMPONENTS_MAX];
	struct availability measured;
	char sealed_how[200], seals[400];
	uint64_t *hours;
	struct report_deliveries deliveries[DELIVERIES];
	struct report_delivery *lists[DELIVERIES];
	json_t *figures[DELIVERIES];
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

/* ---- period, counters, hours */

static void period(struct gather *g)
{
	const struct definition *d = g->o->definition;
	moment now = moment_now();

	g->r.definition = d;
	g->r.when = now;
	g->r.from = d->opens;
	g->r.to = now < d->opens ? d->opens : now < d->closes ? now : d->closes;
	g->r.state = now < d->opens ? "sin abrir todavía" : now < d->closes ? "abierta" : "cerrada";
}

static enum status one_hour(void *ctx, moment hour, uint64_t ballots)
{
	struct gather *g = ctx;
	moment first = g->r.from - g->r.from % HOUR;

	if (hour < first || (uint64_t)(hour - first) / HOUR >= g->r.n_hours)
		return fault(E_EVIDENCE, NULL, _("la base de datos cuenta votos fuera del periodo de la votación"));
	g->hours[(hour - first) / HOUR] += ballots;
	return OK;
}

static enum status participation(struct gather *g)
{
	struct setup_counters counters;
	moment first = g->r.from - g->r.from % HOUR;
	enum status r = setup_counters(g->db, &counters);

	if (r != OK)
		return r;
	g->r.voters = (uint64_t)counters.voters;
	g->r.ballots = (uint64_t)counters.ballots;
	g->r.n_hours = g->r.to > g->r.from ? (size_t)((g->r.to - first + HOUR - 1) / HOUR) : 0;
	if (g->r.n_hours > HOURS_MAX)
		return fault(E_EVIDENCE, NULL, _("la votación dura demasiado para un informe"));
	if ((g->hours = calloc(g->r.n_hours + 1, sizeof *g->hours)) == NULL)
		return no_memory();
	g->r.hours = g->hours;
	return participation_tell(g->db, one_hour, g);
}

/* ---- availability: what was measured, and how */

static int64_t within(const struct gather *g, moment from, moment to)
{
	from = from > g->r.from ? from : g->r.from;
	to = to < g->r.to ? to : g->r.to;
	return to > from ? to - from : 0;
}

/* A head every `period` seconds shows that database, system-signer and sealer worked; a longer silence, that one did not. */
static void silence(struct gather *g, struct report_component *c, moment before, moment next, long period)
{
	int64_t down = next - before > 2 * period + HEADS_LATE ? within(g, before + period, next) : 0;

	c->down += down;
	c->interruptions += down > 0;
}

static enum status from_heads(struct gather *g)
{
	struct report_component *c = &g->components[g->r.n_components];
	char *path = file_path(g->o->election, "monitor", "server-heads.jsonl", NULL);
	struct head *heads = NULL;
	size_t n = 0;
	long period = SEAL_SECONDS;
	moment before = g->r.from;
	enum status r = path == NULL ? E_FAILED : settings_int(&period, g->o->settings, "journal.seal_seconds", SEAL_SECONDS, 1, 3600);

	snprintf(g->seals, sizeof g->seals, "La bitácora del servidor no se selló mientras la votación estaba abierta.");
	if (r != OK || !file_exists(path) || (r = heads_read(&heads, &n, path)) != OK)
		goto done;
	snprintf(g->sealed_how, sizeof g->sealed_how, "medido: el sello de la bitácora, cada %ld s, usa las dos", period);
	*c = (struct report_component){.name = "Base de datos y llave del sistema", .how = g->sealed_how,
	                               .observed = within(g, g->r.from, g->r.to)};
	for (size_t i = 0; i < n; i++)
		if (heads[i].time > before && heads[i].time <= g->r.to) {
			silence(g, c, before, heads[i].time, period);
			before = heads[i].time;
		}
	silence(g, c, before, g->r.to, period);
	g->r.n_components++;
	snprintf(g->seals, sizeof g->seals,
	         "La bitácora del servidor se selló %zu veces con la llave del sistema, cada %ld segundos; la última cabeza firmada "
	         "cubre %llu líneas.",
	         n, period, (unsigned long long)heads[n - 1].lines);
done:
	free(heads);
	free(path);
	return r;
}

/* What the services could not tell to the database yet; where one runs it does this itself. */
static void bring_in(struct gather *g, const char *name)
{
	struct unsent *u = NULL;
	char unheard[2];

	report_capture_begin(unheard, sizeof unheard);
	if (unsent_open(&u, g->o->settings, g->o->election, g->o->definition->id, name) == OK)
		(void)!unsent_flush(u);
	report_capture_end();
	unsent_close(u);
}

static enum status from_measures(struct gather *g)
{
	long every = VISIT_EVERY;
	enum status r = settings_int(&every, g->o->settings, "probe.every", VISIT_EVERY, 10, 3600);

	bring_in(g, "watch");
	bring_in(g, "probe");
	if (r == OK && (r = availability_read(&g->measured, g->db, g->r.from, g->r.to, every)) == OK)
		for (size_t i = 0; i < g->measured.n; i++)
			g->components[g->r.n_components++] = g->measured.list[i];
	return r;
}

/* A component that was measured is not told of twice. */
static bool measured(const struct gather *g, const char *name)
{
	for (size_t i = 0; i < g->measured.n; i++)
		if (strcmp(g->measured.list[i].name, name) == 0)
			return true;
	return false;
}

static struct report_component *component(struct gather *g, const char *name)
{
	for (size_t i = 0; i < g->r.n_components; i++)
		if (strcmp(g->components[i].name, name) == 0)
			return &g->components[i];
	if (g->r.n_components == COMPONENTS_MAX)
		return NULL;
	g->components[g->r.n_components] =
	        (struct report_component){.name = name, .how = "asentado: los incidentes que lo nombran; no hay otra medida",
	                                  .observed = within(g, g->r.from, g->r.to)};
	return &g->components[g->r.n_components++];
}

static void from_incidents(struct gather *g)
{
	for (size_t i = 0; i < g->incidents->view.n; i++) {
		const struct report_incident *one = &g->incidents->view.list[i];
		struct report_component *c = one->component != NULL && !measured(g, one->component) ? component(g, one->component) : NULL;
		int64_t down = one->outage_from != 0 ? within(g, one->outage_from, one->outage_to != 0 ? one->outage_to : g->r.to) : 0;

		if (c == NULL)
			continue;
		c->down = c->down + down < c->observed ? c->down + down : c->observed;
		c->interruptions += down > 0;
	}
}

/* ---- delivery */

static enum status delivery(struct gather *g, int which, const char *title, const char *what, const char *path)
{
	struct report_deliveries *out = &g->deliveries[which];
	const char *key;
	json_t *by, *kinds;
	size_t n = 0;
	enum status r;

	*out = (struct report_deliveries){.title = title, .what = what};
	g->r.n_deliveries = (size_t)which + 1;
	if (path[0] == '\0' || !file_exists(path))
		return OK;
	if ((r = figures_read(&g->figures[which], path)) != OK)
		return r;
	by = json_object_get(g->figures[which], "by");
	(void)moment_parse(&out->when, json_string_value(json_object_get(g->figures[which], "time")));
	if ((g->lists[which] = calloc(json_object_size(by) + 1, sizeof *g->lists[which])) == NULL)
		return no_memory();
	json_object_foreach(by, key, kinds) {
		int64_t figures[3];

		if ((r = json_int_of(&figures[0], 0, INT64_MAX, kinds, path, "accepted")) != OK ||
		    (r = json_int_of(&figures[1], 0, INT64_MAX, kinds, path, "refused")) != OK ||
		    (r = json_int_of(&figures[2], 0, INT64_MAX, kinds, path, "waiting")) != OK)
			return r;
		g->lists[which][n++] = (struct report_delivery){key, (uint64_t)figures[0], (uint64_t)figures[1], (uint64_t)figures[2]};
	}
	out->list = g->lists[which];
	out->n = n;
	return OK;
}

static enum status deliveries(struct gather *g)
{
	const char *sms = settings_path(g->o->settings, "sms.figures", ""),
	           *mail = settings_path(g->o->settings, "monitor.mail_figures", "");
	enum status r;

	if (sms == NULL || mail == NULL)
		return E_USAGE;
	/* An empty path is no path; made absolute it would be the settings' folder. */
	sms = settings_text(g->o->settings, "sms.figures", "")[0] != '\0' ? sms : "";
	mail = settings_text(g->o->settings, "monitor.mail_figures", "")[0] != '\0' ? mail : "";
	if ((r = delivery(g, 0, "SMS por prefijo de país", "Prefijo", sms)) != OK)
		return r;
	return delivery(g, 1, "Correos por dominio (del equipo de registro)", "Dominio", mail);
}

/* ---- all of it */

static enum status content(struct gather *g)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	buffer_printf(&b, "%lld %llu %llu\n", (long long)g->r.when, (unsigned long long)g->r.voters,
	              (unsigned long long)g->r.ballots);
	for (size_t i = 0; i < g->r.n_journals; i++)
		buffer_put(&b, g->r.journals[i].head, 32);
	r = buffer_ok(&b) ? hash_sha256(g->r.content, b.data, b.len) : no_memory();
	buffer_free(&b);
	return r;
}

static enum status gather_all(struct gather *g)
{
	enum status r;

	period(g);
	if ((r = connection_open(&g->db, g->o->settings, CONNECTION_MONITOR, NULL, g->o->definition->id)) != OK ||
	    (r = participation(g)) != OK || (r = incident_read(&g->incidents, g->o)) != OK ||
	    (r = operation_events_read(&g->events, g->o, g->db)) != OK || (r = from_heads(g)) != OK || (r = from_measures(g)) != OK ||
	    (r = deliveries(g)) != OK)
		return r;
	from_incidents(g);
	g->r.components = g->components;
	g->r.deliveries = g->deliveries;
	g->r.incidents = &g->incidents->view;
	g->r.seals = g->seals;
	operation_events_view(g->events, &g->r);
	return content(g);
}

static void gather_free(struct gather *g)
{
	connection_close(g->db);
	incident_free(g->incidents);
	operation_events_free(g->events);
	free(g->hours);
	for (int i = 0; i < DELIVERIES; i++) {
		free(g->lists[i]);
		json_decref(g->figures[i]);
	}
}

static enum status make(struct operation *o, const char *out, const char *who)
{
	struct gather g = {.o = o};
	char *path = out != NULL ? strdup(out) : operation_document(o, "informe-de-operacion.pdf");
	uint8_t sha256[32];
	enum status r = E_FAILED;

	if (path == NULL || (r = gather_all(&g)) != OK)
		goto done;
	unlink(path);
	if ((r = report_operation(path, &g.r)) == OK && (r = file_sha256(sha256, path)) == OK &&
	    (r = journal_write(o->journal, "report", operation_who(who), json_pack("{s:o}", "sha256", json_hex(sha256, 32)))) == OK)
		report_step(_("informe de operación: %s"), path);
done:
	gather_free(&g);
	free(path);
	return r;
}

static const char USAGE[] =
        N_("monitor-election report: el informe de operación (numeral 26)\n"
           "\n"
           "Uso: monitor-election report [--config ARCHIVO] [--election CARPETA] [--out ARCHIVO] [--by NOMBRE]\n"
           "\n"
           "Periodo, disponibilidad, participación por hora, entrega de SMS y de correos, incidentes, revisiones\n"
           "de integridad y cambios.\n"
           "\n"
           "  --out ARCHIVO         por omisión documents/informe-de-operacion.pdf\n"
           "  --by NOMBRE           quién lo hace (por omisión, la cuenta que lo ejecuta)\n"
           "\n"
           "Salida: 0 hecho; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 los datos se\n"
           "contradicen; 5 la elección no se ha abierto.\n"
           "\n"
           "Ejemplo: monitor-election report --by 'Delfina Ugalde'\n");

enum status report_command(int argc, char **argv)
{
	const char *config = NULL, *election = NULL, *out = NULL, *who = NULL;
	const struct program_option options[] = {
	        {"config", &config, NULL}, {"election", &election, NULL}, {"out", &out, NULL}, {"by", &who, NULL}, {0}};
	struct operation o = {0};
	enum status r;
	bool go;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE))) != OK || !go)
		return r;
	if ((r = operation_open(&o, config, election)) == OK)
		r = make(&o, out, who);
	operation_close(&o);
	return r;
}
