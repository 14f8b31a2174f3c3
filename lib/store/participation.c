/* See participation.h. */
#include "store/participation.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdlib.h>

static const char sql_hours[] = "SELECT o_hour, o_ballots FROM vemre.participation_by_hour()";

enum status participation_tell(struct connection *c, participation_listener tell, void *ctx)
{
	PGresult *rows;
	moment hour;
	enum status r;

	if ((r = connection_run(c, &rows, sql_hours, 0, NULL)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows) && r == OK; i++)
		r = moment_parse(&hour, PQgetvalue(rows, i, 0))
		            ? tell(ctx, hour, strtoull(PQgetvalue(rows, i, 1), NULL, 10))
		            : fault(E_FAILED, NULL, _("base de datos: una función no respondió como se esperaba"));
	PQclear(rows);
	return r;
}
