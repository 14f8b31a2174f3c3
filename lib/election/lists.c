/* See lists.h. */
#include "election/lists.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct election_list *add(struct election_lists *l, const struct contest *c, int district, const char *suffix,
                                 uint64_t total)
{
	struct election_list *x = &l->lists[l->n++];

	snprintf(x->name, sizeof x->name, suffix != NULL ? "%s.%s" : "%s", c->id, suffix);
	x->contest = c;
	x->district = district;
	x->total = total;
	return x;
}

/* Which district lists are joined into the rest: joined[d]. Returns the rest's ballots. */
static uint64_t join(bool *joined, const struct definition *d, const struct contest *c, const uint64_t *ballots)
{
	uint64_t rest = 0;
	bool any = false;

	for (unsigned i = 0; i < d->n_districts; i++) {
		joined[i] = c->in_district[i] && ballots[i] > 0 && ballots[i] < d->min_list;
		if (joined[i]) {
			any = true;
			rest += ballots[i];
		}
	}
	while (any && rest < d->min_list) {
		int best = -1;

		for (unsigned i = 0; i < d->n_districts; i++) {
			if (!c->in_district[i] || joined[i] || ballots[i] == 0)
				continue;
			if (best < 0 || ballots[i] < ballots[best] ||
			    (ballots[i] == ballots[best] && strcmp(d->districts[i].id, d->districts[best].id) < 0))
				best = (int)i;
		}
		if (best < 0)
			break;
		joined[best] = true;
		rest += ballots[best];
	}
	return any ? rest : 0;
}

static void plan_contest(struct election_lists *l, const struct definition *d, unsigned k, const uint64_t *ballots,
                         bool *joined)
{
	const struct contest *c = &d->contests[k];
	int *of = l->of + (size_t)k * d->n_districts;
	uint64_t total = 0, rest;

	for (unsigned i = 0; i < d->n_districts; i++)
		if (c->in_district[i])
			total += ballots[i];
	if (!c->by_district || (total > 0 && total < d->min_list)) {
		struct election_list *x = add(l, c, -1, NULL, total);

		x->withheld = total > 0 && total < d->min_list;
		for (unsigned i = 0; i < d->n_districts; i++)
			of[i] = c->in_district[i] ? (int)(l->n - 1) : -1;
		return;
	}
	rest = join(joined, d, c, ballots);
	for (unsigned i = 0; i < d->n_districts; i++) {
		of[i] = -1;
		if (c->in_district[i] && !joined[i]) {
			of[i] = (int)l->n;
			add(l, c, (int)i, d->districts[i].id, ballots[i]);
		}
	}
	if (rest == 0)
		return;
	for (unsigned i = 0; i < d->n_districts; i++)
		if (joined[i])
			of[i] = (int)l->n;
	add(l, c, -1, "rest", rest);
}

enum status lists_plan(struct election_lists **out, const struct definition *d, const uint64_t *ballots)
{
	struct election_lists *l = calloc(1, sizeof *l);
	bool *joined = calloc(d->n_districts, sizeof *joined);

	*out = NULL;
	if (l != NULL) {
		l->n_districts = d->n_districts;
		l->lists = calloc((size_t)d->n_contests * (d->n_districts + 1), sizeof *l->lists);
		l->of = calloc((size_t)d->n_contests * d->n_districts, sizeof *l->of);
	}
	if (l == NULL || joined == NULL || l->lists == NULL || l->of == NULL) {
		lists_free(l);
		free(joined);
		return fault(E_FAILED, NULL, _("no hay memoria para las listas"));
	}
	for (unsigned k = 0; k < d->n_contests; k++)
		plan_contest(l, d, k, ballots, joined);
	free(joined);
	*out = l;
	return OK;
}

void lists_free(struct election_lists *l)
{
	if (l == NULL)
		return;
	free(l->lists);
	free(l->of);
	free(l);
}
