/* See ballot.h. Schnorr proofs with strong Fiat-Shamir: each challenge covers the whole statement. */
#include "protocol/ballot.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[4] = {'V', 'M', 'B', '1'};

static bool name_ok(const char *name, size_t len)
{
	if (len < 1 || len > BALLOT_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '-'))
			return false;
	return true;
}

static bool read_point(struct point *out, struct reader *r)
{
	const uint8_t *p = reader_take(r, POINT_BYTES);

	return p != NULL && point_read(out, p);
}

static bool read_scalar(struct scalar *out, struct reader *r)
{
	const uint8_t *p = reader_take(r, 32);

	return p != NULL && scalar_read(out, p);
}

static enum status bad(const char *what)
{
	return fault(E_EVIDENCE, NULL, _("boleta mal formada: %s"), what);
}

static enum status read_contest(struct ballot_contest *c, struct reader *r)
{
	size_t len = reader_u8(r);
	const uint8_t *name = reader_take(r, len);

	if (name == NULL || !name_ok((const char *)name, len))
		return bad(_("nombre de una elección"));
	memcpy(c->name, name, len);
	c->name[len] = '\0';
	c->w = reader_u8(r);
	if (c->w < WIDTH_MIN || c->w > WIDTH_MAX)
		return bad(_("ancho"));
	for (unsigned k = 0; k <= c->w; k++)
		if (!read_point(&c->c[k], r))
			return bad(_("un punto no está en la curva"));
	if (!read_point(&c->proof_a, r))
		return bad(_("el punto de una prueba no está en la curva"));
	if (!read_scalar(&c->proof_z, r))
		return bad(_("un escalar no es menor que n"));
	return OK;
}

enum status ballot_read(struct ballot *out, const uint8_t *data, size_t len, bool with_signature)
{
	struct reader r = reader_of(data, len);
	const uint8_t *p;
	enum status s;

	memset(out, 0, sizeof *out);
	if (len > BALLOT_MAX_BYTES)
		return bad(_("demasiado larga"));
	if ((p = reader_take(&r, 4)) == NULL || memcmp(p, MAGIC, 4) != 0)
		return bad(_("no empieza por VMB1"));
	if ((p = reader_take(&r, 32)) == NULL)
		return bad(_("cortada"));
	memcpy(out->eid, p, 32);
	if (!read_point(&out->credential, &r))
		return bad(_("la credencial no es un punto de la curva"));
	out->n = reader_u8(&r);
	if (out->n < 1 || out->n > BALLOT_CONTESTS_MAX)
		return bad(_("número de elecciones"));
	for (unsigned i = 0; i < out->n; i++)
		if ((s = read_contest(&out->contests[i], &r)) != OK)
			return s;
	if ((s = hash_sha256(out->tracker, data, len - r.left)) != OK)
		return s;
	out->is_signed = with_signature;
	if (with_signature && (!read_point(&out->sig_a, &r) || !read_scalar(&out->sig_z, &r)))
		return bad(_("sin firma legible"));
	return reader_end(&r) ? OK : bad(_("sobran bytes"));
}

/* e of the proof that t is known. */
static enum status pok_challenge(struct scalar *e, const uint8_t eid[32], const struct point *credential,
                                 const struct ballot_contest *c)
{
	uint8_t owner[32];
	enum status s;

	if ((s = hash_b(owner, "ballot", PARTS(BYTES(eid, 32), BYTES_POINT(credential)))) != OK)
		return s;
	return hash_s(e, "ballot-pok",
	              PARTS(BYTES(owner, 32), BYTES_TEXT(c->name), BYTES(c->c, (c->w + 1) * sizeof c->c[0]),
	                    BYTES_POINT(&c->proof_a)));
}

/* z G - e P - A = 0? */
static enum status schnorr(bool *holds, const struct scalar *z, const struct scalar *e, const struct point *public,
                           const struct point *a)
{
	struct scalar minus;
	struct point sum;
	enum status s;

	scalar_neg(&minus, e);
	if ((s = point_mul_two_vartime(&sum, z, &minus, public)) == OK)
		*holds = point_equal(&sum, a);
	return s;
}

static enum status check_form(const struct ballot *b, const struct ballot_form *form)
{
	if (b->n != form->n)
		return fault(E_EVIDENCE, NULL, _("la boleta tiene %u elecciones y le tocan %u"), b->n, form->n);
	for (unsigned i = 0; i < b->n; i++) {
		const struct ballot_contest *c = &b->contests[i];

		if (strcmp(c->name, form->contests[i].name) != 0 || c->w != form->contests[i].w)
			return fault(E_EVIDENCE, NULL, _("la boleta trae la elección «%s» de ancho %u donde va «%s» de ancho %u"),
			             c->name, c->w, form->contests[i].name, form->contests[i].w);
		for (unsigned j = 0; j < i; j++)
			if (point_equal(&c->c[0], &b->contests[j].c[0]))
				return fault(E_EVIDENCE, NULL, _("«%s» y «%s» están selladas con el mismo azar"), c->name,
				             b->contests[j].name);
	}
	return OK;
}

