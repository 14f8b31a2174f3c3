/* See reader.h. */
#include "base/reader.h"
#include <string.h>

struct reader reader_of(const void *data, size_t len)
{
	return (struct reader){.at = data, .left = len};
}

const uint8_t *reader_take(struct reader *r, size_t len)
{
	const uint8_t *p = r->at;

	if (r->bad || len > r->left) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	r->left -= len;
	return p;
}

uint8_t reader_u8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 1);

	return p != NULL ? *p : 0;
}

uint32_t reader_u32(struct reader *r)
{
	const uint8_t *p = reader_take(r, 4);

	return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

uint64_t reader_u64(struct reader *r)
{
	const uint8_t *p = reader_take(r, 8);
	uint64_t v = 0;

	for (int i = 0; p != NULL && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

bool reader_end(const struct reader *r)
{
	return !r->bad && r->left == 0;
}

bool reader_until(struct reader *r, char end, const char **text, size_t *len)
{
	const uint8_t *stop = r->bad || r->left == 0 ? NULL : memchr(r->at, end, r->left);

	if (stop == NULL) {
		r->bad = true;
		return false;
	}
	*text = (const char *)r->at;
	*len = (size_t)(stop - r->at);
	r->at += *len + 1;
	r->left -= *len + 1;
	return true;
}
