/* Reading metrics (addresses, sums, quantiles, the last minutes), delivery figures as a file, the view's text. Servers are
 * test/integration/monitor.bats'. */
#include "base/file.h"
#include "monitor/components.h"
#include "monitor/handset.h"
#include "monitor/scrape.h"
#include "monitor/view.h"
#include "notify/figures.h"
#include "unit/folder.h"
#include <math.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void addresses(void **state)
{
	static const char *const good[] = {"127.0.0.1:9464", "127.9.9.9:1", "[::1]:65535", "/run/vemre/metrics.sock"};
	static const char *const bad[] = {"", ":9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "0.0.0.0:9464", "10.0.0.1:80",
	                                  "[::]:80", "localhost:80", "127.0.0.1:80x", "127.0.0.1:-1", "metrics.sock"};
	struct sockaddr_storage a;
	socklen_t len;
	char deep[200];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(scrape_address(&a, &len, good[i]), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (scrape_address(&a, &len, bad[i]) != E_USAGE)
			fail_msg("taken: %s", bad[i]);
	memset(deep, 'a', sizeof deep);
	deep[0] = '/';
	deep[199] = '\0';
	assert_int_equal(scrape_address(&a, &len, deep), E_USAGE);
}

static const char first[] =
        "# HELP vemre_backend_requests_total Requests.\n"
        "vemre_backend_requests_total{endpoint=\"cast\",outcome=\"ok\"} 90\n"
        "vemre_backend_requests_total{endpoint=\"login\",outcome=\"failed\"} 4\n"
        "vemre_backend_requests_total{endpoint=\"cast\",outcome=\"unavailable\"} 6\n"
        "vemre_backend_requests_total_of_another_kind 1000\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"cast\",le=\"0.1\"} 50\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"cast\",le=\"1\"} 95\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"cast\",le=\"+Inf\"} 96\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"login\",le=\"0.1\"} 0\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"login\",le=\"1\"} 4\n"
        "vemre_backend_request_duration_seconds_bucket{endpoint=\"login\",le=\"+Inf\"} 4\n"
        "vemre_backend_threads 32\nvemre_backend_threads_busy 3\nprocess_start_time_seconds 1000";

static void sums(void **state)
{
	struct scrape s = {0};

	(void)state;
	scrape_read(&s, first);
	assert_true(s.requests == 100 && s.failures == 10 && s.ballots == 90 && s.threads == 32 && s.busy == 3);
	assert_int_equal(s.n, 3);
	assert_true(s.count[0] == 50 && s.count[1] == 99 && s.count[2] == 100 && isinf(s.le[2]));
	assert_true(scrape_sum(first, "vemre_backend_requests_total", "endpoint=\"box\"") == 0);
}

static void quantiles(void **state)
{
	struct scrape s = {0}, none = {0};

	(void)state;
	scrape_read(&s, first);
	assert_true(fabs(scrape_quantile(&s, 0.25) - 0.05) < 1e-9); /* half of the first bucket */
	assert_true(fabs(scrape_quantile(&s, 0.5) - 0.1) < 1e-9);
	assert_true(fabs(scrape_quantile(&s, 0.99) - 1) < 1e-9);
	assert_true(scrape_quantile(&s, 0.999) == 1); /* longer than the last bound: nothing more is known */
	assert_true(scrape_quantile(&none, 0.5) == -1);
}

static void last_minutes(void **state)
{
	struct scrape s = {0}, recent;
	struct scrape_history *h;
	double seconds;

	(void)state;
	assert_int_equal(scrape_history_new(&h), OK);
	scrape_read(&s, first);
	scrape_history_add(h, 1000, &s, &recent, &seconds);
	assert_true(seconds == 0 && recent.requests == 100);
	s.requests = 130;
	s.failures = 11;
	s.count[0] += 30;
	s.count[1] += 30;
	s.count[2] += 30;
	scrape_history_add(h, 1060, &s, &recent, &seconds);
	assert_true(seconds == 60 && recent.requests == 30 && recent.failures == 1 && recent.count[2] == 30);
	s.requests = 150;
	scrape_history_add(h, 1310, &s, &recent, &seconds); /* the first is too old by now */
	assert_true(seconds == 250 && recent.requests == 20);
	s.requests = 5; /* started again */
	s.started = 2000;
	scrape_history_add(h, 1320, &s, &recent, &seconds);
	assert_true(seconds == 0 && recent.requests == 5);
	for (int i = 0; i < 1000; i++) /* more than the ring holds */
		scrape_history_add(h, 1320 + i * 0.1, &s, &recent, &seconds);
	assert_true(recent.requests == 0);
	scrape_history_free(h);
}

static void kept_for_the_next(void **state)
{
	const char *path = in_folder("seen");
	struct scrape_history *h, *next;
	struct scrape s = {0}, recent;
	double seconds;

	(void)state;
	assert_int_equal(scrape_history_new(&h), OK);
	scrape_read(&s, first);
	for (int i = 0; i < 30; i++) {
		scrape_history_add(h, 1000 + i * 5, &s, &recent, &seconds);
		s.requests += 10;
		s.count[0]++;
		s.count[1]++;
		s.count[2]++;
	}
	scrape_history_save(h, path);
	scrape_history_free(h);
	assert_int_equal(scrape_history_new(&next), OK);
	scrape_history_load(next, path, 1200);
	scrape_history_add(next, 1200, &s, &recent, &seconds);
	assert_true(seconds == 200 && recent.requests == 300 && recent.count[2] == 30);
	scrape_history_free(next);
	/* too old, of before the host's start, not there, no such file's form */
	for (int i = 0; i < 4; i++) {
		assert_int_equal(scrape_history_new(&next), OK);
		if (i == 3)
			assert_int_equal(file_replace(path, "12 99 x\n\n5\n", 11, 0600), OK);
		scrape_history_load(next, i == 2 ? "/nonexistent/seen" : path, i == 0 ? 3000 : i == 1 ? 10 : 1200);
		scrape_history_add(next, 4000, &s, &recent, &seconds);
		assert_true(seconds == 0);
		scrape_history_free(next);
	}
	unlink(path);
}

static void test_telephone(void **state)
{
	static const char *const with[] = {
	        "2027 [1] DEBUG: Got message 7: <VEMRE +15559999999 ucs-2 %00C%00%F3%00d%00:%00+%001%002%003%004%005%006%00.>\n",
	        "+15559999999 Su codigo es 123456.\n", "to=15559999999&text=codigo:%20123456\n",
	        "+15559999999 654321\n+15559999999 123456\n+15550000000 777777\n", "15559999999 20270515 123456\n"};
	static const char *const without[] = {"", "\n", "+15559999999 123456", "+155599999991 123456\n", "+1555999999 123456\n",
	                                      "123456 +15559999999\n", "+15559999999 1234567\n", "+15559999999 12345\n", "+15559999999 %3\n"};
	char code[HANDSET_CODE + 1];

	(void)state;
	for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
		assert_non_null(handset_last(with[i], "+15559999999", code));
		assert_string_equal(code, "123456");
	}
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		assert_null(handset_last(without[i], "+15559999999", code));
}

