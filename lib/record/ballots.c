/* See ballots.h. Public data; ballots are checked on all cores. */
#include "record/ballots.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/parallel.h"
#include "base/report.h"
#include "protocol/ballot.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct work {
	const struct record *record;
	const struct rights *rights;
	const struct box *box;
	struct ballots *out;
	uint64_t *per_district;
	int *district;         /* per ballot */
	uint64_t *row;         /* per ballot and contest of the definition: row in its list */
	struct right const **who; /* per ballot */
	uint8_t (*trackers)[32];
	struct ballot_form *forms; /* per district */
	_Atomic uint64_t done;
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para las boletas"));
}

static enum status bad(uint64_t i, const uint8_t *tracker, const char *what)
{
	char hex[65] = "?";

	if (tracker != NULL)
		hex_encode(hex, tracker, 32);
	return fault(E_EVIDENCE, NULL, _("boleta %llu de la urna (%s): %s"), (unsigned long long)i, hex, what);
}

/* Which lists there are follows from the districts named in the box; where each ballot's rows go, from their order. */
static enum status plan(struct work *w)
{
	const struct definition *d = w->record->definition;
	uint64_t *next;
	enum status r;

	for (uint64_t i = 0; i < w->box->n; i++) {
		const struct box_entry *e = &w->box->entries[i];

		if ((w->district[i] = definition_district(d, e->district, e->district_len)) < 0)
			return bad(i, NULL, _("entidad desconocida"));
		w->per_district[w->district[i]]++;
	}
	if ((r = lists_plan(&w->out->lists, d, w->per_district)) != OK)
		return r;
	w->out->zero = calloc(w->out->lists->n, sizeof *w->out->zero);
	next = calloc(w->out->lists->n, sizeof *next);
	if (w->out->zero == NULL || next == NULL) {
		free(next);
		return no_memory();
	}
	for (size_t l = 0; l < w->out->lists->n; l++) {
		const struct election_list *x = &w->out->lists->lists[l];

		if (x->total == 0 || x->withheld)
			continue;
		if ((w->out->zero[l] = calloc(1, sizeof **w->out->zero)) == NULL ||
		    (w->out->zero[l]->points = calloc(x->total * (x->contest->w + 1), sizeof(struct point))) == NULL) {
			free(next);
			return no_memory();
		}
		w->out->zero[l]->w = x->contest->w;
		w->out->zero[l]->n = x->total;
	}
	for (uint64_t i = 0; i < w->box->n; i++)
		for (unsigned k = 0; k < d->n_contests; k++) {
			int l = w->out->lists->of[k * d->n_districts + (unsigned)w->district[i]];

			if (l >= 0)
				w->row[i * d->n_contests + k] = next[l]++;
		}
	free(next);
	return OK;
}

static void fill_rows(struct work *w, uint64_t i, const struct ballot *b)
{
	const struct definition *d = w->record->definition;
	unsigned c = 0;

	for (unsigned k = 0; k < d->n_contests; k++) {
		int l = w->out->lists->of[k * d->n_districts + (unsigned)w->district[i]];
		struct list *zero;

		if (l < 0)
			continue;
		if ((zero = w->out->zero[l]) != NULL)
			memcpy(&zero->points[w->row[i * d->n_contests + k] * (zero->w + 1)], b->contests[c].c,
			       (zero->w + 1) * sizeof(struct point));
		c++;
	}
}

/* All but the proofs and the signature, which join the batch; batch NULL: those alone, of a ballot that passed. */
static enum status check_one(struct work *w, uint64_t i, struct ballot *b, struct ballot_batch *batch)
{
	const struct box_entry *e = &w->box->entries[i];
	const struct right *right;
	char why[512];
	enum status r;

	report_capture_begin(why, sizeof why);
	if ((r = ballot_read(b, e->ballot, e->len, true)) == OK)
		r = batch != NULL ? ballot_batch_add(batch, b, w->record->eid, &w->forms[w->district[i]])
		                  : ballot_check(b, w->record->eid, &w->forms[w->district[i]]);
	report_capture_end();
	if (r == E_EVIDENCE)
		return bad(i, b->tracker, why);
	if (r != OK)
		return fault(r, NULL, "%s", why);
	if (batch == NULL)
		return OK;
	if ((right = rights_find(w->rights, &b->credential)) == NULL)
		return bad(i, b->tracker, _("su credencial no está en credentials.csv"));
	if (!rights_may_vote(right))
		return bad(i, b->tracker, right->old ? _("su credencial fue repuesta por otra y ya no puede votar")
		                                     : _("su credencial es de reserva y no fue entregada"));
	if (right->district != (unsigned)w->district[i])
		return bad(i, b->tracker, _("su credencial es de otra entidad"));
	w->who[i] = right;
	memcpy(w->trackers[i], b->tracker, 32);
	fill_rows(w, i, b);
	return OK;
}

