/* lib/base: the reader, hex, buffers, moments, files, JSON's getters, reports, work in parallel. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/mapped.h"
#include "base/moment.h"
#include "base/parallel.h"
#include "base/reader.h"
#include "base/report.h"
#include "base/secret.h"
#include "unit/folder.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_reader(void **state)
{
	static const uint8_t bytes[] = {1, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 3, 'a', 'b', '\n', 'c'};
	struct reader r = reader_of(bytes, sizeof bytes);
	const char *text;
	size_t len;

	(void)state;
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_u32(&r), 258);
	assert_int_equal(reader_u64(&r), 259);
	assert_true(reader_until(&r, '\n', &text, &len));
	assert_int_equal(len, 2);
	assert_false(reader_end(&r));
	assert_false(reader_until(&r, '\n', &text, &len)); /* no LF at the end */
	assert_true(r.bad);
	assert_null(reader_take(&r, 1)); /* once bad, nothing more */
	assert_int_equal(reader_u8(&r), 0);
	assert_false(reader_end(&r));
	r = reader_of(bytes, 7);
	assert_null(reader_take(&r, SIZE_MAX));
	assert_true(r.bad);
	r = reader_of(bytes, 7);
	assert_int_equal(reader_u64(&r), 0); /* cut in the middle */
	assert_true(r.bad);
	r = reader_of(NULL, 0);
	assert_true(reader_end(&r));
	assert_false(reader_until(&r, '\n', &text, &len));
}

static void test_hex(void **state)
{
	uint8_t out[4];
	char text[9];

	(void)state;
	assert_true(hex_decode_vartime(out, 4, "00ff1a9e", 8));
	hex_encode(text, out, 4);
	assert_string_equal(text, "00ff1a9e");
	assert_false(hex_decode_vartime(out, 4, "00FF1a9e", 8));
	assert_false(hex_decode_vartime(out, 4, "00ff1a9", 7));
	assert_false(hex_decode_vartime(out, 3, "00ff1a9e", 8));
	assert_false(hex_decode_vartime(out, 4, "00ff1a9g", 8));
	assert_false(hex_decode_vartime(out, 4, " 0ff1a9e", 8));
	assert_true(hex_decode_vartime(out, 0, "", 0));
}

static void test_buffer(void **state)
{
	struct buffer b = BUFFER_INIT;

	(void)state;
	buffer_u32(&b, 258);
	buffer_u64(&b, 1);
	buffer_lp(&b, "ab", 2);
	buffer_hex(&b, "\xff", 1);
	buffer_printf(&b, "%d", 42);
	assert_int_equal(b.len, 4 + 8 + 6 + 2 + 2);
	assert_memory_equal(b.data, "\0\0\1\2\0\0\0\0\0\0\0\1\0\0\0\2abff42", b.len);
	assert_int_equal(strlen(buffer_str(&b) + 18), 4);
	assert_true(buffer_ok(&b));
	assert_false(buffer_reserve(&b, SIZE_MAX - 4)); /* remembered */
	buffer_text(&b, "x");
	assert_false(buffer_ok(&b));
	buffer_free(&b);
}

