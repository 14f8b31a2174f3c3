/*
 * The votes of the tally: outer decryption with the committee's b_k, inner opening by the HSM over all its lanes, each
 * opening checked, the count (PROTOCOL 6, 10, 11). Secret: b_k. The vote's texts are public once written.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/reader.h"
#include "base/report.h"
#include "ceremony/tally_parts.h"
#include "protocol/decryption.h"
#include "protocol/hash.h"
#include "record/chain.h"
#include "record/vote_check.h"
#include "record/results.h"
#include <openssl/crypto.h>
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
	struct envelope_sealer *sealer;
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

enum { TOGETHER = 512 }; /* votes whose envelopes are unsealed and sealed again together */

/* What is worked on at a time, by one thread. */
struct piece {
	bool decodes[TOGETHER], on_curve[TOGETHER], same[TOGETHER];
	uint8_t inner[TOGETHER][INNER_MAX], x[TOGETHER][32], z[TOGETHER][32];
	struct point r[TOGETHER];
	struct envelope_opened opened[TOGETHER];
};

/* Outer envelopes off, and R of each inner one. */
static enum status unseal_outer(struct piece *p, struct opened_vote *votes, const struct opener *o, uint64_t at, size_t n)
{
	unsigned w = o->contest->w;
	enum status s;

	memset(votes, 0, n * sizeof *votes);
	memset(p, 0, sizeof *p);
	if ((s = decryption_inner_many(p->decodes, p->inner, w, &o->last->points[at * (w + 1)], &o->factors[at * w], n)) !=
	    OK)
		return s;
	for (size_t i = 0; i < n; i++)
		if (p->decodes[i]) {
			memcpy(votes[i].inner, p->inner[i], envelope_inner_len(w));
			memcpy(p->x[i], p->inner[i], 32);
		}
	if ((s = point_from_x_many_vartime(p->r, p->on_curve, (const uint8_t(*)[32])p->x, n)) != OK)
		return s;
	for (size_t i = 0; i < n; i++)
		if (!p->decodes[i])
			votes[i].status = VOTE_UNDECODABLE;
		else if (!p->on_curve[i])
			votes[i].status = VOTE_OFF_CURVE;
	return OK;
}

/* The HSM's answer for each, and whether what it unmasks seals again to the same envelope. */
static enum status unseal_inner(struct piece *p, struct opened_vote *votes, struct opener *o, size_t n)
{
	const struct record *rec = &o->t->v->record;
	const struct contest *c = o->contest;
	size_t count = 0;
	enum status s;

	for (size_t i = 0; i < n; i++) {
		struct opened_vote *v = &votes[i];

		report_progress(_("votos abiertos"), ++o->done, o->last->n);
		if (v->status != VOTE_VALID)
			continue;
		if ((s = vault_derive_x(o->vault, p->z[i], &p->r[i])) != OK ||
		    (s = envelope_unmask(v->seed, v->plain, c->w, rec->eid, c->id, v->inner, p->z[i])) != OK)
			return s;
		p->opened[count++] = (struct envelope_opened){v->inner, v->seed, v->plain};
	}
	if ((s = envelope_seals_again_many(p->same, o->sealer, p->opened, count)) != OK)
		return s;
	count = 0;
	for (size_t i = 0; i < n; i++) {
		struct opened_vote *v = &votes[i];

		if (v->status != VOTE_VALID || p->same[count++])
			continue;
		v->status = VOTE_MISMATCH;
		memset(v->seed, 0, sizeof v->seed);
		memset(v->plain, 0, sizeof v->plain);
		if ((s = whole_w(&v->w, o, &p->r[i], p->z[i])) != OK)
			return s;
	}
	return OK;
}

/* The verifier's own check, now, while the vault is open: of the odd ones the whole of it; a valid one has just been
 * sealed again. */
