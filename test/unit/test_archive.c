/* The archive: its hashes are right, and any file changed, missing or extra is named. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "journal/journal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[32], said[4096];
static struct record record;

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level >= REPORT_WARNING && strlen(said) + strlen(text) + 2 < sizeof said)
		strcat(strcat(said, text), "\n");
}

static char *at(const char *name)
{
	char *path = file_path(folder, name, NULL);

	assert_non_null(path);
	return path;
}

static void make_folder(const char *name)
{
	char *path = at(name);

	assert_int_equal(file_mkdirs(path, 0755), OK);
	free(path);
}

static void put(const char *name, const char *text)
{
	char *path = at(name);

	assert_int_equal(file_replace(path, text, strlen(text), 0644), OK);
	free(path);
}

static void drop(const char *name)
{
	char *path = at(name);

	assert_int_equal(unlink(path), 0);
	free(path);
}

static int setup(void **state)
{
	const char *source = getenv("VEMRE_SOURCE");
	char *path = file_path(source != NULL ? source : ".", "test", "elections", "simulacro.json", NULL);
	struct journal *j;
	char *journal;

	(void)state;
	report_install(listen_to, NULL, NULL);
	said[0] = '\0';
	strcpy(folder, "/tmp/test-archive-XXXXXX");
	if (path == NULL || mkdtemp(folder) == NULL || definition_open(&record.definition, path) != OK)
		return -1;
	free(path);
	make_folder("record/lists/presidencia");
	make_folder("documents");
	make_folder("journal");
	put("record/results.json", "{}");
	put("record/encrypted-votes.box", "abc");
	put("record/decrypted-votes.csv", "");
	put("record/lists/presidencia/0.list", "x");
	put("documents/acta.pdf", "%PDF");
	put("journal/server-head.json", "{}");
	journal = at("journal/tally.jsonl");
	if (journal_open(&j, journal, "tally") != OK || journal_write(j, "count", NULL, NULL) != OK)
		return -1;
	journal_close(j);
	free(journal);
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	definition_free(record.definition);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static enum status make(void)
{
	const struct archive_people who = {"Aquí", NULL, "Fedataria"};
	struct archive *a = NULL;
	enum status r;

	if ((r = archive_may_begin(folder)) == OK && (r = archive_scan(&a, folder)) == OK)
		r = archive_write(a, folder, &record, record.definition->closes, &who);
	archive_free(a);
	return r;
}

static enum status check(struct archive_verdict *v)
{
	said[0] = '\0';
	return archive_check(v, folder);
}

static void test_hashes(void **state)
{
	struct archive *a;
	char hex[65];

	(void)state;
	assert_int_equal(archive_scan(&a, folder), OK);
	assert_int_equal(a->n, 7);
	for (size_t i = 1; i < a->n; i++)
		assert_true(strcmp(a->files[i - 1].path, a->files[i].path) < 0);
	assert_string_equal(a->files[4].path, "record/encrypted-votes.box");
	assert_int_equal(a->files[4].bytes, 3);
	/* "abc": FIPS 180-4 and FIPS 202's own examples */
	hex_encode(hex, a->files[4].sha256, 32);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hex_encode(hex, a->files[4].sha3_256, 32);
	assert_string_equal(hex, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
	assert_int_equal(a->n_journals, 1); /* not the signed head */
	assert_string_equal(a->journals[0].path, "journal/tally.jsonl");
	assert_true(a->journals[0].chain);
	assert_int_equal(a->journals[0].lines, 1);
	archive_free(a);
}

static void test_whole(void **state)
{
	struct archive_verdict v;
	char command[128];

	(void)state;
	assert_int_equal(check(&v), E_STATE);
	assert_int_equal(make(), OK);
	assert_int_equal(check(&v), OK);
	assert_int_equal(v.same, 7);
	assert_string_equal(said, "");
	snprintf(command, sizeof command, "cd '%s' && sha256sum --quiet -c archive/SHA256SUMS", folder);
	assert_int_equal(system(command), 0);
	assert_int_equal(make(), E_STATE);
	assert_non_null(strstr(said, "ya está archivada"));
}

static void test_differences(void **state)
{
	struct archive_verdict v;

	(void)state;
	assert_int_equal(make(), OK);
	put("record/encrypted-votes.box", "abd");
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_string_equal(said, "cambió: record/encrypted-votes.box\n");
	drop("record/lists/presidencia/0.list");
	put("documents/aaa.pdf", "");
	put("record/zzz", "");
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_int_equal(v.changed, 1);
	assert_int_equal(v.missing, 1);
	assert_int_equal(v.extra, 2);
	assert_string_equal(said, "sobra: documents/aaa.pdf\ncambió: record/encrypted-votes.box\n"
	                          "falta: record/lists/presidencia/0.list\nsobra: record/zzz\n");
}

