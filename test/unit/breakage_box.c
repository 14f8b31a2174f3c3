/* Breakages of reissues, ballots and seal, made by who holds the keys: the box is sealed again by the system's own. */
#include "protocol/hash.h"
#include "unit/breakage.h"
#include "unit/signing.h"
#include <string.h>

#define F VERIFY_FAILS
#define BOX(n, c, s, f) {.name = n, .shape = "whole", .check = c, .outcome = F, .about = s, .alter = f}

static enum status reissue(struct whole *w, unsigned from, unsigned to)
{
	w->reissues[w->n_reissues].from = from;
	w->reissues[w->n_reissues++].to = to;
	return OK;
}

static enum status reissued(struct whole *w)
{
	TRY(whole_write_reissues(w));
	return whole_reseal(w);
}

static enum status ring(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, true, 0), whole_find(w, 1, true, 1)));
	TRY(reissue(w, whole_find(w, 1, true, 1), whole_find(w, 1, true, 0)));
	return reissued(w);
}

static enum status ring_of_one(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, true, 0), whole_find(w, 1, true, 0)));
	return reissued(w);
}

static enum status from_spare(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, true, 0), whole_find(w, 1, true, 1)));
	return reissued(w);
}

static enum status other_district(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, false, 3), whole_find(w, 2, true, 0)));
	return reissued(w);
}

static enum status to_a_voter(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, false, 3), whole_find(w, 1, false, 2)));
	return reissued(w);
}

static enum status old_twice(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 0, false, 0), whole_find(w, 0, true, 4)));
	return reissued(w);
}

static enum status new_twice(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 0, false, 7), whole_find(w, 0, true, 0)));
	return reissued(w);
}

static enum status by_a_stranger(struct whole *w)
{
	struct point key;
	EVP_PKEY *mine = w->registrar;
	enum status r;

	w->registrar = signing_new(&key);
	r = reissued(w);
	EVP_PKEY_free(w->registrar);
	w->registrar = mine;
	return r;
}

/* The line is good: but the voter's first ballot is in the box, and their credential may vote no more. */
static enum status after_voting(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, false, 0), whole_find(w, 1, true, 0)));
	return reissued(w);
}

static enum status unsealed_reissue(struct whole *w)
{
	TRY(reissue(w, whole_find(w, 1, false, 3), whole_find(w, 1, true, 0)));
	return whole_write_reissues(w);
}

static enum status add(struct whole *w, unsigned person)
{
	TRY(whole_vote(w, w->n_ballots, person, w->people[person].district, KIND_GOOD, false));
	return whole_reseal(w);
}

static enum status spare_not_given(struct whole *w)
{
	return add(w, whole_find(w, 0, true, 4));
}

static enum status old_votes(struct whole *w)
{
	return add(w, whole_find(w, 0, false, 0));
}

static enum status middle_votes(struct whole *w)
{
	return add(w, whole_find(w, 0, true, 1));
}

static enum status votes_twice(struct whole *w)
{
	return add(w, w->ballots[3].person);
}

static enum status unknown_credential(struct whole *w)
{
	struct whole_person *p = &w->people[w->n_people++]; /* who is not in credentials.csv */

	p->district = 1;
	TRY(scalar_random(&p->sk));
	TRY(point_mul_base(&p->credential, &p->sk));
	return add(w, w->n_people - 1);
}

/* A good ballot more, and nothing after it made again. */
static enum status one_more(struct whole *w)
{
	return add(w, whole_find(w, 1, false, 3));
}

static enum status one_less(struct whole *w)
{
	whole_drop_ballot(w, 5);
	return whole_reseal(w);
}

static enum status replaced(struct whole *w)
{
	const struct whole_ballot b = w->ballots[4];

	TRY(whole_vote(w, 4, b.person, b.district, KIND_GOOD, false));
	return whole_reseal(w);
}

static enum status not_resealed(struct whole *w)
{
	whole_drop_ballot(w, 5);
	return whole_write_box(w, true);
}

static enum status disorder(struct whole *w)
{
	struct whole_ballot b = w->ballots[2];

