/* This host's clock: what the kernel knows of its discipline (chrony, ntpd), and, where servers are named, their time. */
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "monitor/sntp.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

enum { SERVERS_MAX = 8 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The middle one: a single server that is wrong does not decide. */
static void judge_servers(struct components *all, struct component *c, double *offsets, unsigned n)
{
	double limit = (double)components_int(all, c, "monitor.clock_ms", 500, 1, 60000) / 1000, middle;

	qsort(offsets, n, sizeof *offsets, by_value);
	middle = n % 2 == 1 ? offsets[n / 2] : (offsets[n / 2 - 1] + offsets[n / 2]) / 2;
	component_number(c, "offset_seconds", middle);
	component_fact(c, _("diferencia con %u servidores: %+.3f s"), n, middle);
	component_problem(c, component_over(fabs(middle), limit, 4 * limit),
	                  _("vea chronyc tracking; si chrony no corre, systemctl restart chrony"),
	                  _("la hora difiere %+.3f s de la de los servidores"), middle);
}

static void kernel(struct component *c, unsigned servers)
{
	struct timex t = {.modes = 0};
	int state = adjtimex(&t);
	bool disciplined = state >= 0 && state != TIME_ERROR && (t.status & STA_UNSYNC) == 0;

	json_object_set_new(c->figures, "synchronised", json_boolean(disciplined));
	component_number(c, "max_error_seconds", (double)t.maxerror / 1e6);
	if (disciplined)
		component_fact(c, _("sincronizado"));
	/* Within a container the host sees to it; the servers' answer is worth more. */
	else
		component_problem(c, servers > 0 ? COMPONENT_GREEN : COMPONENT_AMBER,
		                  _("arranque chrony (systemctl start chrony), o nombre servidores en monitor.ntp"),
		                  _("el sistema dice que nadie ajusta su reloj"));
}

void probe_clock(struct components *all, struct component *c)
{
	double offsets[SERVERS_MAX];
	const char *server;
	unsigned n = 0, asked = 0;
	char said[300];

	for (; asked < SERVERS_MAX && (server = settings_item(all->s, "monitor.ntp", asked)) != NULL; asked++) {
		report_capture_begin(said, sizeof said);
		if (sntp_ask(&offsets[n], server) == OK)
			n++;
		report_capture_end();
	}
	component_number(c, "servers", asked);
	component_number(c, "servers_answering", n);
	if (n > 0)
		judge_servers(all, c, offsets, n);
	else if (asked > 0)
		component_problem(c, COMPONENT_AMBER, _("vea la red y monitor.ntp"), "%s", said);
	kernel(c, n);
}
