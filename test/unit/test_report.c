/* Documents: the same input gives the same bytes, nothing is written over, figures that do not add up are not printed.
 * What a page looks like is test/integration/documents.bats's business. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/lottery.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/keygen_act.h"
#include "report/lottery_act.h"
#include "report/system_reports.h"
#include "report/tally_act.h"
#include "report/tally_rows.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[32], said[1024];
static struct definition *definition;

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level >= REPORT_WARNING)
		snprintf(said, sizeof said, "%s", text);
}

static char *in_folder(const char *name)
{
	char *path = file_path(folder, name, NULL);

	assert_non_null(path);
	return path;
}

static int setup(void **state)
{
	const char *source = getenv("VEMRE_SOURCE");
	char *path = file_path(source != NULL ? source : ".", "test", "elections", "mx-2024.json", NULL);

	(void)state;
	report_install(listen_to, NULL, NULL);
	said[0] = '\0';
	strcpy(folder, "/tmp/test-report-XXXXXX");
	if (path == NULL || mkdtemp(folder) == NULL || definition_open(&definition, path) != OK)
		return -1;
	free(path);
	return 0;
}

static int teardown(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	(void)state;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		char *path = file_path(folder, e->d_name, NULL);

		unlink(path);
		free(path);
	}
	closedir(dir);
	rmdir(folder);
	definition_free(definition);
	return 0;
}

/* Sheets of a PDF by Cairo, whose page objects are not compressed. */
static unsigned sheets(const char *path)
{
	static const char page[] = "/Type /Page";
	struct buffer b = BUFFER_INIT;
	unsigned n = 0;

	assert_int_equal(file_read(&b, path, 1 << 24), OK);
	for (size_t i = 0; i + sizeof page < b.len; i++)
		n += memcmp(b.data + i, page, sizeof page - 1) == 0 && b.data[i + sizeof page - 1] != 's';
	buffer_free(&b);
	return n;
}

static void assert_same_file(const char *a, const char *b, bool same)
{
	uint8_t x[32], y[32];

	assert_int_equal(file_sha256(x, a), OK);
	assert_int_equal(file_sha256(y, b), OK);
	assert_true((memcmp(x, y, 32) == 0) == same);
}

static struct document_head head_of(const char *title)
{
	struct document_head head = {.title = title, .election = definition->title, .folio = "PRUEBA/00",
	                             .place = "Ciudad de México", .date = definition->closes, .zone = definition->zone,
	                             .simulation = true};
	return head;
}

static void write_rows(const char *path, unsigned rows)
{
	static const struct document_column columns[] = {{"Número", 0.3, DOCUMENT_RIGHT}, {"Texto", 0.7, DOCUMENT_LEFT}};
	const struct document_head head = head_of("Tabla");
	struct document *d;
	char number[16];

	assert_int_equal(document_new(&d, &head), OK);
	document_heading(d, "Una tabla");
	document_table_begin(d, columns, 2);
	for (unsigned i = 0; i < rows; i++) {
		snprintf(number, sizeof number, "%u", i);
		document_table_row(d, i % 50 == 0 ? DOCUMENT_BAND : DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = number}, {.text = "Íñigo de la Peña"}});
	}
	document_table_end(d);
	assert_int_equal(document_write(d, path), OK);
	document_free(d);
}

static void test_pages(void **state)
{
	char *one = in_folder("one.pdf"), *many = in_folder("many.pdf");

	(void)state;
	write_rows(one, 10);
	assert_int_equal(sheets(one), 1);
	write_rows(many, 400);
	assert_true(sheets(many) >= 9 && sheets(many) <= 14);
	free(one);
	free(many);
}

