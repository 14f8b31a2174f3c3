/* election.json. */
#include "election/definition.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct definition *d = NULL;

	if (definition_read(&d, "election.json", data, size) == OK)
		fuzz_ignore(definition_advise(d));
	definition_free(d);
	fuzz_ignore(definition_check("election.json", data, size));
	return 0;
}
