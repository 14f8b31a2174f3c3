/* See manifest.h: what is installed. Comparing is manifest_compare.c's. */
#include "ceremony/manifest.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "store/integrity.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status add_folder(struct buffer *out, const char *folder, const char *name);

static int not_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* By bytes, whatever the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status add_entry(struct buffer *out, const char *path, const char *name)
{
	uint8_t hash[32];
	struct stat st;
	enum status r;

	if (lstat(path, &st) != 0)
		return fault(E_FAILED, NULL, _("%s: no se puede leer"), path);
	if (S_ISDIR(st.st_mode))
		return add_folder(out, path, name);
	if (!S_ISREG(st.st_mode))
		return fault(E_EVIDENCE, NULL, _("%s: no es un archivo ni una carpeta"), path);
	if ((r = file_sha256(hash, path)) != OK)
		return r;
	buffer_hex(out, hash, 32);
	buffer_printf(out, " %04o %lld %s\n", (unsigned)(st.st_mode & 07777), (long long)st.st_size, name);
	return OK;
}

static enum status add_folder(struct buffer *out, const char *folder, const char *name)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, not_dots, by_bytes);
	enum status r = OK;

	if (n < 0 && errno == ENOENT)
		return OK;
	if (n < 0)
		return fault(E_FAILED, NULL, _("%s: no se puede leer la carpeta"), folder);
	for (int i = 0; i < n; i++) {
		char *path = file_path(folder, entries[i]->d_name, NULL);
		char *inner = file_path(name, entries[i]->d_name, NULL);

		if (r == OK)
			r = path == NULL || inner == NULL ? E_FAILED : add_entry(out, path, inner);
		free(path);
		free(inner);
		free(entries[i]);
	}
	free(entries);
	return r;
}

enum status manifest_of(struct buffer *out, const struct manifest_root *roots, size_t n)
{
	enum status r = OK;

	for (size_t i = 0; i < n && r == OK; i++)
		r = add_folder(out, roots[i].folder, roots[i].name);
	if (r == OK && !buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	return r;
}

/* ---- what belongs where */

static const char *const sections_names[] = {"server", "ceremony", "enrolment", "verify", "database"};
enum { SECTIONS = 5 };

unsigned manifest_section(const char *name)
{
	for (unsigned i = 0; i < SECTIONS; i++)
		if (strcmp(sections_names[i], name) == 0)
			return 1u << i;
	return 0;
}

const char *manifest_section_name(unsigned section)
{
	for (unsigned i = 0; i < SECTIONS; i++)
		if (section == 1u << i)
			return sections_names[i];
	return NULL;
}

static const struct {
	const char *name;
	unsigned sections;
} programs[] = {
        {"archive-election", MANIFEST_CEREMONY},
        {"close-election", MANIFEST_SERVER},
        {"enroll-voters", MANIFEST_ENROLMENT},
        {"keygen-ceremony", MANIFEST_CEREMONY},
        {"mix-election", MANIFEST_CEREMONY | MANIFEST_VERIFY},
        {"monitor-election", MANIFEST_SERVER},
        {"open-election", MANIFEST_FILES}, /* each place checks itself with it */
        {"send-messages", MANIFEST_SERVER},
        {"system-signer", MANIFEST_SERVER},
        {"tally", MANIFEST_CEREMONY},
        {"vemre-backend", MANIFEST_SERVER},
        {"verify-election", MANIFEST_CEREMONY | MANIFEST_VERIFY},
};
enum { PROGRAMS = sizeof programs / sizeof *programs };

static unsigned program_sections(const char *name)
{
	for (unsigned i = 0; i < PROGRAMS; i++)
		if (strcmp(programs[i].name, name) == 0)
			return programs[i].sections;
	return 0;
}

/* Settings that each host decides by itself; a name ending in '.' is a whole group. Any other matters. */
static const char *const HOST_SPECIFIC[] = {
        "system.", "database.", "election.folder", "backend.socket", "backend.threads", "backend.code_key_file", "backend.metrics",
        "place.database", "web.configurations", "signer.socket", "signer.pin_file", "hsm.module", "hsm.vault_serial",
        "hsm.vault_store", "hsm.spare_store", "hsm.system_serial", "hsm.system_store", "cards.module", "cards.reader",
        "sms.socket", "sms.gateways", "sms.password_files", "sms.ca", "sms.threads", "sms.figures", "mail.url", "mail.ca",
        "mail.user", "mail.password_file", "mail.hello", "mail.connections", "mail.per_minute", "enrolment.threads",
        "monitor.", "journal.heads", "journal.syslog"};

static bool host_specific(const char *name)
{
	for (size_t i = 0; i < sizeof HOST_SPECIFIC / sizeof *HOST_SPECIFIC; i++) {
		size_t len = strlen(HOST_SPECIFIC[i]);

		if (HOST_SPECIFIC[i][len - 1] == '.' ? strncmp(name, HOST_SPECIFIC[i], len) == 0
		                                     : strcmp(name, HOST_SPECIFIC[i]) == 0)
			return true;
	}
	return false;
}

static unsigned setting_sections(const char *name)
{
	static const struct {
		const char *group;
		unsigned sections;
	} groups[] = {{"hsm.", MANIFEST_SERVER | MANIFEST_CEREMONY},
	              {"cards.", MANIFEST_CEREMONY},
	              {"mail.", MANIFEST_ENROLMENT},
	              {"enrolment.", MANIFEST_ENROLMENT}};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strncmp(name, groups[i].group, strlen(groups[i].group)) == 0)
			return groups[i].sections;
	return MANIFEST_SERVER;
}

