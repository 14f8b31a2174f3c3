/* The certified system (numeral 14): this host's manifest, the database's objects, the other hosts' reports. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/manifest.h"
#include "ceremony/opening_parts.h"
#include "protocol/hash.h"
#include "report/system_hash.h"
#include "store/setup.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_MAX_FILE = 16 << 20 };

static enum status differs(const struct host_report *h)
{
	return h->view.n_differences == 0
	               ? OK
	               : fault(E_EVIDENCE, _("no se abre con un sistema que no es el dictaminado"),
	                       _("%s (%s): %zu diferencias con el manifiesto certificado"), h->view.name, h->view.sections,
	                       h->view.n_differences);
}

/* A report of another host, of the same certified manifest, without differences. */
static enum status other_host(struct host_report *h, const char *path, const uint8_t certified[32])
{
	enum status r = host_report_read(h, path);

	if (r == OK && memcmp(h->certified_sha256, certified, 32) != 0)
		r = fault(E_EVIDENCE, _("repítalo en ese equipo con el manifiesto del dictamen"),
		          _("%s: %s se comparó con otro manifiesto certificado"), path, h->view.name);
	return r;
}

static enum status read_hosts(struct host_report *hosts, size_t *n, const struct opening_request *q,
                              const uint8_t certified[32])
{
	enum status r = OK, worst = OK;

	if (q->n_hosts > OPENING_HOSTS_MAX)
		return fault(E_USAGE, NULL, _("más de %d reportes de equipos"), OPENING_HOSTS_MAX);
	for (unsigned i = 0; i < q->n_hosts; i++) {
		r = other_host(&hosts[*n], q->hosts[i], certified);
		(*n)++; /* freed by the caller in every case */
		if (r == OK)
			r = differs(&hosts[*n - 1]);
		worst = r != OK ? r : worst;
	}
	return worst;
}

static enum status not_certified(struct opening_work *w, uint8_t out[32])
{
	enum status r;

	report_warning(NULL, _("sin --certified nada se compara: lo instalado se toma por lo dictaminado"));
	buffer_free(&w->manifest);
	if ((r = manifest_installed(&w->manifest, w->s, MANIFEST_FILES)) != OK)
		return r;
	return hash_sha256(out, w->manifest.data, w->manifest.len);
}

enum status opening_certified(struct opening_work *w, uint8_t out[32], struct connection *db)
{
	enum status r;

	if (w->q->certified == NULL)
		return db == NULL ? not_certified(w, out) : OK;
	if (w->manifest.len == 0 && (r = file_read(&w->manifest, w->q->certified, MANIFEST_MAX_FILE)) != OK)
		return r;
	if ((r = hash_sha256(out, w->manifest.data, w->manifest.len)) != OK)
		return r;
	if (db == NULL) {
		w->n_hosts = 1;
		if ((r = host_report_make(&w->hosts[0], w->s, &w->manifest, MANIFEST_SERVER, NULL)) != OK ||
		    (r = differs(&w->hosts[0])) != OK)
			return r;
		return read_hosts(w->hosts, &w->n_hosts, w->q, out);
	}
	host_report_free(&w->hosts[0]);
	if ((r = host_report_make(&w->hosts[0], w->s, &w->manifest, MANIFEST_SERVER, db)) != OK)
		return r;
	return differs(&w->hosts[0]);
}

/* ---- the database's objects without an election: made from sql/, looked at, dropped */

static enum status scratch_database(struct connection **db, char *name, size_t size, struct settings *s)
{
	const char *sql = settings_path(s, "system.sql", "/usr/share/vemre/sql");
	char host[32] = "", prefix[64]; /* PostgreSQL takes names of 63 bytes */
	enum status r;

	gethostname(host, sizeof host - 1);
	snprintf(prefix, sizeof prefix, "vemre-certification-%s-", host);
	snprintf(name, size, "%s%ld", prefix, (long)getpid());
	if (sql == NULL)
		return E_USAGE;
	if ((r = setup_drop_left(s, prefix)) == OK && (r = setup_create(s, name, sql)) == OK &&
	    (r = connection_open(db, s, CONNECTION_ADMIN, name, NULL)) != OK)
		setup_drop(s, name);
	return r;
}

