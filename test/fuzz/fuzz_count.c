/* A plain vote of any bytes, in the contest of the vectors with a write-in. */
#include "election/count.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct definition *d;
	struct count *c = NULL;
	uint8_t v[PLAIN_MAX];

	if (d == NULL) {
		size_t len;
		uint8_t *file = fuzz_vector("record/election.json", &len);

		if (definition_read(&d, "election.json", file, len) != OK)
			abort();
		free(file);
	}
	if (count_new(&c, &d->contests[0]) != OK)
		return 0;
	for (size_t at = 0; at < size; at += sizeof v) {
		memset(v, 0, sizeof v);
		memcpy(v, data + at, size - at < sizeof v ? size - at : sizeof v);
		fuzz_ignore(count_add(c, v));
	}
	/* The sums must hold whatever the votes are. */
	if (count_finish(c) != OK)
		abort();
	json_decref(count_json(c, "presidencia", NULL));
	count_free(c);
	return 0;
}
