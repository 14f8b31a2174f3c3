/* Incidents: the register is what the journal says, and nothing that was written can be written over. */
#include "base/file.h"
#include "base/report.h"
#include "monitor/incident.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-incident-XXXXXX", path[64], said[1024];
static struct operation o;

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level == REPORT_FAULT)
		snprintf(said, sizeof said, "%s", text);
}

static int setup(void **state)
{
	const char *source = getenv("VEMRE_SOURCE");
	char *definition = file_path(source != NULL ? source : ".", "test", "elections", "simulacro.json", NULL);

	(void)state;
	report_install(listen_to, NULL, NULL);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (definition == NULL || mkdtemp(folder) == NULL || definition_open(&o.definition, definition) != OK)
		return -1;
	free(definition);
	snprintf(path, sizeof path, "%s/journal.jsonl", folder);
	o.election = folder;
	o.journal_path = path;
	said[0] = '\0';
	return journal_open(&o.journal, path, "test") == OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	journal_close(o.journal);
	definition_free(o.definition);
	unlink(path);
	rmdir(folder);
	return 0;
}

static enum status put(enum incident_action action, unsigned number, unsigned *out, const char *first, ...)
{
	json_t *set = json_object();
	va_list args;

	va_start(args, first);
	for (const char *id = first; id != NULL; id = va_arg(args, const char *))
		json_object_set_new(set, id, json_string(va_arg(args, const char *)));
	va_end(args);
	return incident_write(&o, action, number, "Operadora", set, out);
}

static void test_way(void **state)
{
	struct incidents *all;
	unsigned n;

	(void)state;
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "nginx", "impact", "uno", "detected",
	                     "2026-01-01T10:00:00Z", NULL),
	                 OK);
	assert_int_equal(n, 1);
	assert_int_equal(put(INCIDENT_UPDATE, 1, &n, "impact", "dos", "reported_to", "Coordinador", NULL), OK);
	assert_int_equal(put(INCIDENT_CLOSE, 1, &n, "mitigation", "M", NULL), E_REFUSED);
	assert_non_null(strstr(said, "Votos afectados"));
	assert_int_equal(put(INCIDENT_CLOSE, 1, &n, "mitigation", "M", "votes_affected", "?", NULL), OK);
	assert_int_equal(put(INCIDENT_UPDATE, 1, &n, "impact", "tres", NULL), E_STATE);
	assert_int_equal(put(INCIDENT_UPDATE, 2, &n, "impact", "tres", NULL), E_STATE);
	assert_int_equal(incident_read(&all, &o), OK);
	assert_int_equal(all->view.n, 1);
	assert_int_equal(all->view.lines, 3);
	assert_string_equal(all->view.list[0].impact, "dos");
	assert_string_equal(report_votes_affected(&all->view.list[0]), "sin determinar");
	assert_true(all->view.list[0].closed != 0);
	/* the first word stands in its history */
	assert_int_equal(all->view.list[0].n_events, 3);
	assert_non_null(strstr(all->view.list[0].events[0].text, "Impacto: uno"));
	assert_string_equal(all->view.list[0].events[1].who, "Operadora");
	incident_free(all);
}

static void test_times(void **state)
{
	unsigned n;

	(void)state;
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "c", "impact", "i", "detected", "2099-01-01T00:00:00Z",
	                     NULL),
	                 E_REFUSED);
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "c", "impact", "i", "detected", "2026-01-02T00:00:00Z",
	                     "mitigated", "2026-01-01T00:00:00Z", NULL),
	                 E_REFUSED);
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "c", "impact", "i", "outage_to", "2026-01-01T00:00:00Z",
	                     NULL),
	                 E_REFUSED);
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "c", "impact", "i", "outage_from",
	                     "2026-01-02T00:00:00Z", "outage_to", "2026-01-01T00:00:00Z", NULL),
	                 E_REFUSED);
	assert_int_equal(put(INCIDENT_NEW, 0, &n, "title", "A", "component", "c", "impact", "i", "outage_from",
	                     "2026-01-01T00:00:00Z", NULL),
	                 OK);
	assert_int_equal(put(INCIDENT_CLOSE, 1, &n, "mitigation", "m", "reported_to", "r", "votes_affected", "0", NULL), E_REFUSED);
	assert_non_null(strstr(said, "sigue sin servicio"));
}

/* What somebody writes into the journal by hand, chained, but no incident of ours. */
static void test_strange_events(void **state)
{
	static const char *const details[] = {
	        "{\"incident\": 2, \"action\": \"new\", \"set\": {}}",
	        "{\"incident\": 1, \"action\": \"update\", \"set\": {}}",
	        "{\"incident\": 1, \"action\": \"new\", \"set\": {\"titulo\": \"x\"}}",
	        "{\"incident\": 1, \"action\": \"new\", \"set\": {\"detected\": \"ayer\"}}",
	        "{\"incident\": 1, \"action\": \"new\", \"set\": {\"votes_affected\": \"-1\"}}",
	        "{\"incident\": 1, \"action\": \"new\", \"set\": {\"title\": 7}}",
	        "{\"incident\": 1, \"action\": \"new\"}",
	        "{}",
	};
	struct incidents *all;

	(void)state;
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		assert_int_equal(truncate(path, 0), 0);
		assert_int_equal(journal_write(o.journal, "incident", NULL, json_loads(details[i], 0, NULL)), OK);
		assert_int_equal(incident_read(&all, &o), E_EVIDENCE);
		assert_null(all);
	}
}

static void test_hours(void **state)
{
	const moment now = 1811505600; /* 2027-05-28T12:00:00Z */
	char utc[40];
	moment m;

	(void)state;
	assert_true(incident_moment(&m, "ahora", "America/Mexico_City", now));
	assert_int_equal(m, now);
	assert_true(incident_moment(&m, "05:30", "America/Mexico_City", now));
	incident_utc(utc, m);
	assert_string_equal(utc, "2027-05-28T11:30:00Z");
	/* an hour of winter, told in summer */
	assert_true(incident_moment(&m, "2027-01-10 08:00:05", "Europe/Madrid", now));
	incident_utc(utc, m);
	assert_string_equal(utc, "2027-01-10T07:00:05Z");
	assert_true(incident_moment(&m, "2027-01-10T08:00:05+01:00", "UTC", now));
	assert_false(incident_moment(&m, "ayer", "UTC", now));
	assert_false(incident_moment(&m, "25:00", "UTC", now));
	assert_false(incident_moment(&m, "2027-02-30 10:00", "UTC", now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_way, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_times, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_strange_events, setup, teardown),
	        cmocka_unit_test(test_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
