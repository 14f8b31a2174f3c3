#include "monitor/operation_events.c"
#include "inside/inside.h"

void inside_events(const char *election)
{
	struct operation_events *e = calloc(1, sizeof *e);

	fuzz_need(e != NULL && (e->kept = json_array()) != NULL);
	fuzz_ignore(read_files(e, election));
	fuzz_need(e->n_changes <= CHANGES_MAX && e->n_checks <= CHECKS_MAX && e->n_journals <= JOURNALS_MAX);
	for (size_t i = 0; i < e->n_changes; i++)
		fuzz_need(e->changes[i].what != NULL && e->changes[i].times > 0);
	operation_events_free(e);
}