/* ---- one section of what is installed */

static enum status add_text(struct buffer *out, const char *path, const char *text)
{
	uint8_t hash[32];
	enum status r = hash_sha256(hash, text, strlen(text));

	if (r == OK) {
		buffer_hex(out, hash, 32);
		buffer_printf(out, " 0000 %zu %s\n", strlen(text), path);
	}
	return r;
}

struct adding {
	struct buffer *out;
	unsigned section;
	enum status r;
};

static void add_setting(void *ctx, const char *name, const char *value)
{
	struct adding *a = ctx;
	char path[256];

	if (a->r != OK || host_specific(name) || (setting_sections(name) & a->section) == 0)
		return;
	snprintf(path, sizeof path, "%s/settings/%s", manifest_section_name(a->section), name);
	a->r = add_text(a->out, path, value);
}

/* Where make install puts things; `base`: PREFIX/share. */
struct places {
	const char *programs, *site, *sql, *nginx, *scripts, *doc, *monitoring, *locale, *units;
	bool own; /* the programs' folder holds nothing else */
	char self[PATH_MAX], base[PATH_MAX + 8], made[7][PATH_MAX + 40];
};

static const char *under(struct places *p, unsigned i, struct settings *s, const char *setting, const char *rest)
{
	snprintf(p->made[i], sizeof p->made[i], "%s/%s", p->base, rest);
	return settings_path(s, setting, p->made[i]);
}

static enum status find_places(struct places *p, struct settings *s)
{
	ssize_t len = readlink("/proc/self/exe", p->self, sizeof p->self - 1);

	if (len <= 0)
		return fault(E_FAILED, NULL, _("no se sabe qué programa es este"));
	p->self[len] = '\0';
	*strrchr(p->self, '/') = '\0';
	if ((p->programs = settings_path(s, "system.programs", "")) == NULL)
		return E_USAGE;
	p->own = p->programs[0] != '\0';
	if (!p->own)
		p->programs = p->self;
	snprintf(p->base, sizeof p->base, "%.*s/share", (int)(strrchr(p->programs, '/') - p->programs), p->programs);
	p->site = under(p, 0, s, "system.site", "vemre/site");
	p->sql = under(p, 1, s, "system.sql", "vemre/sql");
	p->nginx = under(p, 2, s, "system.nginx", "vemre/nginx");
	p->scripts = under(p, 3, s, "system.scripts", "vemre/ceremony-scripts");
	p->doc = under(p, 4, s, "system.doc", "doc/vemre");
	p->monitoring = under(p, 5, s, "system.monitoring", "vemre/monitoring");
	p->units = under(p, 6, s, "system.units", "../lib/systemd/system");
	p->locale = settings_path(s, "system.locale", p->base);
	return p->site != NULL && p->sql != NULL && p->nginx != NULL && p->scripts != NULL && p->doc != NULL &&
	                       p->monitoring != NULL && p->locale != NULL && p->units != NULL
	               ? OK
	               : E_USAGE;
}

