/* credentials.csv and, after a line "--", reissues.csv. */
#include "election/rights.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct definition *d;
	const uint8_t *cut = size > 0 ? memmem(data, size, "--\n", 3) : NULL;
	size_t first = cut != NULL ? (size_t)(cut - data) : size;
	struct rights *r = NULL;
	uint8_t eid[32] = {1};

	if (d == NULL) {
		size_t len;
		uint8_t *file = fuzz_vector("record/election.json", &len);

		if (definition_read(&d, "election.json", file, len) != OK)
			abort();
		free(file);
	}
	if (rights_read(&r, "credentials.csv", data, first, d) == OK && cut != NULL)
		fuzz_ignore(rights_reissues(r, "reissues.csv", cut + 3, size - first - 3, eid, &POINT_GENERATOR));
	rights_free(r);
	return 0;
}
