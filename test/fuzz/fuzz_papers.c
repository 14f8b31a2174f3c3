/*
 * The papers beside a record: receipt, lottery's transcript, challenge, checked ballot, journal: each reader, same bytes.
 * Their record is test/fuzz/papers/record and good papers of it lie beside it (made once by make-papers, without the lists):
 * what is changed in them reaches the signatures, the draw, the sealing again.
 */
#include "fuzz.h"
#include "journal/journal.h"
#include "record/challenge_file.h"
#include "record/checked_ballot.h"
#include "record/lottery_file.h"
#include "record/receipt_file.h"
#include <stdio.h>

static enum status line(void *ctx, uint64_t number, const json_t *object, const uint8_t sha256[32])
{
	(void)ctx, (void)number, (void)sha256;
	return json_is_object(object) ? OK : E_EVIDENCE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record *record;
	static char folder[512];
	const char *path = fuzz_file(data, size);
	struct challenge_request request;
	struct checked_ballot *checked = NULL;
	struct lottery lottery;
	struct receipt receipt;

	if (record == NULL) {
		const char *root = getenv("VEMRE_SOURCE");

		snprintf(folder, sizeof folder, "%s/test/fuzz/papers/record", root != NULL ? root : ".");
		if (record_open(&record, folder) != OK)
			abort();
	}
	fuzz_ignore(receipt_read(&receipt, record, path));
	fuzz_ignore(lottery_read(&lottery, record, path));
	fuzz_ignore(challenge_read_request(&request, record, path));
	fuzz_ignore(checked_ballot_check(&checked, path, folder, "0000", NULL));
	checked_ballot_free(checked);
	fuzz_ignore(journal_read(path, line, NULL));
	return 0;
}