/* A paragraph longer than a sheet goes on; an empty table, a heading without content and an empty text are harmless. */
static void test_odd_content(void **state)
{
	const struct document_head head = head_of("Raro");
	static const struct document_column columns[] = {{"A", 1, DOCUMENT_LEFT}};
	char *path = in_folder("odd.pdf"), *text = malloc(40001);
	struct document *d;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < 40000; i++)
		text[i] = i % 7 == 6 ? ' ' : 'x';
	text[40000] = '\0';
	assert_int_equal(document_new(&d, &head), OK);
	document_text(d, "%s", text);
	document_text(d, "%s", "");
	document_table_begin(d, columns, 1);
	document_table_end(d);
	document_fact(d, definition->closes, "%s", text);
	document_pair(d, "Etiqueta", "%s", text);
	document_signatures(d, "Firman.", NULL, 0);
	document_heading(d, "Nada");
	assert_int_equal(document_write(d, path), OK);
	document_free(d);
	assert_true(sheets(path) > 15);
	free(text);
	free(path);
}

static void test_not_over(void **state)
{
	char *a = in_folder("a.pdf"), *b = in_folder("b.pdf");
	const struct document_head head = head_of("Otra");
	struct document *d;

	(void)state;
	write_rows(a, 3);
	write_rows(b, 3);
	assert_same_file(a, b, true);
	write_rows(a, 3); /* the same again is fine */
	assert_int_equal(document_new(&d, &head), OK);
	assert_int_equal(document_write(d, a), E_STATE);
	document_free(d);
	assert_same_file(a, b, true);
	free(a);
	free(b);
}

static struct election_lists *plan(uint64_t each)
{
	struct election_lists *lists;
	uint64_t ballots[3] = {each, each, each};

	assert_int_equal(definition->n_districts, 3);
	assert_int_equal(lists_plan(&lists, definition, ballots), OK);
	return lists;
}

static struct report_tally tally_of(const struct election_lists *lists, const struct report_session *session)
{
	struct report_tally t = {.definition = definition, .lists = lists, .session = session};

	return t;
}

static const struct report_member members[] = {{"Ana González", 1, false, true}, {"Benito Juárez", 2, true, false}};

static struct report_session session_of(void)
{
	struct report_session s = {.place = "Ciudad de México", .when = definition->closes, .members = members,
	                           .n_members = 2, .notary = "N", .hsm_admin = "H", .coordinator = "C"};
	return s;
}

static void vote(struct count *c, uint64_t marks)
{
	uint8_t v[256] = {0};

	for (int i = 0; i < 8; i++)
		v[i] = (uint8_t)(marks >> (56 - 8 * i));
	assert_int_equal(count_add(c, v), OK);
}

static void test_act(void **state)
{
	struct election_lists *lists = plan(3);
	const struct report_session session = session_of();
	struct report_tally t = tally_of(lists, &session);
	char *a = in_folder("a.pdf"), *b = in_folder("b.pdf"), *c = in_folder("c.pdf");
	struct count *count;

	(void)state;
	assert_int_equal(count_new(&count, lists->lists[0].contest), OK);
	for (unsigned i = 0; i < 5; i++)
		vote(count, 1);
	vote(count, 3);
	vote(count, 7);
	vote(count, 0);
	count_add_malformed(count);
	assert_int_equal(count_finish(count), OK);
	assert_int_equal(lists->lists[0].total, 9);
	t.count = count;
	assert_int_equal(report_tally_act(a, &t), OK);
	assert_int_equal(report_tally_act(b, &t), OK);
	assert_same_file(a, b, true);
	t.box_sha256[0] = 1;
	assert_int_equal(report_tally_act(c, &t), OK);
	assert_same_file(a, c, false);
	count_free(count);
	lists_free(lists);
	free(a);
	free(b);
	free(c);
}

/* An act whose sums do not hold, or that counts other ballots than the list has, is not printed. */
static void test_sums(void **state)
{
	struct election_lists *lists = plan(1);
	const struct report_session session = session_of();
	struct report_tally t = tally_of(lists, &session);
	char *path = in_folder("act.pdf");
	struct count *count;

	(void)state;
	assert_int_equal(count_new(&count, lists->lists[0].contest), OK);
	vote(count, 1);
	vote(count, 1);
	assert_int_equal(count_finish(count), OK);
	t.count = count;
	assert_int_equal(report_tally_act(path, &t), E_FAILED);
	assert_non_null(strstr(said, "no cuadran"));
	vote(count, 1);
	assert_int_equal(count_finish(count), OK);
	count->options[0]++;
	assert_int_equal(report_tally_act(path, &t), E_FAILED);
	assert_false(file_exists(path));
	count_free(count);
	lists_free(lists);
	free(path);
}

