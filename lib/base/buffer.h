/*
 * A growing run of bytes. Appending never fails at the call: a failed allocation is remembered and
 * told by buffer_ok() once, at the end. Not for secrets: growth leaves copies behind (base/secret.h).
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data; /* owned; NULL while empty */
	size_t len;
	size_t cap;
	bool failed;
};

#define BUFFER_INIT {0}

void buffer_free(struct buffer *b); /* frees and zeroes the struct; safe on a zeroed one */
bool buffer_reserve(struct buffer *b, size_t more);
void buffer_put(struct buffer *b, const void *data, size_t len);
void buffer_text(struct buffer *b, const char *text); /* without its zero */
void buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buffer_u8(struct buffer *b, uint8_t v);
void buffer_u32(struct buffer *b, uint32_t v); /* big-endian (PROTOCOL 2) */
void buffer_u64(struct buffer *b, uint64_t v);
void buffer_lp(struct buffer *b, const void *data, size_t len); /* u32 length, then the bytes */
void buffer_hex(struct buffer *b, const void *data, size_t len); /* lower-case */
bool buffer_ok(const struct buffer *b);
/* The bytes as a C string: appends a zero that is not counted. NULL if the buffer has failed. */
const char *buffer_str(struct buffer *b);

void put_u32(uint8_t out[4], uint32_t v);
void put_u64(uint8_t out[8], uint64_t v);

#endif
