/* See whole.h: from the sealed box to the results, as mixers and tally do, with a in software. */
#include "base/file.h"
#include "base/json.h"
#include "base/report.h"
#include "election/count.h"
#include "protocol/challenge.h"
#include "protocol/decryption.h"
#include "protocol/hash.h"
#include "record/chain.h"
#include "record/results.h"
#include "record/verify_parts.h"
#include "unit/whole.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status mix_list(struct whole *w, const struct verify *v, unsigned l)
{
	struct whole_list *x = &w->lists[l];
	unsigned wanted = w->d->mixes + w->shape->more_mixes, mixes = 0;
	struct list *last = NULL;

	x->plan = w->plan->lists[l];
	if (v->ballots->zero[l] == NULL)
		return OK;
	if (wanted > WHOLE_MIXES)
		return fault(E_FAILED, NULL, "too many mixes");
	for (unsigned j = 0; j <= wanted; j++) {
		char *path;

		if (j == 0)
			TRY(chain_follow(&last, &mixes, &v->record, x->plan.name, v->ballots->zero[l]));
		else
			TRY(chain_mix(&last, &mixes, &v->record, x->plan.name));
		path = chain_numbered(w->folder, x->plan.name, j, "list");
		TRY(list_open(&x->chain[j], path, w->eid, x->plan.name, x->plan.contest->w, x->plan.total));
		free(path);
	}
	list_free(last);
	x->mixes = wanted;
	return OK;
}

enum status whole_mix(struct whole *w)
{
	uint64_t per_district[WHOLE_DISTRICTS] = {0};
	static struct verify_report report;
	struct verify *v;

	for (unsigned i = 0; i < w->n_ballots; i++)
		per_district[w->ballots[i].district]++;
	TRY(lists_plan(&w->plan, w->d, per_district));
	if (w->plan->n > WHOLE_LISTS)
		return fault(E_FAILED, NULL, "too many lists");
	if (verify_keep(&v, &report, w->folder, VERIFY_UNTIL_CLOSING, NULL, NULL) != OK) {
		for (int c = 0; c < VERIFY_CHECKS; c++)
			if (report.reason[c][0] != '\0')
				return fault(E_FAILED, NULL, "%s: %s", verify_check_id((enum verify_check)c),
				             report.reason[c]);
		return E_FAILED;
	}
	for (unsigned l = 0; l < w->plan->n; l++)
		TRY(mix_list(w, v, l));
	verify_free(v);
	return OK;
}

enum status whole_decrypt(struct whole *w, unsigned list)
{
	struct whole_list *x = &w->lists[list];
	struct buffer file = BUFFER_INIT;
	const struct list *last;
	unsigned failed;
	char *path;

	if (x->chain[0] == NULL)
		return OK;
	last = x->chain[x->mixes];
	struct decryption_statement st = {.eid = w->eid, .name = x->plan.name, .w = last->w, .n = last->n,
	                                  .committee_key = w->keys->committee_key, .list = last->points,
	                                  .list_hash = last->sha256};
	free(x->factors);
	if ((x->factors = malloc(last->n * last->w * sizeof *x->factors)) == NULL)
		return E_FAILED;
	TRY(decryption_make(&file, &st, w->b));
	TRY(decryption_check(&failed, x->factors, &st, file.data, file.len));
	if (failed != 0 || (path = chain_path(w->folder, x->plan.name, "decryption")) == NULL)
		return E_FAILED;
	TRY(file_replace(path, file.data, file.len, 0644));
	free(path);
	buffer_free(&file);
	return OK;
}

static enum status open_vote(struct opened_vote *v, const struct whole *w, const struct whole_list *x, uint64_t i)
{
	const struct contest *c = x->plan.contest;
	const struct list *last = x->chain[x->mixes];
	uint8_t z[32];
	struct point r;
	bool decodes, same;

	memset(v, 0, sizeof *v);
	TRY(decryption_inner(&decodes, v->inner, c->w, &last->points[i * (c->w + 1)], &x->factors[i * c->w]));
	if (!decodes) {
		memset(v, 0, sizeof *v);
		v->status = VOTE_UNDECODABLE;
		return OK;
	}
	if (!envelope_inner_point(&r, v->inner)) {
		v->status = VOTE_OFF_CURVE;
		return OK;
	}
	TRY(point_mul(&v->w, &w->a, &r));
	envelope_x(z, &v->w);
	TRY(envelope_unmask(v->seed, v->plain, c->w, w->eid, c->id, v->inner, z));
	TRY(envelope_seals_again(&same, v->inner, c->w, w->eid, c->id, &w->keys->election_key, v->seed, v->plain));
	v->status = same ? VOTE_VALID : VOTE_MISMATCH;
	return OK;
}

enum status whole_open(struct whole *w, unsigned list)
{
	struct whole_list *x = &w->lists[list];

