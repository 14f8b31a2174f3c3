/*
 * JSON from outside, by jansson: bounded, no duplicate keys, no trailing bytes, UTF-8 only. The getters
 * below say a fault with the file's name and the field's place, and refuse what is not of the kind asked.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buffer.h"
#include "base/status.h"
#include <jansson.h>

enum { JSON_MAX_FILE = 64 << 20 };

/* *out: the caller's reference. `name` is for messages. */
MUST_USE enum status json_parse(json_t **out, const char *name, const void *data, size_t len);
MUST_USE enum status json_read(json_t **out, const char *path, size_t max);

/* An object with exactly these fields; a name that starts with '?' may be absent. NULL ends the list. */
MUST_USE enum status json_fields(const json_t *object, const char *where, ...) __attribute__((sentinel));
MUST_USE enum status json_string_of(const char **out, const json_t *object, const char *where, const char *field);
/* len bytes as 2*len lower-case hex digits. */
MUST_USE enum status json_hex_of(uint8_t *out, size_t len, const json_t *object, const char *where,
                                 const char *field);
/* min <= value <= max */
MUST_USE enum status json_int_of(int64_t *out, int64_t min, int64_t max, const json_t *object, const char *where,
                                 const char *field);
/* The field is the text "VEMRE-V1". */
MUST_USE enum status json_format_of(const json_t *object, const char *where);

/* As we write it: indented, LF at the end, UTF-8, fields in the order they were set. Appends. */
MUST_USE enum status json_write(struct buffer *out, const json_t *value);
json_t *json_hex(const void *data, size_t len); /* a new string; NULL: out of memory */

#endif