static enum status telephone_at(const char *messages)
{
	const char *path = in_folder("telephone.conf");
	struct settings *s = NULL;
	struct handset *h = NULL;
	FILE *f = fopen(path, "w");
	enum status r;

	assert_non_null(f);
	fprintf(f, "probe = { phone = \"+15559999999\"; messages = \"%s\"; };\n", messages);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(settings_open(&s, path), OK);
	r = handset_open(&h, s);
	handset_close(h);
	settings_free(s);
	unlink(path);
	return r;
}

/* No code in clear over a network. Nobody answers at port 1: what may be asked fails with E_FAILED. */
static void test_telephone_address(void **state)
{
	static const char *const refused[] = {"http://10.0.0.1:1/", "http://192.0.2.1:1/sms", "http://sms.example/", "http://localhost:1/",
	                                      "http://127.0.0.1.example:1/", "http://127.0.0.1:1@sms.example/", "http://[2001:db8::1]:1/",
	                                      "http://"};
	static const char *const asked[] = {"http://127.0.0.1:1/", "http://127.8.8.8:1/", "http://[::1]:1/", "https://127.0.0.1:1/"};

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (telephone_at(refused[i]) != E_USAGE)
			fail_msg("taken: %s", refused[i]);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (telephone_at(asked[i]) != E_FAILED)
			fail_msg("not asked: %s", asked[i]);
	assert_int_equal(telephone_at("/nonexistent/sms.txt"), OK);
}

