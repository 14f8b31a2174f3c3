/* See results.h. */
#include "record/results.h"
#include "base/json.h"

static json_t *withheld(const struct election_list *x)
{
	return json_pack("{s:s, s:s, s:I, s:b}", "list", x->contest->id, "contest", x->contest->id, "total",
	                 (json_int_t)x->total, "withheld", 1);
}

json_t *results_json(const uint8_t eid[32], const struct election_lists *lists, const struct definition *d,
                     struct count *const *counts)
{
	json_t *all = json_array();

	for (size_t l = 0; l < lists->n; l++) {
		const struct election_list *x = &lists->lists[l];
		const char *district = x->district >= 0 ? d->districts[x->district].id : NULL;

		if (json_array_append_new(all, x->withheld ? withheld(x) : count_json(counts[l], x->name, district)) != 0) {
			json_decref(all);
			return NULL;
		}
	}
	return json_pack("{s:s, s:o, s:o}", "format", "VEMRE-V1", "eid", json_hex(eid, 32), "lists", all);
}
