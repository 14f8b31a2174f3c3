/* See sample.h. */
#include "unit/sample.h"
#include "base/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *sample_load(const char *name)
{
	const char *source = getenv("VEMRE_SOURCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/test/%s/%s", source != NULL ? source : ".",
	         strchr(name, '/') != NULL ? "vectors" : "elections", name);
	return json_load_file(path, 0, NULL);
}

enum status sample_read(struct definition **out, const json_t *root)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	*out = NULL;
	if ((r = json_write(&b, root)) == OK)
		r = definition_read(out, "election.json", b.data, b.len);
	buffer_free(&b);
	return r;
}

static json_t *step(json_t *o, const char *name)
{
	return json_is_array(o) ? json_array_get(o, (size_t)strtoul(name, NULL, 10)) : json_object_get(o, name);
}

/* The holder of the last step, whose name goes to last. */
static json_t *holder(json_t *root, const char *path, char last[64])
{
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL) {
		snprintf(last, 64, "%.*s", (int)(dot - path), path);
		root = step(root, last);
		path = dot + 1;
	}
	snprintf(last, 64, "%s", path);
	return root;
}

json_t *sample_at(json_t *root, const char *path)
{
	char last[64];
	json_t *o = holder(root, path, last);

	return step(o, last);
}

void sample_set(json_t *root, const char *path, json_t *value)
{
	char last[64];
	json_t *o = holder(root, path, last);
	size_t i = (size_t)strtoul(last, NULL, 10);

	if (!json_is_array(o))
		json_object_set_new(o, last, value);
	else if (i < json_array_size(o))
		json_array_set_new(o, i, value);
	else
		json_array_append_new(o, value);
}

void sample_remove(json_t *root, const char *path)
{
	char last[64];
	json_t *o = holder(root, path, last);

	if (json_is_array(o))
		json_array_remove(o, (size_t)strtoul(last, NULL, 10));
	else
		json_object_del(o, last);
}
