/* GET /api/status. */
#include "backend/backend.h"
#include "base/json.h"

void status_get(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	struct voting_status s;

	(void)q;
	if (voting_status(w->db, &s) != OK || !s.opened) {
		route_busy(a);
		return;
	}
	a->body = json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:b, s:b}", "election", s.slug, "eid", json_hex(s.eid, 32),
	                    "credentials_sha256", json_hex(s.credentials_sha256, 32), "state", s.state, "now", s.now,
	                    "opens", s.opens, "closes", s.closes, "simulation", (int)s.simulation, "totp", (int)w->backend->totp);
}
