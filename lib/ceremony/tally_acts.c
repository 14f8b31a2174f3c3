/* The tally's documents (tally.h, numerals 33 to 35): an act per list, the results as CSV; their signing and delivery. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/tally_parts.h"
#include "report/tally_act.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tally_session(struct report_session *out, struct tally *t)
{
	const struct keys_file *keys = t->early->keys;

	*out = (struct report_session){.place = t->attendance.place, .when = moment_now(), .members = t->members,
	                               .n_members = keys->cards, .notary = t->attendance.notary,
	                               .hsm_admin = t->attendance.hsm_admin, .coordinator = t->attendance.coordinator};
	for (unsigned i = 0; i < keys->cards; i++) {
		t->members[i] = (struct report_member){.name = keys->members[i].name, .card = i + 1,
		                                       .absent = t->attendance.absent[i]};
		for (unsigned j = 0; j < t->lottery.m; j++)
			t->members[i].drawn |= t->lottery.order[j] == i + 1;
	}
	steps_report(t->steps, out);
}

static char *act_path(const struct tally *t, const char *list)
{
	char name[128];

	snprintf(name, sizeof name, "acta-%s.pdf", list);
	return file_path(t->documents, name, NULL);
}

/* By results.json, which names every list that has an act. */
bool tally_acts_there(const struct tally *t)
{
	char *path = file_path(t->record, "results.json", NULL);
	json_t *results = NULL, *lists, *list;
	size_t i;
	bool there = path != NULL && file_exists(path) && json_read(&results, path, JSON_MAX_FILE) == OK;

	free(path);
	lists = json_object_get(results, "lists");
	json_array_foreach(lists, i, list) {
		const char *name = json_string_value(json_object_get(list, "list"));

		path = name != NULL ? act_path(t, name) : NULL;
		there = there && path != NULL && file_exists(path);
		free(path);
	}
	json_decref(results);
	return there;
}

/* ---- results.csv: what spreadsheets read; ids only, so that no field needs a quote */

static void csv_row(struct buffer *out, const json_t *list, const char *kind, const char *id, const json_t *votes)
{
	const char *district = json_string_value(json_object_get(list, "district"));

	buffer_printf(out, "%s,%s,%s,%s,%s,%lld\n", json_string_value(json_object_get(list, "list")),
	              json_string_value(json_object_get(list, "contest")), district != NULL ? district : "", kind, id,
	              (long long)json_integer_value(votes));
}

static void csv_list(struct buffer *out, const json_t *list)
{
	static const char *const groups[][2] = {{"options", "option"}, {"combinations", "combination"},
	                                        {"candidates", "candidate"}, {"credited", "credited"}};
	static const char *const totals[] = {"unregistered", "null", "malformed", "total"};
	const char *id;
	json_t *votes;

	if (json_is_true(json_object_get(list, "withheld"))) {
		csv_row(out, list, "withheld", "", json_object_get(list, "total"));
		return;
	}
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
		json_object_foreach(json_object_get(list, groups[g][0]), id, votes)
			csv_row(out, list, groups[g][1], id, votes);
	for (size_t k = 0; k < sizeof totals / sizeof *totals; k++)
		csv_row(out, list, totals[k], "", json_object_get(list, totals[k]));
}

static enum status write_csv(struct tally *t)
{
	char *from = file_path(t->record, "results.json", NULL), *to = file_path(t->documents, "results.csv", NULL);
	struct buffer out = BUFFER_INIT;
	json_t *results = NULL, *list;
	enum status r = E_FAILED;
	size_t i;

	if (from == NULL || to == NULL || (r = json_read(&results, from, JSON_MAX_FILE)) != OK)
		goto done;
	buffer_text(&out, "list,contest,district,kind,id,votes\n");
	json_array_foreach(json_object_get(results, "lists"), i, list)
		csv_list(&out, list);
	if (!buffer_ok(&out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	else if ((r = file_replace(to, out.data, out.len, 0644)) == OK)
		report_info("%s", to);
done:
	json_decref(results);
	buffer_free(&out);
	free(from);
	free(to);
	return r;
}

/* ---- acts */

static enum status write_act(struct tally *t, const struct report_session *session, size_t l)
{
	const struct election_lists *lists = t->v->ballots->lists;
	struct report_tally act = {.definition = t->v->record.definition, .lists = lists, .list = l, .count = t->counts[l],
	                           .has_list = t->last[l] != NULL, .session = session};
	char *path = act_path(t, lists->lists[l].name);
	enum status r = path != NULL ? OK : E_FAILED;

	memcpy(act.eid, t->v->record.eid, 32);
	memcpy(act.box_sha256, t->v->box_sha256, 32);
	memcpy(act.results_sha256, t->results_sha256, 32);
	if (act.has_list)
		memcpy(act.list_sha256, t->last[l]->sha256, 32);
	if (path != NULL && !file_exists(path))
		r = report_tally_act(path, &act);
	if (r == OK)
		report_info("%s", path);
	free(path);
	return r;
}

enum status tally_acts(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	size_t n = t->v->ballots->lists->n;
	struct report_session session;
	enum status r;

	tally_session(&session, t);
	r = write_csv(t);
	for (size_t l = 0; r == OK && l < n; l++)
		r = write_act(t, &session, l);
	return r == OK ? steps_fact(s, N_("Se imprimieron %zu actas de cómputo, una por lista."), n) : r;
}

enum status tally_signatures(struct steps *s, void *ctx)
{
	enum status r;

	(void)ctx;
	if ((r = steps_demand(s, N_("¿Firmaron las actas de cómputo los integrantes presentes del Comité Electoral?"),
	                      N_("las actas no están firmadas (numeral 34)"))) != OK)
		return r;
	return steps_demand(s, N_("¿Se entregaron las actas a sus destinatarios?"),
	                    N_("las actas no se han entregado (numeral 35)"));
}
