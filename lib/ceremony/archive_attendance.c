/* archive_attendance of archive.h: who was at the tally, by its own journal. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include <stdlib.h>
#include <string.h>

static bool is_attendance(const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event"));

	return event != NULL && strcmp(event, "tally-attendance") == 0;
}

/* The last line of that event; a new reference, or NULL. Lines that are no JSON are journal_check's business. */
static json_t *last_attendance(const uint8_t *data, size_t len)
{
	const uint8_t *end = len > 0 ? data + len : data, *lf;
	json_t *found = NULL;

	for (const uint8_t *at = data; at != NULL && (lf = memchr(at, '\n', (size_t)(end - at))) != NULL; at = lf + 1) {
		json_t *line = json_loadb((const char *)at, (size_t)(lf - at), JSON_REJECT_DUPLICATES, NULL);

		if (is_attendance(line)) {
			json_decref(found);
			found = json_incref(line);
		}
		json_decref(line);
	}
	return found;
}

static void fill(const char **name, const json_t *object, const char *field)
{
	if (*name == NULL)
		*name = json_string_value(json_object_get(object, field));
}

enum status archive_attendance(struct archive_people *who, json_t **hold, const char *election_folder)
{
	char *path = file_path(election_folder, "journal", "tally.jsonl", NULL);
	const json_t *detail;
	const uint8_t *data;
	size_t len;
	enum status r = OK;

	*hold = NULL;
	if (path == NULL)
		return E_FAILED;
	if (file_exists(path) && (r = file_map(&data, &len, path)) == OK) {
		*hold = last_attendance(data, len);
		detail = json_object_get(*hold, "detail");
		fill(&who->place, detail, "place");
		fill(&who->hsm_admin, detail, "hsm_admin");
		fill(&who->notary, *hold, "who");
		file_unmap(data, len);
	}
	free(path);
	return r;
}
