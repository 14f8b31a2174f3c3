/* See connection.h: what connecting takes. libpq itself reads the string and the environment. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "store/connection.h"
#include <stdlib.h>
#include <string.h>

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (; options != NULL && options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0 && options->val != NULL && options->val[0] != '\0')
			return options->val;
	return NULL;
}

static const char *either(const struct connection_reach *reach, const char *keyword)
{
	const char *value = option(reach->named, keyword);

	return value != NULL ? value : option(reach->defaults, keyword);
}

/* Hosts are a list; a path (or '@', an abstract one) is a Unix socket. None: Debian's libpq takes its own socket. */
static bool any_internet(const char *hosts)
{
	for (const char *p = hosts; p != NULL && *p != '\0'; p += strcspn(p, ","), p += *p == ',')
		if (*p != '/' && *p != '@' && *p != ',')
			return true;
	return false;
}

enum status connection_reach(struct connection_reach *out, const struct settings *s)
{
	static const char *const files[] = {"sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "passfile"};
	const char *home = getenv("HOME");
	char where[CONNECTION_STRING_MAX];
	char *said = NULL;
	enum status r;
	unsigned n = 0;

	memset(out, 0, sizeof *out);
	if ((r = connection_string(where, sizeof where, s)) != OK)
		return r;
	if (where[0] != '\0' && (out->named = PQconninfoParse(where, &said)) == NULL) {
		fault(E_USAGE, NULL, _("database.connection: %.200s"), said != NULL ? said : "");
		PQfreemem(said);
		return E_USAGE;
	}
	out->defaults = PQconndefaults();
	out->internet = any_internet(either(out, "host")) || either(out, "hostaddr") != NULL ||
	                either(out, "service") != NULL;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if ((out->files[n] = either(out, files[i])) != NULL)
			n++;
	if (home != NULL && home[0] == '/') {
		out->home[0] = file_path(home, ".postgresql", NULL);
		out->home[1] = file_path(home, ".pgpass", NULL);
		if (out->home[0] == NULL || out->home[1] == NULL) {
			connection_reach_free(out);
			return E_FAILED;
		}
		out->files[n++] = out->home[0];
		out->files[n++] = out->home[1];
	}
	out->files[n] = NULL;
	return OK;
}

void connection_reach_free(struct connection_reach *reach)
{
	free(reach->home[0]);
	free(reach->home[1]);
	PQconninfoFree(reach->named);
	PQconninfoFree(reach->defaults);
	memset(reach, 0, sizeof *reach);
}
