/*
 * The votes of the tally: outer decryption with the committee's b_k, inner opening by the HSM over all its lanes, each
 * opening checked, the count (PROTOCOL 6, 10, 11). Secret: b_k. The vote's texts are public once written.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/report.h"
#include "ceremony/tally_parts.h"
#include "protocol/decryption.h"
#include "protocol/hash.h"
#include "record/chain.h"
#include "record/vote_check.h"
#include "record/results.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct opener {
	const struct tally *t;
	struct vault *vault;
	const struct contest *contest;
	const char *list;
	const struct list *last;
	struct point *factors;
	struct opened_vote *votes;
	_Atomic uint64_t done;
};

/* W of a mismatch: its x is z; its y from a second ECDH with R + G, since a(R + G) = W + A (PROTOCOL 6). */
static enum status whole_w(struct point *w, const struct opener *o, const struct point *r, const uint8_t z[32])
{
	const struct point *a = &o->t->v->record.keys->election_key;
	struct point next, sum;
	uint8_t z2[32], x[32];
	enum status s;

	if ((s = point_add_vartime(&next, r, &POINT_GENERATOR)) != OK)
		return s;
	if (point_is_infinity(&next)) { /* R = -G: W = -A */
		point_neg(w, a);
		return OK;
	}
	if (!point_from_x_vartime(w, z))
		return fault(E_DEVICE, NULL, _("el HSM dio una coordenada que no está en la curva"));
	if ((s = vault_derive_x(o->vault, z2, &next)) != OK)
		return s;
	for (int sign = 0; sign < 2; sign++) {
		if ((s = point_add_vartime(&sum, w, a)) != OK)
			return s;
		envelope_x(x, &sum);
		if (!point_is_infinity(&sum) && memcmp(x, z2, 32) == 0)
			return OK;
		point_neg(w, w);
	}
	return fault(E_DEVICE, NULL, _("las dos respuestas del HSM sobre un voto no concuerdan"));
}

static enum status open_inner(struct opened_vote *v, const struct opener *o)
{
	const struct record *rec = &o->t->v->record;
	const struct contest *c = o->contest;
	struct point r;
	uint8_t z[32];
	bool same;
	enum status s;

	if (!envelope_inner_point(&r, v->inner)) {
		v->status = VOTE_OFF_CURVE;
		return OK;
	}
	if ((s = vault_derive_x(o->vault, z, &r)) != OK ||
	    (s = envelope_unmask(v->seed, v->plain, c->w, rec->eid, c->id, v->inner, z)) != OK ||
	    (s = envelope_seals_again(&same, v->inner, c->w, rec->eid, c->id, &rec->keys->election_key, v->seed,
	                              v->plain)) != OK)
		return s;
	v->status = same ? VOTE_VALID : VOTE_MISMATCH;
	if (same)
		return OK;
	memset(v->seed, 0, sizeof v->seed);
	memset(v->plain, 0, sizeof v->plain);
	return whole_w(&v->w, o, &r, z);
}

static enum status open_range(void *ctx, uint64_t from, uint64_t to)
{
	struct opener *o = ctx;
	unsigned w = o->contest->w;
	enum status s = OK;

	for (uint64_t i = from; s == OK && i < to; i++) {
		struct opened_vote *v = &o->votes[i];
		uint8_t inner[INNER_MAX];
		const char *why;
		bool decodes, holds = false;

		memset(v, 0, sizeof *v);
		if ((s = decryption_inner(&decodes, inner, w, &o->last->points[i * (w + 1)], &o->factors[i * w])) != OK)
			break;
		if (decodes)
			memcpy(v->inner, inner, envelope_inner_len(w));
		else
			v->status = VOTE_UNDECODABLE;
		if (decodes && (s = open_inner(v, o)) != OK)
			break;
		/* The verifier's own check, now, while the vault is open. */
		s = vote_check(&holds, &why, v, &o->t->v->record, o->contest, decodes, inner);
		if (s == OK && !holds)
			s = fault(E_DEVICE, NULL, _("voto %llu de «%s»: %s"), (unsigned long long)i, o->list, why);
		report_progress(_("votos abiertos"), ++o->done, o->last->n);
	}
	return s;
}

/* The list's decryption: the one that is there, if its proof holds, or a new one. factors: n * w. */
static enum status decrypt(struct point *factors, const struct tally *t, const char *name, const struct list *last,
                           struct secret *const *b)
{
	struct decryption_statement st = {.eid = t->v->record.eid, .name = name, .w = last->w, .n = last->n,
	                                  .committee_key = t->v->record.keys->committee_key, .list = last->points,
	                                  .list_hash = last->sha256};
	char *path = chain_path(t->record, name, "decryption");
	struct buffer file = BUFFER_INIT;
	unsigned failed = 0;
	bool there;
	enum status s = E_FAILED;

