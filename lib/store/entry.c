/* See entry.h. */
#include "store/entry.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sql_add[] = "SELECT vemre.entry_add($1, $2::bigint, $3, $4, $5, $6::integer[])";
static const char sql_last[] = "SELECT * FROM vemre.last_entry()";
static const char sql_entries[] = "SELECT * FROM vemre.entries($1::bigint, $2::bigint)";
static const char sql_account[] = "SELECT vemre.synthetic_voter($1, $2, $3)";
static const char sql_sample[] = "SELECT vemre.sample_add($1, $2, $3, $4::bigint, $5::bigint)";
static const char sql_samples[] = "SELECT * FROM vemre.samples($1::bigint, $2::bigint)";

const char *const entry_step_words[ENTRY_STEPS] = {"status", "login", "code", "enter", "session", "leave"};
const char *const entry_outcome_words[ENTRY_OUTCOMES] = {"ok", "place", "failed"};

enum entry_step entry_step_of(const char *word)
{
	enum entry_step i = 0;

	while (i < ENTRY_STEPS && strcmp(entry_step_words[i], word) != 0)
		i++;
	return i;
}

enum entry_outcome entry_outcome_of(const char *word)
{
	enum entry_outcome i = 0;

	while (i < ENTRY_OUTCOMES && strcmp(entry_outcome_words[i], word) != 0)
		i++;
	return i;
}

static enum status strange(void)
{
	return fault(E_FAILED, NULL, _("base de datos: una función no respondió como se esperaba"));
}

static void number_text(char out[24], moment when)
{
	snprintf(out, 24, "%lld", (long long)when);
}

enum status entry_add(struct connection *c, const struct entry *e)
{
	char began[24], times[16 * ENTRY_STEPS] = "{";
	struct connection_value values[] = {CONNECTION_TEXT(e->prober),
	                                    CONNECTION_TEXT(began),
	                                    CONNECTION_TEXT(entry_outcome_words[e->outcome]),
	                                    CONNECTION_TEXT(entry_step_words[e->step]),
	                                    CONNECTION_TEXT(e->detail),
	                                    CONNECTION_TEXT(times)};
	PGresult *rows;
	enum status r;

	number_text(began, e->began * 1000 + e->fraction);
	for (int i = 0; i < ENTRY_STEPS; i++) {
		size_t len = strlen(times);

		if (e->milliseconds[i] < 0)
			snprintf(times + len, sizeof times - len, "%sNULL", i > 0 ? "," : "");
		else
			snprintf(times + len, sizeof times - len, "%s%d", i > 0 ? "," : "", e->milliseconds[i]);
	}
	strcat(times, "}");
	if ((r = connection_run(c, &rows, sql_add, sizeof values / sizeof *values, values)) == OK)
		PQclear(rows);
	return r;
}

/* outcome, step, detail, milliseconds: four columns from `column` on. */
static bool read_entry(struct entry *out, const PGresult *rows, int row, int column)
{
	const char *at = PQgetvalue(rows, row, column + 3);

	out->outcome = entry_outcome_of(PQgetvalue(rows, row, column));
	out->step = entry_step_of(PQgetvalue(rows, row, column + 1));
	snprintf(out->detail, sizeof out->detail, "%s", PQgetvalue(rows, row, column + 2));
	for (int i = 0; i < ENTRY_STEPS; i++) {
		out->milliseconds[i] = *at == '-' ? -1 : (int)strtol(at, NULL, 10);
		at += strcspn(at, ",");
		at += *at == ',';
	}
	return out->outcome < ENTRY_OUTCOMES && out->step < ENTRY_STEPS;
}

enum status entry_last(struct connection *c, struct entry_last *out)
{
	PGresult *rows;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql_last, 0, NULL)) != OK)
		return r;
	if (PQntuples(rows) != 1 || PQnfields(rows) != 8) {
		r = strange();
		goto done;
	}
	out->account = connection_text(rows, 0)[0] == 't';
	out->any = !connection_null(rows, 1);
	out->age = strtol(connection_text(rows, 1), NULL, 10);
	snprintf(out->state, sizeof out->state, "%s", connection_text(rows, 7));
	out->ok_age = connection_null(rows, 6) ? -1 : strtol(connection_text(rows, 6), NULL, 10);
	if (out->any && !read_entry(&out->entry, rows, 0, 2))
		r = strange();
	out->entry.began = moment_now() - out->age;
done:
	PQclear(rows);
	return r;
}

/* A query of two moments, Unix seconds as text. The rows: the caller's. */
static enum status rows_between(struct connection *c, PGresult **rows, const char *sql, moment from, moment to)
{
	char first[24], last[24];
	struct connection_value values[] = {CONNECTION_TEXT(first), CONNECTION_TEXT(last)};

	number_text(first, from);
	number_text(last, to);
	return connection_run(c, rows, sql, 2, values);
}

enum status entry_tell(struct connection *c, moment from, moment to, entry_listener tell, void *ctx)
{
	PGresult *rows;
	enum status r;

	if ((r = rows_between(c, &rows, sql_entries, from, to)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows) && r == OK; i++) {
		struct entry e = {.began = strtoll(PQgetvalue(rows, i, 0), NULL, 10)};

		if (read_entry(&e, rows, i, 1))
			tell(ctx, &e);
		else
			r = strange();
	}
	PQclear(rows);
	return r;
}

enum status entry_account(struct connection *c, bool *again, const char *username, const uint8_t auth_sha256[32],
                          const char *phone)
{
	struct connection_value values[] = {CONNECTION_TEXT(username), CONNECTION_BYTES(auth_sha256, 32), CONNECTION_TEXT(phone)};
	const char *outcome;
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql_account, 3, values)) != OK)
		return r;
	outcome = connection_text(rows, 0);
	*again = strcmp(outcome, "again") == 0;
	if (strcmp(outcome, "closed") == 0)
		r = fault(E_STATE, NULL, _("la votación ya se cerró"));
	else if (strcmp(outcome, "not-opened") == 0)
		r = fault(E_STATE, _("primero open-election"), _("la elección no se ha abierto"));
	PQclear(rows);
	return r;
}

enum status sample_add(struct connection *c, const struct sample *s)
{
	char began[24], ended[24];
	struct connection_value values[] = {CONNECTION_TEXT(s->watcher), CONNECTION_TEXT(s->component), CONNECTION_TEXT(s->light),
	                                    CONNECTION_TEXT(began), CONNECTION_TEXT(ended)};
	PGresult *rows;
	enum status r;

	number_text(began, s->began);
	number_text(ended, s->ended);
	if ((r = connection_run(c, &rows, sql_sample, sizeof values / sizeof *values, values)) == OK)
		PQclear(rows);
	return r;
}

enum status sample_tell(struct connection *c, moment from, moment to, sample_listener tell, void *ctx)
{
	PGresult *rows;
	enum status r;

	if ((r = rows_between(c, &rows, sql_samples, from, to)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows) && r == OK; i++) {
		struct sample s = {.began = strtoll(PQgetvalue(rows, i, 2), NULL, 10), .ended = strtoll(PQgetvalue(rows, i, 3), NULL, 10)};

		snprintf(s.component, sizeof s.component, "%s", PQgetvalue(rows, i, 0));
		snprintf(s.light, sizeof s.light, "%s", PQgetvalue(rows, i, 1));
		r = tell(ctx, &s);
	}
	PQclear(rows);
	return r;
}
