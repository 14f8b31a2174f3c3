/* See connection.h. */
#include "store/connection.h"
#include "base/buffer.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PREPARED_MAX = 32 };

struct connection {
	PGconn *pg;
	const char *prepared[PREPARED_MAX]; /* statement i is named "s<i>" */
	unsigned n_prepared;
};

static const char *const roles[] = {"vemre_owner", "vemre_web", "vemre_admin", "vemre_monitor"};

/* libpq's messages end with a line feed and may have several lines: the first one says it. */
static enum status pg_fault(const char *message)
{
	char line[300];

	snprintf(line, sizeof line, "%s", message);
	line[strcspn(line, "\n")] = '\0';
	return fault(E_FAILED, NULL, _("base de datos: %s"), line);
}

enum status connection_database(char *out, size_t size, const struct settings *s, const char *slug)
{
	const char *name = settings_text(s, "database.name", "");

	if (name == NULL)
		return E_USAGE;
	if (name[0] == '\0')
		snprintf(out, size, "vemre-%s", slug);
	else
		snprintf(out, size, "%s", name);
	return OK;
}

/* Asked once, and again only where that failed: a confined process may read no /etc/passwd (base/confine.h), and opens connections later. */
static enum status account_name(const char **out)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char name[256];
	struct passwd room, *account;
	char names[1024];

	pthread_mutex_lock(&lock);
	if (name[0] == '\0' && getpwuid_r(geteuid(), &room, names, sizeof names, &account) == 0 && account != NULL &&
	    strlen(account->pw_name) < sizeof name)
		strcpy(name, account->pw_name);
	pthread_mutex_unlock(&lock);
	*out = name; /* never changed once it is there */
	return name[0] != '\0' ? OK : fault(E_FAILED, NULL, _("esta cuenta no tiene nombre"));
}

/* "{account}" in database.connection is the name of the account that runs the program: each has a certificate of its own,
 * and the one settings file serves them all. */
enum status connection_string(char *out, size_t size, const struct settings *s)
{
	const char *text = settings_text(s, "database.connection", ""), *at, *name;
	enum status r;
	size_t len = 0;

	if (text == NULL)
		return E_USAGE;
	for (; (at = strstr(text, "{account}")) != NULL; text = at + strlen("{account}")) {
		if ((r = account_name(&name)) != OK)
			return r;
		len += (size_t)snprintf(out + len, size - len, "%.*s%s", (int)(at - text), text, name);
		if (len >= size)
			break;
	}
	if (len < size)
		len += (size_t)snprintf(out + len, size - len, "%s", text);
	return len < size ? OK : fault(E_USAGE, NULL, _("database.connection: es demasiado largo"));
}

enum status connection_open(struct connection **out, const struct settings *s, enum connection_role role,
                            const char *database, const char *slug)
{
	struct connection *c = NULL;
	char name[128], where[CONNECTION_STRING_MAX];
	enum status r;

	*out = NULL;
	if ((r = connection_string(where, sizeof where, s)) != OK)
		return r;
	if (database != NULL)
		snprintf(name, sizeof name, "%s", database);
	else if ((r = connection_database(name, sizeof name, s, slug)) != OK)
		return r;
	/*
	 * With expand_dbname the first dbname may be a whole connection string; later keywords override it, and it overrides
	 * the earlier ones: a host that is gone is given up within seconds, also in the middle of a statement (without these
	 * a thread would wait a quarter of an hour for it), and the next of several hosts is tried.
	 */
	const char *keys[] = {"connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
	                      "keepalives_count", "dbname", "dbname", "user", "application_name", "client_encoding", NULL};
	const char *values[] = {"3", "5000", "3", "1", "3", where, name, roles[role], "vemre", "UTF8", NULL};

	if (where[0] == '\0')
		values[5] = name;
	if ((c = calloc(1, sizeof *c)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	c->pg = PQconnectdbParams(keys, values, 1);
	if (PQstatus(c->pg) != CONNECTION_OK) {
		r = pg_fault(PQerrorMessage(c->pg));
		connection_close(c);
		return r;
	}
	*out = c;
	return OK;
}

void connection_close(struct connection *c)
{
	if (c == NULL)
		return;
	PQfinish(c->pg);
	free(c);
}

static bool ready(struct connection *c)
{
	if (PQstatus(c->pg) == CONNECTION_OK)
		return true;
	PQreset(c->pg);
	c->n_prepared = 0;
	return PQstatus(c->pg) == CONNECTION_OK;
}

/* The number of the prepared statement, or -1. */
static int prepare(struct connection *c, const char *sql)
{
	char name[16];
	PGresult *result;
	bool good;
	unsigned i;

	for (i = 0; i < c->n_prepared; i++)
		if (c->prepared[i] == sql)
			return (int)i;
	if (i == PREPARED_MAX)
		return -1;
	snprintf(name, sizeof name, "s%u", i);
	result = PQprepare(c->pg, name, sql, 0, NULL);
	good = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (!good)
		return -1;
	c->prepared[c->n_prepared++] = sql;
	return (int)i;
}

static PGresult *attempt(struct connection *c, const char *sql, unsigned n, const struct connection_value *values)
{
	const char *data[CONNECTION_PARAMS_MAX];
	int lens[CONNECTION_PARAMS_MAX], formats[CONNECTION_PARAMS_MAX];
	char name[16];
	int statement;

	if (n > CONNECTION_PARAMS_MAX || !ready(c) || (statement = prepare(c, sql)) < 0)
		return NULL;
	for (unsigned i = 0; i < n; i++) {
		data[i] = values[i].data;
		lens[i] = values[i].len;
		formats[i] = values[i].binary;
	}
	snprintf(name, sizeof name, "s%d", statement);
	return PQexecPrepared(c->pg, name, (int)n, data, lens, formats, 0);
}

enum status connection_run(struct connection *c, PGresult **out, const char *sql, unsigned n,
                           const struct connection_value *values)
{
	bool in_transaction = PQtransactionStatus(c->pg) != PQTRANS_IDLE;
	PGresult *result = attempt(c, sql, n, values);
	enum status r;

	*out = NULL;
	if (!in_transaction && PQstatus(c->pg) != CONNECTION_OK) {
		PQclear(result);
		result = attempt(c, sql, n, values);
	}
	if (result == NULL)
		return pg_fault(PQerrorMessage(c->pg));
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		r = pg_fault(primary != NULL ? primary : PQerrorMessage(c->pg));
		PQclear(result);
		return r;
	}
	*out = result;
	return OK;
}

enum status connection_script(struct connection *c, const char *name, const char *sql)
{
	PGresult *result = PQexec(c->pg, sql);
	enum status r = OK;

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

		r = fault(E_FAILED, NULL, _("base de datos: %s: %s"), name,
		          primary != NULL ? primary : PQerrorMessage(c->pg));
	}
	PQclear(result);
	if (r != OK && PQtransactionStatus(c->pg) == PQTRANS_INERROR)
		PQclear(PQexec(c->pg, "ROLLBACK"));
	return r;
}