enum { TOGETHER = 16384 }; /* ballots whose proofs are checked at once */

/* Ballots from..to. A fault of form further on does not hide a false proof before it: the first fault is told. */
static enum status check_together(struct work *w, uint64_t from, uint64_t to, struct ballot *b,
                                  struct ballot_batch *batch)
{
	char why[512] = "";
	bool holds = true;
	enum status r = OK, proofs;
	uint64_t i;

	ballot_batch_clear(batch);
	report_capture_begin(why, sizeof why);
	for (i = from; r == OK && i < to; i++) /* a ballot that fails is the last */
		r = check_one(w, i, b, batch);
	report_capture_end();
	if ((proofs = ballot_batch_holds(&holds, batch)) != OK)
		return proofs;
	for (uint64_t j = from; !holds && j < i; j++)
		if ((proofs = check_one(w, j, b, NULL)) != OK)
			return proofs;
	if (r != OK)
		return fault(r, NULL, "%s", why);
	return holds ? OK : fault(E_FAILED, NULL, _("el cálculo de una comprobación no concuerda consigo mismo"));
}

static enum status check_range(void *ctx, uint64_t from, uint64_t to)
{
	struct work *w = ctx;
	struct ballot *b = malloc(sizeof *b);
	struct ballot_batch *batch = NULL;
	enum status r = b != NULL ? ballot_batch_new(&batch) : no_memory();

	for (uint64_t at = from; r == OK && at < to; at += TOGETHER) {
		uint64_t n = to - at < TOGETHER ? to - at : TOGETHER;

		r = check_together(w, at, at + n, b, batch);
		w->done += n;
		report_progress(_("boletas comprobadas"), w->done, w->box->n);
	}
	ballot_batch_free(batch);
	free(b);
	return r;
}

/* What only all of them together show. */
static enum status check_all(struct work *w)
{
	bool *seen = calloc(w->rights->n + 1, sizeof *seen);
	enum status r = OK;

	if (seen == NULL)
		return no_memory();
	for (uint64_t i = 0; r == OK && i < w->box->n; i++) {
		size_t who = (size_t)(w->who[i] - w->rights->rights);

		if (i > 0 && memcmp(w->trackers[i - 1], w->trackers[i], 32) >= 0)
			r = bad(i, w->trackers[i], _("no sigue en orden a la anterior"));
		else if (seen[who])
			r = bad(i, w->trackers[i], _("su credencial ya tiene otra boleta en la urna"));
		seen[who] = true;
	}
	free(seen);
	return r;
}

enum status ballots_check(struct ballots **out, const struct record *record, const struct rights *rights,
                          const struct box *box)
{
	const struct definition *d = record->definition;
	struct work w = {.record = record, .rights = rights, .box = box, .out = calloc(1, sizeof *w.out)};
	enum status r = OK;

	*out = NULL;
	w.per_district = calloc(d->n_districts, sizeof *w.per_district);
	w.district = calloc(box->n + 1, sizeof *w.district);
	w.row = calloc((box->n + 1) * d->n_contests, sizeof *w.row);
	w.who = calloc(box->n + 1, sizeof *w.who);
	w.trackers = calloc(box->n + 1, sizeof *w.trackers);
	w.forms = calloc(d->n_districts, sizeof *w.forms);
	if (w.out == NULL || w.per_district == NULL || w.district == NULL || w.row == NULL || w.who == NULL ||
	    w.trackers == NULL || w.forms == NULL)
		r = no_memory();
	for (unsigned i = 0; r == OK && i < d->n_districts; i++)
		definition_form(&w.forms[i], d, i);
	if (r == OK && (r = plan(&w)) == OK && (r = parallel_for(box->n, 16, check_range, &w)) == OK &&
	    (r = check_all(&w)) == OK) {
		w.out->n = box->n;
		*out = w.out;
		w.out = NULL;
	}
	ballots_free(w.out);
	free(w.per_district);
	free(w.district);
	free(w.row);
	free(w.who);
	free(w.trackers);
	free(w.forms);
	return r;
}

void ballots_free(struct ballots *b)
{
	if (b == NULL)
		return;
	if (b->zero != NULL)
		for (size_t l = 0; l < b->lists->n; l++)
			list_free(b->zero[l]);
	free(b->zero);
	lists_free(b->lists);
	free(b);
}
