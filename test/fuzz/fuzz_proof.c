/* The proof of a shuffle of the vectors' record. */
#include "fuzz.h"
#include "protocol/shuffle.h"
#include "record/folder.h"
#include "record/list.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct list *in, *out;
	static struct keys_file *keys;
	static uint8_t eid[32];
	struct shuffle_statement st;
	unsigned failed;
	uint8_t *file;
	size_t len;

	if (in == NULL) {
		file = fuzz_vector("record/lists/senadurias.09/0.list", &len);
		memcpy(eid, file + 4, 32);
		if (list_open(&in, fuzz_file(file, len), eid, "senadurias.09", 2, 0) != OK)
			abort();
		free(file);
		file = fuzz_vector("record/lists/senadurias.09/1.list", &len);
		if (list_open(&out, fuzz_file(file, len), eid, "senadurias.09", 2, 0) != OK)
			abort();
		free(file);
		file = fuzz_vector("record/keys.json", &len);
		if (keys_file_open(&keys, fuzz_file(file, len)) != OK)
			abort();
		free(file);
	}
	st = (struct shuffle_statement){.eid = eid, .name = "senadurias.09", .w = 2, .n = in->n,
	                                .committee_key = keys->committee_key, .in = in->points, .out = out->points,
	                                .hin = in->sha256, .hout = out->sha256};
	fuzz_ignore(shuffle_check(&failed, &st, data, size));
	return 0;
}
