/* Verifier: openings, challenges, count (PROTOCOL 6, 11, 12). */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/report.h"
#include "protocol/challenge.h"
#include "protocol/decryption.h"
#include "record/vote_check.h"
#include "record/results.h"
#include "record/verify_parts.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CHALLENGES_MAX = 1000, CHALLENGES_MAX_FILE = 8 << 20 };

struct list_votes {
	struct verify *v;
	const struct election_list *plan;
	struct verified_list *list;
	struct envelope_sealer *sealer;
};

enum { TOGETHER = 2048 };

struct together {
	bool decodes[TOGETHER];
	uint8_t inner[TOGETHER][INNER_MAX];
};

static enum status check_together(const struct list_votes *x, struct together *t, uint64_t from, size_t n)
{
	const struct contest *c = x->plan->contest;
	const char *why;
	size_t bad;
	enum status s;

	if ((s = decryption_inner_many(t->decodes, t->inner, c->w, &x->list->last->points[from * (c->w + 1)],
	                               &x->list->factors[from * c->w], n)) != OK ||
	    (s = vote_check_many(&bad, &why, &x->v->votes[x->list->first_vote + from], &x->v->record, c, t->decodes,
	                         (const uint8_t(*)[INNER_MAX])t->inner, n, x->sealer)) != OK)
		return s;
	return bad == n ? OK
	                : fault(E_EVIDENCE, NULL, _("voto %llu de «%s»: %s"), (unsigned long long)(from + bad),
	                        x->plan->name, why);
}

static enum status check_range(void *ctx, uint64_t from, uint64_t to)
{
	struct together *t = malloc(sizeof *t);
	enum status s = t != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria para los votos"));

	for (uint64_t at = from; s == OK && at < to; at += TOGETHER)
		s = check_together(ctx, t, at, to - at < TOGETHER ? to - at : TOGETHER);
	free(t);
	return s;
}

static enum status check_list(struct list_votes *x)
{
	const struct contest *c = x->plan->contest;
	enum status s = envelope_sealer_new(&x->sealer, c->w, x->v->record.eid, c->id, &x->v->record.keys->election_key);

	if (s == OK)
		s = parallel_for(x->list->last->n, 16, check_range, x);
	envelope_sealer_free(x->sealer);
	return s;
}

/* Tells the report of one more vote and counts it. */
static enum status tally(struct verify *v, struct verified_list *l, const struct opened_vote *vote)
{
	struct verify_report *r = v->report;

	r->items[CHECK_VOTES]++;
	r->malformed += vote->status != VOTE_VALID;
	r->undecodable += vote->status == VOTE_UNDECODABLE;
	r->off_curve += vote->status == VOTE_OFF_CURVE;
	r->mismatches += vote->status == VOTE_MISMATCH;
	if (vote->status == VOTE_VALID)
		return count_add(l->count, vote->plain);
	count_add_malformed(l->count);
	return OK;
}

static enum status read_votes(struct verify *v, const uint8_t *csv, size_t len)
{
	const struct election_lists *plan = v->ballots->lists;
	struct reader r = reader_of(csv, len);
	uint64_t at = 0;
	enum status s;

