/* See watch.h. */
#include "store/watch.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sql_health[] = "SELECT * FROM vemre.health()";
static const char sql_standbys[] = "SELECT * FROM vemre.standbys()";
static const char sql_logins[] = "SELECT * FROM vemre.login_counters($1::integer)";
static const char sql_turnout[] = "SELECT * FROM vemre.turnout()";
static const char sql_hours[] = "SELECT * FROM vemre.participation_by_hour()";

static int64_t number(const PGresult *rows, int row, int column)
{
	return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

/* One row of so many columns, to be cleared by the caller when OK. */
static enum status one_row(struct connection *c, PGresult **rows, const char *sql, int columns, unsigned n,
                           const struct connection_value *values)
{
	enum status r = connection_run(c, rows, sql, n, values);

	if (r != OK || (PQntuples(*rows) == 1 && PQnfields(*rows) == columns))
		return r;
	PQclear(*rows);
	return fault(E_FAILED, NULL, _("base de datos: una función no respondió como se esperaba"));
}

enum status watch_health(struct connection *c, struct watch_health *out)
{
	PGresult *rows;
	enum status r = one_row(c, &rows, sql_health, 9, 0, NULL);

	if (r != OK)
		return r;
	out->now = strtod(connection_text(rows, 0), NULL);
	out->connections = connection_int(rows, 1);
	out->max_connections = connection_int(rows, 2);
	out->waiting = connection_int(rows, 3);
	out->longest_wait = connection_int(rows, 4);
	out->longest_transaction = connection_int(rows, 5);
	out->bytes = number(rows, 0, 6);
	out->standby = strcmp(connection_text(rows, 7), "t") == 0;
	out->synchronous = connection_text(rows, 8)[0] != '\0';
	PQclear(rows);
	return OK;
}

enum status watch_standbys(struct connection *c, watch_standby_listener tell, void *ctx)
{
	PGresult *rows;
	enum status r = connection_run(c, &rows, sql_standbys, 0, NULL);

	if (r != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++) {
		struct watch_standby s = {.name = PQgetvalue(rows, i, 0),
		                          .state = PQgetvalue(rows, i, 1),
		                          .sync = PQgetvalue(rows, i, 2),
		                          .lag_seconds = strtod(PQgetvalue(rows, i, 3), NULL),
		                          .lag_bytes = number(rows, i, 4)};

		tell(ctx, &s);
	}
	PQclear(rows);
	return OK;
}

enum status watch_logins(struct connection *c, struct watch_logins *out, int seconds)
{
	char text[16];
	struct connection_value values[] = {CONNECTION_TEXT(text)};
	PGresult *rows;
	enum status r;

	snprintf(text, sizeof text, "%d", seconds);
	if ((r = one_row(c, &rows, sql_logins, 4, 1, values)) != OK)
		return r;
	out->failed = number(rows, 0, 0);
	out->slowed = number(rows, 0, 1);
	out->sessions = number(rows, 0, 2);
	out->waiting = number(rows, 0, 3);
	PQclear(rows);
	return OK;
}

enum status watch_turnout(struct connection *c, struct watch_turnout *out)
{
	PGresult *rows;
	enum status r = one_row(c, &rows, sql_turnout, 3, 0, NULL);

	if (r != OK)
		return r;
	out->voters = number(rows, 0, 0);
	out->ballots = number(rows, 0, 1);
	snprintf(out->state, sizeof out->state, "%s", connection_text(rows, 2));
	PQclear(rows);
	return OK;
}

enum status watch_hours(struct connection *c, watch_hour_listener tell, void *ctx)
{
	PGresult *rows;
	enum status r = connection_run(c, &rows, sql_hours, 0, NULL);

	if (r != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		tell(ctx, PQgetvalue(rows, i, 0), number(rows, i, 1));
	PQclear(rows);
	return OK;
}
