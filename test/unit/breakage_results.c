/* Breakages of results.json: figures, fields and lists that are not what the votes give. */
#include "base/file.h"
#include "base/json.h"
#include "unit/breakage.h"
#include "unit/sample.h"
#include <string.h>

#define F VERIFY_FAILS
#define RESULT(n, s, f) {.name = "results-" n, .shape = "whole", .check = CHECK_RESULTS, .outcome = F, .about = s, .alter = f}
#define OTHER(n, shape_, s, f) {.name = "results-" n, .shape = shape_, .check = CHECK_RESULTS, .outcome = F, .about = s, .alter = f}

static enum status results(struct whole *w, const char *path, json_t *value)
{
	json_t *root = json_load_file(whole_path(w, "results.json"), 0, NULL);
	struct buffer b = BUFFER_INIT;
	enum status r;

	if (value != NULL)
		sample_set(root, path, value);
	else
		sample_remove(root, path);
	if ((r = json_write(&b, root)) == OK)
		r = file_replace(whole_path(w, "results.json"), b.data, b.len, 0644);
	buffer_free(&b);
	json_decref(root);
	return r;
}

static json_int_t now(struct whole *w, const char *path)
{
	json_t *root = json_load_file(whole_path(w, "results.json"), 0, NULL);
	json_int_t v = json_integer_value(sample_at(root, path));

	json_decref(root);
	return v;
}

static json_t *list_object(struct whole *w, const char *path)
{
	json_t *root = json_load_file(whole_path(w, "results.json"), 0, NULL), *v = json_deep_copy(sample_at(root, path));

	json_decref(root);
	return v;
}

#define ONE_MORE(name, path)                                                                                           \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return results(w, path, json_integer(now(w, path) + 1));                                               \
	}
ONE_MORE(more_option, "lists.0.options.nopal")
ONE_MORE(more_null, "lists.0.null")
ONE_MORE(more_malformed, "lists.0.malformed")
ONE_MORE(more_unregistered, "lists.0.unregistered")
ONE_MORE(more_credited, "lists.1.credited.cenzontle")
ONE_MORE(more_candidate, "lists.2.candidates.formula-2")
ONE_MORE(more_combination, "lists.0.combinations.jacaranda+maguey")
ONE_MORE(more_write_in, "lists.0.write_ins.Nadie")

static enum status real_number(struct whole *w)
{
	return results(w, "lists.0.total", json_real(12.0));
}

static enum status text_number(struct whole *w)
{
	return results(w, "lists.0.total", json_string("12"));
}

static enum status option_gone(struct whole *w)
{
	return results(w, "lists.0.options.nopal", NULL);
}

static enum status write_in_gone(struct whole *w) /* the write-in of whichever list has one */
{
	return results(w, "lists.0.write_ins", json_object());
}

static enum status zero_combination(struct whole *w)
{
	return results(w, "lists.0.combinations.colibri+nopal", json_integer(0));
}

static enum status field_gone(struct whole *w)
{
	return results(w, "lists.0.malformed", NULL);
}

static enum status field_more(struct whole *w)
{
	return results(w, "lists.0.district", json_string("09"));
}

static enum status district_gone(struct whole *w)
{
	return results(w, "lists.2.district", NULL);
}

static enum status list_gone(struct whole *w)
{
	return results(w, "lists.3", NULL);
}

static enum status list_more(struct whole *w)
{
	return results(w, "lists.9", list_object(w, "lists.3"));
}

static enum status lists_exchanged(struct whole *w)
{
	json_t *a = list_object(w, "lists.0"), *b = list_object(w, "lists.1");

	TRY(results(w, "lists.0", b));
	return results(w, "lists.1", a);
}

static enum status eid(struct whole *w)
{
	uint8_t bytes[32] = {0};

	return results(w, "eid", json_hex(bytes, 32));
}

static enum status of_an_array(struct whole *w)
{
	TRY(breakage_edit(w, EDIT_EMPTY, "results.json", NULL, NULL, 0));
	return breakage_edit(w, EDIT_APPEND, "results.json", NULL, "[]", 0);
}

static enum status lists_null(struct whole *w)
{
	return results(w, "lists", json_null());
}

static enum status zero_list_gone(struct whole *w) /* of three-mixes: district 14, where nobody voted */
{
	for (size_t l = 0; l < w->plan->n; l++)
		if (w->plan->lists[l].total == 0 && strcmp(w->plan->lists[l].name, "senadurias.14") == 0) {
			char path[] = "lists.0";

			path[6] = (char)('0' + l);
			return results(w, path, NULL);
		}
	return E_FAILED;
}

static enum status withheld_opened(struct whole *w)
{
	json_t *x = list_object(w, "lists.0");

	json_object_set_new(x, "list", json_string("jefatura-cdmx"));
	return results(w, "lists.1", x);
}

static enum status withheld_false(struct whole *w)
{
	return results(w, "lists.1.withheld", json_false());
}

static enum status withheld_total(struct whole *w)
{
	return results(w, "lists.1.total", json_integer(3));
}

const struct breakage BREAKAGES_RESULTS[] = {
    RESULT("option", "options", more_option),
    RESULT("null", "null", more_null),
    RESULT("malformed", "malformed", more_malformed),
    RESULT("unregistered", "unregistered", more_unregistered),
    RESULT("credited", "credited", more_credited),
    RESULT("candidate", "candidates", more_candidate),
    RESULT("combination", "combinations", more_combination),
    RESULT("write-in", "write_ins", more_write_in),
    RESULT("total-real", "total", real_number),
    RESULT("total-text", "total", text_number),
    RESULT("option-gone", "options", option_gone),
    OTHER("write-in-gone", "plain", "write_ins", write_in_gone),
    RESULT("combination-of-zero", "combinations", zero_combination),
    RESULT("field-gone", "malformed", field_gone),
    RESULT("field-more", "sobran", field_more),
    RESULT("district-gone", "district", district_gone),
    RESULT("list-gone", "3 listas", list_gone),
    RESULT("list-more", "5 listas", list_more),
    RESULT("lists-exchanged", "presidencia", lists_exchanged),
    RESULT("eid", "eid", eid),
    RESULT("of-an-array", "results.json", of_an_array),
    RESULT("lists-null", "0 listas", lists_null),
    OTHER("zero-list-gone", "three-mixes", "listas", zero_list_gone),
    OTHER("withheld-opened", "withheld", "jefatura-cdmx", withheld_opened),
    OTHER("withheld-false", "withheld", "withheld", withheld_false),
    OTHER("withheld-total", "withheld", "total", withheld_total),
    {.name = NULL},
};
