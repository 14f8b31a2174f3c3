/* The journal's chain: every way to alter it is seen, a half-written line is finished and told. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/report.h"
#include "journal/journal.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-journal-XXXXXX";
static char path[64], said[1024];

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level >= REPORT_WARNING)
		snprintf(said, sizeof said, "%s", text);
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/journal.jsonl", folder);
	said[0] = '\0';
	report_install(listen_to, NULL, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	rmdir(folder);
	return 0;
}

static void write_lines(unsigned n)
{
	struct journal *j;

	assert_int_equal(journal_open(&j, path, "test"), OK);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(journal_write(j, "step", i % 2 == 0 ? "Fedataria Íñiguez" : NULL,
		                               json_pack("{s:i}", "number", i)),
		                 OK);
	journal_close(j);
}

static void read_file(struct buffer *b)
{
	assert_int_equal(file_read(b, path, 1 << 20), OK);
	assert_non_null(buffer_str(b));
}

static void replace(const struct buffer *b)
{
	assert_int_equal(file_replace(path, b->data, b->len, 0600), OK);
}

static void append_raw(const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void test_chain(void **state)
{
	struct buffer b = BUFFER_INIT;
	uint8_t last[32];
	uint64_t lines;

	(void)state;
	write_lines(3);
	write_lines(2); /* a second program goes on */
	assert_int_equal(journal_check(path, &lines, last), OK);
	assert_int_equal(lines, 5);
	read_file(&b);
	/* The first line hangs on the SHA-256 of the empty string (PROTOCOL 12). */
	assert_non_null(strstr((char *)b.data, "\"previous\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca"
	                                       "495991b7852b855\"}\n"));
	assert_non_null(strstr((char *)b.data, "\"who\":\"Fedataria Íñiguez\""));
	buffer_free(&b);
}

static void test_empty(void **state)
{
	uint8_t last[32];
	char hex[65];
	uint64_t lines;

	(void)state;
	write_lines(0);
	assert_int_equal(journal_check(path, &lines, last), OK);
	assert_int_equal(lines, 0);
	hex_encode(hex, last, 32);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	unlink(path);
	assert_int_not_equal(journal_check(path, &lines, last), OK);
}

static void test_altered(void **state)
{
	struct buffer b = BUFFER_INIT;
	char *at;

	(void)state;
	write_lines(4);
	read_file(&b);
	at = strstr((char *)b.data, "\"number\":1");
	assert_non_null(at);
	at[strlen("\"number\":")] = '7';
	replace(&b);
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 3"));
	buffer_free(&b);
}

static void test_line_removed(void **state)
{
	struct buffer b = BUFFER_INIT;
	char *second, *third;

	(void)state;
	write_lines(4);
	read_file(&b);
	second = strchr((char *)b.data, '\n') + 1;
	third = strchr(second, '\n') + 1;
	memmove(second, third, b.len - (size_t)(third - (char *)b.data));
	b.len -= (size_t)(third - second);
	replace(&b);
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 2"));
	buffer_free(&b);
}

static void test_form(void **state)
{
	(void)state;
	write_lines(1);
	append_raw("{\"time\":\"ayer\"}\n");
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 2"));
	append_raw("{}\n");
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 2"));
}

static void test_half_written(void **state)
{
	struct buffer b = BUFFER_INIT;
	uint64_t lines;

	(void)state;
	write_lines(2);
	append_raw("{\"time\":\"2027-06-06T18:");
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 3: quedó a medias"));
	write_lines(1);
	assert_non_null(strstr(said, "línea 3 quedó a medias"));
	assert_int_equal(journal_check(path, &lines, NULL), OK);
	assert_int_equal(lines, 5); /* two, the half, its record, one more */
	read_file(&b);
	assert_non_null(strstr((char *)b.data, "\"event\":\"journal-repaired\""));
	assert_non_null(strstr((char *)b.data, "\"line\":3,\"bytes\":23,"));
	buffer_free(&b);
}

/* A whole line that lacks its LF alone is finished the same way. */
static void test_lost_lf(void **state)
{
	struct buffer b = BUFFER_INIT;
	uint64_t lines;

	(void)state;
	write_lines(2);
	read_file(&b);
	b.len--;
	replace(&b);
	write_lines(1);
	assert_int_equal(journal_check(path, &lines, NULL), OK);
	assert_int_equal(lines, 4);
	buffer_free(&b);
}

/* The record of a cut line counts for that line alone. */
static void test_half_forged(void **state)
{
	struct buffer b = BUFFER_INIT;
	char *at;

	(void)state;
	write_lines(2);
	append_raw("{\"half");
	write_lines(1);
	read_file(&b);
	at = strstr((char *)b.data, "{\"half");
	at[2] = 'H';
	replace(&b);
	assert_int_equal(journal_check(path, NULL, NULL), E_EVIDENCE);
	assert_non_null(strstr(said, "línea 3"));
	buffer_free(&b);
}

static void test_two_at_once(void **state)
{
	uint64_t lines;
	int status;
	pid_t child;

	(void)state;
	if ((child = fork()) == 0) {
		write_lines(50);
		_exit(0);
	}
	write_lines(50);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(journal_check(path, &lines, NULL), OK);
	assert_int_equal(lines, 100);
}

/* A line waits for whoever holds the lock. */
static void test_lock(void **state)
{
	struct timespec nap = {0, 100000000};
	int status, fd;
	pid_t child;

	(void)state;
	write_lines(1);
	assert_true((fd = open(path, O_RDWR | O_CLOEXEC)) >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	if ((child = fork()) == 0) {
		close(fd);
		write_lines(1);
		_exit(0);
	}
	nanosleep(&nap, NULL);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
}

static void test_not_a_file(void **state)
{
	struct journal *j;

	(void)state;
	assert_int_equal(journal_open(&j, folder, "test"), E_FAILED);
	assert_null(j);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(journal_open(&j, path, "test"), E_FAILED);
	assert_null(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_chain, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_altered, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_line_removed, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_form, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_half_written, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lost_lf, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_half_forged, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lock, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_not_a_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