static void test_moments(void **state)
{
	static const struct {
		const char *text;
		moment when;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2027-06-06T18:00:00-06:00", 1812326400},
	    {"2027-06-07T00:00:00Z", 1812326400},
	    {"2027-06-07T00:00:00.999z", 1812326400},
	    {"2028-02-29T00:00:00+00:00", 1835395200},
	    {"1969-12-31T23:59:59Z", -1},
	    {"2016-12-31T23:59:60Z", 1483228800}, /* leap seconds stand where there can be one, and there alone */
	    {"2016-12-31T17:59:60.5-06:00", 1483228800},
	};
	static const char *const bad[] = {
	    "",
	    "2027-06-06",
	    "2027-06-06T18:00:00",
	    "2027-06-06 18:00:00Z",
	    "2027-06-06T18:00:00-0600",
	    "2027-06-06T24:00:00Z",
	    "2027-06-06T18:60:00Z",
	    "2027-06-06T18:00:60Z",
	    "2027-06-06T23:59:60Z",
	    "2016-12-31T23:59:60-06:00",
	    "2016-12-31T23:59:61Z",
	    "2027-06-31T18:00:00Z",
	    "2027-02-29T18:00:00Z",
	    "2100-02-29T18:00:00Z",
	    "2027-13-01T18:00:00Z",
	    "2027-00-01T18:00:00Z",
	    "2027-06-00T18:00:00Z",
	    "2027-06-06T18:00:00.Z",
	    "2027-06-06T18:00:00Zx",
	    "2027-06-06T18:00:00-24:00",
	    "2027-06-06T18:00:00-06:60",
	    "2027-06-06T18:00:00-06:00 ",
	    "+027-06-06T18:00:00Z",
	};
	char out[96];
	moment m;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!moment_parse(&m, good[i].text))
			fail_msg("%s", good[i].text);
		assert_int_equal(m, good[i].when);
	}
	assert_true(moment_earlier("2027-06-06T17:59:59.9Z", "2027-06-06T18:00:00Z"));
	assert_true(moment_earlier("2027-06-06T18:00:00Z", "2027-06-06T18:00:00.001Z"));
	assert_true(moment_earlier("2027-06-06T18:00:00.5Z", "2027-06-06T12:00:00.51-06:00"));
	assert_false(moment_earlier("2027-06-06T18:00:00.5Z", "2027-06-06T12:00:00.500-06:00"));
	assert_false(moment_earlier("2027-06-06T18:00:00.50-00:00", "2027-06-06T18:00:00.5Z"));
	assert_false(moment_earlier("2027-06-06T18:00:00.6Z", "2027-06-06T18:00:00.59Z"));
	assert_false(moment_earlier("2027-06-06T18:00:01Z", "2027-06-06T18:00:00.999Z"));
	assert_true(moment_earlier("", "2027-06-06T18:00:00Z"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (moment_parse(&m, bad[i]))
			fail_msg("%s: taken", bad[i]);
	moment_rfc3339(out, 32, 1812326400, "America/Mexico_City");
	assert_string_equal(out, "2027-06-06T18:00:00-06:00");
	moment_rfc3339(out, 32, 1812326400, "UTC");
	assert_string_equal(out, "2027-06-07T00:00:00+00:00");
	moment_text(out, sizeof out, 1812326400, "America/Mexico_City");
	assert_non_null(strstr(out, "America/Mexico_City"));
	assert_true(moment_zone_known("America/Mexico_City"));
	assert_false(moment_zone_known("America/Nowhere"));
	assert_false(moment_zone_known("../../../etc/passwd"));
	assert_false(moment_zone_known("/etc/passwd"));
	assert_false(moment_zone_known(""));
}

static void test_files(void **state)
{
	struct buffer b = BUFFER_INIT;
	const uint8_t *data;
	uint8_t hash[32], empty[32];
	struct file_writer w;
	struct stat st;
	char why[512];
	size_t len;

	(void)state;
	assert_int_equal(file_create(in_folder("a"), "one", 3, 0640), OK);
	assert_int_equal(stat(in_folder("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	report_capture_begin(why, sizeof why);
	assert_int_equal(file_create(in_folder("a"), "two", 3, 0640), E_STATE); /* not over an existing one */
	report_capture_end();
	vectors_about(why, "no se sobrescribe", "a");
	assert_int_equal(file_read(&b, in_folder("a"), 3), OK);
	assert_memory_equal(b.data, "one", 3);
	assert_int_equal(file_replace(in_folder("a"), "three", 5, 0600), OK);
	report_capture_begin(why, sizeof why);
	assert_int_equal(file_read(&b, in_folder("a"), 4), E_EVIDENCE); /* longer than asked for */
	assert_int_equal(file_read(&b, in_folder("none"), 4), E_INCOMPLETE);
	assert_int_equal(file_read(&b, in_folder("."), 4), E_EVIDENCE);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_equal(file_read(&b, in_folder("fifo"), 4), E_EVIDENCE); /* and does not wait for a writer */
	assert_int_equal(file_map(&data, &len, in_folder("fifo")), E_EVIDENCE);
	assert_int_equal(file_read(&b, "/dev/zero", 4), E_EVIDENCE);
	report_capture_end();
	buffer_free(&b);
	assert_int_equal(file_map(&data, &len, in_folder("a")), OK);
	assert_int_equal(len, 5);
	file_unmap(data, len);
	assert_int_equal(file_create(in_folder("void"), NULL, 0, 0600), OK);
	assert_int_equal(file_map(&data, &len, in_folder("void")), OK);
	assert_null(data);
	assert_int_equal(len, 0);
	assert_int_equal(file_sha256(hash, in_folder("void")), OK);
	assert_true(hex_decode_vartime(empty, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 64));
	assert_memory_equal(hash, empty, 32);
	/* abandoned: no name, no part of a file left */
	assert_int_equal(file_writer_open(&w, in_folder("late"), 0600), OK);
	fputs("x", w.f);
	file_writer_abandon(&w);
	file_writer_abandon(&w);
	assert_false(file_exists(in_folder("late")));
	assert_int_equal(file_mkdirs(in_folder("p/q/r"), 0700), OK);
	assert_int_equal(file_mkdirs(in_folder("p/q/r"), 0700), OK);
	assert_true(file_exists(in_folder("p/q/r")));
	report_capture_begin(why, sizeof why);
	assert_int_equal(file_mkdirs("", 0700), E_FAILED);
	assert_int_equal(file_mkdirs(in_folder("a/b"), 0700), E_FAILED); /* a is a file */
	report_capture_end();
}

static void test_json(void **state)
{
	static const char *const bad[] = {"{\"a\":1,\"a\":1}", "{\"a\":1} x", "{\"a\":\"\xc3\"}", "[1,]", "{\"a\":01}", ""};
	static const char text[] = "{\"s\":\"x\",\"i\":5,\"r\":5.0,\"h\":\"00ff\",\"H\":\"00FF\"}";
	const char *s;
	uint8_t bytes[2];
	int64_t i;
	json_t *o;
	char why[512];

	(void)state;
	report_capture_begin(why, sizeof why);
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		assert_int_equal(json_parse(&o, "x", bad[k], strlen(bad[k])), E_EVIDENCE);
	assert_int_equal(json_parse(&o, "x", text, sizeof text - 1), OK);
	assert_int_equal(json_fields(o, "x", "s", "i", "r", "h", "H", "?none", NULL), OK);
	assert_int_equal(json_fields(o, "x", "s", "i", "r", "h", NULL), E_EVIDENCE);
	assert_int_equal(json_fields(o, "x", "s", "i", "r", "h", "H", "none", NULL), E_EVIDENCE);
	assert_int_equal(json_string_of(&s, o, "x", "s"), OK);
	assert_int_equal(json_string_of(&s, o, "x", "i"), E_EVIDENCE);
	assert_int_equal(json_int_of(&i, 5, 5, o, "x", "i"), OK);
	assert_int_equal(json_int_of(&i, 6, 9, o, "x", "i"), E_EVIDENCE);
	assert_int_equal(json_int_of(&i, 0, 9, o, "x", "r"), E_EVIDENCE);
	assert_int_equal(json_hex_of(bytes, 2, o, "x", "h"), OK);
	assert_int_equal(json_hex_of(bytes, 1, o, "x", "h"), E_EVIDENCE);
	assert_int_equal(json_hex_of(bytes, 2, o, "x", "H"), E_EVIDENCE);
	assert_int_equal(json_format_of(o, "x"), E_EVIDENCE);
	report_capture_end();
	json_decref(o);
	/* a thousand brackets deep: refused, not a crash */
	{
		char *deep = malloc(200000);

		memset(deep, '[', 200000);
		report_capture_begin(why, sizeof why);
		assert_int_equal(json_parse(&o, "x", deep, 200000), E_EVIDENCE);
		report_capture_end();
		free(deep);
	}
}

/* What a record says never reaches a terminal as an escape sequence or a line of its own. */
static void test_no_controls(void **state)
{
	char why[256];

	(void)state;
	report_capture_begin(why, sizeof why);
	(void)fault(E_EVIDENCE, NULL, "field \xc2\xab%s\xc2\xbb", "\x1b[2J\rRESULT: all holds\n\x7f\xc2\x9b" "31m\xc3\xb1");
	report_capture_end();
	assert_null(strpbrk(why, "\x1b\r\n\x7f"));
	assert_null(strstr(why, "\xc2\x9b"));
	assert_non_null(strstr(why, "RESULT: all holds"));
	assert_non_null(strstr(why, "\xc3\xb1"));
	assert_non_null(strstr(why, "\xc2\xab"));
}

static void test_captures_nest(void **state)
{
	char outer[64], inner[8];

	(void)state;
	report_capture_begin(outer, sizeof outer);
	report_capture_begin(inner, sizeof inner);
	(void)fault(E_FAILED, NULL, "first and long");
	(void)fault(E_FAILED, NULL, "second");
	report_capture_end();
	(void)fault(E_FAILED, NULL, "third");
	report_capture_end();
	assert_string_equal(inner, "first a");
	assert_string_equal(outer, "third");
}

struct tally {
	_Atomic uint64_t sum;
	uint64_t bad;
};

static enum status add(void *ctx, uint64_t from, uint64_t to)
{
	struct tally *t = ctx;

	for (uint64_t i = from; i < to; i++) {
		t->sum += i;
		if (i >= t->bad)
			return fault(E_EVIDENCE, NULL, "item %llu", (unsigned long long)i);
	}
	return OK;
}

static void test_parallel(void **state)
{
	char why[64];

	(void)state;
	for (uint64_t n = 0; n < 40; n++) {
		struct tally t = {0, UINT64_MAX};

		assert_int_equal(parallel_for(n, 1, add, &t), OK);
		assert_int_equal(t.sum, n == 0 ? 0 : n * (n - 1) / 2);
	}
	for (uint64_t bad = 0; bad < 40; bad += 13) { /* the lowest fault is the one said */
		struct tally t = {0, bad};
		char expected[64];

		report_capture_begin(why, sizeof why);
		assert_int_equal(parallel_for(40, 1, add, &t), E_EVIDENCE);
		report_capture_end();
		snprintf(expected, sizeof expected, "item %llu", (unsigned long long)bad);
		assert_string_equal(why, expected);
	}
}

static void test_secrets(void **state)
{
	struct secret *s = secret_copy("abc", 3), *large = secret_new(1 << 20);
	char why[128];

	(void)state;
	assert_int_equal(secret_len(s), 3);
	assert_memory_equal(secret_bytes(s), "abc", 3);
	for (size_t i = 0; i < 1 << 20; i += 4096)
		assert_int_equal(secret_bytes(large)[i], 0);
	report_capture_begin(why, sizeof why);
	assert_null(secret_new(0));
	report_capture_end();
	secret_free(s);
	secret_free(large);
	secret_free(NULL);
}

/* A SIGBUS that somebody sends is no file cut short: it ends the program as it would have. Where it was sent from stands where
 * an address would, and here everything is mapped. */
static void test_sent_bus_error(void **state)
{
	int how;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		mapped_guard("test_base");
		if (!mapped_add((const uint8_t *)1, SIZE_MAX - 1, "/dev/null"))
			_exit(1);
		kill(getpid(), SIGBUS);
		_exit(0);
	}
	assert_int_not_equal(child, -1);
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGBUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reader),   cmocka_unit_test(test_hex),         cmocka_unit_test(test_buffer),
	    cmocka_unit_test(test_moments),  cmocka_unit_test(test_files),       cmocka_unit_test(test_json),
	    cmocka_unit_test(test_no_controls), cmocka_unit_test(test_captures_nest), cmocka_unit_test(test_parallel),
	    cmocka_unit_test(test_secrets),  cmocka_unit_test(test_sent_bus_error),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
