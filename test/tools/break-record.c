/*
 * break-record FOLDER [RECORD...]: makes in FOLDER/good whole records of every shape, and in FOLDER/broken altered
 * ones, each with its NAME.expect beside it: "CHECK STATUS", the first check that must not hold ("-": all hold; "any")
 * and verify-election's exit status ("!0": any other than 0). Of each RECORD given, every file flipped, cut, lengthened
 * and taken away. One name a line on stdout.
 */
#include "base/file.h"
#include "base/program.h"
#include "base/report.h"
#include "unit/breakage.h"
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status expect(const char *path, const char *check, const char *status)
{
	char name[1100], text[64];
	int n = snprintf(text, sizeof text, "%s %s\n", check, status);

	snprintf(name, sizeof name, "%s.expect", path);
	printf("%s\n", path);
	return file_create(name, text, (size_t)n, 0644);
}

static enum status expect_status(const char *path, enum verify_check check, enum status status)
{
	char number[8];

	snprintf(number, sizeof number, "%d", (int)status);
	return expect(path, check < VERIFY_CHECKS ? verify_check_id(check) : "-", number);
}

static enum status make_good(struct whole **good, const char *folder)
{
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++) {
		bool unproved = strcmp(WHOLE_SHAPES[i].name, "unproved") == 0;
		char path[1024];

		snprintf(path, sizeof path, "%s/good/%s", folder, WHOLE_SHAPES[i].name);
		TRY(whole_make(&good[i], path, &WHOLE_SHAPES[i]));
		TRY(expect_status(path, unproved ? CHECK_CHALLENGES : VERIFY_CHECKS, unproved ? E_UNPROVED : OK));
	}
	return OK;
}

static enum status make_broken(struct whole *const *good, const char *folder)
{
	const struct breakage *b;

	for (unsigned i = 0; (b = breakage(i)) != NULL; i++) {
		char path[1024];

		snprintf(path, sizeof path, "%s/broken/%s", folder, b->name);
		TRY(breakage_make(b, good[whole_shape(b->shape) - WHOLE_SHAPES], path));
		TRY(expect_status(path, b->check, breakage_status(b)));
	}
	return OK;
}

/* A copy of record with this done to its file. */
static enum status alter(const char *folder, const char *record, const char *file, const char *how, enum file_edit edit,
                         long at)
{
	struct whole w = {.n_people = 0};
	char command[4096], *copy = strdup(record), *flat = strdup(file);

	for (char *p = flat; *p != '\0'; p++)
		if (*p == '/')
			*p = '-';
	snprintf(w.folder, sizeof w.folder, "%s/broken/%s-%s-%s", folder, basename(copy), how, flat);
	snprintf(command, sizeof command, "mkdir -p '%s/broken' && cp -r '%s' '%s'", folder, record, w.folder);
	free(copy);
	free(flat);
	if (system(command) != 0)
		return fault(E_FAILED, NULL, "%s", command);
	TRY(breakage_edit(&w, edit, file, NULL, "x", at));
	return expect(w.folder, "any", "!0");
}

static enum status alter_all(const char *folder, const char *record)
{
	char command[1200], line[512];
	FILE *files;
	enum status r = OK;

	snprintf(command, sizeof command, "cd '%s' && find . -type f -size +0 -printf '%%s %%P\\n' | sort", record);
	if ((files = popen(command, "r")) == NULL)
		return fault(E_FAILED, NULL, "%s", command);
	while (r == OK && fgets(line, sizeof line, files) != NULL) {
		long size = strtol(line, NULL, 10);
		const char *file = strchr(line, ' ') + 1;

		line[strcspn(line, "\n")] = '\0';
		/* an observer's name is not checked by anybody: their file is flipped at its first byte */
		if ((r = alter(folder, record, file, "flip", EDIT_FLIP,
		               strcmp(file, "challenges.json") == 0 ? 0 : size / 2)) == OK &&
		    (r = alter(folder, record, file, "gone", EDIT_REMOVE, 0)) == OK)
			r = alter(folder, record, file, "longer", EDIT_APPEND, 0);
	}
	return pclose(files) == 0 ? r : E_FAILED;
}

int main(int argc, char **argv)
{
	struct whole *good[32] = {NULL};
	char path[1024];
	enum status r;

	program_start("break-record");
	if (argc < 2)
		return program_end(fault(E_USAGE, NULL, "break-record FOLDER [RECORD...]"));
	snprintf(path, sizeof path, "%s/good", argv[1]);
	if ((r = file_mkdirs(path, 0755)) == OK)
		r = make_good(good, argv[1]);
	if (r == OK)
		r = make_broken(good, argv[1]);
	for (int i = 2; r == OK && i < argc; i++)
		r = alter_all(argv[1], argv[i]);
	for (unsigned i = 0; i < WHOLE_SHAPES_COUNT; i++)
		whole_free(good[i]);
	return program_end(r);
}
