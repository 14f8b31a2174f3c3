/* See mutants.c: one mutant off, and what has been decided, for a unit test that knows nothing of it. */
#include "mutation/mutation.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void name(char *out, size_t size, const struct mutant *m)
{
	snprintf(out, size, "%s: %s", m->where, m->what);
}

__attribute__((constructor)) static void begin(void)
{
	const char *off = getenv("VEMRE_MUTANT");
	unsigned found = 0;
	char text[2048];

	for (struct mutant *const *m = __start_mutants; off != NULL && m < __stop_mutants; m++) {
		name(text, sizeof text, *m);
		if (strcmp(text, off) == 0) {
			(*m)->off = true;
			found++;
		}
	}
	if (off != NULL && found == 0)
		abort(); /* a name that is none would pass for a mutant that nobody notices */
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("VEMRE_FIRED");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;
	char text[2048];

	for (struct mutant *const *m = __start_mutants; f != NULL && m < __stop_mutants; m++)
		if ((*m)->fired) {
			name(text, sizeof text, *m);
			fprintf(f, "%s\n", text);
		}
	if (f != NULL && fclose(f) != 0)
		abort();
}
