/* The backend by its metrics: does each answer, how busy, how slow, how often it fails. The lights are of the last
 * minutes: since the oldest scrape of this process or of one shortly before (monitor/backend-seen). A single look (--once) that
 * finds none takes a second scrape; of so little it judges what it can, and tells the rest since the backend's start. */
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "monitor/scrape.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BACKENDS_MAX = 16, FEW = 20 /* requests that say nothing yet */ };

/* How many answer; the faults are said to c. */
static unsigned ask_all(struct components *all, struct component *c, struct scrape *out, unsigned *n)
{
	const char *address;
	unsigned good = 0;
	char said[300];

	for (*n = 0; *n < BACKENDS_MAX; (*n)++) {
		struct buffer text = BUFFER_INIT;
		enum status r;

		address = settings_item(all->s, "monitor.metrics", *n);
		if (address == NULL && (*n > 0 || (address = settings_text(all->s, "backend.metrics", "")) == NULL ||
		                        address[0] == '\0'))
			break;
		report_capture_begin(said, sizeof said);
		r = scrape_get(&text, address);
		report_capture_end();
		if (r == OK) {
			scrape_read(out, buffer_str(&text));
			good++;
		} else if (r == E_USAGE) {
			component_bad_setting(c, said);
		} else {
			component_problem(c, COMPONENT_RED, _("en su equipo: systemctl restart vemre-backend, y su bitácora"), "%s", said);
		}
		buffer_free(&text);
	}
	return good;
}

static void judge_requests(struct components *all, struct component *c, const struct scrape *s, const struct scrape *whole, double seconds)
{
	double limit = (double)components_int(all, c, "monitor.latency_ms", 1000, 1, 60000) / 1000;
	double half = scrape_quantile(s, 0.5), most = scrape_quantile(s, 0.95), nearly = scrape_quantile(s, 0.99);
	double failed = s->requests > 0 ? s->failures / s->requests : 0;

	component_number(c, "requests", s->requests);
	component_number(c, "failures", s->failures);
	component_number(c, "ballots_taken", s->ballots);
	component_number(c, "logins", s->logins);
	component_number(c, "window_seconds", seconds);
	if (s->requests <= 0 || half < 0) {
		component_fact(c, _("sin solicitudes en los últimos %.0f s; desde su arranque, %.0f, %.0f fallas"), seconds, whole->requests,
		               whole->failures);
		return;
	}
	component_number(c, "p50_seconds", half);
	component_number(c, "p95_seconds", most);
	component_number(c, "p99_seconds", nearly);
	component_fact(c, _("últimos %.0f s: %.0f solicitudes, %.0f fallas; p50 %.0f ms, p95 %.0f ms, p99 %.0f ms"), seconds, s->requests,
	               s->failures, half * 1000, most * 1000, nearly * 1000);
	if (s->requests < FEW || seconds <= 0)
		return;
	component_problem(c, component_over(failed, 0.01, 0.1), _("vea las líneas de la base de datos, la llave y los SMS"),
	                  _("falla el %.1f %% de las solicitudes"), failed * 100);
	component_problem(c, component_over(most, limit, 5 * limit), _("vea la carga del equipo y de la base de datos"),
	                  _("es lento: una de cada 20 solicitudes tarda más de %.0f ms"), most * 1000);
}

void probe_backend(struct components *all, struct component *c)
{
	struct scrape now = {0}, recent;
	double seconds;
	unsigned n, good = ask_all(all, c, &now, &n);

	if (n == 0) {
		component_off(c, "backend.metrics");
		return;
	}
	component_number(c, "backends", n);
	component_number(c, "backends_answering", good);
	if (good == 0)
		return;
	component_number(c, "threads", now.threads);
	component_number(c, "threads_busy", now.busy);
	component_fact(c, _("%.0f de %.0f hilos ocupados"), now.busy, now.threads);
	component_problem(c, now.threads > 0 ? component_over(now.busy / now.threads, 0.8, 1) : COMPONENT_GREEN,
	                  _("agregue hilos (backend.threads) u otro equipo; vea si la base de datos espera"),
	                  _("%.0f de %.0f hilos ocupados"), now.busy, now.threads);
	scrape_history_add(all->history, components_clock(), &now, &recent, &seconds);
	if (seconds <= 0 && all->single) {
		struct scrape second = {0};

		nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
		if (ask_all(all, c, &second, &n) == good)
			scrape_history_add(all->history, components_clock(), &second, &recent, &seconds);
	}
	judge_requests(all, c, &recent, &now, seconds);
}
