/* See verify_json.h. */
#include "record/verify_json.h"
#include <string.h>

static const char *const PHASES[] = {"opening", "closing", "mixing", "tally"};

bool verify_phase_read(enum verify_phase *out, const char *name)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(PHASES[i], name) == 0) {
			*out = (enum verify_phase)i;
			return true;
		}
	return false;
}

static const char *verdict(enum status s)
{
	switch (s) {
	case OK:
		return "holds";
	case E_UNPROVED:
		return "unproved";
	case E_INCOMPLETE:
		return "incomplete";
	case E_EVIDENCE:
		return "false";
	default:
		return "failed";
	}
}

static json_t *check_json(const struct verify_report *r, enum verify_check c)
{
	static const char *const outcomes[] = {"holds", "false", "missing", "unproved", "not-reached"};
	const char *reason = r->outcome[c] == VERIFY_HOLDS || r->reason[c][0] == '\0' ? NULL : r->reason[c];

	/* A reason may quote a hostile file's bytes: what is no UTF-8 is left out rather than the whole report. */
	json_t *text = reason != NULL ? json_string(reason) : json_null();

	if (text == NULL)
		text = json_string("?");
	return json_pack("{s:s, s:s, s:s, s:I, s:o}", "check", verify_check_id(c), "name", verify_check_name(c), "outcome",
	                 outcomes[r->outcome[c]], "items", (json_int_t)r->items[c], "reason", text);
}

json_t *verify_report_json(const struct verify_report *r, const char *folder, enum verify_phase until,
                           enum status status)
{
	json_t *checks = json_array(), *name = json_string(folder), *observers = json_string(r->observers);

	for (int c = 0; c < VERIFY_CHECKS; c++)
		if (json_array_append_new(checks, check_json(r, (enum verify_check)c)) != 0) {
			json_decref(checks);
			json_decref(name);
			json_decref(observers);
			return NULL;
		}
	return json_pack("{s:s, s:o, s:s, s:s, s:i, s:o, s:I, s:{s:I, s:I, s:I, s:I, s:o}, s:o}", "format", "VEMRE-V1", "record",
	                 name != NULL ? name : json_null(), "until", PHASES[until], "verdict", verdict(status), "status",
	                 (int)status, "eid", r->eid[0] != '\0' ? json_string(r->eid) : json_null(), "ballots",
	                 (json_int_t)r->ballots, "malformed", "undecodable", (json_int_t)r->undecodable, "off-curve",
	                 (json_int_t)r->off_curve, "mismatch", (json_int_t)r->mismatches, "challenged",
	                 (json_int_t)r->challenged, "observers", observers != NULL ? observers : json_string("?"), "checks", checks);
}
