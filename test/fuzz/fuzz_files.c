/* keys.json, opening.json, seal.json: each reader on the same bytes. */
#include "fuzz.h"
#include "record/folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys_file *keys = NULL;
	struct opening_file opening;
	struct seal_file seal;

	fuzz_ignore(keys_file_open(&keys, fuzz_file(data, size)));
	keys_file_free(keys);
	fuzz_ignore(opening_file_open(&opening, fuzz_file(data, size)));
	fuzz_ignore(seal_file_open(&seal, fuzz_file(data, size)));
	return 0;
}
