/*
 * The one bounded reader: every byte from outside passes it. A read beyond the end gives zeros (or
 * NULL) and marks the reader bad, so that a parser may read on and ask once.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *at; /* borrowed */
	size_t left;
	bool bad;
};

struct reader reader_of(const void *data, size_t len);
const uint8_t *reader_take(struct reader *r, size_t len); /* len bytes, or NULL and bad */
uint8_t reader_u8(struct reader *r);
uint32_t reader_u32(struct reader *r); /* big-endian */
uint64_t reader_u64(struct reader *r);
bool reader_end(const struct reader *r); /* good so far and nothing left */
/* Up to the next `end` byte, which is consumed and not counted. False and bad if there is none. */
bool reader_until(struct reader *r, char end, const char **text, size_t *len);

#endif
