/*
 * mutants FOLDER: every broken record (unit/breakage.h) against every mutant of the verifier (mutation.h) that decides
 * anything on it. A mutant is noticed when the record is judged otherwise than the test expects: held, refused with
 * another check's name or another reason, or the verifier falls. Those that decide on none, or that no record notices,
 * are printed, "WHERE: WHAT", one a line; the runner gives them to the unit tests.
 *
 * With VEMRE_MUTANT=WHERE: WHAT in the environment, linked into any unit test: that mutant is off from the start. With
 * VEMRE_FIRED=FILE: at the end, those that have decided anything are written there.
 */
#include "base/report.h"
#include "mutation/mutation.h"
#include "record/verify.h"
#include "unit/breakage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_EACH = 20 };

static struct verify_report report;

static void print(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx, (void)status, (void)hint;
	if (level == REPORT_FAULT)
		fprintf(stderr, "%s\n", text);
}

/* In a process of its own: a mutant may fall or never end. */
static bool notices(const struct breakage *b, const char *path, struct mutant *m)
{
	pid_t child;
	int status;

	fflush(NULL);
	if ((child = fork()) == 0) {
		alarm(SECONDS_EACH);
		m->off = true;
		_exit(breakage_judge(b, verify_record(&report, path, VERIFY_UNTIL_TALLY, NULL, NULL), &report) != NULL);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool try_record(const struct breakage *b, const struct whole *good, const char *folder)
{
	const char *what;
	char path[600], command[700];

	snprintf(path, sizeof path, "%s/broken", folder);
	report_install(print, NULL, NULL);
	if (breakage_make(b, good, path) != OK)
		return false;
	report_install(NULL, NULL, NULL);
	for (struct mutant *const *m = __start_mutants; m < __stop_mutants; m++)
		(*m)->fired = false;
	if ((what = breakage_judge(b, verify_record(&report, path, VERIFY_UNTIL_TALLY, NULL, NULL), &report)) != NULL) {
		fprintf(stderr, "%s\n", what);
		return false;
	}
	for (struct mutant *const *m = __start_mutants; m < __stop_mutants; m++)
		if ((*m)->fired && !(*m)->noticed)
			(*m)->noticed = notices(b, path, *m);
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	return system(command) == 0;
}

int main(int argc, char **argv)
{
	struct whole *good[32] = {NULL};
	const struct breakage *b;
	unsigned all = 0, left = 0;

	if (argc != 2)
		return 2;
	for (unsigned i = 0; (b = breakage(i)) != NULL; i++) {
		unsigned shape = (unsigned)(whole_shape(b->shape) - WHOLE_SHAPES);
		char path[600];

		snprintf(path, sizeof path, "%s/%s", argv[1], b->shape);
		if (good[shape] == NULL && whole_make(&good[shape], path, &WHOLE_SHAPES[shape]) != OK)
			return 1;
		if (!try_record(b, good[shape], argv[1]))
			return 1;
	}
	for (struct mutant *const *m = __start_mutants; m < __stop_mutants; m++, all++)
		if (!(*m)->noticed) {
			printf("%s: %s\n", (*m)->where, (*m)->what);
			left++;
		}
	fprintf(stderr, "%u mutants, %u noticed by broken records\n", all, all - left);
	return 0;
}
