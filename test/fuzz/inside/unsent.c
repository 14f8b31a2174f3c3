#include "monitor/unsent.c"
#include "inside/inside.h"

void inside_unsent(const uint8_t *data, size_t size)
{
	json_t *line = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct sample s;
	struct entry e;

	if (line != NULL && sample_from(&s, line))
		fuzz_need(memchr(s.light, '\0', sizeof s.light) != NULL);
	if (line != NULL && entry_from(&e, line))
		fuzz_need(e.outcome < ENTRY_OUTCOMES && e.step < ENTRY_STEPS);
	json_decref(line);
}
