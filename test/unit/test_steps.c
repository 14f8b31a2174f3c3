/* The guided session: order, confirmation, failure, what a later process makes of the journal (ceremony/steps.h). */
#include "base/buffer.h"
#include "base/file.h"
#include "base/report.h"
#include "ceremony/steps.h"
#include "journal/journal.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[32], journal[64], said[8192], done[256];
static bool fail_b, lost;

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)level;
	(void)status;
	(void)hint;
	if (strlen(said) + strlen(text) + 2 < sizeof said)
		strcat(strcat(said, text), "\n");
}

static int setup(void **state)
{
	(void)state;
	report_install(listen_to, NULL, NULL);
	strcpy(folder, "/tmp/test-steps-XXXXXX");
	if (mkdtemp(folder) == NULL || freopen("/dev/null", "w", stdout) == NULL)
		return -1;
	snprintf(journal, sizeof journal, "%s/s.jsonl", folder);
	said[0] = done[0] = '\0';
	fail_b = lost = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(journal);
	return rmdir(folder);
}

/* ---- a session of three steps that write down that they ran */

static enum status step_a(struct steps *s, void *ctx)
{
	(void)ctx;
	strcat(done, "a");
	steps_notary(s, "Nora Notaria");
	return steps_keep(s, json_pack("{s:s}", "word", "kept by a"));
}

static enum status restore_a(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	(void)s;
	(void)ctx;
	assert_string_equal(json_string_value(json_object_get(kept, "word")), "kept by a");
	strcat(done, "(a)");
	*again = lost;
	return OK;
}

static enum status step_b(struct steps *s, void *ctx)
{
	(void)ctx;
	strcat(done, "b");
	if (fail_b) {
		fail_b = false;
		return fault(E_DEVICE, NULL, "b fails");
	}
	return steps_fact(s, "Ocurrió b.");
}

static enum status step_c(struct steps *s, void *ctx)
{
	(void)s;
	(void)ctx;
	strcat(done, "c");
	return OK;
}

static const struct steps_step LIST[] = {
        {.id = "a", .title = "Primero", .numeral = "6", .run = step_a, .restore = restore_a},
        {.id = "b", .title = "Segundo", .numeral = "9 y 11", .run = step_b, .retry = true},
        {.id = "c", .title = "Tercero", .run = step_c, .each_time = true},
};

/* answers: what stdin says. report: may be NULL; otherwise the session stays open for it. */
static enum status run(const char *answers, const char *binding, struct steps **keep)
{
	static struct steps_session what = {.name = "trial", .title = "Ensayo", .program = "test", .journal = journal,
	                                    .election = "e", .zone = "America/Mexico_City", .list = LIST, .n = 3};
	struct steps *s = NULL;
	char path[64];
	int fd;
	enum status r;

	snprintf(path, sizeof path, "%s/in", folder);
	unlink(path);
	assert_int_equal(file_create(path, answers, strlen(answers), 0600), OK);
	fd = open(path, O_RDONLY);
	assert_int_equal(dup2(fd, 0), 0);
	close(fd);
	unlink(path);
	done[0] = said[0] = '\0';
	what.binding = json_pack("{s:s}", "what", binding);
	if ((r = steps_open(&s, &what)) == OK)
		r = steps_run(s);
	if (keep != NULL)
		*keep = s;
	else
		steps_close(s);
	json_decref(what.binding); /* read by steps_open and the session's first line alone */
	return r;
}

static void assert_said(const char *what)
{
	if (strstr(said, what) == NULL)
		fail_msg("«%s» was not said, but: %s", what, said);
}

static void test_whole(void **state)
{
	(void)state;
	assert_int_equal(run("NN\nNN\nNN\n", "x", NULL), OK);
	assert_string_equal(done, "abc");
	assert_int_equal(journal_check(journal, NULL, NULL), OK);
	/* It has ended: the next is a new one. */
	assert_int_equal(run("NN\nNN\nNN\n", "other", NULL), OK);
	assert_string_equal(done, "abc");
}

static void test_taken_up(void **state)
{
	(void)state;
	/* Broken off at b's confirmation: b was done. */
	assert_int_equal(run("NN with a remark\n", "x", NULL), E_FAILED);
	assert_string_equal(done, "ab");
	/* b is not done again, only confirmed; input ends at c's confirmation, and c runs each time. */
	assert_int_equal(run("NN\nNN\n", "x", NULL), E_FAILED);
	assert_string_equal(done, "(a)c");
	assert_said("solo falta que el Fedatario lo confirme");
	assert_int_equal(run("NN\nNN\n", "x", NULL), OK);
	assert_string_equal(done, "(a)c");
}