static void test_withheld(void **state)
{
	struct election_lists *lists = plan(1); /* one ballot for the local contest of district 09 */
	const struct report_session session = session_of();
	struct report_tally t = tally_of(lists, &session);
	char *path = in_folder("act.pdf");

	(void)state;
	while (t.list < lists->n && !lists->lists[t.list].withheld)
		t.list++;
	assert_true(t.list < lists->n);
	assert_int_equal(report_tally_act(path, &t), OK);
	assert_int_equal(sheets(path), 1);
	lists_free(lists);
	free(path);
}

static void test_combinations(void **state)
{
	const struct coalition k = {"x", "X", 0x29}; /* options 0, 3, 5 */
	const uint64_t expected[] = {0x29, 0x09, 0x21, 0x28};
	const struct coalition six = {"y", "Y", 63}, none = {"z", "Z", 1};
	uint64_t *marks;
	size_t n;

	(void)state;
	assert_non_null(marks = tally_combinations(&n, &k));
	assert_int_equal(n, 4);
	assert_memory_equal(marks, expected, sizeof expected);
	free(marks);
	assert_non_null(marks = tally_combinations(&n, &six));
	assert_int_equal(n, 57); /* 2^6 - 6 - 1 */
	for (size_t i = 1; i < n; i++)
		assert_true(__builtin_popcountll(marks[i - 1]) >= __builtin_popcountll(marks[i]));
	free(marks);
	assert_null(tally_combinations(&n, &none));
	assert_int_equal(n, 0);
}

static void test_initial(void **state)
{
	const struct report_counter zero[] = {{"Votos", 0}}, one[] = {{"Votos", 1}};
	struct report_initial i = {.heading = {definition, "Aquí", definition->opens, NULL, NULL}, .zeros = one,
	                           .n_zeros = 1};
	char *path = in_folder("initial.pdf");

	(void)state;
	assert_int_equal(report_initial(path, &i), E_REFUSED);
	assert_non_null(strstr(said, "Votos = 1"));
	assert_false(file_exists(path));
	i.zeros = zero;
	assert_int_equal(report_initial(path, &i), OK);
	free(path);
}

#define HASH "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
static const char keygen_facts[] =
    "{\"format\": \"VEMRE-V1\", \"election\": \"mx-2024\", \"place\": \"P\", \"hsm_admin\": \"H\", \"coordinator\": \"C\","
    "\"notary\": \"N\", \"started\": \"2024-05-01T10:00:00-06:00\", \"ended\": \"2024-05-01T12:00:00-06:00\","
    "\"threshold\": 3, \"members\": [{\"card\": 1, \"name\": \"Ana\", \"serial\": \"12\"}], \"events\": [{\"time\":"
    "\"2024-05-01T10:00:00-06:00\", \"event\": \"x\", \"text\": \"¿Todos? [s/n] Sí.\"}], \"confirmations\": [],"
    "\"keys_sha256\": " HASH ", \"definition_sha256\": " HASH ", \"election_key\": "
    "\"04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaa\"}";

static void test_keygen(void **state)
{
	char *facts = in_folder("facts.json"), *path = in_folder("act.pdf"), *altered = strdup(keygen_facts);

	(void)state;
	assert_int_equal(file_create(facts, keygen_facts, strlen(keygen_facts), 0644), OK);
	assert_int_equal(report_keygen_act(path, definition, facts), OK);
	assert_int_equal(sheets(path), 1);
	unlink(path);
	strstr(altered, "mx-2024")[3] = '3';
	assert_int_equal(file_replace(facts, altered, strlen(altered), 0644), OK);
	assert_int_equal(report_keygen_act(path, definition, facts), E_EVIDENCE);
	strstr(altered, "mx-3024")[3] = '2';
	strstr(altered, "notary")[0] = 'N';
	assert_int_equal(file_replace(facts, altered, strlen(altered), 0644), OK);
	assert_int_equal(report_keygen_act(path, definition, facts), E_EVIDENCE);
	assert_non_null(strstr(said, "notary"));
	assert_false(file_exists(path));
	free(altered);
	free(facts);
	free(path);
}