static enum status running_database(struct connection **db, struct settings *s, const char *election)
{
	char *path = file_path(election, "record", "election.json", NULL);
	struct definition *d = NULL;
	enum status r = path == NULL ? E_FAILED : definition_open(&d, path);

	if (r == OK)
		r = connection_open(db, s, CONNECTION_MONITOR, NULL, d->id);
	definition_free(d);
	free(path);
	return r;
}

static enum status print_manifest(struct settings *s, unsigned sections, struct connection *db)
{
	struct buffer manifest = BUFFER_INIT;
	uint8_t hash[32];
	char hex[65];
	enum status r = manifest_installed(&manifest, s, sections);

	if (r == OK && db != NULL)
		r = manifest_database(&manifest, db);
	if (r == OK && (r = hash_sha256(hash, manifest.data, manifest.len)) == OK && buffer_str(&manifest) != NULL) {
		hex_encode(hex, hash, 32);
		printf("%s%s\n", buffer_str(&manifest), hex);
	}
	buffer_free(&manifest);
	return r;
}

static enum status compare_host(struct settings *s, const struct opening_hash_request *q, struct connection *db)
{
	struct buffer certified = BUFFER_INIT;
	struct host_report h = {0};
	char hex[65];
	enum status r;

	if ((r = file_read(&certified, q->certified, MANIFEST_MAX_FILE)) != OK ||
	    (r = host_report_make(&h, s, &certified, q->sections, db)) != OK ||
	    (q->report != NULL && (r = host_report_write(&h, q->report)) != OK))
		goto done;
	hex_encode(hex, h.certified_sha256, 32);
	printf("%s\n", hex);
	if ((r = differs(&h)) == OK)
		report_step(_("%s (%s): es lo certificado, %llu piezas"), h.view.name, h.view.sections,
		            (unsigned long long)h.view.files);
done:
	host_report_free(&h);
	buffer_free(&certified);
	return r;
}

enum status opening_system_hash(struct settings *s, const struct opening_hash_request *q)
{
	struct connection *db = NULL;
	char name[96] = "";
	enum status r = OK;

	if ((q->sections & MANIFEST_DATABASE) != 0)
		r = q->election != NULL ? running_database(&db, s, q->election) : scratch_database(&db, name, sizeof name, s);
	if (r != OK)
		return r;
	r = q->certified != NULL ? compare_host(s, q, db) : print_manifest(s, q->sections, db);
	connection_close(db);
	if (name[0] != '\0')
		setup_drop(s, name);
	return r;
}

enum status opening_collect(const struct opening_request *q, const char *pdf)
{
	struct host_report *hosts = calloc(OPENING_HOSTS_MAX, sizeof *hosts);
	struct report_host views[OPENING_HOSTS_MAX];
	struct report_system_hash sheet = {.hosts = views};
	struct buffer certified = BUFFER_INIT;
	struct definition *d = NULL;
	size_t n = 0;
	enum status r, found = OK;

	if (hosts == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = definition_open(&d, q->definition)) != OK ||
	    (r = file_read(&certified, q->certified, MANIFEST_MAX_FILE)) != OK ||
	    (r = hash_sha256(sheet.certified_sha256, certified.data, certified.len)) != OK)
		goto done;
	found = read_hosts(hosts, &n, q, sheet.certified_sha256);
	for (size_t i = 0; i < n && r == OK; i++) {
		if (hosts[i].view.sections == NULL) /* unreadable, and said */
			r = found;
		views[i] = hosts[i].view;
	}
	if (r != OK)
		goto done;
	sheet.n_hosts = n;
	opening_heading(&sheet.heading, q, d);
	unlink(pdf);
	if ((r = report_system_hash(pdf, &sheet)) == OK) {
		report_info("%s", pdf);
		r = found;
	}
done:
	for (size_t i = 0; i < n; i++)
		host_report_free(&hosts[i]);
	free(hosts);
	buffer_free(&certified);
	definition_free(d);
	return r;
}