static enum status check_statement(const struct ballot *b, const uint8_t eid[32], const struct ballot_form *form)
{
	if (memcmp(b->eid, eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("la boleta es de otra elección"));
	return check_form(b, form);
}

/* e of the signature. */
static enum status signature_challenge(struct scalar *e, const struct ballot *b)
{
	return hash_s(e, "ballot-signature",
	              PARTS(BYTES_POINT(&b->credential), BYTES_POINT(&b->sig_a), BYTES(b->tracker, 32)));
}

/* Each proof and the signature by itself, by OpenSSL; the first that does not hold is named. */
static enum status check_each(const struct ballot *b, const uint8_t eid[32])
{
	struct scalar e;
	bool holds;
	enum status s;

	for (unsigned i = 0; i < b->n; i++) {
		const struct ballot_contest *c = &b->contests[i];

		if ((s = pok_challenge(&e, eid, &b->credential, c)) != OK ||
		    (s = schnorr(&holds, &c->proof_z, &e, &c->c[0], &c->proof_a)) != OK)
			return s;
		if (!holds)
			return fault(E_EVIDENCE, NULL, _("«%s»: la prueba de conocimiento del sobre no se cumple"), c->name);
	}
	if (!b->is_signed)
		return OK;
	if ((s = signature_challenge(&e, b)) != OK || (s = schnorr(&holds, &b->sig_z, &e, &b->credential, &b->sig_a)) != OK)
		return s;
	return holds ? OK : fault(E_EVIDENCE, NULL, _("la firma de la boleta no es de su credencial"));
}

/* A batch of one ballot costs a third of its equations one by one. */
enum status ballot_check(const struct ballot *b, const uint8_t eid[32], const struct ballot_form *form)
{
	struct ballot_batch *one = NULL;
	bool holds = false;
	enum status s;

