#include "hsm/spare.c"
#include "inside/inside.h"
#include <stdio.h>

void inside_spare(const uint8_t *data, size_t size, const char *folder)
{
	struct reader in = reader_of(data, size);
	char store[128];

	snprintf(store, sizeof store, "%s/store", folder);
	fuzz_need(mkdir(folder, 0700) == 0 && mkdir(store, 0700) == 0);
	while (in.left > 0)
		if (unpack_file(store, &in) != OK)
			break;
	spare_forget(store);
	fuzz_need(rmdir(folder) == 0); /* nothing was written beside the store */
}