static enum status check_odd(const struct piece *p, const struct opened_vote *votes, const struct opener *o, uint64_t at,
                             size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *why;
		bool holds;
		enum status s;

		if (votes[i].status == VOTE_VALID)
			continue;
		s = vote_check(&holds, &why, &votes[i], &o->t->v->record, o->contest, p->decodes[i], p->inner[i]);
		if (s != OK)
			return s;
		if (!holds)
			return fault(E_DEVICE, NULL, _("voto %llu de «%s»: %s"), (unsigned long long)(at + i), o->list, why);
	}
	return OK;
}

static enum status open_range(void *ctx, uint64_t from, uint64_t to)
{
	struct opener *o = ctx;
	struct piece *p = malloc(sizeof *p);
	enum status s = p != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria para abrir «%s»"), o->list);

	for (uint64_t at = from; s == OK && at < to; at += TOGETHER) {
		size_t n = to - at < TOGETHER ? to - at : TOGETHER;
		struct opened_vote *votes = &o->votes[at];

		if ((s = unseal_outer(p, votes, o, at, n)) == OK && (s = unseal_inner(p, votes, o, n)) == OK)
			s = check_odd(p, votes, o, at, n);
	}
	if (p != NULL)
		OPENSSL_cleanse(p, sizeof *p);
	free(p);
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

static enum status count_one(struct tally *t, size_t l, const struct opened_vote *v)
{
	t->mismatches += v->status == VOTE_MISMATCH;
	if (v->status == VOTE_VALID)
		return count_add(t->counts[l], v->plain);
	count_add_malformed(t->counts[l]);
	return OK;
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
	if ((s = decrypt(o.factors, t, x->name, o.last, b)) != OK ||
	    (s = envelope_sealer_new(&o.sealer, x->contest->w, t->v->record.eid, x->contest->id,
	                             &t->v->record.keys->election_key)) != OK ||
	    (s = parallel_for(n, 8, open_range, &o)) != OK)
		goto done;
	for (uint64_t i = 0; s == OK && i < n; i++) {
		votes_line(csv, x->name, i, x->contest->w, &o.votes[i]);
		s = count_one(t, l, &o.votes[i]);
	}
	if (s == OK)
		s = steps_fact(t->steps, N_("Se descifraron y abrieron %llu votos de la lista «%s»; mal formados: %llu."),
		               (unsigned long long)n, x->name, (unsigned long long)t->counts[l]->malformed);
done:
	envelope_sealer_free(o.sealer);
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

/* ---- a session taken up after the count */

static enum status count_list(struct tally *t, struct reader *csv, size_t l)
{
	const struct election_list *x = &t->v->ballots->lists->lists[l];
	struct opened_vote v;
	enum status s = OK;

	for (uint64_t i = 0; s == OK && t->last[l] != NULL && i < t->last[l]->n; i++)
		if ((s = votes_read(&v, csv, x->name, i, x->contest->w)) == OK)
			s = count_one(t, l, &v);
	return s;
}

enum status tally_count_again(struct tally *t)
{
	const struct election_lists *lists = t->v->ballots->lists;
	char *path = file_path(t->record, "decrypted-votes.csv", NULL);
	const uint8_t *data = NULL;
	struct reader csv;
	size_t len = 0;
	enum status s = path != NULL ? file_map(&data, &len, path) : E_FAILED;

	free(path);
	if (s != OK)
		return s;
	csv = reader_of(data, len);
	if ((t->counts = calloc(lists->n, sizeof *t->counts)) == NULL)
		s = fault(E_FAILED, NULL, _("no hay memoria para el cómputo"));
	for (size_t l = 0; s == OK && l < lists->n; l++)
		if (!lists->lists[l].withheld && (s = count_new(&t->counts[l], lists->lists[l].contest)) == OK)
			s = count_list(t, &csv, l);
	if (s == OK && !reader_end(&csv))
		s = fault(E_EVIDENCE, NULL, _("decrypted-votes.csv: sobran líneas"));
	file_unmap(data, len);
	return s == OK ? write_results(t) : s;
}
