/* See host_report.h. */
#include "ceremony/host_report.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOST_MAX = 64, REPORT_MAX_FILE = 8 << 20 };

/* What the programs of all places run on; those that are not installed here are not told. A constant command. */
static const char packages_command[] =
        "LC_ALL=C dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\\n' base-files libc6 libssl3 libjansson4 "
        "libconfig9 libpq5 libp11-3 libp11-kit0 libcurl4 libpango-1.0-0 libpangocairo-1.0-0 libcairo2 libqrencode4 "
        "libmaxminddb0 libfcgi0ldbl libsofthsm2 opensc postgresql postgresql-15 nginx nginx-light nginx-core openssl tzdata "
        "fonts-dejavu-core exim4-daemon-light kannel linux-image-amd64 2>/dev/null";

static const char *const words[] = {"differs", "missing", "extra"};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

/* ---- the view: texts borrowed from the JSON */

static void spanish(char *out, size_t size, const json_t *sections)
{
	static const char *const names[][2] = {{"server", "servidor"},
	                                       {"ceremony", "terminal"},
	                                       {"enrolment", "registro"},
	                                       {"verify", "verificación"},
	                                       {"database", "base de datos"}};
	size_t i;
	json_t *v;

	out[0] = '\0';
	json_array_foreach((json_t *)(uintptr_t)sections, i, v)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (strcmp(names[k][0], json_string_value(v)) == 0)
				snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] != '\0' ? ", " : "", names[k][1]);
}

static enum status view_differences(struct host_report *h, const json_t *list)
{
	struct report_difference *d = calloc(json_array_size(list) + 1, sizeof *d);
	const char *what;
	size_t i;
	json_t *v;
	enum status r;

	if (d == NULL)
		return no_memory();
	h->view.differences = d;
	h->view.n_differences = json_array_size(list);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		if ((r = json_fields(v, "differences", "path", "what", NULL)) != OK ||
		    (r = json_string_of(&d[i].path, v, "differences", "path")) != OK ||
		    (r = json_string_of(&what, v, "differences", "what")) != OK)
			return r;
		for (int k = MANIFEST_DIFFERS; k <= MANIFEST_EXTRA; k++)
			if (strcmp(words[k], what) == 0)
				d[i].what = manifest_words((enum manifest_difference)k);
		if (d[i].what == NULL)
			return fault(E_EVIDENCE, NULL, _("«%s»: no es ninguna diferencia conocida"), what);
	}
	return OK;
}

static enum status view_packages(struct host_report *h, const json_t *list)
{
	struct report_package *p = calloc(json_array_size(list) + 1, sizeof *p);
	size_t i;
	json_t *v;
	enum status r;

	if (p == NULL)
		return no_memory();
	h->view.packages = p;
	h->view.n_packages = json_array_size(list);
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
		if ((r = json_fields(v, "packages", "name", "version", NULL)) != OK ||
		    (r = json_string_of(&p[i].name, v, "packages", "name")) != OK ||
		    (r = json_string_of(&p[i].version, v, "packages", "version")) != OK)
			return r;
	return OK;
}

/* Takes json over. */
static enum status view(struct host_report *h, json_t *json, const char *name)
{
	const json_t *sections = json_object_get(json, "sections");
	const char *checked;
	int64_t files;
	size_t i;
	json_t *v;
	enum status r;

	h->json = json;
	if ((r = json_fields(json, name, "format", "host", "sections", "checked", "files", "certified_sha256", "differences",
	                     "packages", NULL)) != OK ||
	    (r = json_format_of(json, name)) != OK || (r = json_string_of(&h->view.name, json, name, "host")) != OK ||
	    (r = json_string_of(&checked, json, name, "checked")) != OK ||
	    (r = json_int_of(&files, 0, INT32_MAX, json, name, "files")) != OK ||
	    (r = json_hex_of(h->certified_sha256, 32, json, name, "certified_sha256")) != OK ||
	    (r = view_differences(h, json_object_get(json, "differences"))) != OK ||
	    (r = view_packages(h, json_object_get(json, "packages"))) != OK)
		return r;
	json_array_foreach((json_t *)(uintptr_t)sections, i, v)
		if (!json_is_string(v) || manifest_section(json_string_value(v)) == 0)
			return fault(E_EVIDENCE, NULL, _("%s: una sección no es ninguna de las conocidas"), name);
	if (!moment_parse(&h->view.checked, checked) || json_array_size(sections) == 0 || json_array_size(sections) > 5)
		return fault(E_EVIDENCE, NULL, _("%s: no es el reporte de un equipo"), name);
	h->view.files = (uint64_t)files;
	spanish(h->sections, sizeof h->sections, sections);
	h->view.sections = h->sections;
	return OK;
}