	w->ballots[2] = w->ballots[3];
	w->ballots[3] = b;
	TRY(whole_write_box(w, false));
	return whole_write_seal(w, w->system, w->d->closes_text, w->n_ballots);
}

static enum status same_twice(struct whole *w)
{
	struct whole_ballot *b = &w->ballots[w->n_ballots++];

	*b = w->ballots[0];
	b->bytes = (struct buffer)BUFFER_INIT;
	buffer_put(&b->bytes, w->ballots[0].bytes.data, w->ballots[0].bytes.len);
	return whole_reseal(w);
}

/* The first ballot in the box of this district. */
static struct whole_ballot *of_district(struct whole *w, unsigned district)
{
	for (unsigned i = 0; i < w->n_ballots; i++)
		if (w->ballots[i].district == district)
			return &w->ballots[i];
	return &w->ballots[0];
}

static enum status moved(struct whole *w) /* 14 and 21 vote for the same contests */
{
	of_district(w, 1)->district = 2;
	return whole_reseal(w);
}

static enum status moved_to_more(struct whole *w) /* 09 has a contest more */
{
	of_district(w, 1)->district = 0;
	return whole_reseal(w);
}

static enum status too_many_contests(struct whole *w) /* a voter of 14 with the ballot of 09 */
{
	unsigned i = (unsigned)(of_district(w, 1) - w->ballots);

	TRY(whole_vote(w, i, w->ballots[i].person, 0, KIND_GOOD, false));
	w->ballots[i].district = 1;
	return whole_reseal(w);
}

static enum status unknown_district(struct whole *w)
{
	TRY(breakage_edit(w, EDIT_REPLACE, "encrypted-votes.box", "\x02"
	                                                          "14",
	                  "\x02"
	                  "15",
	                  0));
	return whole_write_seal(w, w->system, w->d->closes_text, w->n_ballots);
}

static enum status other_eid(struct whole *w)
{
	struct whole_ballot *b = &w->ballots[2];

	w->eid[7] ^= 1;
	TRY(whole_vote(w, 2, b->person, b->district, KIND_GOOD, false));
	w->eid[7] ^= 1;
	return whole_reseal(w);
}

/* Changes byte `at` of ballot 2 and signs it again by its voter. */
static enum status bend(struct whole *w, size_t at)
{
	w->ballots[2].bytes.data[at] ^= 1;
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

/* Where things stand in a ballot: its first contest begins at 102, "presidencia", width 3. */
enum { FIRST = 102, C_0 = FIRST + 1 + 11 + 1, PROOF_A = C_0 + 4 * POINT_BYTES, PROOF_Z = PROOF_A + POINT_BYTES,
       SECOND = PROOF_Z + 32 };

static enum status off_curve(struct whole *w)
{
	return bend(w, C_0 + 20);
}

static enum status proof_answer(struct whole *w)
{
	return bend(w, PROOF_Z + 31);
}

static enum status name(struct whole *w)
{
	return bend(w, FIRST + 1);
}

static enum status width(struct whole *w)
{
	return bend(w, C_0 - 1);
}

static enum status credential(struct whole *w)
{
	return bend(w, 60);
}

static enum status signature(struct whole *w)
{
	w->ballots[2].bytes.data[w->ballots[2].bytes.len - 1] ^= 1;
	return whole_reseal(w);
}

static enum status signed_by_another(struct whole *w)
{
	TRY(whole_sign(w, 2, w->ballots[3].person));
	return whole_reseal(w);
}

static enum status same_t(struct whole *w)
{
	TRY(whole_vote(w, 2, w->ballots[2].person, w->ballots[2].district, KIND_GOOD, true));
	return whole_reseal(w);
}

static enum status not_signed(struct whole *w)
{
	w->ballots[2].bytes.len -= SIGNATURE_TAIL;
	return whole_reseal(w);
}

static enum status longer(struct whole *w)
{
	buffer_u8(&w->ballots[2].bytes, 0);
	return whole_reseal(w);
}

static enum status no_bytes(struct whole *w)
{
	w->ballots[2].bytes.len = 0;
	return whole_reseal(w);
}

/* Another voter's envelope and its proof, signed by this one: copying votes. */
static enum status copied(struct whole *w)
{
	memcpy(w->ballots[2].bytes.data + C_0, w->ballots[3].bytes.data + C_0, SECOND - C_0);
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

/* One of the envelope's points replaced, the proof as it was, signed by the voter: C_k are in the challenge. */
static enum status malleable(struct whole *w)
{
	struct point *c_2 = (struct point *)(void *)(w->ballots[2].bytes.data + C_0 + 2 * POINT_BYTES);