	if (path == NULL)
		return s;
	there = file_exists(path);
	s = there ? file_read(&file, path, SIZE_MAX / 2) : decryption_make(&file, &st, b);
	if (s == OK && (s = decryption_check(&failed, factors, &st, file.data, file.len)) == OK && failed != 0)
		s = fault(there ? E_EVIDENCE : E_FAILED, NULL, _("%s: la prueba del descifrado no se cumple"), path);
	if (s == OK && !there)
		s = file_create(path, file.data, file.len, 0644);
	buffer_free(&file);
	free(path);
	return s;
}

static enum status open_list(struct buffer *csv, struct tally *t, struct vault *vault, struct secret *const *b, size_t l)
{
	const struct election_list *x = &t->v->ballots->lists->lists[l];
	struct opener o = {.t = t, .vault = vault, .contest = x->contest, .list = x->name, .last = t->last[l]};
	uint64_t n = o.last->n;
	enum status s = E_FAILED;

	o.factors = calloc(n * x->contest->w, sizeof *o.factors);
	o.votes = calloc(n, sizeof *o.votes);
	if (o.factors == NULL || o.votes == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria para abrir «%s»"), x->name);
		goto done;
	}
	if ((s = decrypt(o.factors, t, x->name, o.last, b)) != OK || (s = parallel_for(n, 8, open_range, &o)) != OK)
		goto done;
	for (uint64_t i = 0; s == OK && i < n; i++) {
		votes_line(csv, x->name, i, x->contest->w, &o.votes[i]);
		if (o.votes[i].status == VOTE_VALID)
			s = count_add(t->counts[l], o.votes[i].plain);
		else
			count_add_malformed(t->counts[l]);
	}
	if (s == OK)
		tally_fact(t, _("Se descifraron y abrieron %llu votos de la lista «%s»; mal formados: %llu."),
		           (unsigned long long)n, x->name, (unsigned long long)t->counts[l]->malformed);
done:
	free(o.factors);
	free(o.votes);
	return s;
}

/* A new file, or the same bytes as the one that a session broken off has left. */
static enum status settle(const struct tally *t, const char *name, const struct buffer *b)
{
	char *path = file_path(t->record, name, NULL);
	struct buffer there = BUFFER_INIT;
	enum status s = E_FAILED;

	if (path == NULL)
		return s;
	if (!file_exists(path))
		s = file_create(path, b->data, b->len, 0644);
	else if ((s = file_read(&there, path, SIZE_MAX / 2)) == OK &&
	         (there.len != b->len || memcmp(there.data, b->data, b->len) != 0))
		s = fault(E_EVIDENCE, NULL, _("%s: ya existe y no es lo que dan los votos"), path);
	buffer_free(&there);
	free(path);
	return s;
}

static enum status write_results(struct tally *t)
{
	const struct election_lists *lists = t->v->ballots->lists;
	struct buffer b = BUFFER_INIT;
	json_t *root;
	enum status s = OK;

	for (size_t l = 0; s == OK && l < lists->n; l++)
		if (t->counts[l] != NULL)
			s = count_finish(t->counts[l]);
	if (s != OK)
		return s;
	if ((root = results_json(t->v->record.eid, lists, t->v->record.definition, t->counts)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para los resultados"));
	if ((s = json_write(&b, root)) == OK && (s = hash_sha256(t->results_sha256, b.data, b.len)) == OK)
		s = settle(t, "results.json", &b);
	json_decref(root);
	buffer_free(&b);
	return s;
}

enum status tally_open_votes(struct tally *t, struct vault *vault, const struct secret *k)
{
	const struct election_lists *lists = t->v->ballots->lists;
	struct secret *b[COMMITTEE_KEYS] = {NULL};
	struct buffer csv = BUFFER_INIT;
	enum status s;

	if ((t->counts = calloc(lists->n, sizeof *t->counts)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para el cómputo"));
	if ((s = shares_committee_secrets(b, k)) != OK)
		return s;
	for (size_t l = 0; s == OK && l < lists->n; l++) {
		if (lists->lists[l].withheld)
			continue;
		if ((s = count_new(&t->counts[l], lists->lists[l].contest)) == OK && t->last[l] != NULL)
			s = open_list(&csv, t, vault, b, l);
	}
	for (int i = 0; i < COMMITTEE_KEYS; i++)
		secret_free(b[i]);
	if (s == OK && !buffer_ok(&csv))
		s = fault(E_FAILED, NULL, _("no hay memoria para decrypted-votes.csv"));
	if (s == OK)
		s = settle(t, "decrypted-votes.csv", &csv);
	buffer_free(&csv);
	return s == OK ? write_results(t) : s;
}