	for (size_t l = 0; l < plan->n; l++)
		v->n_votes += v->lists[l].last != NULL ? v->lists[l].last->n : 0;
	if ((v->votes = calloc(v->n_votes + 1, sizeof *v->votes)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para los votos"));
	for (size_t l = 0; l < plan->n; l++) {
		v->lists[l].first_vote = at;
		for (uint64_t i = 0; v->lists[l].last != NULL && i < v->lists[l].last->n; i++, at++)
			if ((s = votes_read(&v->votes[at], &r, plan->lists[l].name, i, plan->lists[l].contest->w)) != OK)
				return s;
	}
	return reader_end(&r) ? OK : fault(E_EVIDENCE, NULL, _("decrypted-votes.csv: sobran líneas"));
}

enum status verify_votes(struct verify *v)
{
	const struct election_lists *plan = v->ballots->lists;
	char *path = verify_path(v, "decrypted-votes.csv");
	const uint8_t *csv = NULL;
	size_t len = 0;
	enum status s = path != NULL ? file_map(&csv, &len, path) : E_FAILED;

	free(path);
	if (s == OK)
		s = read_votes(v, csv, len);
	file_unmap(csv, len);
	for (size_t l = 0; s == OK && l < plan->n; l++) {
		struct list_votes x = {v, &plan->lists[l], &v->lists[l], NULL};

		if (plan->lists[l].withheld)
			continue;
		if ((s = count_new(&v->lists[l].count, plan->lists[l].contest)) != OK || x.list->last == NULL)
			continue;
		s = check_list(&x);
		for (uint64_t i = 0; s == OK && i < x.list->last->n; i++)
			s = tally(v, x.list, &v->votes[x.list->first_vote + i]);
	}
	return s;
}

/* The vote that a challenge names. NULL: none, or no mismatch. */
static struct opened_vote *challenged_vote(const struct verify *v, const char *list, int64_t idx)
{
	for (size_t l = 0; l < v->ballots->lists->n; l++) {
		const struct verified_list *x = &v->lists[l];
		struct opened_vote *vote;

		if (strcmp(v->ballots->lists->lists[l].name, list) != 0 || x->last == NULL || (uint64_t)idx >= x->last->n)
			continue;
		vote = &v->votes[x->first_vote + (uint64_t)idx];
		return vote->status == VOTE_MISMATCH ? vote : NULL;
	}
	return NULL;
}

/* Who is to be trusted for it; a name that does not fit leaves "…". */
static void add_observer(struct verify_report *r, const char *observer)
{
	char name[sizeof r->observers], *end = r->observers + strlen(r->observers);
	size_t left = sizeof r->observers - (size_t)(end - r->observers), len;

	snprintf(name, sizeof name, "%s", observer);
	report_disarm(name);
	for (char *p = name; (p = strchr(p, ';')) != NULL;) /* one name is one, whatever stands in it */
		*p = ',';
	if (name[0] == '\0')
		snprintf(name, sizeof name, "?");
	len = strlen(name);
	for (const char *p = r->observers; (p = strstr(p, name)) != NULL; p++)
		if ((p == r->observers || (p >= r->observers + 2 && p[-2] == ';')) && (p[len] == ';' || p[len] == '\0'))
			return;
	if (len + sizeof "; ; …" < left)
		snprintf(end, left, "%s%s", end == r->observers ? "" : "; ", name);
	else if (strstr(r->observers, "; …") == NULL)
		snprintf(end, left, "; …");
}

static enum status check_challenge(struct verify *v, const json_t *o, size_t number, bool *challenged)
{
	struct opened_vote *vote;
	uint8_t bytes[32], answer[32];
	struct scalar u, w;
	struct point r;
	const char *list, *observer;
	char where[64];
	int64_t idx;
	bool holds;
	enum status s;

	snprintf(where, sizeof where, "challenges.json: challenges[%zu]", number);
	if ((s = json_fields(o, where, "list", "idx", "observer", "u", "v", "answer", NULL)) != OK ||
	    (s = json_string_of(&list, o, where, "list")) != OK ||
	    (s = json_string_of(&observer, o, where, "observer")) != OK ||
	    (s = json_int_of(&idx, 0, INT64_MAX, o, where, "idx")) != OK ||
	    (s = json_hex_of(bytes, 32, o, where, "u")) != OK)
		return s;
	if (!scalar_read(&u, bytes))
		return fault(E_EVIDENCE, NULL, _("%s: u no es menor que n"), where);
	if ((s = json_hex_of(bytes, 32, o, where, "v")) != OK)
		return s;
	if (!scalar_read(&w, bytes))
		return fault(E_EVIDENCE, NULL, _("%s: v no es menor que n"), where);
	if ((s = json_hex_of(answer, 32, o, where, "answer")) != OK)
		return s;
	if ((vote = challenged_vote(v, list, idx)) == NULL)
		return fault(E_EVIDENCE, NULL, _("%s: el voto %lld de «%s» no es un voto no coincidente"), where,
		             (long long)idx, list);
	if (!envelope_inner_point(&r, vote->inner))
		return fault(E_EVIDENCE, NULL, _("%s: X no está en la curva"), where);
	if ((s = challenge_holds(&holds, &r, &vote->w, &v->record.keys->election_key, &u, &w, answer)) != OK)
		return s;
	if (!holds)
		return fault(E_EVIDENCE, NULL, _("%s: el reto al voto %lld de «%s» no se cumple"), where, (long long)idx,
		             list);
	challenged[vote - v->votes] = true;
	add_observer(v->report, observer);
	return OK;
}

static enum status read_challenges(struct verify *v, const json_t *root, bool *challenged)
{
	const json_t *list, *o;
	enum status s;
	size_t i;

	if ((s = json_fields(root, "challenges.json", "format", "challenges", NULL)) != OK ||
	    (s = json_format_of(root, "challenges.json")) != OK)
		return s;
	list = json_object_get(root, "challenges");
	if (!json_is_array(list) || json_array_size(list) > CHALLENGES_MAX)
		return fault(E_EVIDENCE, NULL, _("challenges.json: «challenges» no es una lista de %d a lo más"),
		             CHALLENGES_MAX);
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
		if ((s = check_challenge(v, o, i, challenged)) != OK)
			return s;
	v->report->items[CHECK_CHALLENGES] = json_array_size(list);
	return OK;
}

enum status verify_challenges(struct verify *v)
{
	char *path = verify_path(v, "challenges.json");
	bool *challenged = calloc(v->n_votes + 1, sizeof *challenged);
	json_t *root = NULL;
	enum status s = OK;

	if (path == NULL || challenged == NULL)
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	else if (file_exists(path) && (s = json_read(&root, path, CHALLENGES_MAX_FILE)) == OK)
		s = read_challenges(v, root, challenged);
	if (s == OK) {
		for (uint64_t i = 0; i < v->n_votes; i++)
			v->report->challenged += challenged[i];
		if (v->report->challenged < v->report->mismatches)
			s = fault(E_UNPROVED, NULL,
			          _("%llu votos no coincidentes sin un reto que los pruebe: su nulidad descansa en la palabra del cómputo"),
			          (unsigned long long)(v->report->mismatches - v->report->challenged));
	}
	json_decref(root);
	free(challenged);
	free(path);
	return s;
}

/* Where two results differ, for the message: the first list and field. */
static enum status name_difference(const json_t *mine, const json_t *file)
{
	const json_t *a = json_object_get(mine, "lists"), *b = json_object_get(file, "lists"), *x;
	const char *field;
	json_t *value;
	size_t i;

	if (!json_equal(json_object_get(mine, "eid"), json_object_get(file, "eid")))
		return fault(E_EVIDENCE, NULL, _("results.json: el eid no es el de la elección"));
	if (json_array_size(a) != json_array_size(b))
		return fault(E_EVIDENCE, NULL, _("results.json: %zu listas y deben ser %zu"), json_array_size(b),
		             json_array_size(a));
	json_array_foreach((json_t *)(uintptr_t)a, i, x) {
		const json_t *y = json_array_get(b, i);

		if (json_equal(x, y))
			continue;
		json_object_foreach((json_t *)(uintptr_t)x, field, value)
			if (!json_equal(value, json_object_get(y, field)))
				return fault(E_EVIDENCE, NULL, _("results.json: lista «%s»: «%s» no es lo que dan los votos"),
				             json_string_value(json_object_get(x, "list")), field);
		return fault(E_EVIDENCE, NULL, _("results.json: lista «%s»: campos que sobran"),
		             json_string_value(json_object_get(x, "list")));
	}
	return fault(E_EVIDENCE, NULL, _("results.json: campos que sobran o de otro valor"));
}

enum status verify_results(struct verify *v)
{
	const struct election_lists *plan = v->ballots->lists;
	struct count **counts = calloc(plan->n, sizeof *counts);
	char *path = verify_path(v, "results.json");
	json_t *mine = NULL, *file = NULL;
	enum status s = OK;

	if (counts == NULL || path == NULL)
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t l = 0; s == OK && l < plan->n; l++) {
		counts[l] = v->lists[l].count;
		if (counts[l] != NULL)
			s = count_finish(counts[l]);
	}
	if (s == OK && (mine = results_json(v->record.eid, plan, v->record.definition, counts)) == NULL)
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	/* However it is indented and escaped, the same value takes no more; what is larger is not parsed at all. */
	if (s == OK && (s = json_read(&file, path, (1 << 20) + 16 * json_dumpb(mine, NULL, 0, JSON_COMPACT))) == OK) {
		v->report->items[CHECK_RESULTS] = plan->n;
		if (!json_equal(mine, file))
			s = name_difference(mine, file);
	}
	json_decref(mine);
	json_decref(file);
	free(counts);
	free(path);
	return s;
}
