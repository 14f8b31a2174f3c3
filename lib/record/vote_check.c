/* See vote_check.h. */
#include "record/vote_check.h"
#include "base/i18n.h"
#include <string.h>

/* Unmasking with x(W) must not seal again; and where R = -G (X = x(G): G's own y is odd) W is known: -A. */
static enum status check_mismatch(bool *holds, const char **why, const struct opened_vote *v, const struct record *r,
                                  const struct contest *contest)
{
	uint8_t seed[SEED_BYTES], plain[PLAIN_MAX], z[32], x[32];
	struct point minus_a;
	bool same;
	enum status s;

	envelope_x(z, &v->w);
	if ((s = envelope_unmask(seed, plain, contest->w, r->eid, contest->id, v->inner, z)) != OK ||
	    (s = envelope_seals_again(&same, v->inner, contest->w, r->eid, contest->id, &r->keys->election_key, seed,
	                              plain)) != OK)
		return s;
	envelope_x(x, &POINT_GENERATOR);
	point_neg(&minus_a, &r->keys->election_key);
	if (same) {
		*why = _("se dice no coincidente, y con su W se vuelve a sellar igual");
	} else if (memcmp(x, v->inner, 32) == 0 && !point_equal(&v->w, &minus_a)) {
		*why = _("se dice no coincidente, y su W no puede ser a·R");
	} else {
		*holds = true;
	}
	return OK;
}

enum status vote_check(bool *holds, const char **why, const struct opened_vote *v, const struct record *r,
                          const struct contest *contest, bool decodes, const uint8_t *inner)
{
	struct point point;
	bool on_curve;
	enum status s;

	*holds = false;
	*why = "";
	if (decodes == (v->status == VOTE_UNDECODABLE)) {
		*why = decodes ? _("se dice indescifrable, y sus bloques se leen")
		               : _("sus bloques no se leen, y no se dice indescifrable");
		return OK;
	}
	if (!decodes) {
		*holds = true;
		return OK;
	}
	if (memcmp(v->inner, inner, envelope_inner_len(contest->w)) != 0) {
		*why = _("el sobre interior no es el que da el descifrado");
		return OK;
	}
	on_curve = envelope_inner_point(&point, inner);
	if (on_curve == (v->status == VOTE_OFF_CURVE)) {
		*why = on_curve ? _("se dice fuera de la curva, y su X está en ella")
		                : _("su X no está en la curva, y no se dice");
		return OK;
	}
	switch (v->status) {
	case VOTE_VALID:
		s = envelope_seals_again(holds, inner, contest->w, r->eid, contest->id, &r->keys->election_key, v->seed,
		                         v->plain);
		*why = _("sellado de nuevo con su semilla no da el mismo sobre");
		return s;
	case VOTE_MISMATCH:
		return check_mismatch(holds, why, v, r, contest);
	case VOTE_UNDECODABLE:
	case VOTE_OFF_CURVE:
		break;
	}
	*holds = true;
	return OK;
}
