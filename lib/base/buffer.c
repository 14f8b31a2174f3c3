/* See buffer.h. */
#include "base/buffer.h"
#include "base/hex.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_free(struct buffer *b)
{
	free(b->data);
	memset(b, 0, sizeof *b);
}

bool buffer_reserve(struct buffer *b, size_t more)
{
	size_t want, cap;
	uint8_t *p;

	if (b->failed || more > SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return false;
	}
	want = b->len + more;
	if (want <= b->cap)
		return true;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap < want)
		cap += cap / 2 + 64;
	if ((p = realloc(b->data, cap)) == NULL) {
		b->failed = true;
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void buffer_put(struct buffer *b, const void *data, size_t len)
{
	if (len == 0 || !buffer_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_put(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0 || !buffer_reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, args);
	va_end(args);
	b->len += (size_t)n;
}

void put_u32(uint8_t out[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

void put_u64(uint8_t out[8], uint64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> (56 - 8 * i));
}

void buffer_u8(struct buffer *b, uint8_t v)
{
	buffer_put(b, &v, 1);
}

void buffer_u32(struct buffer *b, uint32_t v)
{
	uint8_t bytes[4];

	put_u32(bytes, v);
	buffer_put(b, bytes, sizeof bytes);
}

void buffer_u64(struct buffer *b, uint64_t v)
{
	uint8_t bytes[8];

	put_u64(bytes, v);
	buffer_put(b, bytes, sizeof bytes);
}

void buffer_lp(struct buffer *b, const void *data, size_t len)
{
	if (len > UINT32_MAX) {
		b->failed = true;
		return;
	}
	buffer_u32(b, (uint32_t)len);
	buffer_put(b, data, len);
}

void buffer_hex(struct buffer *b, const void *data, size_t len)
{
	if (len > SIZE_MAX / 4 || !buffer_reserve(b, 2 * len + 1))
		return;
	hex_encode((char *)b->data + b->len, data, len);
	b->len += 2 * len;
}

bool buffer_ok(const struct buffer *b)
{
	return !b->failed;
}

const char *buffer_str(struct buffer *b)
{
	if (!buffer_reserve(b, 1))
		return NULL;
	b->data[b->len] = '\0';
	return (const char *)b->data;
}