static void test_anew(void **state)
{
	(void)state;
	assert_int_equal(run("NN\nNN\n", "x", NULL), E_FAILED);
	lost = true;
	assert_int_equal(run("NN\nNN\nNN\n", "x", NULL), E_FAILED);
	assert_string_equal(done, "(a)abc");
	assert_said("ha de hacerse de nuevo");
	/* Done anew, it is there for the next. */
	lost = false;
	assert_int_equal(run("NN\nNN\n", "x", NULL), OK);
	assert_string_equal(done, "(a)c");
}

static void test_failure(void **state)
{
	(void)state;
	fail_b = true;
	assert_int_equal(run("NN\n\nNN\nNN\n", "x", NULL), OK);
	assert_string_equal(done, "abbc");
	fail_b = true;
	/* Nobody answers: the step's own status. */
	assert_int_equal(run("NN\n", "x", NULL), E_DEVICE);
	assert_int_equal(run("abandonar\n", "x", NULL), E_REFUSED);
	assert_string_equal(done, "");
	fail_b = true;
	assert_int_equal(run("NN\nabandonar\n", "x", NULL), E_REFUSED);
	assert_int_equal(run("NN\nNN\nNN\n", "x", NULL), OK);
}

static void test_report(void **state)
{
	struct report_session who = {0};
	struct steps *s = NULL;

	(void)state;
	assert_int_equal(run("N\n7\nNN one\n!\nE\n\nH\nD\nB\npausa\nNN\nNN\nNN two words\n", "x", &s), OK);
	steps_report(s, &who);
	assert_int_equal(who.n_confirmations, 3);
	assert_string_equal(who.confirmations[0].remark, "one");
	assert_string_equal(who.confirmations[1].numeral, "9 y 11");
	assert_string_equal(who.confirmations[2].remark, "two words");
	assert_int_equal(who.n_exceptions, 1);
	assert_string_equal(who.exceptions[0].expected, "E");
	assert_string_equal(who.exceptions[0].happened, "H");
	assert_string_equal(who.exceptions[0].decided, "D");
	assert_string_equal(who.exceptions[0].by, "B");
	assert_string_equal(who.exceptions[0].step, "Segundo");
	assert_int_equal(who.n_facts, 4); /* begun, b, pause, its end */
	assert_string_equal(who.facts[1].text, "Ocurrió b.");
	steps_close(s);
}

/* What was before it was taken up is told too. */
static void test_report_taken_up(void **state)
{
	struct report_session who = {0};
	struct steps *s = NULL;

	(void)state;
	assert_int_equal(run("NN one\nNN\n", "x", NULL), E_FAILED);
	assert_int_equal(run("NN\nNN\n", "x", &s), OK);
	steps_report(s, &who);
	assert_int_equal(who.n_confirmations, 3);
	assert_string_equal(who.confirmations[0].remark, "one");
	assert_int_equal(who.n_facts, 3);
	assert_non_null(strstr(who.facts[2].text, "Se reanudó la sesión"));
	assert_int_equal(steps_number(s), 1);
	assert_true(steps_taken_up(s));
	assert_int_equal(steps_begun_before(s, "c"), 1);
	steps_close(s);
}

static void test_refused(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct steps *s = NULL;
	enum status r;

	(void)state;
	assert_int_equal(run("NN\n", "x", NULL), E_FAILED);
	assert_int_equal(run("NN\nNN\nNN\n", "y", NULL), E_STATE);
	assert_said("otros datos");
	/* Held by another terminal. */
	assert_int_equal(run("NN\n", "x", &s), E_FAILED);
	r = run("NN\nNN\nNN\n", "x", NULL);
	steps_close(s);
	assert_int_equal(r, E_STATE);
	assert_said("otra terminal");
	/* A journal that was touched is no memory. */
	assert_int_equal(file_read(&b, journal, 1 << 20), OK);
	*strstr((char *)b.data, "step-done") = 'X';
	assert_int_equal(file_replace(journal, b.data, b.len, 0640), OK);
	assert_int_equal(run("NN\nNN\nNN\n", "x", NULL), E_EVIDENCE);
	assert_string_equal(done, "");
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_taken_up, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_anew, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_failure, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_report, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_report_taken_up, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