/* Each kind of difference is enough by itself. */
static void test_one_difference(void **state)
{
	struct archive_verdict v;

	(void)state;
	assert_int_equal(make(), OK);
	put("record/extra", "");
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_string_equal(said, "sobra: record/extra\n");
	drop("record/extra");
	assert_int_equal(check(&v), OK);
	drop("documents/acta.pdf");
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_string_equal(said, "falta: documents/acta.pdf\n");
}

static void test_archive_altered(void **state)
{
	struct archive_verdict v;
	struct buffer b = BUFFER_INIT;
	char *path = at("archive/SHA256SUMS"), *huellas = at("archive/huellas.json");

	(void)state;
	assert_int_equal(make(), OK);
	assert_int_equal(file_read(&b, path, 1 << 20), OK);
	b.data[0] ^= 1;
	assert_int_equal(file_replace(path, b.data, b.len, 0644), OK);
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_non_null(strstr(said, "archive/SHA256SUMS"));
	unlink(path);
	assert_int_equal(check(&v), E_EVIDENCE);
	buffer_free(&b);
	put("archive/huellas.json", "{\"format\": \"VEMRE-V1\"}");
	assert_int_equal(check(&v), E_EVIDENCE);
	assert_int_equal(file_read(&b, huellas, 1 << 20), OK);
	buffer_free(&b);
	free(path);
	free(huellas);
}

/* The sums of safekeeping are read to the file's end: no byte hides what follows it. */
static void test_safekeeping(void **state)
{
	char *path = at("archive/SHA256SUMS-resguardo"), *huellas = at("archive/huellas.json"), hex[65], line[128];
	struct archive_verdict v;
	uint8_t sha256[32];

	(void)state;
	assert_int_equal(make(), OK);
	assert_int_equal(file_sha256(sha256, huellas), OK);
	hex_encode(hex, sha256, 32);
	snprintf(line, sizeof line, "%s  archive/huellas.json\n", hex);
	assert_int_equal(file_replace(path, line, strlen(line), 0644), OK);
	assert_int_equal(check(&v), OK);
	assert_int_equal(file_replace(path, line, strlen(line) + 1, 0644), OK); /* with its zero */
	assert_int_equal(check(&v), E_EVIDENCE);
	line[0] ^= 1;
	assert_int_equal(file_replace(path, line, strlen(line), 0644), OK);
	assert_int_equal(check(&v), E_EVIDENCE);
	free(path);
	free(huellas);
}

/* Who is not told is taken from the tally's last attendance. */
static void test_attendance(void **state)
{
	struct archive_people who = {NULL, NULL, "Otra"};
	char *path = at("journal/tally.jsonl");
	struct journal *j;
	json_t *hold;

	(void)state;
	assert_int_equal(archive_attendance(&who, &hold, folder), OK);
	assert_null(who.place);
	json_decref(hold);
	assert_int_equal(journal_open(&j, path, "tally"), OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(journal_write(j, "tally-attendance", "Fedatario",
		                               json_pack("{s:s, s:s}", "place", i == 0 ? "Allá" : "Aquí", "hsm_admin", "H")),
		                 OK);
	journal_close(j);
	assert_int_equal(archive_attendance(&who, &hold, folder), OK);
	assert_string_equal(who.place, "Aquí");
	assert_string_equal(who.hsm_admin, "H");
	assert_string_equal(who.notary, "Otra");
	json_decref(hold);
	free(path);
}

static void test_too_early(void **state)
{
	(void)state;
	drop("record/results.json");
	assert_int_equal(make(), E_STATE);
	assert_non_null(strstr(said, "results.json"));
	put("record/results.json", "{}");
	drop("record/decrypted-votes.csv");
	assert_int_equal(make(), E_STATE);
}

static void test_cut_short(void **state)
{
	struct archive_verdict v;

	(void)state;
	make_folder("archive");
	put("archive/SHA256SUMS", "half");
	put("archive/huellas-digitales.pdf", "half");
	assert_int_equal(make(), OK);
	assert_int_equal(check(&v), OK);
}

static void test_odd_entries(void **state)
{
	struct archive *a;
	char *link_path = at("documents/link");

	(void)state;
	assert_int_equal(symlink("/etc/hostname", link_path), 0);
	assert_int_equal(archive_scan(&a, folder), E_EVIDENCE);
	assert_non_null(strstr(said, "documents/link"));
	unlink(link_path);
	free(link_path);
	put("documents/a\nb", "");
	assert_int_equal(archive_scan(&a, folder), E_EVIDENCE);
	assert_null(a);
}

static void test_broken_journal(void **state)
{
	struct archive *a;

	(void)state;
	put("journal/tally.jsonl", "{}\n");
	assert_int_equal(archive_scan(&a, folder), OK);
	assert_false(a->journals[0].chain);
	assert_non_null(strstr(said, "línea 1"));
	archive_free(a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_hashes),    TEST(test_whole),     TEST(test_differences), TEST(test_one_difference),
	    TEST(test_archive_altered), TEST(test_safekeeping),
	    TEST(test_too_early), TEST(test_cut_short), TEST(test_odd_entries), TEST(test_broken_journal),
	    TEST(test_attendance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
