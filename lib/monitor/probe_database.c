/* The database: connections, locks, clock; who follows it; when it was last backed up. */
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "store/watch.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void judge_clock(struct component *c, const struct watch_health *h, double before, double after)
{
	/* Whatever the trip took, its clock was between the two. */
	double off = h->now < before ? h->now - before : h->now > after ? h->now - after : 0;

	component_number(c, "clock_offset_seconds", off);
	component_problem(c, component_over(fabs(off), 1, 5), _("ponga en hora su equipo: la hora oficial de la votación es esa"),
	                  _("su reloj difiere %+.1f s del de este equipo"), off);
}

static void judge_health(struct component *c, const struct watch_health *h)
{
	double used = h->max_connections > 0 ? (double)h->connections / h->max_connections : 0;

	component_number(c, "connections", h->connections);
	component_number(c, "max_connections", h->max_connections);
	component_number(c, "locks_waiting", h->waiting);
	component_number(c, "longest_wait_seconds", h->longest_wait);
	component_number(c, "longest_transaction_seconds", h->longest_transaction);
	component_number(c, "bytes", (double)h->bytes);
	component_fact(c, _("%d de %d conexiones; %d candados en espera; %.1f MB"), h->connections, h->max_connections, h->waiting,
	               (double)h->bytes / 1e6);
	if (h->standby)
		component_problem(c, COMPONENT_RED, _("use target_session_attrs=read-write en database.connection"),
		                  _("es una réplica de solo lectura: ahí no se puede votar"));
	component_problem(c, component_over(used, 0.8, 0.95), _("vea quién las tiene: SELECT * FROM pg_stat_activity"),
	                  _("%d de %d conexiones en uso"), h->connections, h->max_connections);
	component_problem(c, component_over(h->longest_wait, 2, 10), _("vea qué la detiene: SELECT * FROM pg_locks WHERE NOT granted"),
	                  _("alguien espera un candado desde hace %d s"), h->longest_wait);
	component_problem(c, component_over(h->longest_transaction, 60, 600), _("vea cuál: SELECT * FROM pg_stat_activity"),
	                  _("una transacción lleva %d s abierta"), h->longest_transaction);
}

void probe_database(struct components *all, struct component *c)
{
	struct connection *db = components_database(all, c);
	struct watch_health h;
	double before = wall_clock();
	char said[300];
	enum status r;

	if (db == NULL)
		return;
	report_capture_begin(said, sizeof said);
	r = watch_health(db, &h);
	report_capture_end();
	if (r != OK) {
		component_problem(c, COMPONENT_RED, _("vea en su equipo: systemctl status postgresql, y su bitácora"), "%s", said);
		return;
	}
	judge_clock(c, &h, before, wall_clock());
	judge_health(c, &h);
}

/* ---- standbys */

struct found {
	struct component *c;
	json_t *list;
	long n, lag;
};

static void standby(void *ctx, const struct watch_standby *s)
{
	struct found *f = ctx;

	f->n++;
	json_array_append_new(f->list, json_pack("{s:s, s:s, s:s, s:f, s:I}", "name", s->name, "state", s->state, "sync", s->sync,
	                                         "lag_seconds", s->lag_seconds, "lag_bytes", (json_int_t)s->lag_bytes));
	component_fact(f->c, _("%s: %s, atraso %.1f s"), s->name, strcmp(s->state, "streaming") == 0 ? _("al día") : _("se pone al día"),
	               s->lag_seconds);
	component_problem(f->c, component_over(s->lag_seconds, (double)f->lag, 6 * (double)f->lag),
	                  _("vea la red y el disco de la réplica"), _("la réplica %s lleva %.0f s de atraso"), s->name, s->lag_seconds);
}

void probe_standbys(struct components *all, struct component *c)
{
	long wanted = components_int(all, c, "monitor.standbys", 0, 0, 32);
	struct found f = {.c = c, .lag = components_int(all, c, "monitor.lag_seconds", 10, 1, 3600)};
	struct connection *db = components_database(all, c);
	struct watch_health h;
	char said[300];
	enum status r;

	if (db == NULL)
		return;
	f.list = json_array();
	report_capture_begin(said, sizeof said);
	if ((r = watch_health(db, &h)) == OK)
		r = watch_standbys(db, standby, &f);
	report_capture_end();
	json_object_set_new(c->figures, "standbys", f.list);
	if (r != OK)
		component_no_database(c);
	else if (f.n < wanted)
		component_problem(c, COMPONENT_RED,
		                  h.synchronous ? _("los votos esperan a la réplica: levántela, o quítela de synchronous_standby_names")
		                                : _("en el equipo de la réplica: systemctl status postgresql, y la red"),
		                  _("la replicación está cortada: %ld de %ld réplicas"), f.n, wanted);
	else if (f.n == 0)
		component_off(c, "monitor.standbys");
}

/* ---- backup: whoever makes it touches a file when it has ended well */

void probe_backup(struct components *all, struct component *c)
{
	const char *path = settings_path(all->s, "monitor.backup_stamp", "");
	long limit = components_int(all, c, "monitor.backup_hours", 26, 1, 10000);
	struct stat st;
	double hours;

	if (path == NULL || path[0] == '\0') {
		component_off(c, "monitor.backup_stamp");
		return;
	}
	if (stat(path, &st) != 0) {
		component_problem(c, COMPONENT_RED, _("haga un respaldo ahora y vea por qué no se hace solo"),
		                  _("%s: no hay constancia de ningún respaldo"), path);
		return;
	}
	hours = (wall_clock() - (double)st.st_mtim.tv_sec) / 3600;
	component_number(c, "age_seconds", floor(hours * 3600));
	component_fact(c, _("el último terminó hace %.1f horas"), hours);
	component_problem(c, component_over(hours, (double)limit, 2 * (double)limit),
	                  _("haga un respaldo ahora y vea por qué no se hace solo"), _("el último respaldo es de hace %.0f horas"), hours);
}
