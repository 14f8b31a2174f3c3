/* See operation.h. */
#include "monitor/operation.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status open_journal(struct operation *o)
{
	char *folder = file_path(o->election, "journal", NULL);
	enum status r = E_FAILED;

	o->journal_path = file_path(o->election, "journal", "monitor-election.jsonl", NULL);
	if (folder != NULL && o->journal_path != NULL && (r = file_mkdirs(folder, 0755)) == OK)
		r = journal_open(&o->journal, o->journal_path, "monitor-election");
	free(folder);
	return r;
}

static enum status open_with(struct operation *out, const char *config, const char *election, bool journal)
{
	char *path = NULL;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = settings_open(&out->settings, config)) != OK)
		return r;
	if (election == NULL && (election = settings_path(out->settings, "election.folder", NULL)) == NULL) {
		r = E_USAGE;
		goto done;
	}
	out->election = strdup(election);
	path = file_path(election, "record", "election.json", NULL);
	if (out->election == NULL || path == NULL)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	else if (!file_exists(path))
		r = fault(E_STATE, _("primero open-election"), _("falta %s"), path);
	else if ((r = definition_open(&out->definition, path)) == OK)
		r = journal ? open_journal(out) : OK;
done:
	free(path);
	if (r != OK)
		operation_close(out);
	return r;
}

enum status operation_open(struct operation *out, const char *config, const char *election)
{
	return open_with(out, config, election, true);
}

enum status operation_look(struct operation *out, const char *config, const char *election)
{
	return open_with(out, config, election, false);
}

void operation_close(struct operation *o)
{
	journal_close(o->journal);
	definition_free(o->definition);
	settings_free(o->settings);
	free(o->election);
	free(o->journal_path);
	memset(o, 0, sizeof *o);
}

char *operation_document(const struct operation *o, const char *name)
{
	char *folder = file_path(o->election, "documents", NULL), *path = NULL, *closing = NULL;
	char later[128];

	if (folder == NULL || file_mkdirs(folder, 0755) != OK || (path = file_path(folder, name, NULL)) == NULL ||
	    (closing = file_path(folder, "closing-report.json", NULL)) == NULL)
		goto done;
	if (file_exists(closing) && file_exists(path)) {
		snprintf(later, sizeof later, "%.*s-tras-el-cierre.pdf", (int)strcspn(name, "."), name);
		free(path);
		path = file_path(folder, later, NULL);
	}
done:
	free(closing);
	free(folder);
	return path;
}

const char *operation_who(const char *given)
{
	const struct passwd *account = given == NULL ? getpwuid(geteuid()) : NULL;

	return given != NULL ? given : account != NULL ? account->pw_name : "?";
}

enum status operation_options(bool *go, int argc, char **argv, const struct program_option *table, const char *usage)
{
	enum program_options read;
	int next;

	*go = false;
	if ((read = program_options(argc, argv, table, usage, &next)) != PROGRAM_GO)
		return read == PROGRAM_HELP ? OK : E_USAGE;
	if (next != argc)
		return fault(E_USAGE, _("--help muestra las opciones"), _("argumento de más: %s"), argv[next]);
	*go = true;
	return OK;
}
