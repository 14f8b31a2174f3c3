/* See ballot.h. Schnorr proofs with strong Fiat-Shamir: each challenge covers the whole statement. */
#include "protocol/ballot.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
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
	struct scalar k[3];
	struct point p[3], sum;
	enum status s;

	k[0] = *z;
	scalar_neg(&k[1], e);
	scalar_neg(&k[2], &SCALAR_ONE);
	p[0] = POINT_GENERATOR;
	p[1] = *public;
	p[2] = *a;
	if ((s = point_msm_vartime(&sum, k, p, 3)) == OK)
		*holds = point_is_infinity(&sum);
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

enum status ballot_check(const struct ballot *b, const uint8_t eid[32], const struct ballot_form *form)
{
	struct scalar e;
	bool holds;
	enum status s;

	if (memcmp(b->eid, eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("la boleta es de otra elección"));
	if ((s = check_form(b, form)) != OK)
		return s;
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
	if ((s = hash_s(&e, "ballot-signature",
	                PARTS(BYTES_POINT(&b->credential), BYTES_POINT(&b->sig_a), BYTES(b->tracker, 32)))) != OK ||
	    (s = schnorr(&holds, &b->sig_z, &e, &b->credential, &b->sig_a)) != OK)
		return s;
	return holds ? OK : fault(E_EVIDENCE, NULL, _("la firma de la boleta no es de su credencial"));
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
