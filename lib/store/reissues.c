/* See reissues.h. */
#include "store/reissues.h"
#include "base/i18n.h"
#include "base/report.h"
#include "store/journal_rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sql_give[] = "SELECT * FROM vemre.reissue($1, $2, $3)";
static const char sql_lines[] = "SELECT line FROM vemre.reissue_lines WHERE journal = $1 AND line_no <= $2 ORDER BY line_no";
static const char sql_all[] = "SELECT line FROM vemre.reissues ORDER BY line COLLATE \"C\"";

static const struct {
	const char *outcome;
	enum status status;
	const char *text, *hint;
} refusals[] = {
        {"voted", E_REFUSED, N_("hay un voto en la urna con la credencial anterior: no se da otra"), NULL},
        {"old-unknown", E_REFUSED, N_("la credencial anterior no es de esta elección"), NULL},
        {"new-unknown", E_REFUSED, N_("la credencial nueva no es de esta elección"), NULL},
        {"old-not-active", E_REFUSED, N_("la credencial anterior no está en uso: ya se repuso, o es una reserva sin dar"),
         N_("la reposición parte de la última credencial de la persona")},
        {"new-not-spare", E_REFUSED, N_("la credencial nueva no es una reserva libre"), NULL},
        {"other-district", E_REFUSED, N_("la credencial nueva es de otra Entidad"), NULL},
        {"closed", E_STATE, N_("la votación ya cerró"), NULL},
        {"not-opened", E_STATE, N_("la elección no se ha abierto"), N_("primero open-election")},
};

enum status reissues_give(struct connection *c, const struct point *old, const struct point *fresh,
                          const uint8_t *signature, size_t signature_len, long long *journal, bool *again)
{
	struct connection_value values[] = {CONNECTION_BYTES(old->octets, POINT_BYTES),
	                                    CONNECTION_BYTES(fresh->octets, POINT_BYTES),
	                                    CONNECTION_BYTES(signature, signature_len)};
	PGresult *rows;
	const char *outcome;
	enum status r;

	if ((r = connection_run(c, &rows, sql_give, 3, values)) != OK)
		return r;
	outcome = connection_text(rows, 0);
	*journal = strtoll(connection_text(rows, 1), NULL, 10);
	*again = strcmp(outcome, "again") == 0;
	if (!*again && strcmp(outcome, "done") != 0) {
		r = E_FAILED;
		for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
			if (strcmp(refusals[i].outcome, outcome) == 0)
				r = fault(refusals[i].status, refusals[i].hint != NULL ? _(refusals[i].hint) : NULL, "%s",
				          _(refusals[i].text));
		if (r == E_FAILED)
			fault(r, NULL, _("base de datos: una función no respondió como se esperaba"));
	}
	PQclear(rows);
	return r;
}

enum status reissues_lines(struct connection *c, long long journal, uint64_t *number, uint8_t last[32],
                           reissues_listener tell, void *ctx)
{
	char id[24], most[24];
	struct connection_value values[] = {CONNECTION_TEXT(id), CONNECTION_TEXT(most)};
	PGresult *rows;
	enum status r;

	if ((r = journal_rows_seal(c, number, last)) != OK)
		return r;
	snprintf(id, sizeof id, "%lld", journal);
	snprintf(most, sizeof most, "%llu", (unsigned long long)*number);
	if ((r = connection_run(c, &rows, sql_lines, 2, values)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows) && r == OK; i++)
		r = tell(ctx, PQgetvalue(rows, i, 0));
	PQclear(rows);
	return r;
}

enum status reissues_export(struct connection *c, struct buffer *out)
{
	PGresult *rows;
	enum status r = connection_run(c, &rows, sql_all, 0, NULL);

	if (r != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		buffer_printf(out, "%s\n", PQgetvalue(rows, i, 0));
	PQclear(rows);
	return buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}