void connection_quote(struct connection *c, struct buffer *out, const char *name)
{
	char *quoted = PQescapeIdentifier(c->pg, name, strlen(name));

	if (quoted == NULL)
		out->failed = true;
	else
		buffer_text(out, quoted);
	PQfreemem(quoted);
}

enum status connection_copy_begin(struct connection *c, const char *sql)
{
	PGresult *result = PQexec(c->pg, sql);
	enum status r = OK;

	if (PQresultStatus(result) != PGRES_COPY_IN)
		r = pg_fault(PQerrorMessage(c->pg));
	PQclear(result);
	return r;
}

enum status connection_copy_put(struct connection *c, const void *data, size_t len)
{
	return PQputCopyData(c->pg, data, (int)len) == 1 ? OK : pg_fault(PQerrorMessage(c->pg));
}

enum status connection_copy_end(struct connection *c, bool good)
{
	PGresult *result;
	enum status r = OK;

	if (PQputCopyEnd(c->pg, good ? NULL : "abandoned") != 1)
		return pg_fault(PQerrorMessage(c->pg));
	while ((result = PQgetResult(c->pg)) != NULL) {
		if (good && r == OK && PQresultStatus(result) != PGRES_COMMAND_OK)
			r = pg_fault(PQresultErrorMessage(result));
		PQclear(result);
	}
	return r;
}

enum status connection_copy_out(struct connection *c, const char *sql,
                                enum status (*row)(void *ctx, const char *data, size_t len), void *ctx)
{
	PGresult *result = PQexec(c->pg, sql);
	enum status r = OK;
	char *data = NULL;
	int len;

	if (PQresultStatus(result) != PGRES_COPY_OUT)
		r = pg_fault(PQerrorMessage(c->pg));
	PQclear(result);
	if (r != OK)
		return r;
	/* After a fault of ours the rest is read and dropped, so that the connection stays of use. */
	while ((len = PQgetCopyData(c->pg, &data, 0)) > 0) {
		if (r == OK)
			r = row(ctx, data, (size_t)len);
		PQfreemem(data);
	}
	if (len == -2 && r == OK)
		r = pg_fault(PQerrorMessage(c->pg));
	while ((result = PQgetResult(c->pg)) != NULL) {
		if (r == OK && PQresultStatus(result) != PGRES_COMMAND_OK)
			r = pg_fault(PQresultErrorMessage(result));
		PQclear(result);
	}
	return r;
}

const char *connection_text(const PGresult *r, int column)
{
	return PQgetvalue(r, 0, column);
}

bool connection_null(const PGresult *r, int column)
{
	return PQgetisnull(r, 0, column) != 0;
}

int connection_int(const PGresult *r, int column)
{
	return PQgetisnull(r, 0, column) ? -1 : (int)strtol(PQgetvalue(r, 0, column), NULL, 10);
}

bool connection_bytes(const PGresult *r, int column, uint8_t *out, size_t max, size_t *len)
{
	const char *text = PQgetvalue(r, 0, column);
	size_t n = strlen(text);

	*len = 0;
	if (PQgetisnull(r, 0, column))
		return true;
	/* bytea_output = hex, the default: "\x" and the digits. */
	if (n < 2 || n % 2 != 0 || text[0] != '\\' || text[1] != 'x' || (n - 2) / 2 > max)
		return false;
	*len = (n - 2) / 2;
	return hex_decode_vartime(out, *len, text + 2, n - 2);
}
