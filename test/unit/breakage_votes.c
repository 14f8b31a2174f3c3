/* Breakages of openings and challenges: lies of the tally, and whatever follows told to fit. */
#include "base/json.h"
#include "unit/breakage.h"
#include <stdlib.h>
#include <string.h>

#define F VERIFY_FAILS
#define VOTE(n, s, f) {.name = "vote-" n, .shape = "whole", .check = CHECK_VOTES, .outcome = F, .about = s, .alter = f}
#define ASK(n, s, f) {.name = "challenge-" n, .shape = "whole", .check = CHECK_CHALLENGES, .outcome = F, .about = s, .alter = f}

static struct opened_vote *vote_with(struct whole *w, enum vote_status status, unsigned k)
{
	unsigned l = 0;
	uint64_t i = whole_vote_with(w, status, k, &l);

	return &w->lists[l].votes[i]; /* every shape used here has them */
}

static enum status told(struct whole *w)
{
	TRY(whole_write_votes(w));
	return whole_write_results(w);
}

static enum status valid_as_mismatch(struct whole *w) /* with a W from nowhere: nobody has challenged it */
{
	struct opened_vote *v = vote_with(w, VOTE_VALID, 1);
	struct scalar s;

	TRY(scalar_random(&s));
	TRY(point_mul_base(&v->w, &s));
	v->status = VOTE_MISMATCH;
	return told(w);
}

static enum status valid_as_mismatch_true_w(struct whole *w)
{
	vote_with(w, VOTE_VALID, 1)->status = VOTE_MISMATCH; /* whole_open keeps W */
	return told(w);
}

/* The same with -W, whose x is the same. */
static enum status valid_as_mismatch_minus_w(struct whole *w)
{
	struct opened_vote *v = vote_with(w, VOTE_VALID, 1);

	point_neg(&v->w, &v->w);
	v->status = VOTE_MISMATCH;
	return told(w);
}

static enum status relabel(struct whole *w, enum vote_status from, enum vote_status to)
{
	struct opened_vote *v = vote_with(w, from, 0);

	if (to == VOTE_MISMATCH && from != VOTE_VALID)
		v->w = POINT_GENERATOR;
	v->status = to;
	return told(w);
}

#define RELABEL(name, from, to)                                                                                        \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return relabel(w, from, to);                                                                           \
	}
RELABEL(mismatch_as_valid, VOTE_MISMATCH, VOTE_VALID)
RELABEL(mismatch_as_off_curve, VOTE_MISMATCH, VOTE_OFF_CURVE)
RELABEL(mismatch_as_undecodable, VOTE_MISMATCH, VOTE_UNDECODABLE)
RELABEL(off_curve_as_valid, VOTE_OFF_CURVE, VOTE_VALID)
RELABEL(off_curve_as_mismatch, VOTE_OFF_CURVE, VOTE_MISMATCH)
RELABEL(off_curve_as_undecodable, VOTE_OFF_CURVE, VOTE_UNDECODABLE)
RELABEL(undecodable_as_valid, VOTE_UNDECODABLE, VOTE_VALID)
RELABEL(undecodable_as_off_curve, VOTE_UNDECODABLE, VOTE_OFF_CURVE)
RELABEL(undecodable_as_mismatch, VOTE_UNDECODABLE, VOTE_MISMATCH)
RELABEL(valid_as_off_curve, VOTE_VALID, VOTE_OFF_CURVE)
RELABEL(valid_as_undecodable, VOTE_VALID, VOTE_UNDECODABLE)

static enum status seed(struct whole *w)
{
	vote_with(w, VOTE_VALID, 1)->seed[3] ^= 1;
	return told(w);
}

static enum status plain(struct whole *w)
{
	vote_with(w, VOTE_VALID, 1)->plain[7] ^= 1;
	return told(w);
}

static enum status inner(struct whole *w)
{
	vote_with(w, VOTE_VALID, 1)->inner[50] ^= 1;
	return told(w);
}

static enum status seeds_exchanged(struct whole *w)
{
	struct opened_vote *a = vote_with(w, VOTE_VALID, 0), *b = vote_with(w, VOTE_VALID, 1);
	uint8_t t[SEED_BYTES];

	memcpy(t, a->seed, SEED_BYTES);
	memcpy(a->seed, b->seed, SEED_BYTES);
	memcpy(b->seed, t, SEED_BYTES);
	return told(w);
}

static enum status rows_exchanged(struct whole *w)
{
	struct opened_vote *a = vote_with(w, VOTE_VALID, 0), *b = vote_with(w, VOTE_VALID, 1), t = *a;

	*a = *b;
	*b = t;
	return told(w);
}

static enum status row_copied(struct whole *w)
{
	*vote_with(w, VOTE_VALID, 0) = *vote_with(w, VOTE_VALID, 1);
	return told(w);
}

