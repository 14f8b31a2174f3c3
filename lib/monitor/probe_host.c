/* This host: room on its disks, the age of the database of countries, whether what is installed is what was certified. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/host_report.h"
#include "monitor/probes.h"
#include <errno.h>
#include <maxminddb.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

enum { DISKS_MAX = 16, MANIFEST_MAX_FILE = 16 << 20 };

/* ---- disks */

static void one_disk(struct component *c, const char *folder, double amber, double red)
{
	const char *advice = _("libere espacio o agregue disco; no borre nada de la base de datos ni de la elección");
	struct statvfs v;
	double room, nodes;

	if (statvfs(folder, &v) != 0) {
		component_problem(c, COMPONENT_RED, _("monte el disco, o corrija monitor.disks"), "%s: %s", folder, strerror(errno));
		return;
	}
	room = v.f_blocks > 0 ? 100.0 * (double)v.f_bavail / (double)v.f_blocks : 0;
	nodes = v.f_files > 0 ? 100.0 * (double)v.f_favail / (double)v.f_files : 100;
	json_object_set_new(c->figures, folder, json_pack("{s:f, s:f, s:f}", "free_percent", room, "free_inodes_percent", nodes,
	                                                  "free_bytes", (double)v.f_bavail * (double)v.f_frsize));
	component_fact(c, _("%s: %.0f %% libre (%.1f GB)"), folder, room, (double)v.f_bavail * (double)v.f_frsize / 1e9);
	/* component_over wants what grows with the danger. */
	component_problem(c, component_over(100 - room, 100 - amber, 100 - red), advice, _("%s: queda el %.1f %% del disco"), folder,
	                  room);
	component_problem(c, component_over(100 - nodes, 100 - amber, 100 - red), advice,
	                  _("%s: queda el %.1f %% de los archivos que caben"), folder, nodes);
}

void probe_disk(struct components *all, struct component *c)
{
	double amber = (double)components_int(all, c, "monitor.disk_amber", 20, 0, 100);
	double red = (double)components_int(all, c, "monitor.disk_red", 10, 0, 100);
	const char *folder;
	unsigned i = 0;

	for (; i < DISKS_MAX && (folder = settings_item_path(all->s, "monitor.disks", i)) != NULL; i++)
		one_disk(c, folder, amber, red);
	if (i == 0)
		one_disk(c, all->election, amber, red);
}

/* ---- the database of countries */

void probe_place(struct components *all, struct component *c)
{
	const char *path = settings_path(all->s, "place.database", "");
	long limit = components_int(all, c, "monitor.place_days", 60, 1, 10000);
	const char *advice = _("ponga una base de países reciente en place.database y reinicie vemre-backend");
	double days;
	MMDB_s db;
	int error;

	if (path == NULL || path[0] == '\0') {
		component_off(c, "place.database");
		return;
	}
	if ((error = MMDB_open(path, MMDB_MODE_MMAP, &db)) != MMDB_SUCCESS) {
		component_problem(c, COMPONENT_RED, advice, "%s: %s", path, MMDB_strerror(error));
		return;
	}
	days = ((double)time(NULL) - (double)db.metadata.build_epoch) / 86400;
	MMDB_close(&db);
	component_number(c, "age_days", days);
	component_fact(c, _("de hace %.0f días"), days);
	component_problem(c, days >= (double)limit ? COMPONENT_AMBER : COMPONENT_GREEN, advice,
	                  _("tiene %.0f días: habrá direcciones que ya son de otro país"), days);
}

/* ---- integrity */

static void judge_report(struct component *c, const struct host_report *h)
{
	const struct report_difference *first = h->view.differences;

	component_number(c, "files", (double)h->view.files);
	component_number(c, "differences", (double)h->view.n_differences);
	if (h->view.n_differences == 0)
		component_fact(c, _("%llu piezas, todas las certificadas"), (unsigned long long)h->view.files);
	else
		component_problem(c, COMPONENT_RED, _("no toque nada: avise al Fedatario y abra un incidente"),
		                  _("%zu diferencias con lo certificado; la primera, %s: %s"), h->view.n_differences, first->path,
		                  _(first->what));
}

void probe_integrity(struct components *all, struct component *c)
{
	const char *path = settings_path(all->s, "monitor.manifest", "");
	struct buffer certified = BUFFER_INIT;
	struct host_report h = {0};
	struct connection *db;
	char said[300];
	enum status r;

	if (path == NULL || path[0] == '\0') {
		component_off(c, "monitor.manifest");
		return;
	}
	report_capture_begin(said, sizeof said);
	if ((r = file_read(&certified, path, MANIFEST_MAX_FILE)) == OK) {
		db = (manifest_has(&certified) & MANIFEST_DATABASE) != 0 ? components_database(all, c) : NULL;
		r = host_report_make(&h, all->s, &certified, MANIFEST_SERVER, db);
	}
	report_capture_end();
	if (r == OK)
		judge_report(c, &h);
	else
		component_problem(c, COMPONENT_RED, _("compruébelo: open-election --system-hash --certified MANIFIESTO"), "%s", said);
	host_report_free(&h);
	buffer_free(&certified);
}
