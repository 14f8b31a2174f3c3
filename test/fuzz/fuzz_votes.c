/* decrypted-votes.csv, line by line. */
#include "fuzz.h"
#include "record/votes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	struct opened_vote v;

	for (uint64_t i = 0; votes_read(&v, &r, "presidencia", i, 3) == OK; i++)
		;
	return 0;
}
