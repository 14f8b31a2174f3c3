/* GET /api/box/TRACKER: is it in the box? For anybody, during and after. */
#include "backend/backend.h"
#include "base/hex.h"
#include <string.h>

void box_find(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const char *hex = q->path + strlen("/api/box/");
	uint8_t tracker[32];
	bool found;

	if (!hex_decode_vartime(tracker, sizeof tracker, hex, strlen(hex)))
		http_refuse(a, REFUSAL_BAD_REQUEST);
	else if (voting_in_box(w->db, &found, tracker) != OK)
		route_busy(a);
	else
		a->body = json_pack("{s:s, s:b}", "tracker", hex, "in_box", (int)found);
}
