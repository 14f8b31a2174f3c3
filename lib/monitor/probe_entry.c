/* The synthetic voter: does entering work, as its last log-in shows (monitor-election probe makes them, visit.h). */
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "monitor/unsent.h"
#include "monitor/visit.h"
#include <stdio.h>
#include <string.h>

/* By the step at which it ended. */
static const char *const advice[ENTRY_STEPS] = {
        [ENTRY_STATUS] = N_("desde fuera no se llega al sitio: vea las líneas del sitio y del certificado, y la red"),
        [ENTRY_LOGIN] = N_("vea las líneas del programa de votación, la base de datos y las pasarelas de SMS"),
        [ENTRY_CODE] = N_("vea las líneas de los SMS y de las pasarelas, y el teléfono de prueba (probe.messages)"),
        [ENTRY_ENTER] = N_("vea las líneas del programa de votación y de la base de datos"),
        [ENTRY_SESSION] = N_("vea las líneas del programa de votación y de la base de datos"),
        [ENTRY_LEAVE] = N_("vea las líneas del programa de votación y de la base de datos"),
};
static const char *const steps[ENTRY_STEPS] = {N_("el sitio"), N_("usuario y contraseña"), N_("el código por SMS"),
                                               N_("la entrada"), N_("la sesión"), N_("la salida")};

static void figures(struct component *c, const struct entry_last *last)
{
	const struct entry *e = &last->entry;
	char name[32];

	component_text(c, "outcome", entry_outcome_words[e->outcome]);
	component_text(c, "step", entry_step_words[e->step]);
	component_number(c, "age_seconds", (double)last->age);
	if (last->ok_age >= 0)
		component_number(c, "last_success_seconds", (double)last->ok_age);
	for (int i = 0; i < ENTRY_STEPS; i++)
		if (e->milliseconds[i] >= 0) {
			snprintf(name, sizeof name, "%s_milliseconds", entry_step_words[i]);
			component_number(c, name, e->milliseconds[i]);
		}
}

static void judge(struct component *c, const struct entry_last *last, long every)
{
	const struct entry *e = &last->entry;
	long whole = 0;

	for (int i = 0; i < ENTRY_STEPS; i++)
		whole += e->milliseconds[i] > 0 ? e->milliseconds[i] : 0;
	component_problem(c, component_over((double)last->age, 2.0 * (double)every + 1, 4.0 * (double)every + 1),
	                  _("donde corre: systemctl status vemre-probe, o monitor-election probe a mano"),
	                  _("nadie prueba la entrada desde hace %ld min"), last->age / 60);
	if (e->outcome == ENTRY_FAILED)
		component_problem(c, COMPONENT_RED, _(advice[e->step]), _("no se pudo entrar: %s: %s"), _(steps[e->step]), e->detail);
	else if (e->outcome == ENTRY_PLACE)
		component_problem(c, COMPONENT_AMBER, _("no es falla de la entrada: diga en probe.place dónde está la prueba, o múdela"), "%s",
		                  e->detail);
	else
		component_fact(c, _("entró hace %ld s: en %.1f s, %.1f de ellos el SMS%s%s"), last->age, (double)whole / 1000,
		               (double)e->milliseconds[ENTRY_CODE] / 1000, e->detail[0] != '\0' ? "; " : "", e->detail);
	if (e->outcome != ENTRY_OK && last->ok_age >= 0)
		component_fact(c, _("entró por última vez hace %ld min"), last->ok_age / 60);
}

void probe_entry(struct components *all, struct component *c)
{
	long every = components_int(all, c, "probe.every", VISIT_EVERY, 10, 3600);
	const char *phone = settings_text(all->s, "probe.phone", "");
	struct entry_last last = {0};
	struct entry waiting;
	struct connection *db;
	char said[300];
	enum status r = E_FAILED;

	if (phone == NULL || phone[0] == '\0') {
		component_off(c, "probe.phone");
		return;
	}
	report_capture_begin(said, sizeof said);
	if ((db = components_database(all, c)) != NULL)
		r = entry_last(db, &last);
	report_capture_end();
	/* Nobody can enter; without an account that is said before the opening, while there is time. */
	if (r == OK && (strcmp(last.state, "closed") == 0 || (strcmp(last.state, "before") == 0 && last.account))) {
		c->level = COMPONENT_OFF;
		component_fact(c, _("la votación no está abierta: no se prueba la entrada"));
		return;
	}
	/* What could not be told to the database yet is newer than what it has. */
	if (unsent_last_entry(&waiting, all->election) && (r != OK || !last.any || waiting.began + 1 >= last.entry.began)) {
		last.entry = waiting;
		last.age = (long)(moment_now() - waiting.began);
		last.ok_age = r == OK && last.any ? last.ok_age : -1;
		last.any = last.account = true;
	} else if (r != OK) {
		component_no_database(c);
		return;
	}
	if (!last.account || !last.any) {
		component_problem(c, COMPONENT_AMBER, last.account ? _("monitor-election probe --every 300") : _("monitor-election probe --init"),
		                  "%s", last.account ? _("nunca se ha probado") : _("no hay cuenta de prueba"));
		return;
	}
	figures(c, &last);
	judge(c, &last, every);
}
