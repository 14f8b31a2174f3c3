/* See breakage.h: edits of files, and the tables as one. */
#include "unit/breakage.h"
#include "base/file.h"
#include "base/report.h"
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status shell(const char *what, const char *path)
{
	char command[1200];

	snprintf(command, sizeof command, "%s '%s'", what, path);
	return system(command) == 0 ? OK : fault(E_FAILED, NULL, "%s", command);
}

static enum status no_place(const char *file)
{
	return fault(E_FAILED, NULL, "%s: nothing to alter", file);
}

/* data with the bytes [from, from + len) replaced. */
static void splice(struct buffer *out, const struct buffer *in, size_t from, size_t len, const char *with)
{
	buffer_put(out, in->data, from);
	buffer_text(out, with);
	buffer_put(out, in->data + from + len, in->len - from - len);
}

static enum status edit_bytes(struct buffer *out, struct buffer *in, const struct breakage *b)
{
	const uint8_t *found = b->find != NULL ? memmem(in->data, in->len, b->find, strlen(b->find)) : in->data;
	size_t at = b->at < 0 ? in->len - (size_t)-b->at : (size_t)b->at, first, second;

	switch (b->edit) {
	case EDIT_FLIP:
		if (at >= in->len)
			return no_place(b->file);
		in->data[at] ^= 1;
		buffer_put(out, in->data, in->len);
		return OK;
	case EDIT_CUT:
		buffer_put(out, in->data, in->len - 1);
		return OK;
	case EDIT_EMPTY:
		return OK;
	case EDIT_CUT_AT:
		buffer_put(out, in->data, at < in->len ? at : in->len);
		return OK;
	case EDIT_PATCH:
		if (at + strlen(b->with) > in->len)
			return no_place(b->file);
		splice(out, in, at, strlen(b->with), b->with);
		return OK;
	case EDIT_WHOLE:
		buffer_text(out, b->with);
		return OK;
	case EDIT_APPEND:
		splice(out, in, in->len, 0, b->with);
		return OK;
	case EDIT_REPLACE:
		if (found == NULL)
			return no_place(b->file);
		splice(out, in, (size_t)(found - in->data), strlen(b->find), b->with);
		return OK;
	case EDIT_UPPER:
		if (found == NULL)
			return no_place(b->file);
		at = (size_t)(found - in->data) + (b->find != NULL ? strlen(b->find) : 0);
		while (at < in->len && !(in->data[at] >= 'a' && in->data[at] <= 'f'))
			at++;
		if (at == in->len)
			return no_place(b->file);
		in->data[at] = (uint8_t)(in->data[at] - 'a' + 'A');
		buffer_put(out, in->data, in->len);
		return OK;
	case EDIT_LINES:
	case EDIT_TWICE:
		first = (size_t)((uint8_t *)memchr(in->data, '\n', in->len) - in->data) + 1;
		second = (size_t)((uint8_t *)memchr(in->data + first, '\n', in->len - first) - in->data) + 1;
		if (b->edit == EDIT_LINES)
			buffer_put(out, in->data + first, second - first);
		buffer_put(out, in->data, first);
		buffer_put(out, in->data + (b->edit == EDIT_LINES ? second : 0),
		           in->len - (b->edit == EDIT_LINES ? second : 0));
		return OK;
	default:
		return E_FAILED;
	}
}

static enum status edit_file(const struct breakage *b, const struct whole *w)
{
	struct buffer in = BUFFER_INIT, out = BUFFER_INIT;
	char path[1024], folder[1024];

	snprintf(path, sizeof path, "%s", whole_path(w, b->file));
	snprintf(folder, sizeof folder, "%s", path);
	switch (b->edit) {
	case EDIT_NONE:
		return OK;
	case EDIT_REMOVE:
		return shell("rm -r", path);
	case EDIT_FOLDER:
		TRY(shell("rm -r", path));
		return file_mkdirs(path, 0755);
	case EDIT_ADD:
		TRY(file_mkdirs(dirname(folder), 0755));
		return file_create(path, b->with, strlen(b->with), 0644);
	case EDIT_COPY:
		TRY(file_read(&out, whole_path(w, b->with), 1 << 26));
		break;
	default:
		TRY(file_read(&in, path, 1 << 26));
		TRY(edit_bytes(&out, &in, b));
		break;
	}
	TRY(file_replace(path, out.data, out.len, 0644));
	buffer_free(&in);
	buffer_free(&out);
	return OK;
}

enum status breakage_edit(const struct whole *w, enum file_edit edit, const char *file, const char *find,
                          const char *with, long at)
{
	const struct breakage b = {.edit = edit, .file = file, .find = find, .with = with, .at = at};

	return edit_file(&b, w);
}

const struct breakage *breakage(unsigned i)
{
	static const struct breakage *const tables[] = {BREAKAGES_FILES, BREAKAGES_BOX, BREAKAGES_LISTS, BREAKAGES_VOTES,
	                                              BREAKAGES_RESULTS, BREAKAGES_FIELDS};

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (const struct breakage *b = tables[t]; b->name != NULL; b++)
			if (i-- == 0)
				return b;
	return NULL;
}

enum status breakage_make(const struct breakage *b, const struct whole *good, const char *folder)
{
	struct whole *w;
	enum status r;

	TRY(whole_copy(&w, good, folder));
	r = edit_file(b, w);
	if (r == OK && b->alter != NULL)
		r = b->alter(w);
	whole_free(w);
	return r == OK ? OK : fault(r, NULL, "%s: cannot be made", b->name);
}

enum status breakage_status(const struct breakage *b)
{
	switch (b->outcome) {
	case VERIFY_HOLDS:
		return OK;
	case VERIFY_MISSING:
		return E_INCOMPLETE;
	case VERIFY_UNPROVED:
		return E_UNPROVED;
	default:
		return E_EVIDENCE;
	}
}

const char *breakage_judge(const struct breakage *b, enum status verdict, const struct verify_report *report)
{
	static char text[1024];
	enum verify_check first = 0;
	bool reached;

	while (first < VERIFY_CHECKS && report->outcome[first] == VERIFY_HOLDS)
		first++;
	reached = first < VERIFY_CHECKS;
	snprintf(text, sizeof text, "%s: status %d (should be %d), first fault %s: %s", b->name, verdict, breakage_status(b),
	         reached ? verify_check_id(first) : "none", reached ? report->reason[first] : "");
	if (verdict != breakage_status(b) || first != b->check)
		return text;
	if (reached && (report->outcome[first] != b->outcome || strstr(report->reason[first], b->about) == NULL))
		return text;
	return NULL;
}