	if (x->chain[0] == NULL)
		return OK;
	free(x->votes);
	if ((x->votes = calloc(x->chain[0]->n, sizeof *x->votes)) == NULL)
		return E_FAILED;
	for (uint64_t i = 0; i < x->chain[0]->n; i++)
		TRY(open_vote(&x->votes[i], w, x, i));
	return OK;
}

enum status whole_write_votes(struct whole *w)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	for (unsigned l = 0; l < w->plan->n; l++)
		for (uint64_t i = 0; w->lists[l].votes != NULL && i < w->lists[l].chain[0]->n; i++)
			votes_line(&b, w->lists[l].plan.name, i, w->lists[l].plan.contest->w, &w->lists[l].votes[i]);
	r = file_replace(whole_path(w, "decrypted-votes.csv"), b.data, b.len, 0644);
	buffer_free(&b);
	return r;
}

uint64_t whole_vote_with(const struct whole *w, enum vote_status status, unsigned k, unsigned *list)
{
	for (unsigned l = 0; l < w->plan->n; l++)
		for (uint64_t i = 0; w->lists[l].votes != NULL && i < w->lists[l].chain[0]->n; i++)
			if (w->lists[l].votes[i].status == status && k-- == 0) {
				*list = l;
				return i;
			}
	return UINT64_MAX;
}

unsigned whole_list(const struct whole *w, const char *name)
{
	for (unsigned l = 0; l < w->plan->n; l++)
		if (strcmp(w->plan->lists[l].name, name) == 0)
			return l;
	return WHOLE_LISTS - 1;
}

enum status whole_challenge(struct whole *w, unsigned list, uint64_t idx)
{
	const struct opened_vote *vote = &w->lists[list].votes[idx];
	struct point r, q, answer;
	struct scalar u, v;
	uint8_t ub[32], vb[32], x[32];

	if (!envelope_inner_point(&r, vote->inner))
		return E_FAILED;
	TRY(scalar_random(&u));
	TRY(scalar_random(&v));
	TRY(challenge_question(&q, &r, &u, &v));
	TRY(point_mul(&answer, &w->a, &q));
	scalar_write(ub, &u);
	scalar_write(vb, &v);
	envelope_x(x, &answer);
	if (w->challenges == NULL)
		w->challenges = json_array();
	return json_array_append_new(w->challenges,
	                             json_pack("{s:s, s:I, s:s, s:o, s:o, s:o}", "list", w->lists[list].plan.name, "idx",
	                                       (json_int_t)idx, "observer", "Observatorio", "u", json_hex(ub, 32), "v",
	                                       json_hex(vb, 32), "answer", json_hex(x, 32))) == 0
	           ? OK
	           : E_FAILED;
}

static enum status write_json(const struct whole *w, const char *name, json_t *o)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	if (o == NULL)
		return E_FAILED;
	if ((r = json_write(&b, o)) == OK)
		r = file_replace(whole_path(w, name), b.data, b.len, 0644);
	buffer_free(&b);
	json_decref(o);
	return r;
}

enum status whole_write_challenges(struct whole *w)
{
	if (w->challenges == NULL)
		return OK;
	return write_json(w, "challenges.json", json_pack("{s:s, s:O}", "format", "VEMRE-V1", "challenges", w->challenges));
}

enum status whole_write_results(struct whole *w)
{
	struct count *counts[WHOLE_LISTS] = {NULL};
	json_t *results;

	for (unsigned l = 0; l < w->plan->n; l++) {
		const struct whole_list *x = &w->lists[l];

		if (x->plan.withheld)
			continue;
		TRY(count_new(&counts[l], x->plan.contest));
		for (uint64_t i = 0; x->votes != NULL && i < x->chain[0]->n; i++) {
			if (x->votes[i].status == VOTE_VALID)
				TRY(count_add(counts[l], x->votes[i].plain));
			else
				count_add_malformed(counts[l]);
		}
		TRY(count_finish(counts[l]));
	}
	results = results_json(w->eid, w->plan, w->d, counts);
	for (unsigned l = 0; l < w->plan->n; l++)
		count_free(counts[l]);
	return write_json(w, "results.json", results);
}

enum status whole_finish(struct whole *w, unsigned list)
{
	uint64_t idx;
	unsigned l;

	TRY(whole_decrypt(w, list));
	TRY(whole_open(w, list));
	if (w->challenges != NULL) { /* rows have moved */
		json_decref(w->challenges);
		w->challenges = NULL;
		for (unsigned k = 0; (idx = whole_vote_with(w, VOTE_MISMATCH, k, &l)) != UINT64_MAX; k++)
			TRY(whole_challenge(w, l, idx));
	}
	TRY(whole_write_votes(w));
	TRY(whole_write_challenges(w));
	return whole_write_results(w);
}
