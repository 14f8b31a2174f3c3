/* encrypted-votes.box; the eid is taken from the file, so that what follows it is reached. */
#include "fuzz.h"
#include "record/box.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t eid[32] = {0};
	struct box *b = NULL;

	if (size >= 36)
		memcpy(eid, data + 4, 32);
	if (box_open(&b, fuzz_file(data, size), eid) == OK)
		for (uint64_t i = 0; i < b->n; i++)
			if (b->entries[i].len > 0 && b->entries[i].ballot[b->entries[i].len - 1] == 0xff)
				continue;
	box_free(b);
	return 0;
}
