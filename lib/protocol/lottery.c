/* See lottery.h. Public once the entropy has been shown. */
#include "protocol/lottery.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <stdlib.h>
#include <string.h>

enum status lottery_commitment(uint8_t out[32], const uint8_t eid[32], const uint8_t entropy[32])
{
	return hash_b(out, "lottery-commitment", PARTS(BYTES(eid, 32), BYTES(entropy, 32)));
}

struct stream {
	struct bytes *parts; /* eid, E, spoken..., u64(j) */
	size_t n;
	uint8_t counter[8], block[32];
	uint64_t j;
	unsigned used;
};

static enum status next(uint64_t *out, struct stream *s)
{
	enum status r;

	if (s->used == 32) {
		put_u64(s->counter, s->j++);
		if ((r = hash_b(s->block, "lottery", s->parts, s->n)) != OK)
			return r;
		s->used = 0;
	}
	*out = 0;
	for (int i = 0; i < 8; i++)
		*out = *out << 8 | s->block[s->used++];
	return OK;
}

enum status lottery_order(unsigned *order, unsigned n, const uint8_t eid[32], const uint8_t entropy[32],
                          const char *const *spoken, unsigned n_spoken)
{
	struct stream s = {.n = n_spoken + 3u, .used = 32};
	enum status r = OK;

	if (n < 1 || n > 255)
		return fault(E_USAGE, NULL, _("no se puede sortear entre %u"), n);
	if ((s.parts = calloc(s.n, sizeof *s.parts)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	s.parts[0] = BYTES(eid, 32);
	s.parts[1] = BYTES(entropy, 32);
	for (unsigned i = 0; i < n_spoken; i++)
		s.parts[2 + i] = BYTES_TEXT(spoken[i]);
	s.parts[s.n - 1] = BYTES(s.counter, 8);
	for (unsigned i = 0; i < n; i++)
		order[i] = i + 1;
	for (unsigned i = n - 1; r == OK && i >= 1; i--) {
		/* floor(2^64 / (i+1)) * (i+1), where 2^64 - 1 = q (i+1) + rest */
		uint64_t m = i + 1, q = UINT64_MAX / m, limit, v;
		bool whole = UINT64_MAX % m == m - 1; /* m divides 2^64: nothing is refused */

		limit = whole ? 0 : q * m;
		do
			r = next(&v, &s);
		while (r == OK && !whole && v >= limit);
		if (r == OK) {
			unsigned j = (unsigned)(v % m), t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
	}
	free(s.parts);
	return r;
}
