/* See components.h. */
#include "monitor/components.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "monitor/scrape.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *id, *name;
	int every;
	probe *look;
} table[] = {
        {"site", N_("Sitio (nginx)"), 5, probe_site},
        {"certificate", N_("Certificado TLS"), 30, probe_certificate},
        {"entry", N_("Entrada de prueba"), 10, probe_entry},
        {"backend", N_("Programa de votación"), 5, probe_backend},
        {"database", N_("Base de datos"), 5, probe_database},
        {"replication", N_("Réplicas"), 5, probe_standbys},
        {"backup", N_("Respaldo"), 30, probe_backup},
        {"signer", N_("Llave del sistema"), 10, probe_signer},
        {"messages", N_("Envío de SMS"), 5, probe_messages},
        {"gateways", N_("Pasarelas de SMS"), 10, probe_gateways},
        {"mail", N_("Correo"), 30, probe_mail},
        {"disk", N_("Disco"), 10, probe_disk},
        {"clock", N_("Reloj"), 20, probe_clock},
        {"place", N_("Base de países"), 60, probe_place},
        {"integrity", N_("Integridad"), 45, probe_integrity},
        {"logins", N_("Ingresos"), 10, probe_logins},
        {"participation", N_("Participación"), 30, probe_turnout},
};

double components_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum status open_definition(struct definition **out, const char *election)
{
	char *path = file_path(election, "record", "election.json", NULL);
	enum status r = E_FAILED;

	if (path != NULL)
		r = file_exists(path) ? definition_open(out, path)
		                      : fault(E_STATE, _("la abre open-election"), _("%s: no hay ninguna elección abierta"), election);
	free(path);
	return r;
}

enum status components_open(struct components **out, struct settings *s, const char *election)
{
	struct components *all;
	enum status r = E_FAILED;

	*out = NULL;
	if (election == NULL && (election = settings_path(s, "election.folder", NULL)) == NULL)
		return E_USAGE;
	if ((all = calloc(1, sizeof *all)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	all->s = s;
	all->election = election;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		all->list[all->n++] = (struct component){
		        .id = table[i].id, .name = table[i].name, .every = table[i].every, .look = table[i].look};
	if ((all->kept = file_path(election, "monitor", "backend-seen", NULL)) != NULL &&
	    (r = scrape_history_new(&all->history)) == OK && (r = open_definition(&all->definition, election)) == OK) {
		scrape_history_load(all->history, all->kept, components_clock());
		*out = all;
		all = NULL;
	}
	components_free(all);
	return r;
}

void components_free(struct components *all)
{
	if (all == NULL)
		return;
	for (unsigned i = 0; i < all->n; i++)
		json_decref(all->list[i].figures);
	scrape_history_free(all->history);
	connection_close(all->db);
	free(all->kept);
	definition_free(all->definition);
	free(all);
}

/* What the library says while a probe looks is a probe's to tell: nothing of it goes to the terminal. */
void component_look(struct components *all, struct component *c)
{
	char unheard[2];

	c->level = COMPONENT_GREEN;
	c->problem[0] = c->facts[0] = c->advice[0] = '\0';
	json_decref(c->figures);
	c->figures = json_object();
	report_capture_begin(unheard, sizeof unheard);
	c->look(all, c);
	report_capture_end();
	c->looked = components_clock();
}

void components_look(struct components *all, bool now)
{
	for (unsigned i = 0; i < all->n; i++) {
		struct component *c = &all->list[i];

		if (now || c->looked <= 0 || components_clock() - c->looked >= c->every - 0.5)
			component_look(all, c);
	}
}

const char *components_name(const char *id)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].id, id) == 0)
			return table[i].name;
	return NULL;
}

void components_keep(const struct components *all)
{
	scrape_history_save(all->history, all->kept);
}

enum component_level components_worst(const struct components *all)
{
	enum component_level worst = COMPONENT_OFF;

	for (unsigned i = 0; i < all->n; i++)
		if (all->list[i].level > worst)
			worst = all->list[i].level;
	return worst;
}

/* ---- for the probes */

void component_fact(struct component *c, const char *fmt, ...)
{
	size_t len = strlen(c->facts);
	va_list args;

	if (len > 0 && len + 2 < sizeof c->facts) {
		strcpy(c->facts + len, "; ");
		len += 2;
	}
	va_start(args, fmt);
	vsnprintf(c->facts + len, sizeof c->facts - len, fmt, args);
	va_end(args);
}

void component_problem(struct component *c, enum component_level level, const char *advice, const char *fmt, ...)
{
	va_list args;

	if (level <= c->level)
		return;
	c->level = level;
	va_start(args, fmt);
	vsnprintf(c->problem, sizeof c->problem, fmt, args);
	va_end(args);
	snprintf(c->advice, sizeof c->advice, "%s", advice);
}

void component_off(struct component *c, const char *setting)
{
	c->level = COMPONENT_OFF;
	component_fact(c, _("no se vigila: falta el ajuste %s"), setting);
}

void component_bad_setting(struct component *c, const char *said)
{
	component_problem(c, COMPONENT_RED, _("corrija el archivo de ajustes (doc/vemre.conf explica cada uno)"), "%s", said);
}

void component_number(struct component *c, const char *name, double value)
{
	bool whole = fabs(value) < 9e15 && value == floor(value);

	json_object_set_new(c->figures, name, whole ? json_integer((json_int_t)value) : json_real(value));
}

void component_text(struct component *c, const char *name, const char *value)
{
	json_object_set_new(c->figures, name, json_string(value));
}

enum component_level component_over(double value, double amber, double red)
{
	return value >= red ? COMPONENT_RED : value >= amber ? COMPONENT_AMBER : COMPONENT_GREEN;
}

long components_int(struct components *all, struct component *c, const char *name, long fallback, long min, long max)
{
	char said[256];
	long value = fallback;

	report_capture_begin(said, sizeof said);
	if (settings_int(&value, all->s, name, fallback, min, max) != OK)
		component_bad_setting(c, said);
	report_capture_end();
	return value;
}

void component_no_database(struct component *c)
{
	component_problem(c, COMPONENT_AMBER, _("vea la línea de la base de datos"), _("no se sabe: la base de datos no responde"));
}

struct connection *components_database(struct components *all, struct component *c)
{
	char said[256];

	if (all->db != NULL)
		return all->db;
	report_capture_begin(said, sizeof said);
	if (connection_open(&all->db, all->s, CONNECTION_MONITOR, NULL, all->definition->id) != OK) {
		if (c->look == probe_database)
			component_problem(c, COMPONENT_RED, _("vea en su equipo: systemctl status postgresql, y su bitácora"), "%s", said);
		else
			component_no_database(c);
	}
	report_capture_end();
	return all->db;
}
