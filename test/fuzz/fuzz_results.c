/* results.json as the verifier reads it, beside the votes of the vectors' odd record. */
#include "fuzz.h"
#include "record/verify_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_record_file("results.json", verify_results, data, size);
	return 0;
}
