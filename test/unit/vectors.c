/* See vectors.h. */
#include "unit/vectors.h"
#include "base/hex.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char *vectors_path(const char *name)
{
	static char path[4096];
	const char *source = getenv("VEMRE_SOURCE");

	snprintf(path, sizeof path, "%s/test/vectors/%s", source != NULL ? source : ".", name);
	return path;
}

json_t *vectors_load(const char *name)
{
	json_error_t error;
	json_t *o = json_load_file(vectors_path(name), JSON_REJECT_DUPLICATES, &error);

	if (o == NULL)
		fail_msg("%s: %s", vectors_path(name), error.text);
	return o;
}

const json_t *vectors_get(const json_t *o, const char *field)
{
	const json_t *v = json_object_get(o, field);

	if (v == NULL)
		fail_msg("vector without «%s»", field);
	return v;
}

const char *vectors_text(const json_t *o, const char *field)
{
	const char *s = json_string_value(vectors_get(o, field));

	assert_non_null(s);
	return s;
}

int vectors_int(const json_t *o, const char *field)
{
	const json_t *v = vectors_get(o, field);

	assert_true(json_is_integer(v));
	return (int)json_integer_value(v);
}

uint8_t *vectors_bytes(size_t *len, const json_t *value)
{
	size_t n = json_string_length(value);
	uint8_t *out = malloc(n / 2 + 1);

	assert_true(json_is_string(value));
	assert_non_null(out);
	assert_true(hex_decode_vartime(out, n / 2, json_string_value(value), n));
	*len = n / 2;
	return out;
}

void vectors_fixed(uint8_t *out, size_t len, const json_t *value)
{
	assert_true(json_is_string(value));
	assert_true(hex_decode_vartime(out, len, json_string_value(value), json_string_length(value)));
}

void vectors_field(uint8_t *out, size_t len, const json_t *o, const char *field)
{
	vectors_fixed(out, len, vectors_get(o, field));
}

void vectors_point(struct point *out, const json_t *value)
{
	uint8_t octets[POINT_BYTES];

	vectors_fixed(octets, sizeof octets, value);
	assert_true(point_read(out, octets));
}

void vectors_scalar(struct scalar *out, const json_t *value)
{
	uint8_t bytes[32];

	vectors_fixed(bytes, sizeof bytes, value);
	assert_true(scalar_read(out, bytes));
}

void vectors_about(const char *text, const char *about, const char *why)
{
	if (strstr(text, about) == NULL)
		fail_msg("%s: refused with «%s», which is not about «%s»", why, text, about);
}
