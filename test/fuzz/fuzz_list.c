/* A list of ciphertexts. */
#include "fuzz.h"
#include "record/list.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t eid[32] = {0};
	struct list *l = NULL;

	if (size >= 36)
		memcpy(eid, data + 4, 32);
	for (unsigned w = 2; w <= 4; w++) {
		fuzz_ignore(list_open(&l, fuzz_file(data, size), eid, "presidencia", w, 0));
		list_free(l);
	}
	return 0;
}
