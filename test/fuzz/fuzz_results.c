/* results.json as the verifier reads it, beside the votes of the vectors' odd record. */
#include "fuzz.h"
#include "record/verify_parts.h"
#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct verify_report report;
	static char folder[] = "/tmp/vemre-fuzz-XXXXXX", name[64];
	static struct verify *v;
	FILE *f;

	if (v == NULL) {
		const char *root = getenv("VEMRE_SOURCE");
		char record[512];

		snprintf(record, sizeof record, "%s/test/vectors/record-odd", root != NULL ? root : ".");
		if (verify_keep(&v, &report, record, VERIFY_UNTIL_TALLY, NULL, NULL) != OK || mkdtemp(folder) == NULL)
			abort();
		free(v->record.folder);
		v->record.folder = folder;
		snprintf(name, sizeof name, "%s/results.json", folder);
	}
	if ((f = fopen(name, "wb")) == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
	report.challenged = 0;
	fuzz_ignore(verify_results(v));
	unlink(name);
	return 0;
}
