/* A ballot as the server gets it: read, and checked against a form. */
#include "fuzz.h"
#include "protocol/ballot.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ballot b;
	struct ballot_form form;

	form.n = 0;
	if (ballot_read(&b, data, size, (size & 1) != 0) == OK) {
		form.n = b.n;
		for (unsigned i = 0; i < b.n; i++) {
			form.contests[i].name = b.contests[i].name;
			form.contests[i].w = b.contests[i].w;
		}
		fuzz_ignore(ballot_check(&b, b.eid, &form));
	}
	return 0;
}