/* The vote with R = -G, whose W everybody knows to be -A. */
static struct opened_vote *minus_g(struct whole *w)
{
	for (unsigned k = 0;; k++) {
		struct opened_vote *v = vote_with(w, VOTE_MISMATCH, k);

		if (memcmp(v->inner, POINT_GENERATOR.octets + 1, 32) == 0)
			return v;
	}
}

static enum status minus_g_other_sign(struct whole *w)
{
	point_neg(&minus_g(w)->w, &minus_g(w)->w);
	return told(w);
}

static enum status minus_g_other_w(struct whole *w)
{
	minus_g(w)->w = POINT_GENERATOR;
	return told(w);
}

static enum status w_off_curve(struct whole *w)
{
	vote_with(w, VOTE_MISMATCH, 0)->w.octets[20] ^= 1;
	return told(w);
}

/* The true mismatch with another W: nothing shows it but its challenge. */
static enum status mismatch_other_w(struct whole *w)
{
	struct opened_vote *v = vote_with(w, VOTE_MISMATCH, 0);

	if (v == minus_g(w))
		v = vote_with(w, VOTE_MISMATCH, 1);
	return point_add_vartime(&v->w, &v->w, &POINT_GENERATOR) == OK ? told(w) : E_FAILED;
}

static enum status mismatch_minus_w(struct whole *w)
{
	struct opened_vote *v = vote_with(w, VOTE_MISMATCH, 0);

	if (v == minus_g(w))
		v = vote_with(w, VOTE_MISMATCH, 1);
	point_neg(&v->w, &v->w);
	return told(w);
}

/* ---- challenges */

static enum status u_zero(struct whole *w) /* and the answer x(v A), which anybody knows */
{
	json_t *c = json_array_get(w->challenges, 0);
	uint8_t zero[32] = {0}, bytes[32], x[32];
	struct scalar v;
	struct point p;

	json_object_set_new(c, "u", json_hex(zero, 32));
	v = SCALAR_ONE;
	scalar_write(bytes, &v);
	json_object_set_new(c, "v", json_hex(bytes, 32));
	TRY(point_mul(&p, &v, &w->keys->election_key));
	envelope_x(x, &p);
	json_object_set_new(c, "answer", json_hex(x, 32));
	return whole_write_challenges(w);
}

static enum status set(struct whole *w, const char *field, json_t *value)
{
	json_object_set_new(json_array_get(w->challenges, 0), field, value);
	return whole_write_challenges(w);
}

static enum status answer(struct whole *w)
{
	uint8_t bytes[32];

	memcpy(bytes, w->keys->election_key.octets + 1, 32);
	return set(w, "answer", json_hex(bytes, 32));
}

static enum status u_high(struct whole *w)
{
	uint8_t bytes[32];

	memset(bytes, 0xff, 32);
	return set(w, "u", json_hex(bytes, 32));
}

static enum status of_a_valid_vote(struct whole *w)
{
	unsigned l;
	uint64_t i = whole_vote_with(w, VOTE_VALID, 0, &l);

	TRY(whole_challenge(w, l, i));
	return whole_write_challenges(w);
}

static enum status of_another_list(struct whole *w)
{
	return set(w, "list", json_string("gubernatura"));
}

static enum status beyond(struct whole *w)
{
	return set(w, "idx", json_integer(1000000));
}

static enum status negative(struct whole *w)
{
	return set(w, "idx", json_integer(-1));
}

static enum status half_index(struct whole *w)
{
	return set(w, "idx", json_real(1.0));
}

static enum status no_observer(struct whole *w)
{
	json_object_del(json_array_get(w->challenges, 0), "observer");
	return whole_write_challenges(w);
}

static enum status more_fields(struct whole *w)
{
	return set(w, "Q", json_string(""));
}

static enum status exchanged(struct whole *w) /* each is answered by the other's vote */
{
	json_t *a = json_array_get(w->challenges, 0), *b = json_array_get(w->challenges, 1),
	       *t = json_incref(json_object_get(a, "idx"));

	json_object_set(a, "idx", json_object_get(b, "idx"));
	json_object_set_new(b, "idx", t);
	return whole_write_challenges(w);
}

static enum status too_many(struct whole *w)
{
	while (json_array_size(w->challenges) <= 1000)
		json_array_append(w->challenges, json_array_get(w->challenges, 0));
	return whole_write_challenges(w);
}

static enum status one_unchallenged(struct whole *w)
{
	json_array_remove(w->challenges, 0);
	return whole_write_challenges(w);
}

#define CSV(n, a, b, s) {.name = "vote-" n, .shape = "whole", .check = CHECK_VOTES, .outcome = F, .about = s, .edit = EDIT_REPLACE, .file = "decrypted-votes.csv", .find = a, .with = b}

