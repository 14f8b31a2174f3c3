/* The decryption of a list of the vectors' record. */
#include "fuzz.h"
#include "protocol/decryption.h"
#include "record/folder.h"
#include "record/list.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct list *last;
	static struct keys_file *keys;
	static struct point *factors;
	static uint8_t eid[32];
	struct decryption_statement st;
	unsigned failed;
	uint8_t *file;
	size_t len;

	if (last == NULL) {
		file = fuzz_vector("record/lists/senadurias.09/2.list", &len);
		memcpy(eid, file + 4, 32);
		if (list_open(&last, fuzz_file(file, len), eid, "senadurias.09", 2, 0) != OK ||
		    (factors = calloc(last->n * 2, sizeof *factors)) == NULL)
			abort();
		free(file);
		file = fuzz_vector("record/keys.json", &len);
		if (keys_file_open(&keys, fuzz_file(file, len)) != OK)
			abort();
		free(file);
	}
	st = (struct decryption_statement){.eid = eid, .name = "senadurias.09", .w = 2, .n = last->n,
	                                   .committee_key = keys->committee_key, .list = last->points,
	                                   .list_hash = last->sha256};
	fuzz_ignore(decryption_check(&failed, factors, &st, data, size));
	return 0;
}
