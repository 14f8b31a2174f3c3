/* See journal_rows.h. */
#include "store/journal_rows.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines come by as many as this: a journal of any length in little memory. */
#define AT_A_TIME "2000"

static const char sql_seal[] = "SELECT * FROM vemre.journal_seal()";
static const char sql_lines[] = "SELECT line_no, line FROM vemre.journal_link WHERE line_no >= $1 ORDER BY line_no LIMIT " AT_A_TIME;
static const char sql_faults[] = "SELECT * FROM vemre.journal_faults($1)";
static const char sql_other[] = "SELECT vemre.journal_other($1, $2, $3)";

enum status journal_rows_seal(struct connection *c, uint64_t *lines, uint8_t last[32])
{
	PGresult *rows;
	size_t len;
	enum status r;

	if ((r = connection_run(c, &rows, sql_seal, 0, NULL)) != OK)
		return r;
	*lines = strtoull(connection_text(rows, 0), NULL, 10);
	if (!connection_bytes(rows, 1, last, 32, &len) || len != 32)
		r = fault(E_FAILED, NULL, _("base de datos: una función no respondió como se esperaba"));
	PQclear(rows);
	return r;
}

enum status journal_rows_tell(struct connection *c, uint64_t from, journal_rows_listener tell, void *ctx)
{
	char number[24];
	struct connection_value values[] = {CONNECTION_TEXT(number)};
	PGresult *rows;
	enum status r = OK;
	int n;

	do {
		snprintf(number, sizeof number, "%llu", (unsigned long long)from);
		if ((r = connection_run(c, &rows, sql_lines, 1, values)) != OK)
			return r;
		n = PQntuples(rows);
		for (int i = 0; i < n && r == OK; i++) {
			from = strtoull(PQgetvalue(rows, i, 0), NULL, 10);
			r = tell(ctx, from, PQgetvalue(rows, i, 1));
		}
		from++;
		PQclear(rows);
	} while (r == OK && n > 0);
	return r;
}

enum status journal_rows_faults(struct connection *c, uint64_t after)
{
	char number[24];
	struct connection_value values[] = {CONNECTION_TEXT(number)};
	PGresult *rows;
	enum status r;

	snprintf(number, sizeof number, "%llu", (unsigned long long)after);
	if ((r = connection_run(c, &rows, sql_faults, 1, values)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		r = fault(E_EVIDENCE, NULL,
		          PQgetvalue(rows, i, 1)[0] == 't' ? _("bitácora del servidor, línea %s: su renglón ya no está en la base de datos")
		                                           : _("bitácora del servidor, línea %s: su renglón en la base de datos dice otra cosa"),
		          PQgetvalue(rows, i, 0));
	PQclear(rows);
	return r;
}

enum status journal_rows_other(struct connection *c, const char *name, uint64_t lines, const uint8_t last[32])
{
	char number[24];
	struct connection_value values[] = {CONNECTION_TEXT(name), CONNECTION_TEXT(number), CONNECTION_BYTES(last, 32)};
	PGresult *rows;
	enum status r;

	snprintf(number, sizeof number, "%llu", (unsigned long long)lines);
	if ((r = connection_run(c, &rows, sql_other, 3, values)) == OK)
		PQclear(rows);
	return r;
}
