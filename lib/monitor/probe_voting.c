/* The voters, counted: who enters, who fails to, how many have voted by the hour. Never who, never how. */
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "store/watch.h"
#include <stdio.h>
#include <string.h>

enum { WINDOW = 600 /* s: failed log-ins of */, HOURS = 24 /* shown */ };

void probe_logins(struct components *all, struct component *c)
{
	long amber = components_int(all, c, "monitor.failed_logins", 200, 1, 10000000);
	long slowed = components_int(all, c, "monitor.slowed", 5, 1, 10000000);
	struct connection *db = components_database(all, c);
	struct watch_logins l;
	char said[300];
	enum status r;

	if (db == NULL)
		return;
	report_capture_begin(said, sizeof said);
	r = watch_logins(db, &l, WINDOW);
	report_capture_end();
	if (r != OK) {
		component_no_database(c);
		return;
	}
	component_number(c, "window_seconds", WINDOW);
	component_number(c, "failed", (double)l.failed);
	component_number(c, "slowed_addresses", (double)l.slowed);
	component_number(c, "sessions", (double)l.sessions);
	component_number(c, "waiting_for_code", (double)l.waiting);
	component_fact(c, _("%lld dentro, %lld esperan su código; en 10 minutos, %lld contraseñas erradas; %lld direcciones frenadas"),
	               (long long)l.sessions, (long long)l.waiting, (long long)l.failed, (long long)l.slowed);
	component_problem(c, l.failed >= amber ? COMPONENT_AMBER : COMPONENT_GREEN,
	                  _("vea de dónde vienen en la bitácora de nginx; alguien puede estar probando contraseñas"),
	                  _("%lld contraseñas erradas en 10 minutos"), (long long)l.failed);
	component_problem(c, l.slowed >= slowed ? COMPONENT_AMBER : COMPONENT_GREEN,
	                  _("si un consulado está entre ellas, agregue su red a login.allow"), _("%lld direcciones frenadas"),
	                  (long long)l.slowed);
}

/* ---- participation */

struct hours {
	json_t *list;
	moment last; /* the hour that is running */
	int64_t ballots[HOURS], most; /* [HOURS - 1]: this hour's */
};

static void hour(void *ctx, const char *text, int64_t ballots)
{
	struct hours *h = ctx;
	moment at;

	json_array_append_new(h->list, json_pack("{s:s, s:I}", "hour", text, "ballots", (json_int_t)ballots));
	if (!moment_parse(&at, text) || at > h->last || h->last - at >= HOURS * 3600)
		return;
	h->ballots[HOURS - 1 - (h->last - at) / 3600] = ballots;
	h->most = ballots > h->most ? ballots : h->most;
}

static void bars(char *out, size_t size, const struct hours *h)
{
	static const char *const steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

	out[0] = '\0';
	for (int i = 0; i < HOURS; i++) {
		int64_t step = h->most > 0 ? (h->ballots[i] * 8 + h->most - 1) / h->most - 1 : -1;

		snprintf(out + strlen(out), size - strlen(out), "%s", step < 0 ? "·" : steps[step]);
	}
}

static const char *state_word(const char *state)
{
	return strcmp(state, "open") == 0     ? _("votación abierta")
	       : strcmp(state, "closed") == 0 ? _("votación cerrada")
	                                      : _("la votación no ha abierto");
}

void probe_turnout(struct components *all, struct component *c)
{
	struct hours h = {.last = moment_now() / 3600 * 3600};
	struct connection *db = components_database(all, c);
	struct watch_turnout t;
	char chart[4 * HOURS + 1], said[300];
	enum status r;

	if (db == NULL)
		return;
	h.list = json_array();
	report_capture_begin(said, sizeof said);
	if ((r = watch_turnout(db, &t)) == OK)
		r = watch_hours(db, hour, &h);
	report_capture_end();
	json_object_set_new(c->figures, "hours", h.list);
	if (r != OK) {
		component_no_database(c);
		return;
	}
	component_number(c, "voters", (double)t.voters);
	component_number(c, "ballots", (double)t.ballots);
	component_text(c, "state", t.state);
	bars(chart, sizeof chart, &h);
	component_fact(c, _("%s; %lld votos de %lld personas (%.1f %%); 24 horas: %s; en esta hora %lld"), state_word(t.state),
	               (long long)t.ballots, (long long)t.voters, t.voters > 0 ? 100.0 * (double)t.ballots / (double)t.voters : 0.0,
	               chart, (long long)h.ballots[HOURS - 1]);
}