	if (point_openssl_alone())
		return (s = check_statement(b, eid, form)) == OK ? check_each(b, eid) : s;
	if ((s = ballot_batch_new(&one)) == OK && (s = ballot_batch_add(one, b, eid, form)) == OK)
		s = ballot_batch_holds(&holds, one);
	ballot_batch_free(one);
	return s != OK || holds ? s : check_each(b, eid);
}

/* ---- Many at once: sum of w_j (z_j G - e_j P_j - A_j) = 0, with a fresh random weight w_j of 128 bits for each proof
 * (Bellare, Garay and Rabin, EUROCRYPT '98). */

struct ballot_batch {
	size_t n, room;
	struct scalar z; /* sum w_j z_j */
	struct scalar *k; /* of the n terms, and one free: for -z G */
	struct point *p;
};

enum status ballot_batch_new(struct ballot_batch **out)
{
	if ((*out = calloc(1, sizeof **out)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return OK;
}

void ballot_batch_free(struct ballot_batch *b)
{
	if (b == NULL)
		return;
	free(b->k);
	free(b->p);
	free(b);
}

void ballot_batch_clear(struct ballot_batch *b)
{
	b->n = 0;
	b->z = SCALAR_ZERO;
}

static enum status make_room(struct ballot_batch *b, size_t more)
{
	size_t room = b->room;
	struct scalar *k;
	struct point *p;

	if (b->n + more <= room)
		return OK;
	room = 2 * (room + more);
	if ((k = realloc(b->k, room * sizeof *k)) != NULL)
		b->k = k;
	if ((p = realloc(b->p, room * sizeof *p)) != NULL)
		b->p = p;
	if (k == NULL || p == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	b->room = room;
	return OK;
}

/* z G = A + e P, with this weight. */
static void weigh(struct ballot_batch *b, const uint8_t weight[16], const struct scalar *z, const struct scalar *e,
                  const struct point *public, const struct point *a)
{
	struct scalar w;

	scalar_from_u128(&w, weight);
	scalar_mul_add(&b->z, &w, z, &b->z);
	b->k[b->n] = w; /* make_room came before: NOLINT(clang-analyzer-core.NullDereference) */
	b->p[b->n++] = *a;
	scalar_mul(&b->k[b->n], &w, e);
	b->p[b->n++] = *public;
}

enum status ballot_batch_add(struct ballot_batch *batch, const struct ballot *b, const uint8_t eid[32],
                             const struct ballot_form *form)
{
	uint8_t weights[BALLOT_CONTESTS_MAX + 1][16];
	struct scalar e;
	enum status s;

	if ((s = check_statement(b, eid, form)) != OK || (s = make_room(batch, 2 * (size_t)b->n + 3)) /* and z G */ != OK)
		return s;
	if (RAND_bytes(weights[0], (int)((b->n + 1) * sizeof weights[0])) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
	for (unsigned i = 0; i < b->n; i++) {
		const struct ballot_contest *c = &b->contests[i];

		if ((s = pok_challenge(&e, eid, &b->credential, c)) != OK)
			return s;
		weigh(batch, weights[i], &c->proof_z, &e, &c->c[0], &c->proof_a);
	}
	if (!b->is_signed)
		return OK;
	if ((s = signature_challenge(&e, b)) == OK)
		weigh(batch, weights[b->n], &b->sig_z, &e, &b->credential, &b->sig_a);
	return s;
}

enum status ballot_batch_holds(bool *holds, const struct ballot_batch *b)
{
	struct point sum;
	enum status s;

	*holds = true;
	if (b->n == 0)
		return OK;
	b->p[b->n] = POINT_GENERATOR;
	scalar_neg(&b->k[b->n], &b->z);
	s = point_msm_vartime(&sum, b->k, b->p, b->n + 1);
	*holds = s == OK && point_is_infinity(&sum);
	return s;
}

static enum status make_contest(struct buffer *out, const uint8_t eid[32], const struct point *credential,
                                struct ballot_contest *c, const struct point *election_key,
                                const struct point *committee_key, const struct ballot_vote *vote)
{
	uint8_t inner[INNER_MAX], z[32];
	struct scalar alpha, e;
	enum status s;

	if ((s = envelope_seal_inner(inner, c->w, eid, c->name, election_key, vote->seed, vote->plain)) != OK ||
	    (s = envelope_seal_outer(c->c, c->w, committee_key, &vote->t, inner)) != OK ||
	    (s = scalar_random(&alpha)) != OK)
		return s;
	/* A' = alpha G; z = alpha + e t */
	if ((s = point_mul_base(&c->proof_a, &alpha)) == OK && (s = pok_challenge(&e, eid, credential, c)) == OK) {
		scalar_mul_add(&c->proof_z, &e, &vote->t, &alpha);
		scalar_write(z, &c->proof_z);
		buffer_u8(out, (uint8_t)strlen(c->name));
		buffer_text(out, c->name);
		buffer_u8(out, (uint8_t)c->w);
		buffer_put(out, c->c, (c->w + 1) * sizeof c->c[0]);
		buffer_put(out, c->proof_a.octets, POINT_BYTES);
		buffer_put(out, z, sizeof z);
	}
	scalar_wipe(&alpha, 1);
	return s;
}

enum status ballot_make_unsigned(struct buffer *out, const uint8_t eid[32], const struct point *credential,
                                 const struct ballot_form *form, const struct point *election_key,
                                 const struct point *committee_key, const struct ballot_vote *votes)
{
	struct ballot_contest c;
	enum status s = OK;

	buffer_put(out, MAGIC, 4);
	buffer_put(out, eid, 32);
	buffer_put(out, credential->octets, POINT_BYTES);
	buffer_u8(out, (uint8_t)form->n);
	for (unsigned i = 0; s == OK && i < form->n; i++) {
		memset(&c, 0, sizeof c);
		memcpy(c.name, form->contests[i].name, strlen(form->contests[i].name));
		c.w = form->contests[i].w;
		s = make_contest(out, eid, credential, &c, election_key, committee_key, &votes[i]);
	}
	if (s == OK && !buffer_ok(out))
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	return s;
}

enum status ballot_sign(struct buffer *ballot, const struct point *credential, const struct scalar *sk)
{
	uint8_t tracker[32], z[32];
	struct scalar beta, e;
	struct point a;
	enum status s;

	if ((s = hash_sha256(tracker, ballot->data, ballot->len)) != OK || (s = scalar_random(&beta)) != OK)
		return s;
	/* A_s = beta G; z_s = beta + e sk */
	if ((s = point_mul_base(&a, &beta)) == OK &&
	    (s = hash_s(&e, "ballot-signature",
	                PARTS(BYTES_POINT(credential), BYTES_POINT(&a), BYTES(tracker, 32)))) == OK) {
		scalar_mul_add(&e, &e, sk, &beta);
		scalar_write(z, &e);
		buffer_put(ballot, a.octets, POINT_BYTES);
		buffer_put(ballot, z, sizeof z);
	}
	scalar_wipe(&beta, 1);
	if (s == OK && !buffer_ok(ballot))
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	return s;
}
