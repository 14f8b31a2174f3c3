/* GET /api/box/TRACKER or /api/box/CODE: is it in the box? For anybody, during and after. */
#include "backend/backend.h"
#include "base/hex.h"
#include "base/json.h"
#include "protocol/hash.h"
#include <string.h>

/* By the code that people read: the first 100 bits of the tracker. */
static void find_code(struct worker *w, struct http_answer *a, const char *code)
{
	uint8_t first[32], last[32], tracker[32];
	char shown[CODE_SIZE];
	bool found;

	if (!hash_read_code(first, last, code)) {
		http_refuse(a, REFUSAL_BAD_REQUEST);
		return;
	}
	hash_code(shown, first);
	if (voting_in_box_between(w->db, &found, tracker, first, last) != OK)
		route_busy(a);
	else
		a->body = json_pack("{s:s, s:o, s:b}", "code", shown, "tracker", found ? json_hex(tracker, 32) : json_null(),
		                    "in_box", (int)found);
}

void box_find(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const char *hex = q->path + strlen("/api/box/");
	uint8_t tracker[32];
	bool found;

	if (!hex_decode_vartime(tracker, sizeof tracker, hex, strlen(hex)))
		find_code(w, a, hex);
	else if (voting_in_box(w->db, &found, tracker) != OK)
		route_busy(a);
	else
		a->body = json_pack("{s:s, s:b}", "tracker", hex, "in_box", (int)found);
}