const struct breakage BREAKAGES_VOTES[] = {
    {.name = "vote-valid-as-mismatch", .shape = "whole", .check = CHECK_CHALLENGES, .outcome = VERIFY_UNPROVED,
     .about = "1 votos no coincidentes sin un reto", .alter = valid_as_mismatch},
    VOTE("valid-as-mismatch-true-w", "se vuelve a sellar igual", valid_as_mismatch_true_w),
    VOTE("valid-as-mismatch-minus-w", "se vuelve a sellar igual", valid_as_mismatch_minus_w),
    VOTE("mismatch-as-valid", "no da el mismo sobre", mismatch_as_valid),
    VOTE("mismatch-as-off-curve", "se dice fuera de la curva", mismatch_as_off_curve),
    VOTE("mismatch-as-undecodable", "se dice indescifrable", mismatch_as_undecodable),
    VOTE("off-curve-as-valid", "su X no está en la curva", off_curve_as_valid),
    VOTE("off-curve-as-mismatch", "su X no está en la curva", off_curve_as_mismatch),
    VOTE("off-curve-as-undecodable", "se dice indescifrable", off_curve_as_undecodable),
    VOTE("undecodable-as-valid", "sus bloques no se leen", undecodable_as_valid),
    VOTE("undecodable-as-off-curve", "sus bloques no se leen", undecodable_as_off_curve),
    VOTE("undecodable-as-mismatch", "sus bloques no se leen", undecodable_as_mismatch),
    VOTE("valid-as-off-curve", "se dice fuera de la curva", valid_as_off_curve),
    VOTE("valid-as-undecodable", "se dice indescifrable", valid_as_undecodable),
    VOTE("seed", "no da el mismo sobre", seed),
    VOTE("plain", "no da el mismo sobre", plain),
    VOTE("inner", "no es el que da el descifrado", inner),
    VOTE("seeds-exchanged", "no da el mismo sobre", seeds_exchanged),
    VOTE("rows-exchanged", "no es el que da el descifrado", rows_exchanged),
    VOTE("row-copied", "no es el que da el descifrado", row_copied),
    VOTE("minus-g-other-sign", "no puede ser a·R", minus_g_other_sign),
    VOTE("minus-g-other-w", "no puede ser a·R", minus_g_other_w),
    VOTE("w-off-curve", "no se puede leer", w_off_curve),
    CSV("status-unknown", ",valid,", ",Valid,", "no se puede leer"),
    CSV("list-name", "senadurias.09,3,", "senadurias.14,3,", "hay otra cosa"),
    CSV("index", "jefatura-cdmx,1,", "jefatura-cdmx,01,", "hay otra cosa"),
    CSV("spaces", "jefatura-cdmx,1,", "jefatura-cdmx, 1,", "hay otra cosa"),
    CSV("more-columns", "jefatura-cdmx,1,valid,", "jefatura-cdmx,1,valid,,", "hay otra cosa"),
    CSV("carriage-return", "\nsenadurias.09,0,", "\r\nsenadurias.09,0,", "no se puede leer"),
    CSV("of-off-curve-with-seed", ",off-curve,", ",off-curve,00", "no se puede leer"),
    ASK("of-other-w", "no se cumple", mismatch_other_w),
    ASK("of-minus-w", "no se cumple", mismatch_minus_w),
    ASK("u-zero", "no se cumple", u_zero),
    ASK("answer", "no se cumple", answer),
    ASK("u-not-below-n", "u no es menor que n", u_high),
    ASK("of-a-valid-vote", "no es un voto no coincidente", of_a_valid_vote),
    ASK("of-another-list", "no es un voto no coincidente", of_another_list),
    ASK("beyond-the-list", "no es un voto no coincidente", beyond),
    ASK("index-negative", "idx", negative),
    ASK("index-real", "idx", half_index),
    ASK("no-observer", "observer", no_observer),
    ASK("more-fields", "campo desconocido", more_fields),
    ASK("exchanged", "no se cumple", exchanged),
    ASK("too-many", "1000", too_many),
    {.name = "challenge-one-missing", .shape = "whole", .check = CHECK_CHALLENGES, .outcome = VERIFY_UNPROVED,
     .about = "1 votos no coincidentes", .alter = one_unchallenged},
    {.name = "challenge-where-no-mismatch", .shape = "plain", .check = CHECK_CHALLENGES, .outcome = F,
     .about = "no es un voto no coincidente", .alter = of_a_valid_vote},
    {.name = "good-unproved", .shape = "unproved", .check = CHECK_CHALLENGES, .outcome = VERIFY_UNPROVED,
     .about = "2 votos no coincidentes"},
    {.name = NULL},
};