static void put_transcript(const char *path, const uint8_t entropy[32], const uint8_t commitment[32], unsigned a,
                           unsigned b)
{
	const uint8_t eid[32] = {1};
	struct buffer bytes = BUFFER_INIT;
	json_t *root = json_pack("{s:s, s:o, s:o, s:o, s:[s,s], s:i, s:i, s:[i,i]}", "format", "VEMRE-V1", "eid",
	                         json_hex(eid, 32), "commitment", json_hex(commitment, 32), "entropy",
	                         json_hex(entropy, 32), "spoken", "17", "4", "n", 2, "m", 1, "order", (int)a, (int)b);

	assert_int_equal(json_write(&bytes, root), OK);
	assert_int_equal(file_replace(path, bytes.data, bytes.len, 0644), OK);
	buffer_free(&bytes);
	json_decref(root);
}

/* The act of a draw does the draw again. */
static void test_lottery(void **state)
{
	static const char *const spoken[] = {"17", "4"};
	const uint8_t eid[32] = {1}, entropy[32] = {2}, other[32] = {3};
	const struct report_session session = session_of();
	char *transcript = in_folder("lottery.json"), *path = in_folder("act.pdf");
	const struct report_lottery l = {definition, transcript, 1, &session};
	uint8_t commitment[32];
	unsigned order[2];

	(void)state;
	assert_int_equal(lottery_commitment(commitment, eid, entropy), OK);
	assert_int_equal(lottery_order(order, 2, eid, entropy, spoken, 2), OK);
	put_transcript(transcript, entropy, commitment, order[1], order[0]);
	assert_int_equal(report_lottery_act(path, &l), E_EVIDENCE);
	put_transcript(transcript, entropy, other, order[0], order[1]);
	assert_int_equal(report_lottery_act(path, &l), E_EVIDENCE);
	assert_non_null(strstr(said, "compromiso"));
	assert_false(file_exists(path));
	put_transcript(transcript, entropy, commitment, order[0], order[1]);
	assert_int_equal(report_lottery_act(path, &l), OK);
	free(transcript);
	free(path);
}

static void test_small_things(void **state)
{
	const uint8_t bytes[32] = {0x1a, 0x2b, 0x3c, 0x4d, 0x5e};
	char *text, groups[2 * 5 + 3], folio[FOLIO_SIZE], long_id[100];

	(void)state;
	document_groups(groups, bytes, 5);
	assert_string_equal(groups, "1a2b 3c4d 5e");
	text = document_grouped("de la urna, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, y el 0123456789abcdef");
	assert_string_equal(text, "de la urna, e3b0 c442 98fc 1c14 9afb f4c8 996f b924 27ae 41e4 649b 934c a495 991b 7852 b855, y el "
	                          "0123456789abcdef");
	free(text);
	folio_make(folio, "mx-2024", "AC", 3, bytes);
	assert_string_equal(folio, "MX-2024/AC/03/1A2B3C4D");
	memset(long_id, 'x', sizeof long_id);
	long_id[99] = '\0';
	folio_make(folio, long_id, "AC", 3, bytes);
	assert_non_null(strstr(folio, "/AC/03/1A2B3C4D"));
	assert_int_equal(tally_colour("#0A0b0C"), 0x0a0b0c);
	assert_int_equal(tally_colour("red"), 0x808080);
	assert_int_equal(tally_colour("#12345g"), 0x808080);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_pages),   TEST(test_odd_content),  TEST(test_not_over), TEST(test_act),    TEST(test_sums),
	    TEST(test_withheld), TEST(test_combinations), TEST(test_initial),  TEST(test_keygen),
	    TEST(test_lottery), TEST(test_small_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
