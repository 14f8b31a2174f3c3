/* Definitions for tests, made from elections/simulacro.json with pieces changed. */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include "election/definition.h"
#include <jansson.h>

json_t *sample_load(const char *name); /* of test/elections, or of test/vectors with a folder in it; NULL: failed */
/* Reads it as a file would be. Takes nothing. */
MUST_USE enum status sample_read(struct definition **out, const json_t *root);
/* The value at "contests.0.options.2.id" of root; NULL if there is none. Borrowed. */
json_t *sample_at(json_t *root, const char *path);
/* Puts value (taken) there: a field of an object, or an element of an array (one past its end appends). */
void sample_set(json_t *root, const char *path, json_t *value);
void sample_remove(json_t *root, const char *path);

#endif