/* Of a folder that others use too: what is ours by its name. */
static enum status add_ours(struct buffer *out, const char *folder, const char *root, unsigned section,
                            unsigned (*sections_of)(const char *name), bool own)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, not_dots, by_bytes);
	enum status r = OK;

	if (n < 0)
		return fault(E_FAILED, NULL, _("%s: no se puede leer la carpeta"), folder);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		unsigned sections = sections_of(name);
		char *path = NULL, *inner = NULL;

		if (r == OK && ((sections & section) != 0 || (sections == 0 && own))) {
			path = file_path(folder, name, NULL);
			inner = file_path(manifest_section_name(section), root, name, NULL);
			r = path == NULL || inner == NULL ? E_FAILED : add_entry(out, path, inner);
		}
		free(path);
		free(inner);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* Units of systemd, and the folder of what they share. */
static unsigned unit_sections(const char *name)
{
	return strncmp(name, "vemre-", 6) == 0 ? MANIFEST_SERVER : 0;
}

/* A file of a folder that all the system's programs have; path is freed. */
static enum status add_single(struct buffer *out, char *path, const char *section, const char *name)
{
	char *inner = file_path(section, name, NULL);
	enum status r = path == NULL || inner == NULL ? E_FAILED : OK;

	if (r == OK && file_exists(path))
		r = add_entry(out, path, inner);
	free(path);
	free(inner);
	return r;
}

static enum status add_section(struct buffer *out, struct settings *s, const struct places *p, unsigned section)
{
	static const char CATALOGUE[] = "locale/en/LC_MESSAGES/vemre.mo";
	const struct {
		const char *name, *folder;
		unsigned sections;
	} roots[] = {{"site", p->site, MANIFEST_SERVER},
	             {"sql", p->sql, MANIFEST_SERVER},
	             {"nginx", p->nginx, MANIFEST_SERVER},
	             {"monitoring", p->monitoring, MANIFEST_SERVER},
	             {"scripts", p->scripts, MANIFEST_FILES & ~MANIFEST_VERIFY},
	             {"doc", p->doc, MANIFEST_SERVER | MANIFEST_VERIFY}};
	const char *name = manifest_section_name(section);
	struct adding a = {out, section, OK};
	enum status r = add_ours(out, p->programs, "programs", section, program_sections, p->own);

	for (size_t i = 0; i < sizeof roots / sizeof *roots && r == OK; i++) {
		char inner[64];
		struct manifest_root root = {inner, roots[i].folder};

		snprintf(inner, sizeof inner, "%s/%s", name, roots[i].name);
		if ((roots[i].sections & section) != 0)
			r = manifest_of(out, &root, 1);
	}
	if (r == OK && file_exists(p->units))
		r = add_ours(out, p->units, "units", section, unit_sections, false);
	if (r == OK && section == MANIFEST_SERVER)
		r = add_single(out, file_path(p->units, "../../sysusers.d/vemre.conf", NULL), name, "accounts/vemre.conf");
	if (r == OK && (r = add_single(out, file_path(p->locale, CATALOGUE, NULL), name, CATALOGUE)) == OK)
		settings_each(s, add_setting, &a);
	return r == OK ? a.r : r;
}

enum status manifest_installed(struct buffer *out, struct settings *s, unsigned sections)
{
	struct places *p = calloc(1, sizeof *p);
	enum status r = p == NULL ? fault(E_FAILED, NULL, _("no hay memoria")) : find_places(p, s);

	for (unsigned i = 0; r == OK && i < SECTIONS; i++)
		if ((sections & MANIFEST_FILES & 1u << i) != 0)
			r = add_section(out, s, p, 1u << i);
	if (r == OK && !buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	free(p);
	return r;
}

/* ---- the database */

static enum status add_object(void *ctx, const char *name, const char *text)
{
	struct adding *a = ctx;
	char *path = file_path("database", name, NULL);
	enum status r = path == NULL ? E_FAILED : add_text(a->out, path, text);

	free(path);
	return r;
}

enum status manifest_database(struct buffer *out, struct connection *c)
{
	struct adding a = {out, MANIFEST_DATABASE, OK};
	enum status r = integrity_tell(c, add_object, &a);

	return r != OK || buffer_ok(out) ? r : fault(E_FAILED, NULL, _("no hay memoria"));
}
