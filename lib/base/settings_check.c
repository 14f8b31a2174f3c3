/* See settings_table.h: a settings file against the table. */
#include "base/i18n.h"
#include "base/report.h"
#include "base/settings_table.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct checking {
	struct settings *s;
	unsigned users, faults;
};

/* ---- the names */

/* How many characters to change, add or drop to get from one to the other (Levenshtein), at most 15 or so of each. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[64];
	size_t n = strlen(b);

	if (n >= 64)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 0; a[i] != '\0'; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned change = diagonal + (a[i] != b[j]), drop = row[j] + 1, add = row[j + 1] + 1;

			diagonal = row[j + 1];
			row[j + 1] = change < drop ? change < add ? change : add : drop < add ? drop : add;
		}
	}
	return row[n];
}

static void unknown(struct checking *c, const char *name)
{
	const char *nearest = NULL;
	unsigned best = 5;
	char hint[160];

	for (unsigned i = 0; i < settings_table_n; i++) {
		unsigned d = distance(name, settings_table[i].name);

		if (d < best) {
			best = d;
			nearest = settings_table[i].name;
		}
	}
	if (nearest != NULL)
		snprintf(hint, sizeof hint, _("¿será %s?"), nearest);
	else
		snprintf(hint, sizeof hint, "%s", _("doc/vemre.conf explica cada ajuste"));
	(void)fault(E_USAGE, hint, _("%s: no hay tal ajuste"), name);
	c->faults++;
}

/* ---- the values */

/* value: as settings_each writes it. */
static void one(void *ctx, const char *name, const char *value)
{
	struct checking *c = ctx;
	const struct settings_entry *e = settings_find(name);
	const char *hint = _("doc/vemre.conf explica cada ajuste");
	bool good = true, flag;
	long number;

	if (e == NULL) {
		unknown(c, name);
		return;
	}
	switch (e->kind) {
	case SETTINGS_INT: /* says itself what it wants */
		good = settings_int(&number, c->s, name, 0, e->min, e->max) == OK;
		break;
	case SETTINGS_BOOL:
		good = settings_bool(&flag, c->s, name, false) == OK;
		break;
	case SETTINGS_TEXTS:
	case SETTINGS_FILES:
	case SETTINGS_FOLDERS:
	case SETTINGS_SECRETS:
		for (unsigned i = 0; good && i < settings_items(c->s, name); i++)
			good = settings_item(c->s, name, i) != NULL;
		good = good && value[0] == '[';
		if (!good)
			(void)fault(E_USAGE, hint, _("%s: no es una lista de textos: [ \"…\", \"…\" ]"), name);
		break;
	default:
		good = value[0] == '"';
		if (!good)
			(void)fault(E_USAGE, hint, _("%s: no es un texto entre comillas"), name);
	}
	if (!good)
		c->faults++;
}

/* ---- what the values name */

static void missing(struct checking *c, const struct settings_entry *e, const char *path, const char *hint)
{
	(void)fault(E_USAGE, hint, "%s: %s: %s", e->name, path, strerror(errno));
	c->faults++;
}

static void file(struct checking *c, const struct settings_entry *e, const char *path, bool secret)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0) {
		missing(c, e, path, _("póngalo ahí, legible para la cuenta de este programa"));
	} else if (!S_ISREG(st.st_mode)) {
		(void)fault(E_USAGE, NULL, _("%s: %s: no es un archivo"), e->name, path);
		c->faults++;
	} else if (secret && (st.st_mode & 077) != 0) {
		(void)fault(E_USAGE, _("chmod 600"), _("%s: %s: otros pueden leerlo (modo %04o)"), e->name, path,
		            (unsigned)st.st_mode & 07777);
		c->faults++;
	}
}

static void folder(struct checking *c, const struct settings_entry *e, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		(void)fault(E_USAGE, NULL, _("%s: %s: no es una carpeta"), e->name, path);
		c->faults++;
	} else if (access(path, R_OK | X_OK) != 0) {
		missing(c, e, path, _("haga la carpeta, o corrija el ajuste"));
	}
}

/* What will be made: its folder is there. Folders in /run come with their service; who wants a socket there tries it. */
static void place(struct checking *c, const struct settings_entry *e, const char *path)
{
	char above[4096];
	char *end;

	if (strncmp(path, "/run/", 5) == 0)
		return;
	snprintf(above, sizeof above, "%s", path);
	if ((end = strrchr(above, '/')) == NULL || end == above)
		return;
	*end = '\0';
	if (access(above, X_OK) != 0)
		missing(c, e, above, _("haga la carpeta, o corrija el ajuste"));
}

static void what_it_names(struct checking *c, const struct settings_entry *e, const char *path)
{
	if (path == NULL || path[0] == '\0')
		return;
	switch (e->kind) {
	case SETTINGS_FILE:
	case SETTINGS_FILES:
		file(c, e, path, false);
		break;
	case SETTINGS_SECRET:
	case SETTINGS_SECRETS:
		file(c, e, path, true);
		break;
	case SETTINGS_FOLDER:
	case SETTINGS_FOLDERS:
		folder(c, e, path);
		break;
	case SETTINGS_PATH:
		place(c, e, path);
		break;
	default:
		break;
	}
}

/* The path in quotes that the table has for a default. */
static void fallback_of(char *out, size_t size, const struct settings_entry *e)
{
	const char *text = e->fallback != NULL ? e->fallback : "";

	snprintf(out, size, "%.*s", (int)strcspn(text + (*text == '"'), "\""), text + (*text == '"'));
}

static void used(struct checking *c, const struct settings_entry *e)
{
	bool list = e->kind == SETTINGS_TEXTS || e->kind == SETTINGS_FILES || e->kind == SETTINGS_FOLDERS || e->kind == SETTINGS_SECRETS;
	bool path = e->kind == SETTINGS_PATH || e->kind == SETTINGS_FILE || e->kind == SETTINGS_SECRET;
	char fallback[256];

	if (!settings_has(c->s, e->name)) {
		if (e->fallback == NULL && strcmp(e->name, "election.folder") != 0) { /* it may be the command line's */
			(void)fault(E_USAGE, _("doc/vemre.conf explica cada ajuste"), _("falta el ajuste %s"), e->name);
			c->faults++;
		} else if (path) {
			fallback_of(fallback, sizeof fallback, e);
			what_it_names(c, e, fallback);
		}
		return;
	}
	if (list)
		for (unsigned i = 0; i < settings_items(c->s, e->name); i++) {
			if (e->kind != SETTINGS_TEXTS && settings_item(c->s, e->name, i) != NULL)
				what_it_names(c, e, settings_item_path(c->s, e->name, i));
		}
	else if (path || e->kind == SETTINGS_FOLDER) {
		char unheard[2];
		const char *text;

		report_capture_begin(unheard, sizeof unheard); /* one() has said what is no text */
		text = settings_path(c->s, e->name, "");
		report_capture_end();
		what_it_names(c, e, text);
	}
}

enum status settings_check(struct settings *s, unsigned users, unsigned *faults)
{
	struct checking c = {s, users, 0};

	settings_each(s, one, &c);
	for (unsigned i = 0; i < settings_table_n; i++) {
		if (settings_is_group(s, settings_table[i].name)) /* an empty one has nothing that settings_each would tell */
			one(&c, settings_table[i].name, "");
		if ((settings_table[i].users & users) != 0)
			used(&c, &settings_table[i]);
	}
	if (faults != NULL)
		*faults = c.faults;
	return c.faults == 0 ? OK : E_USAGE;
}
