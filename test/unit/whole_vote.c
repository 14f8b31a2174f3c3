/* See whole.h: ballots, good ones and ones that open as malformed. Written from PROTOCOL 8, not with lib's maker. */
#include "base/report.h"
#include "protocol/ballot.h"
#include "protocol/hash.h"
#include "unit/whole.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

/* Something to count: options by turns, combinations, a write-in where there may be one, nothing at all. */
static void make_plain(uint8_t plain[PLAIN_MAX], const struct contest *c, unsigned turn)
{
	uint64_t marks = (uint64_t)1 << (turn % c->n_options);
	const char *text = "";

	if (turn % 5 == 1 && c->n_coalitions > 0)
		marks = c->coalitions[turn % c->n_coalitions].options;
	if (turn % 5 == 2 && c->write_in_bytes > 0) {
		marks = (uint64_t)1 << c->n_options;
		text = turn % 2 == 0 ? "Ana \xc3\x91\xc3\xba" : "Zoe";
	}
	if (turn % 5 == 4)
		marks = 0;
	memset(plain, 0, PLAIN_MAX);
	for (int i = 0; i < 8; i++)
		plain[i] = (uint8_t)(marks >> (56 - 8 * i));
	memcpy(plain + 8, text, strlen(text));
}

static void bend_inner(uint8_t *inner, enum whole_kind kind)
{
	struct point r;

	if (kind == KIND_MISMATCH)
		inner[40] ^= 1;
	if (kind == KIND_MINUS_G)
		memcpy(inner, POINT_GENERATOR.octets + 1, 32);
	while (kind == KIND_OFF_CURVE && envelope_inner_point(&r, inner))
		inner[31]++;
}

static enum status seal(struct point *c, const struct whole *w, const struct contest *k, const struct scalar *t,
                        enum whole_kind kind, unsigned turn)
{
	uint8_t plain[PLAIN_MAX], seed[SEED_BYTES], inner[INNER_MAX];

	make_plain(plain, k, turn);
	if (RAND_bytes(seed, sizeof seed) != 1)
		return E_FAILED;
	TRY(envelope_seal_inner(inner, k->w, w->eid, k->id, &w->keys->election_key, seed, plain));
	bend_inner(inner, kind);
	TRY(envelope_seal_outer(c, k->w, w->keys->committee_key, t, inner));
	if (kind == KIND_UNDECODABLE) /* C_1 = t B_1: the block is infinity */
		TRY(point_mul(&c[1], t, &w->keys->committee_key[0]));
	return OK;
}

static enum status put_contest(struct buffer *out, const struct whole *w, const struct point *credential,
                               const struct contest *k, const struct scalar *t, enum whole_kind kind, unsigned turn)
{
	struct point c[OUTER_POINTS_MAX], a;
	struct scalar alpha, e, z;
	uint8_t owner[32], bytes[32];

	TRY(seal(c, w, k, t, kind, turn));
	TRY(scalar_random(&alpha));
	TRY(point_mul_base(&a, &alpha));
	TRY(hash_b(owner, "ballot", PARTS(BYTES(w->eid, 32), BYTES_POINT(credential))));
	TRY(hash_s(&e, "ballot-pok",
	           PARTS(BYTES(owner, 32), BYTES_TEXT(k->id), BYTES(c, (k->w + 1) * sizeof *c), BYTES_POINT(&a))));
	scalar_mul_add(&z, &e, t, &alpha);
	scalar_write(bytes, &z);
	buffer_u8(out, (uint8_t)strlen(k->id));
	buffer_text(out, k->id);
	buffer_u8(out, (uint8_t)k->w);
	buffer_put(out, c, (k->w + 1) * sizeof *c);
	buffer_put(out, a.octets, POINT_BYTES);
	buffer_put(out, bytes, 32);
	return OK;
}

enum status whole_vote(struct whole *w, unsigned i, unsigned person, unsigned district, enum whole_kind kind,
                       bool same_t)
{
	const struct point *credential = &w->people[person].credential;
	struct whole_ballot *b = &w->ballots[i];
	static unsigned turn;
	struct ballot_form form;
	struct scalar t;

	if (i >= w->n_ballots)
		w->n_ballots = i + 1;
	buffer_free(&b->bytes);
	b->district = district;
	b->person = person;
	definition_form(&form, w->d, district);
	buffer_text(&b->bytes, "VMB1");
	buffer_put(&b->bytes, w->eid, 32);
	buffer_put(&b->bytes, credential->octets, POINT_BYTES);
	buffer_u8(&b->bytes, (uint8_t)form.n);
	for (unsigned k = 0; k < form.n; k++) {
		if (!same_t || k == 0)
			TRY(scalar_random(&t));
		TRY(put_contest(&b->bytes, w, credential, definition_contest(w->d, form.contests[k].name), &t,
		                k == 0 ? kind : KIND_GOOD, turn++));
	}
	for (int k = 0; k < SIGNATURE_TAIL; k++)
		buffer_u8(&b->bytes, 0);
	return whole_sign(w, i, person);
}

enum status whole_sign(struct whole *w, unsigned i, unsigned person)
{
	struct whole_ballot *b = &w->ballots[i];
	const struct point *credential = (const struct point *)(const void *)(b->bytes.data + 36);
	struct scalar beta, e, z;
	struct point a;

	b->bytes.len -= SIGNATURE_TAIL;
	TRY(hash_sha256(b->tracker, b->bytes.data, b->bytes.len));
	TRY(scalar_random(&beta));
	TRY(point_mul_base(&a, &beta));
	TRY(hash_s(&e, "ballot-signature", PARTS(BYTES_POINT(credential), BYTES_POINT(&a), BYTES(b->tracker, 32))));
	scalar_mul_add(&z, &e, &w->people[person].sk, &beta);
	memcpy(b->bytes.data + b->bytes.len, a.octets, POINT_BYTES);
	scalar_write(b->bytes.data + b->bytes.len + POINT_BYTES, &z);
	b->bytes.len += SIGNATURE_TAIL;
	return OK;
}

void whole_drop_ballot(struct whole *w, unsigned i)
{
	buffer_free(&w->ballots[i].bytes);
	w->n_ballots--;
	for (unsigned j = i; j < w->n_ballots; j++)
		w->ballots[j] = w->ballots[j + 1];
	w->ballots[w->n_ballots].bytes = (struct buffer)BUFFER_INIT;
}