	TRY(point_add_vartime(c_2, c_2, &POINT_GENERATOR));
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

static enum status order_of_contests(struct whole *w)
{
	struct whole_ballot *b = of_district(w, 1); /* presidencia, senadurias */
	uint8_t both[4096];
	size_t len = b->bytes.len - SIGNATURE_TAIL;

	memcpy(both, b->bytes.data + SECOND, len - SECOND);
	memcpy(both + len - SECOND, b->bytes.data + FIRST, SECOND - FIRST);
	memcpy(b->bytes.data + FIRST, both, len - FIRST);
	TRY(whole_sign(w, (unsigned)(b - w->ballots), b->person));
	return whole_reseal(w);
}

static enum status fewer_contests(struct whole *w)
{
	struct whole_ballot *b = of_district(w, 1);

	b->bytes.data[101] = 1;
	b->bytes.len = SECOND + SIGNATURE_TAIL;
	TRY(whole_sign(w, (unsigned)(b - w->ballots), b->person));
	return whole_reseal(w);
}

static enum status early(struct whole *w)
{
	return whole_write_seal(w, w->system, "2027-06-06T17:59:59-06:00", w->n_ballots);
}

static enum status early_by_zone(struct whole *w) /* 18:00 in Madrid is 10:00 in Mexico */
{
	return whole_write_seal(w, w->system, "2027-06-06T18:00:00+02:00", w->n_ballots);
}

static enum status late(struct whole *w)
{
	return whole_write_seal(w, w->system, "2027-06-07T00:00:01.5Z", w->n_ballots);
}

static enum status no_moment(struct whole *w)
{
	return whole_write_seal(w, w->system, "2027-06-06 18:00", w->n_ballots);
}

static enum status stranger(struct whole *w)
{
	struct point key;
	EVP_PKEY *other = signing_new(&key);
	enum status r = whole_write_seal(w, other, w->d->closes_text, w->n_ballots);

