/* See papers.h. */
#include "unit/papers.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/report.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void papers_write(const char *path, const json_t *root)
{
	struct buffer b = BUFFER_INIT;

	assert_int_equal(json_write(&b, root), OK);
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	buffer_free(&b);
}

void papers_refuse(const json_t *good, const char *where, const struct paper_fault *faults, size_t n,
                   enum status (*read)(void *ctx, const char *path), void *ctx)
{
	char why[512], path[512]; /* where: perhaps its reader's own storage */

	snprintf(path, sizeof path, "%s", where);
	for (size_t i = 0; i < n; i++) {
		json_t *root = json_deep_copy(good);
		enum status s;

		if (faults[i].value == NULL)
			sample_remove(root, faults[i].path);
		else
			sample_set(root, faults[i].path, json_loads(faults[i].value, JSON_DECODE_ANY, NULL));
		papers_write(path, root);
		report_capture_begin(why, sizeof why);
		s = read(ctx, path);
		report_capture_end();
		if (s != E_EVIDENCE && s != E_REFUSED)
			fail_msg("%s = %s: taken (%d)", faults[i].path, faults[i].value, s);
		vectors_about(why, faults[i].about, faults[i].path);
		json_decref(root);
	}
	papers_write(path, good);
	assert_int_equal(read(ctx, path), OK);
}

void papers_refuse_bytes(const json_t *good, const char *where, enum status (*read)(void *ctx, const char *path), void *ctx)
{
	static const char *const texts[] = {"", "{", "[]", "null", "{\"format\": \"VEMRE-V1\", \"format\": \"VEMRE-V1\"}"};
	char *text = json_dumps(good, 0), *twice = malloc(strlen(text) + 64), why[512], path[512];

	snprintf(path, sizeof path, "%s", where);
	assert_non_null(twice);
	strcat(strcpy(twice, "{\"format\": \"VEMRE-V1\", "), text + 1); /* a key twice in what else is good */
	for (size_t i = 0; i <= sizeof texts / sizeof *texts; i++) {
		const char *bytes = i < sizeof texts / sizeof *texts ? texts[i] : twice;

		assert_int_equal(file_replace(path, bytes, strlen(bytes), 0600), OK);
		report_capture_begin(why, sizeof why);
		assert_int_equal(read(ctx, path), E_EVIDENCE);
		report_capture_end();
	}
	assert_int_equal(remove(path), 0);
	report_capture_begin(why, sizeof why);
	assert_int_equal(read(ctx, path), E_INCOMPLETE);
	report_capture_end();
	papers_write(path, good);
	free(twice);
	free(text);
}
