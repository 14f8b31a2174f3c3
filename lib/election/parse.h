/*
 * How election.json is read: faults are collected, each said with its place
 * ("contests[1].options[3].candidate"), and reading goes on where it can, with "" or the least
 * number in the bad one's place. Shared by definition.c and contests.c, not for others. Public
 * data.
 */
#ifndef ELECTION_PARSE_H
#define ELECTION_PARSE_H

#include "election/definition.h"
#include <jansson.h>

enum { PARSE_PLACE = 128 };

/* What a definition's texts and arrays live in. */
struct owned {
	json_t *json;
	void **blocks;
	size_t n;
};

struct parse {
	struct definition *d;
	struct owned *owned;
	const char *name; /* of the file */
	unsigned faults;
	bool out_of_memory;
};

/* One more fault. hint: what to do about it. */
void parse_bad(struct parse *p, const char *place, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* "parent.field", or "parent[i]" where field is NULL, into place. */
void parse_at(char place[PARSE_PLACE], const char *parent, const char *field, size_t i);
/* Zeroed room that lives as long as the definition; not NULL for count 0. NULL: no memory, which p
 * knows. */
void *parse_room(struct parse *p, size_t count, size_t size);

/* A field of o, which is at `parent`; never NULL, and owned by the definition. */
const char *parse_text(struct parse *p, const json_t *o, const char *parent, const char *field);
const char *parse_id(struct parse *p, const json_t *o, const char *parent);
uint64_t parse_integer(struct parse *p, const json_t *o, const char *parent, const char *field,
		       json_int_t min, json_int_t max);
/* NULL: no list of so many elements. */
const json_t *parse_array(struct parse *p, const json_t *o, const char *parent, const char *field,
			  size_t min, size_t max);
/* An object, of only these fields; whether each has its kind is asked elsewhere. False: no object.
 */
bool parse_fields(struct parse *p, const json_t *o, const char *place, const char *const *known);
#define PARSE_FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})
/* No id twice among n structs of `size` bytes that begin with their id. */
void parse_unique(struct parse *p, const char *parent, const char *field, const void *items,
		  size_t n, size_t size);

/* contests.c: "contests" into p->d; districts and parties have been read. */
void contests_read(struct parse *p, const json_t *root);
/* texts.c: how many texts of v (at `place`) cannot be shown as they are; each said. */
unsigned texts_faults(const json_t *v, const char *place);

#endif
