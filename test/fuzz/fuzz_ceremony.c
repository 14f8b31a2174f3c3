/*
 * The ceremony's files that come from another machine, another day, a card. The first byte says which reader gets the
 * rest: 'a' an archive's papers (fingerprints, sums, sums of safekeeping, each after a line "--"), 'i' the closing
 * report of a medium, 'k' a card's label, 'l' a line of server-load.csv, 'm' a certified manifest (and after "--" the
 * installed one), 'o' the spool of mails, 'q' a reissue's line and its acknowledgement, 'r' a host's report, 's' the
 * enrolment's safe, 't' the tally's journal, 'v' what a vault's copy unpacks, 'V' the copy as it is.
 */
#include "fuzz.h"
#include "ceremony/archive.h"
#include "ceremony/host_report.h"
#include "ceremony/import.h"
#include "ceremony/manifest.h"
#include "ceremony/reissue.h"
#include "ceremony/spool.h"
#include "hsm/spare.h"
#include "inside/inside.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The bytes up to a line "--", which is passed over. */
static struct buffer part(const uint8_t **data, size_t *size)
{
	const uint8_t *cut = *size > 0 ? memmem(*data, *size, "--\n", 3) : NULL;
	size_t len = cut != NULL ? (size_t)(cut - *data) : *size, with = cut != NULL ? len + 3 : len;
	struct buffer b = BUFFER_INIT;

	buffer_put(&b, *data, len);
	fuzz_need(buffer_str(&b) != NULL);
	*data += with;
	*size -= with;
	return b;
}

static void archive(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"archive/huellas.json", "archive/SHA256SUMS", "archive/SHA256SUMS-resguardo"};
	struct archive_verdict v;

	fuzz_beside("record/keys.json", (const uint8_t *)"{}\n", 3);
	for (size_t i = 0; i < 3; i++) {
		struct buffer b = part(&data, &size);

		fuzz_beside(names[i], b.data, b.len);
		buffer_free(&b);
	}
	if (archive_check(&v, fuzz_folder()) == OK)
		fuzz_need(v.changed == 0 && v.missing == 0 && v.extra == 0);
}

/* The medium has nothing but the report: nothing may come of it. */
static void import(const uint8_t *data, size_t size)
{
	char election[128];

	fuzz_beside("documents/closing-report.json", data, size);
	snprintf(election, sizeof election, "%s/none", fuzz_folder());
	fuzz_need(import_run(election, fuzz_folder()) != OK);
}

static void difference(void *ctx, enum manifest_difference what, const char *path, size_t len)
{
	size_t *n = ctx;

	(void)what;
	fuzz_need(memchr(path, '\n', len) == NULL);
	++*n;
}

static void manifest(const uint8_t *data, size_t size)
{
	struct buffer certified = part(&data, &size), installed = part(&data, &size), some = BUFFER_INIT;
	size_t n = 0;

	fuzz_ignore(manifest_differences(&installed, &certified, difference, &n));
	n = 0;
	if (manifest_differences(&certified, &certified, difference, &n) == OK)
		fuzz_need(n == 0);
	if (manifest_sections_of(&some, &certified, manifest_has(&certified)) == OK)
		fuzz_need(some.len <= certified.len);
	buffer_free(&some);
	buffer_free(&installed);
	buffer_free(&certified);
}

static void spool(const uint8_t *data, size_t size, const struct secret *key)
{
	struct spool_person person;
	struct secret *password;
	struct spool *s;

	if (spool_open(&s, fuzz_beside("spool", data, size), key) != OK)
		return;
	for (uint32_t i = 0; i < spool_entries(s); i++) {
		fuzz_need(spool_state(s, i) < SPOOL_STATES && spool_person(&person, s, i) != OK); /* not of this key */
		if (spool_password(&password, s, i) == OK)
			abort();
	}
	spool_close(s);
}

static void reissue(const uint8_t *data, size_t size)
{
	static struct record *record;
	struct reissue_line line;

	if (record == NULL && record_open(&record, "test/fuzz/papers/record") != OK)
		abort();
	fuzz_need(reissue_acknowledged(&line, record, fuzz_file(data, size)) != OK); /* signed by no key of this record */
	fuzz_ignore(reissue_line_read(&line, "line", data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct secret *key;
	struct archive_people people = {0};
	struct host_report report;
	char store[128];
	json_t *hold;
	uint8_t which = size > 0 ? *data : 0;

	if (size == 0)
		return 0;
	if (key == NULL && (key = secret_copy("0123456789abcdef0123456789abcdef", 32)) == NULL)
		abort();
	snprintf(store, sizeof store, "%s/store", fuzz_folder());
	data++;
	size--;
	switch (which) {
	case 'a':
		archive(data, size);
		break;
	case 'i':
		import(data, size);
		break;
	case 'k':
		inside_card(data, size);
		break;
	case 'l':
		inside_load(data, size);
		break;
	case 'm':
		manifest(data, size);
		break;
	case 'o':
		spool(data, size, key);
		break;
	case 'q':
		reissue(data, size);
		break;
	case 'r':
		fuzz_ignore(host_report_read(&report, fuzz_file(data, size)));
		host_report_free(&report);
		break;
	case 's':
		inside_safe(fuzz_beside("safe.json", data, size));
		break;
	case 't':
		fuzz_beside("journal/tally.jsonl", data, size);
		fuzz_ignore(archive_attendance(&people, &hold, fuzz_folder()));
		json_decref(hold);
		break;
	case 'v':
		inside_spare(data, size, store);
		break;
	case 'V':
		fuzz_need(spare_restore(fuzz_file(data, size), key, store) != OK); /* sealed under no such key */
		break;
	default:
		break;
	}
	return 0;
}