/* ---- making one */

static json_t *packages(void)
{
	json_t *list = json_array();
	char line[512], name[256], version[200];
	FILE *p = popen(packages_command, "re"); /* constant text: NOLINT(cert-env33-c) */

	while (p != NULL && fgets(line, sizeof line, p) != NULL)
		if (sscanf(line, "ii %255s %199s", name, version) == 2)
			json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, "version", version));
	if (p != NULL)
		pclose(p);
	return list;
}

static void take_difference(void *ctx, enum manifest_difference what, const char *path, size_t len)
{
	char *text = strndup(path, len);

	if (text != NULL)
		json_array_append_new(ctx, json_pack("{s:s, s:s}", "path", text, "what", words[what]));
	fault(E_EVIDENCE, NULL, "%.*s: %s", (int)len, path, _(manifest_words(what)));
	free(text);
}

static json_t *section_names(unsigned sections)
{
	json_t *list = json_array();

	for (unsigned i = 1; i < MANIFEST_ALL; i <<= 1)
		if ((sections & i) != 0)
			json_array_append_new(list, json_string(manifest_section_name(i)));
	return list;
}

static uint64_t lines(const struct buffer *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

enum status host_report_make(struct host_report *out, struct settings *s, const struct buffer *certified,
                             unsigned sections, struct connection *db)
{
	struct buffer here = BUFFER_INIT, there = BUFFER_INIT;
	char host[HOST_MAX + 1] = "", now[40];
	json_t *differences = json_array(), *json;
	uint8_t sha256[32];
	enum status r;

	memset(out, 0, sizeof *out);
	sections = db != NULL ? sections | MANIFEST_DATABASE : sections & ~(unsigned)MANIFEST_DATABASE;
	gethostname(host, sizeof host - 1);
	moment_rfc3339(now, sizeof now, moment_now(), "UTC");
	if (((manifest_has(certified) & sections) != sections)) {
		r = fault(E_EVIDENCE, _("hágalo con --system-hash --database en la segunda compilación limpia"),
		          _("el manifiesto certificado no tiene todas las secciones que aquí se comparan"));
		goto done;
	}
	if ((r = manifest_installed(&here, s, sections)) != OK ||
	    (db != NULL && (r = manifest_database(&here, db)) != OK) ||
	    (r = manifest_sections_of(&there, certified, sections)) != OK ||
	    (r = hash_sha256(sha256, certified->data, certified->len)) != OK)
		goto done;
	r = manifest_differences(&here, &there, take_difference, differences);
	if (r != OK && json_array_size(differences) == 0)
		goto done; /* malformed, and said */
	json = json_pack("{s:s, s:s, s:o, s:s, s:I, s:o, s:O, s:o}", "format", "VEMRE-V1", "host", host, "sections",
	                 section_names(sections), "checked", now, "files", (json_int_t)lines(&here), "certified_sha256",
	                 json_hex(sha256, 32), "differences", differences, "packages", packages());
	r = json == NULL ? no_memory() : view(out, json, host);
done:
	json_decref(differences);
	buffer_free(&here);
	buffer_free(&there);
	return r;
}

enum status host_report_write(const struct host_report *h, const char *path)
{
	struct buffer b = BUFFER_INIT;
	enum status r = json_write(&b, h->json);

	if (r == OK)
		r = file_replace(path, b.data, b.len, 0644);
	buffer_free(&b);
	return r;
}

enum status host_report_read(struct host_report *out, const char *path)
{
	json_t *json = NULL;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = json_read(&json, path, REPORT_MAX_FILE)) == OK)
		r = view(out, json, path);
	return r;
}

void host_report_free(struct host_report *h)
{
	free((void *)(uintptr_t)h->view.differences);
	free((void *)(uintptr_t)h->view.packages);
	json_decref(h->json);
	memset(h, 0, sizeof *h);
}
