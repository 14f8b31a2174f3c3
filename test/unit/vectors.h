/* Test vectors, read at run time from test/vectors (or $VEMRE_SOURCE/test/vectors). A fault fails the test. */
#ifndef UNIT_VECTORS_H
#define UNIT_VECTORS_H

#include "group/point.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* "test/vectors/NAME" of the sources. Static storage, until the next call. */
const char *vectors_path(const char *name);
/* The caller's. */
json_t *vectors_load(const char *name);
const json_t *vectors_get(const json_t *o, const char *field); /* must be there */
const char *vectors_text(const json_t *o, const char *field);
int vectors_int(const json_t *o, const char *field);
/* Hexadecimal of a value or a field. The first gives malloc'd bytes of any length, the others a fixed one. */
uint8_t *vectors_bytes(size_t *len, const json_t *value);
void vectors_fixed(uint8_t *out, size_t len, const json_t *value);
void vectors_field(uint8_t *out, size_t len, const json_t *o, const char *field);
void vectors_point(struct point *out, const json_t *value);
void vectors_scalar(struct scalar *out, const json_t *value);

/* Is the text of a refusal about this? Fails the test with both if not. */
void vectors_about(const char *text, const char *about, const char *why);

#endif
