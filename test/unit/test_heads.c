/* Signed heads of the server's journal: every way to edit, thin, cut or replace it contradicts one of them. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/report.h"
#include "journal/heads.h"
#include "journal/journal.h"
#include "unit/signing.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-heads-XXXXXX", path[64], heads[64], said[4096];
static struct buffer first_two; /* lines of the journal */
static struct record record = {.eid = {1, 2, 3}};
static EVP_PKEY *key;

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level == REPORT_FAULT && strlen(said) + strlen(text) + 2 < sizeof said)
		strcat(strcat(said, text), "\n");
}

static void note(const char *what)
{
	struct journal *j;

	assert_int_equal(journal_open(&j, path, "vemre-server"), OK);
	assert_int_equal(journal_write(j, what, NULL, NULL), OK);
	journal_close(j);
}

/* As the sealer does: a head of what is there now. prefix: of a syslog line. */
static void seal(const char *prefix)
{
	struct buffer msg = BUFFER_INIT, file = BUFFER_INIT;
	struct head h = {.time = 1800000000};
	json_t *object;
	char *text;

	h.time += (moment)(file_exists(heads) ? 60 : 0);
	memcpy(h.eid, record.eid, 32);
	assert_int_equal(journal_check(path, &h.lines, h.last), OK);
	signature_journal_message(&msg, h.eid, h.lines, h.last);
	assert_int_equal(signing_sign(h.signature, &h.signature_len, key, msg.data, msg.len), OK);
	assert_non_null(object = head_json(&h));
	assert_non_null(text = json_dumps(object, JSON_COMPACT));
	if (file_exists(heads))
		assert_int_equal(file_read(&file, heads, 1 << 20), OK);
	buffer_printf(&file, "%s%s\n", prefix, text);
	assert_int_equal(file_replace(heads, file.data, file.len, 0644), OK);
	free(text);
	json_decref(object);
	buffer_free(&msg);
	buffer_free(&file);
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (mkdtemp(folder) == NULL || (key = signing_new(&record.opening.system_keys[0])) == NULL)
		return -1;
	record.opening.n_system_keys = 1;
	snprintf(path, sizeof path, "%s/server.jsonl", folder);
	snprintf(heads, sizeof heads, "%s/heads", folder);
	report_install(listen_to, NULL, NULL);
	note("opened");
	note("uno");
	seal("");
	if (file_read(&first_two, path, 1 << 20) != OK)
		return -1;
	note("dos");
	note("tres");
	seal("Jun  6 18:00:00 host vemre-journal: ");
	note("cuatro");
	said[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	buffer_free(&first_two);
	unlink(path);
	unlink(heads);
	rmdir(folder);
	return 0;
}

static void test_holds(void **state)
{
	struct heads_verdict v;

	(void)state;
	assert_int_equal(heads_check(&v, path, heads, &record), OK);
	assert_int_equal(v.heads, 2);
	assert_int_equal(v.lines, 5);
	assert_int_equal(v.sealed, 4);
	assert_int_equal(v.longest, 60);
	assert_string_equal(said, "");
}

static void found(const char *words)
{
	struct heads_verdict v;

	assert_int_equal(heads_check(&v, path, heads, &record), E_EVIDENCE);
	assert_non_null(strstr(said, words));
}

static void test_edited(void **state)
{
	(void)state;
	unlink(path);
	note("opened");
	note("otro");
	note("dos");
	note("tres");
	note("cuatro");
	found("cabeza de la línea 2");
}

/* The third line taken out and the chain made good again. The first two are the same bytes: a line has its time. */
static void test_deleted(void **state)
{
	(void)state;
	assert_int_equal(file_replace(path, first_two.data, first_two.len, 0644), OK);
	note("tres");
	note("cuatro");
	found("cabeza de la línea 4");
	assert_null(strstr(said, "cabeza de la línea 2 ")); /* what was before it still stands */
}

static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	found("a la bitácora le faltan líneas al final");
}

static void test_signatures(void **state)
{
	struct point other;
	EVP_PKEY *stranger = signing_new(&other);

	(void)state;
	record.opening.system_keys[0] = other;
	found("su firma no es de ninguna llave del sistema");
	EVP_PKEY_free(stranger);
}

static void test_other_election(void **state)
{
	(void)state;
	record.eid[0] ^= 1;
	found("es de otra elección");
	record.eid[0] ^= 1;
}

static void test_files(void **state)
{
	static const char nothing[] = "Jun  6 host otra cosa\n", strange[] = "{\"format\":\"VEMRE-V1\"}\n";
	struct heads_verdict v;

	(void)state;
	assert_int_equal(file_replace(heads, nothing, sizeof nothing - 1, 0644), OK);
	assert_int_equal(heads_check(&v, path, heads, &record), E_INCOMPLETE);
	assert_int_equal(file_replace(heads, strange, sizeof strange - 1, 0644), OK);
	assert_int_equal(heads_check(&v, path, heads, &record), E_EVIDENCE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_holds, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_edited, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_deleted, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_signatures, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_other_election, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_files, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
