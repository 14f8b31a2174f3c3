/* See vote_check.h. */
#include "record/vote_check.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdlib.h>
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

/* All but sealing again: *sealed tells that this is left to do. on_curve: is X the x of a point? */
static enum status check_but_seal(bool *holds, bool *sealed, const char **why, const struct opened_vote *v,
                                  const struct record *r, const struct contest *contest, bool decodes,
                                  const uint8_t *inner, bool on_curve)
{
	*holds = *sealed = false;
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
	if (on_curve == (v->status == VOTE_OFF_CURVE)) {
		*why = on_curve ? _("se dice fuera de la curva, y su X está en ella")
		                : _("su X no está en la curva, y no se dice");
		return OK;
	}
	if (v->status == VOTE_MISMATCH)
		return check_mismatch(holds, why, v, r, contest);
	*sealed = v->status == VOTE_VALID;
	*holds = true;
	return OK;
}

/* X of each on the curve? */
static enum status find_curve(bool *on_curve, const bool *decodes, const uint8_t (*inner)[INNER_MAX], size_t n)
{
	struct point *r = malloc((n + 1) * sizeof *r);
	uint8_t (*x)[32] = calloc(n + 1, sizeof *x);
	enum status s = E_FAILED;

	if (r == NULL || x == NULL)
		fault(E_FAILED, NULL, _("no hay memoria para comprobar los votos"));
	else {
		for (size_t i = 0; i < n; i++)
			if (decodes[i])
				memcpy(x[i], inner[i], 32);
		s = point_from_x_many_vartime(r, on_curve, (const uint8_t(*)[32])x, n);
	}
	free(r);
	free(x);
	return s;
}

enum status vote_check_many(size_t *bad, const char **why, const struct opened_vote *votes, const struct record *r,
                            const struct contest *contest, const bool *decodes, const uint8_t (*inner)[INNER_MAX],
                            size_t n, const struct envelope_sealer *sealer)
{
	struct envelope_opened *opened = calloc(n + 1, sizeof *opened);
	bool *flags = calloc(3 * n + 1, sizeof *flags), *on_curve = flags, *sealed, *same;
	size_t count = 0, first = n;
	enum status s = E_FAILED;

	if (opened == NULL || flags == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria para comprobar los votos"));
		goto done;
	}
	sealed = flags + n;
	same = sealed + n;
	if ((s = find_curve(on_curve, decodes, inner, n)) != OK)
		goto done;
	for (size_t i = 0; i < n && first == n; i++) {
		bool holds;

		if ((s = check_but_seal(&holds, &sealed[i], why, &votes[i], r, contest, decodes[i], inner[i], on_curve[i])) !=
		    OK)
			goto done;
		if (!holds)
			first = i;
		else if (sealed[i])
			opened[count++] = (struct envelope_opened){inner[i], votes[i].seed, votes[i].plain};
	}
	if ((s = envelope_seals_again_many(same, sealer, opened, count)) != OK)
		goto done;
	count = 0;
	for (size_t i = 0; i < first; i++)
		if (sealed[i] && !same[count++]) {
			first = i;
			*why = _("sellado de nuevo con su semilla no da el mismo sobre");
		}
	*bad = first;
done:
	free(opened);
	free(flags);
	return s;
}

enum status vote_check(bool *holds, const char **why, const struct opened_vote *v, const struct record *r,
                       const struct contest *contest, bool decodes, const uint8_t *inner)
{
	struct point point;
	bool sealed;
	enum status s;

	s = check_but_seal(holds, &sealed, why, v, r, contest, decodes, inner, decodes && envelope_inner_point(&point, inner));
	if (s != OK || !sealed)
		return s;
	*why = _("sellado de nuevo con su semilla no da el mismo sobre");
	return envelope_seals_again(holds, inner, contest->w, r->eid, contest->id, &r->keys->election_key, v->seed, v->plain);
}
