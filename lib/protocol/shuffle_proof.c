/* See shuffle_proof.h. All public. */
#include "protocol/shuffle_proof.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct shuffle_bases {
	unsigned users; /* under the lock */
	uint64_t n;     /* H_0..H_n */
	struct point h[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shuffle_bases *kept; /* the longest so far; counts as a user of itself */

static void let_go(struct shuffle_bases *b) /* under the lock */
{
	if (b != NULL && --b->users == 0)
		free(b);
}

static enum status make_bases(struct shuffle_bases **out, uint64_t n)
{
	uint64_t have = kept != NULL ? kept->n + 1 : 0;
	struct shuffle_bases *b = malloc(sizeof *b + (n + 1) * sizeof b->h[0]);
	uint8_t *index = malloc((n + 1 - have) * 8);
	enum status r;

	if (b == NULL || index == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria para las bases de %llu compromisos"), (unsigned long long)n);
		goto done;
	}
	if (have > 0)
		memcpy(b->h, kept->h, have * sizeof b->h[0]);
	for (uint64_t i = have; i <= n; i++)
		put_u64(index + 8 * (i - have), i);
	if ((r = hash_p_many(b->h + have, "commitment-base", index, 8, n + 1 - have)) != OK)
		goto done;
	b->n = n;
	b->users = 1;
	*out = b;
	b = NULL;
done:
	free(b);
	free(index);
	return r;
}

enum status shuffle_bases_take(struct shuffle_bases **bases, const struct point **h, uint64_t n)
{
	struct shuffle_bases *longer = NULL;
	enum status r = OK;

	*bases = NULL;
	*h = NULL;
	pthread_mutex_lock(&lock);
	if ((kept == NULL || kept->n < n) && (r = make_bases(&longer, n)) == OK) {
		let_go(kept);
		kept = longer;
	}
	if (r == OK) {
		kept->users++;
		*bases = kept;
		*h = kept->h;
	}
	pthread_mutex_unlock(&lock);
	return r;
}

void shuffle_bases_give_back(struct shuffle_bases *bases)
{
	pthread_mutex_lock(&lock);
	let_go(bases);
	pthread_mutex_unlock(&lock);
}

enum status shuffle_transcript_start(struct shuffle_transcript *t, const struct shuffle_statement *st)
{
	uint8_t w = (uint8_t)st->w, n[8];

	put_u64(n, st->n);
	return hash_b(t->ctx, "shuffle",
	              PARTS(BYTES(st->eid, 32), BYTES_TEXT(st->name), BYTES(&w, 1), BYTES(n, 8),
	                    BYTES(st->committee_key, st->w * sizeof *st->committee_key), BYTES(st->hin, 32),
	                    BYTES(st->hout, 32)));
}

enum status shuffle_transcript_1(struct shuffle_transcript *t, const struct point *c_a)
{
	enum status r = hash_b(t->t1, "shuffle-1", PARTS(BYTES(t->ctx, 32), BYTES_POINT(c_a)));

	return r != OK ? r : hash_s(&t->x, "shuffle-x", PARTS(BYTES(t->t1, 32)));
}

enum status shuffle_transcript_2(struct shuffle_transcript *t, const struct point *c_b)
{
	enum status r = hash_b(t->t2, "shuffle-2", PARTS(BYTES(t->t1, 32), BYTES_POINT(c_b)));

	if (r == OK)
		r = hash_s(&t->y, "shuffle-y", PARTS(BYTES(t->t2, 32)));
	return r != OK ? r : hash_s(&t->z, "shuffle-z", PARTS(BYTES(t->t2, 32)));
}

enum status shuffle_transcript_3(struct shuffle_transcript *t, unsigned w, const struct shuffle_points *p)
{
	enum status r = hash_b(t->t3, "shuffle-3",
	                       PARTS(BYTES(t->t2, 32), BYTES_POINT(&p->c_a0), BYTES(p->e0, (w + 1) * sizeof p->e0[0]),
	                             BYTES_POINT(&p->c_d), BYTES_POINT(&p->c_delta), BYTES_POINT(&p->c_delta2)));

	return r != OK ? r : hash_s(&t->e, "shuffle-e", PARTS(BYTES(t->t3, 32)));
}

void shuffle_proof_header(struct buffer *file, const struct shuffle_statement *st, const struct shuffle_points *p)
{
	const struct point *const before[] = {&p->c_a, &p->c_b, &p->c_a0}, *const after[] = {&p->c_d, &p->c_delta,
	                                                                                      &p->c_delta2};

	buffer_text(file, "VMP1");
	buffer_put(file, st->eid, 32);
	buffer_u8(file, (uint8_t)strlen(st->name));
	buffer_text(file, st->name);
	buffer_u8(file, (uint8_t)st->w);
	buffer_u64(file, st->n);
	for (int i = 0; i < 3; i++)
		buffer_put(file, before[i]->octets, POINT_BYTES);
	buffer_put(file, p->e0, (st->w + 1) * sizeof p->e0[0]);
	for (int i = 0; i < 3; i++)
		buffer_put(file, after[i]->octets, POINT_BYTES);
}