static void figures_file(void **state)
{
	static const char *const bad[] = {
	        "{}", "[]",
	        "{\"format\":\"VEMRE-V1\",\"time\":\"2027-05-01T00:00:00Z\",\"total\":{\"accepted\":1,\"refused\":0},\"by\":{}}",
	        "{\"format\":\"VEMRE-V1\",\"time\":\"today\",\"total\":{\"accepted\":1,\"refused\":0,\"waiting\":0},\"by\":{}}",
	        "{\"format\":\"VEMRE-V1\",\"time\":\"2027-05-01T00:00:00Z\",\"total\":{\"accepted\":-1,\"refused\":0,\"waiting\":0},\"by\":{}}",
	        "{\"format\":\"VEMRE-V1\",\"time\":\"2027-05-01T00:00:00Z\",\"total\":{\"accepted\":1,\"refused\":0,\"waiting\":0},\"by\":[]}",
	        "{\"format\":\"VEMRE-V1\",\"time\":\"2027-05-01T00:00:00Z\",\"total\":{\"accepted\":1,\"refused\":0,\"waiting\":0},\"by\":{\"+1\":3}}",
	};
	const char *path = in_folder("figures.json");
	struct figures *f, *g;
	json_t *read, *one;

	(void)state;
	assert_int_equal(figures_new(&f), OK);
	assert_int_equal(figures_new(&g), OK);
	figures_add(f, "+52", FIGURES_ACCEPTED);
	figures_add(f, "+1", FIGURES_REFUSED);
	figures_add(g, "2", FIGURES_ACCEPTED);
	assert_int_equal(figures_write(f, g, path), OK);
	assert_int_equal(figures_read(&read, path), OK);
	one = json_object_get(json_object_get(read, "by"), "+1");
	assert_int_equal(json_integer_value(json_object_get(one, "refused")), 1);
	one = json_object_get(json_object_get(read, "gateways"), "2");
	assert_int_equal(json_integer_value(json_object_get(one, "accepted")), 1);
	json_decref(read);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(file_replace(path, bad[i], strlen(bad[i]), 0600), OK);
		if (figures_read(&read, path) != E_EVIDENCE)
			fail_msg("taken: %s", bad[i]);
	}
	figures_free(f);
	figures_free(g);
	unlink(path);
}

/* The worst problem is told, whichever came first; the lights of all together. */
static void problems(void **state)
{
	struct definition d = {.id = "one", .title = "Una elección", .zone = "America/Mexico_City"};
	struct components all = {.n = 2, .definition = &d};
	struct component *c = &all.list[1];
	struct buffer text = BUFFER_INIT;

	(void)state;
	all.list[0] = (struct component){.id = "a", .name = "Uno", .level = COMPONENT_OFF, .figures = json_object()};
	*c = (struct component){.id = "b", .name = "Dos", .level = COMPONENT_GREEN, .figures = json_object()};
	component_fact(c, "%d cosas", 3);
	component_problem(c, component_over(1, 2, 3), "nada", "no");
	assert_int_equal(components_worst(&all), COMPONENT_GREEN);
	component_problem(c, component_over(2, 2, 3), "mire", "medio mal");
	component_problem(c, component_over(3, 2, 3), "corra", "muy mal");
	component_problem(c, COMPONENT_AMBER, "mire", "otra cosa");
	assert_int_equal(components_worst(&all), COMPONENT_RED);
	assert_string_equal(c->problem, "muy mal");
	assert_string_equal(c->advice, "corra");
	component_number(c, "whole", 3);
	component_number(c, "half", 0.5);
	view_text(&text, &all, false, 0);
	assert_non_null(strstr(buffer_str(&text), "● ROJO     Dos"));
	assert_non_null(strstr(buffer_str(&text), "muy mal; 3 cosas\n"));
	assert_null(strstr(buffer_str(&text), "\033"));
	buffer_free(&text);
	view_text(&text, &all, true, 40); /* narrow: broken under the first column of the text */
	assert_non_null(strstr(buffer_str(&text), "\n                                 mal; 3\n"));
	buffer_free(&text);
	assert_int_equal(view_json(&text, &all), OK);
	assert_non_null(strstr(buffer_str(&text), "\"level\": \"red\""));
	assert_non_null(strstr(buffer_str(&text), "\"whole\": 3,"));
	buffer_free(&text);
	json_decref(all.list[0].figures);
	json_decref(c->figures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(addresses),    cmocka_unit_test(sums),         cmocka_unit_test(quantiles),
	        cmocka_unit_test(last_minutes), cmocka_unit_test(kept_for_the_next), cmocka_unit_test(test_telephone),
	        cmocka_unit_test(test_telephone_address), cmocka_unit_test(figures_file), cmocka_unit_test(problems),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