	EVP_PKEY_free(other);
	return r;
}

static enum status by_registrar(struct whole *w)
{
	return whole_write_seal(w, w->registrar, w->d->closes_text, w->n_ballots);
}

static enum status seal_count(struct whole *w)
{
	return whole_write_seal(w, w->system, w->d->closes_text, w->n_ballots + 1);
}

static enum status seal_eid(struct whole *w)
{
	w->eid[0] ^= 1;
	return whole_write_seal(w, w->system, w->d->closes_text, w->n_ballots);
}

const struct breakage BREAKAGES_BOX[] = {
    BOX("reissues-ring", CHECK_REISSUES, "no empieza en un votante", ring),
    BOX("reissues-ring-of-one", CHECK_REISSUES, "no empieza en un votante", ring_of_one),
    BOX("reissues-from-a-spare", CHECK_REISSUES, "no empieza en un votante", from_spare),
    BOX("reissues-other-district", CHECK_REISSUES, "misma entidad", other_district),
    BOX("reissues-to-a-voter", CHECK_REISSUES, "credencial de reserva", to_a_voter),
    BOX("reissues-old-twice", CHECK_REISSUES, "ya fue repuesta", old_twice),
    BOX("reissues-new-twice", CHECK_REISSUES, "ya fue entregada", new_twice),
    BOX("reissues-by-a-stranger", CHECK_REISSUES, "la firma", by_a_stranger),
    BOX("reissues-after-voting", CHECK_BALLOTS, "ya no puede votar", after_voting),
    BOX("reissues-after-the-seal", CHECK_SEAL, "SHA-256 de reissues.csv", unsealed_reissue),
    BOX("ballot-of-a-spare", CHECK_BALLOTS, "no fue entregada", spare_not_given),
    BOX("ballot-of-the-old", CHECK_BALLOTS, "ya no puede votar", old_votes),
    BOX("ballot-of-the-middle", CHECK_BALLOTS, "ya no puede votar", middle_votes),
    BOX("ballot-second", CHECK_BALLOTS, "ya tiene otra boleta", votes_twice),
    BOX("ballot-of-nobody", CHECK_BALLOTS, "no está en credentials.csv", unknown_credential),
    BOX("ballot-same-twice", CHECK_BALLOTS, "no sigue en orden", same_twice),
    BOX("ballot-more", CHECK_LISTS, "número de votos", one_more),
    BOX("ballot-less", CHECK_LISTS, "número de votos", one_less),
    BOX("ballot-replaced", CHECK_LISTS, "no es el sobre de la urna", replaced),
    BOX("ballot-less-not-resealed", CHECK_SEAL, "SHA-256 de la urna", not_resealed),
    BOX("box-disorder", CHECK_BALLOTS, "no sigue en orden", disorder),
    BOX("ballot-moved", CHECK_BALLOTS, "es de otra entidad", moved),
    BOX("ballot-moved-to-more", CHECK_BALLOTS, "le tocan", moved_to_more),
    BOX("ballot-too-many-contests", CHECK_BALLOTS, "le tocan", too_many_contests),
    BOX("ballot-fewer-contests", CHECK_BALLOTS, "le tocan", fewer_contests),
    BOX("ballot-order-of-contests", CHECK_BALLOTS, "donde va", order_of_contests),
    BOX("ballot-unknown-district", CHECK_BALLOTS, "entidad desconocida", unknown_district),
    BOX("ballot-other-eid", CHECK_BALLOTS, "otra elección", other_eid),
    BOX("ballot-off-curve", CHECK_BALLOTS, "no está en la curva", off_curve),
    BOX("ballot-proof", CHECK_BALLOTS, "prueba de conocimiento", proof_answer),
    BOX("ballot-contest-name", CHECK_BALLOTS, "donde va", name),
    BOX("ballot-width", CHECK_BALLOTS, "boleta mal formada", width),
    BOX("ballot-credential", CHECK_BALLOTS, "no es un punto", credential),
    BOX("ballot-signature", CHECK_BALLOTS, "la firma de la boleta", signature),
    BOX("ballot-signed-by-another", CHECK_BALLOTS, "la firma de la boleta", signed_by_another),
    BOX("ballot-same-t", CHECK_BALLOTS, "mismo azar", same_t),
    BOX("ballot-not-signed", CHECK_BALLOTS, "firma legible", not_signed),
    BOX("ballot-longer", CHECK_BALLOTS, "sobran bytes", longer),
    BOX("ballot-of-no-bytes", CHECK_BALLOTS, "VMB1", no_bytes),
    BOX("ballot-copied", CHECK_BALLOTS, "prueba de conocimiento", copied),
    BOX("ballot-malleable", CHECK_BALLOTS, "prueba de conocimiento", malleable),
    BOX("seal-early", CHECK_SEAL, "anterior", early),
    BOX("seal-early-by-zone", CHECK_SEAL, "anterior", early_by_zone),
    {.name = "good-seal-late", .shape = "whole", .check = VERIFY_CHECKS, .outcome = VERIFY_HOLDS, .alter = late},
    BOX("seal-no-moment", CHECK_SEAL, "closed", no_moment),
    BOX("seal-by-a-stranger", CHECK_SEAL, "no es de ninguna llave", stranger),
    BOX("seal-by-the-registrar", CHECK_SEAL, "no es de ninguna llave", by_registrar),
    BOX("seal-count", CHECK_SEAL, "13 boletas", seal_count),
    BOX("seal-other-eid", CHECK_SEAL, "otra elección", seal_eid),
    {.name = "seal-closed-changed", .shape = "whole", .check = CHECK_SEAL, .outcome = F, .about = "no es de ninguna llave",
     .edit = EDIT_REPLACE, .file = "seal.json", .find = "T18:00:00", .with = "T18:00:01"},
    {.name = NULL},
};
