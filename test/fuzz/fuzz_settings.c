/*
 * The settings file. One that the check of names and kinds passes must give every setting to whoever asks for it as
 * the table says, in its range; what leads to the database is taken apart and nothing is connected to.
 */
#include "fuzz.h"
#include "base/settings_table.h"
#include "store/connection.h"
#include <string.h>

/* No search for leaks here: libconfig 1.5 leaves the text of a string that does not end behind. Ours are looked for by the
 * unit tests under ASan. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return 1;
}

static void follow(void *ctx, const char *name, const char *value)
{
	char *before = ctx;

	fuzz_need(strcmp(before, name) <= 0 && strlen(name) < 160 && value != NULL);
	strcpy(before, name);
}

static void each(struct settings *s, const struct settings_entry *e)
{
	long number = e->min;
	bool flag;

	switch (e->kind) {
	case SETTINGS_INT:
		fuzz_need(settings_int(&number, s, e->name, e->min, e->min, e->max) == OK && number >= e->min && number <= e->max);
		break;
	case SETTINGS_BOOL:
		fuzz_need(settings_bool(&flag, s, e->name, false) == OK);
		break;
	case SETTINGS_TEXT:
		fuzz_need(settings_text(s, e->name, "") != NULL);
		break;
	case SETTINGS_PATH:
	case SETTINGS_FOLDER:
	case SETTINGS_FILE:
	case SETTINGS_SECRET:
		fuzz_need(settings_path(s, e->name, "") != NULL);
		break;
	default:
		for (unsigned i = 0; i < settings_items(s, e->name); i++)
			fuzz_need(settings_item(s, e->name, i) != NULL && settings_item_path(s, e->name, i) != NULL);
		fuzz_need(settings_item(s, e->name, settings_items(s, e->name)) == NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct connection_reach reach;
	struct settings *s;
	char before[160] = "", database[64];
	unsigned faults = 0, files = 0;

	if (settings_open(&s, fuzz_beside("vemre.conf", data, size)) != OK)
		return 0;
	settings_each(s, follow, before);
	if (settings_check(s, 0, &faults) == OK) {
		for (unsigned i = 0; i < settings_table_n; i++)
			each(s, &settings_table[i]);
		fuzz_ignore(settings_check(s, ~0u, NULL)); /* the files that are named, too */
	} else {
		fuzz_need(faults > 0);
	}
	if (connection_database(database, sizeof database, s, "slug") == OK)
		fuzz_need(memchr(database, '\0', sizeof database) != NULL);
	if (connection_reach(&reach, s) == OK) {
		while (reach.files[files] != NULL)
			fuzz_need(++files <= CONNECTION_FILES_MAX);
		connection_reach_free(&reach);
	}
	settings_free(s);
	return 0;
}
