/* The definition's reader (DESIGN 6): good ones read whole; each fault refused with its place, all of them at once. */
#include "base/report.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_simulacro(void **state)
{
	json_t *root = sample_load("simulacro.json");
	struct ballot_form form;
	struct definition *d;

	(void)state;
	assert_int_equal(sample_read(&d, root), OK);
	assert_string_equal(d->id, "simulacro");
	assert_true(d->simulation && d->erase_shares);
	assert_int_equal(d->n_districts, 3);
	assert_int_equal(d->n_parties, 7);
	assert_int_equal(d->n_contests, 3);
	assert_int_equal(d->mixes, 2);
	assert_int_equal(d->min_list, 3);
	assert_true(d->closes > d->opens);
	assert_int_equal(d->contests[0].w, 3);
	assert_int_equal(d->contests[1].w, 2);
	assert_true(d->contests[0].everywhere && !d->contests[1].everywhere);
	assert_true(d->contests[2].by_district && !d->contests[0].by_district);
	assert_true(d->contests[0].federal && !d->contests[1].federal);
	assert_int_equal(d->contests[0].coalitions[1].options, 1u << 3 | 1u << 4 | 1u << 6);
	assert_int_equal(d->contests[1].options[1].shares[2], 70);
	assert_int_equal(d->contests[1].options[0].candidate, 1);
	assert_int_equal(definition_district(d, "14", 2), 1);
	assert_int_equal(definition_district(d, "14x", 3), -1);
	assert_int_equal(definition_district(d, "1", 1), -1);
	assert_ptr_equal(definition_contest(d, "senadurias"), &d->contests[2]);
	assert_null(definition_contest(d, "rest"));
	definition_form(&form, d, 0);
	assert_int_equal(form.n, 3);
	definition_form(&form, d, 1);
	assert_int_equal(form.n, 2);
	assert_string_equal(form.contests[1].name, "senadurias");
	assert_int_equal(definition_advise(d), OK);
	definition_free(d);
	json_decref(root);
}

static void test_mx_2024(void **state)
{
	struct definition *d;
	json_t *root = sample_load("mx-2024.json");
	char why[512];
	enum status r;

	(void)state;
	report_capture_begin(why, sizeof why);
	r = sample_read(&d, root);
	if (r == OK)
		r = definition_advise(d);
	report_capture_end();
	if (r != OK)
		fail_msg("%s", why);
	assert_int_equal(d->n_districts, json_array_size(sample_at(root, "districts")));
	definition_free(d);
	json_decref(root);
}

/* Each change of simulacro.json, and where the first fault that is said must point. value NULL: taken out. */
static const struct {
	const char *path, *value, *about;
} faults[] = {
    {"format", "\"VEMRE-V2\"", "format"},
    {"format", NULL, "format"},
    {"id", "\"Simulacro\"", "id"},
    {"id", "\"\"", "id"},
    {"id", "7", "id"},
    {"id", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "id"},
    {"title", NULL, "title"},
    {"extra", "1", "extra"},
    {"opens", "\"2027-05-15 20:00:00-06:00\"", "opens"},
    {"opens", "\"2027-05-15T20:00:00\"", "opens"},
    {"opens", "\"2027-02-29T20:00:00-06:00\"", "opens"},
    {"closes", "\"2027-05-15T20:00:00-06:00\"", "closes"},
    {"closes", "\"2027-05-16T01:59:59Z\"", "closes"}, /* before 20:00-06:00 */
    {"tally_not_before", "12", "tally_not_before"},
    {"max_voters", "0", "max_voters"},
    {"max_voters", "1000.0", "max_voters"},
    {"max_voters", "\"1000\"", "max_voters"},
    {"national_territory", "\"mx\"", "national_territory"},
    {"national_territory", "\"MX1\"", "national_territory"},
    {"session_minutes", "0", "session_minutes"},
    {"mixes", "0", "mixes"},
    {"mixes", "-1", "mixes"},
    {"min_list", "1", "min_list"},
    {"after_tally", "\"forget\"", "after_tally"},
    {"simulation", "1", "simulation"},
    {"districts", "[]", "districts"},
    {"districts", "{}", "districts"},
    {"districts.1.id", "\"09\"", "districts"},
    {"districts.1.id", "\"rest\"", "districts[1]"},
    {"districts.1.id", "\"a.b\"", "districts[1].id"},
    {"districts.1.id", "\"a,b\"", "districts[1].id"},
    {"districts.1.more", "1", "districts[1]"},
    {"districts.1", "\"14\"", "districts[1]: no es un objeto"},
    {"parties.2.id", "\"jacaranda\"", "parties"},
    {"parties.2.colour", "\"red\"", "parties[2]"},
    {"parties.2.colour", "\"#12345\"", "parties[2]"},
    {"parties.2.colour", "\"#123456x\"", "parties[2]"},
    {"parties.2.colour", "\"1123456\"", "parties[2]"},
    {"parties.2.colour", "\"#12345g\"", "parties[2]"},
    {"parties.2.emblem", "{\"file\": \"x.svg\"}", "parties[2]: emblema"},
    {"parties.2.emblem", "{\"file\": \"x.svg\", \"sha256\": \"00\"}", "parties[2]"},
    {"parties.2.emblem", "{\"sha256\": \"00\"}", "parties[2]"},
    {"contests", "[]", "contests"},
    {"contests.1.id", "\"presidencia\"", "contests"},
    {"contests.0.id", "\"presidencia.x\"", "contests[0].id"},
    {"contests.0.level", "\"state\"", "contests[0]"},
    {"contests.0.count_by", "\"section\"", "contests[0]"},
    {"contests.0.write_in_bytes", "65", "contests[0].write_in_bytes"},
    {"contests.0.write_in_bytes", "-1", "contests[0].write_in_bytes"},
    {"contests.0.districts", "[]", "contests[0].districts"},
    {"contests.0.districts", "[\"99\"]", "contests[0]"},
    {"contests.0.districts", "[\"09\", \"09\"]", "contests[0]"},
    {"contests.0.districts", "[\"*\", \"09\"]", "contests[0]"},
    {"contests.0.districts", "[9]", "contests[0]"},
    {"contests.0.candidates.1.id", "\"uno\"", "contests[0].candidates"},
    {"contests.0.candidates", "[]", "contests[0].candidates"},
    {"contests.0.options", "[]", "contests[0].options"},
    {"contests.0.options.1.id", "\"jacaranda\"", "contests[0].options"},
    {"contests.0.options.1.id", "\"a+b\"", "contests[0].options[1].id"},
    {"contests.0.options.1.kind", "\"coalition\"", "contests[0].options[1]"},
    {"contests.0.options.1.candidate", "\"nobody\"", "contests[0].options[1]"},
    {"contests.0.options.1.candidate", "\"dos\"", "contests[0].coalitions[0]"}, /* a coalition of two candidates */
    {"contests.0.options.1.parties", "[\"nadie\"]", "contests[0].options[1]"},
    {"contests.0.options.1.parties", "[]", "contests[0].options[1]"},
    {"contests.0.options.1.parties", "[\"nopal\", \"maguey\"]", "contests[0].options[1]"},
    {"contests.0.options.1.shares", "[100]", "contests[0].options[1]"},
    {"contests.0.coalitions.1.options", "[\"colibri\", \"jacaranda\"]", "contests[0].coalitions[1]"},
    {"contests.0.coalitions.1.options", "[\"colibri\", \"colibri\"]", "contests[0].coalitions[1]"},
    {"contests.0.coalitions.1.options", "[\"colibri\"]", "contests[0].coalitions[1].options"},
    {"contests.0.coalitions.1.options", "[\"colibri\", \"nadie\"]", "contests[0].coalitions[1]"},
    {"contests.0.coalitions.1.id", "\"sombra\"", "contests[0].coalitions"},
    {"contests.1.options.0.shares", "[50, 30, 21]", "contests[1].options[0]"},
    {"contests.1.options.0.shares", "[50, 50]", "contests[1].options[0]"},
    {"contests.1.options.0.shares", "[150, -30, -20]", "no es un entero de 0 a 100"},
    {"contests.1.options.0.shares", "[101, 0, 0]", "no es un entero de 0 a 100"},
    {"contests.1.options.0.shares", "[-1, 100, 1]", "no es un entero de 0 a 100"},
    {"contests.1.options.0.shares", "[50.0, 30, 20]", "no es un entero de 0 a 100"},
    {"contests.1.options.0", "{\"id\": \"uno\", \"kind\": \"common\", \"parties\": [\"nopal\"], \"shares\": [100], \"candidate\": \"x\"}",
     "nombra dos partidos"},
    {"contests.1.options.0.shares", NULL, "contests[1].options[0]"},
    {"contests.1.options.0.parties", "[\"nopal\", \"nopal\", \"maguey\"]", "contests[1].options[0]"},
    {"contests.2.options.5.parties", "[\"nopal\"]", "contests[2].options[5]"},
    {"contests.2.options.5.kind", "\"party\"", "contests[2].options[5]"},
};

static void test_faults(void **state)
{
	struct definition *d;
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		json_t *root = sample_load("simulacro.json");
		enum status r;

		if (faults[i].value == NULL)
			sample_remove(root, faults[i].path);
		else
			sample_set(root, faults[i].path, json_loads(faults[i].value, JSON_DECODE_ANY, NULL));
		report_capture_begin(why, sizeof why);
		r = sample_read(&d, root);
		report_capture_end();
		if (r != E_EVIDENCE || d != NULL)
			fail_msg("%s = %s: taken", faults[i].path, faults[i].value);
		vectors_about(why, faults[i].about, faults[i].path);
		json_decref(root);
	}
}

static unsigned said;

static void listen(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)text;
	(void)hint;
	said += level == REPORT_FAULT && status == E_EVIDENCE;
}

/* Every fault is said, not the first alone. */
static void test_all_at_once(void **state)
{
	json_t *root = sample_load("simulacro.json");
	struct definition *d;

	(void)state;
	sample_set(root, "mixes", json_integer(0));
	sample_set(root, "min_list", json_integer(0));
	sample_set(root, "districts.2.id", json_string("rest"));
	sample_set(root, "contests.0.candidates.1.id", json_string("uno"));
	sample_set(root, "contests.2.options.0.candidate", json_string("nadie"));
	said = 0;
	report_install(listen, NULL, NULL);
	assert_int_equal(sample_read(&d, root), E_EVIDENCE);
	report_install(NULL, NULL, NULL);
	assert_true(said >= 5);
	json_decref(root);
}

/* Bytes that are no JSON, a key twice, something after the end, more options than marks. */
static void test_not_json(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "null", "{\"a\": 1, \"a\": 2}", "{} {}", "{}x", "{\"a\": \"\xff\"}",
	                                    "\xef\xbb\xbf{}", "{\"id\": \"a\\u0000b\"}"};
	json_t *root = sample_load("simulacro.json");
	struct definition *d;
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		report_capture_begin(why, sizeof why);
		assert_int_equal(definition_read(&d, "x.json", texts[i], strlen(texts[i])), E_EVIDENCE);
		report_capture_end();
		assert_null(d);
		vectors_about(why, strcmp(texts[i], "[]") == 0 ? "x.json: no es un objeto" : "no es JSON legible", texts[i]);
	}
	for (int i = 0; i < 64; i++) {
		json_t *option = json_deep_copy(sample_at(root, "contests.2.options.5"));
		char id[16];

		snprintf(id, sizeof id, "o%d", i);
		json_object_set_new(option, "id", json_string(id));
		json_array_append_new(sample_at(root, "contests.2.options"), option);
		if (json_array_size(sample_at(root, "contests.2.options")) == 63) {
			assert_int_equal(sample_read(&d, root), OK);
			definition_free(d);
		}
	}
	report_capture_begin(why, sizeof why);
	assert_int_equal(sample_read(&d, root), E_EVIDENCE);
	report_capture_end();
	vectors_about(why, "contests[2].options", "70 options");
	json_decref(root);
}

/* What an opening asks beyond what a reader must. */
static void test_advice(void **state)
{
	static const struct {
		const char *path, *value, *about;
	} cases[] = {
	    {"timezone", "\"America/Ciudad_Gotica\"", "timezone"},
	    {"timezone", "\"../../etc/passwd\"", "timezone"},
	    {"tally_not_before", "\"2027-06-06T17:59:59-06:00\"", "tally_not_before"},
	    {"site", "\"http://voto.example\"", "site"},
	    {"parties.3.name", "\"Partido Maguey\"", "parties[3]"},
	    {"parties.3.short", "\"JAC\"", "parties[3]"},
	    {"contests.0.candidates.2.name", "\"Primera candidatura (ejemplo)\"", "contests[0].candidates[2]"},
	    {"contests.1.districts", "[\"14\", \"09\"]", "contests[1].districts"},
	    {"contests.0.candidates.3", "{\"id\": \"nadie\", \"name\": \"Nadie\"}", "contests[0].candidates[3]"},
	    {"contests.0.options.1.parties", "[\"jacaranda\"]", "contests[0].options"},
	    {"site", "\"https://\"", "site"},
	    {"site", "\"https://voto electronico.example\"", "site"},
	    {"help_phone", "\"llame\"", "help_phone"},
	    /* what is not seen, or turns the reading round */
	    {"title", "\"Elecci\\u00f3n\\u0007\"", "title: contiene un carácter que no se ve (U+0007)"},
	    {"parties.0.name", "\"Partido \\u202eracajaJ\"", "parties[0].name: contiene un carácter que no se ve (U+202E)"},
	    {"contests.0.candidates.0.name", "\"Ana\\u200b P\\u00e9rez\"", "contests[0].candidates[0].name: contiene un carácter que no se ve (U+200B)"},
	    {"contests.0.office", "\"a\\ud83d\\ude00\\udb40\\udc41\"", "contests[0].office: contiene un carácter que no se ve (U+E0041)"},
	    {"districts.0.name", "\" Jalisco\"", "districts[0].name"},
	};
	struct definition *d;
	char why[512];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *root = sample_load("simulacro.json");

		sample_set(root, cases[i].path, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		assert_int_equal(sample_read(&d, root), OK);
		report_capture_begin(why, sizeof why);
		assert_int_equal(definition_advise(d), E_EVIDENCE);
		report_capture_end();
		vectors_about(why, cases[i].about, cases[i].path);
		definition_free(d);
		json_decref(root);
	}
}

/* A name as long as may be, with accents; one more is too long. */
static void test_long_text(void **state)
{
	char name[2 * 201 + 1] = "", why[512];
	struct definition *d;

	(void)state;
	for (int i = 1; i <= 201; i++) {
		strcat(name, "é");
		if (i < 200)
			continue;
		json_t *root = sample_load("simulacro.json");

		sample_set(root, "contests.0.candidates.0.name", json_string(name));
		assert_int_equal(sample_read(&d, root), OK);
		report_capture_begin(why, sizeof why);
		assert_int_equal(definition_advise(d), i == 200 ? OK : E_EVIDENCE);
		report_capture_end();
		if (i == 201)
			vectors_about(why, "contests[0].candidates[0].name", "long");
		definition_free(d);
		json_decref(root);
	}
}

enum { COLLECTED = 16384 };

/* ctx: COLLECTED bytes for everything that is said, none of it without saying what to do. */
static void collect(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)level;
	(void)status;
	assert_non_null(hint);
	assert_true(strlen(ctx) + strlen(text) + 2 < COLLECTED);
	strcat(strcat(ctx, text), "\n");
}

/* For who writes a definition: what no reader takes and what no opening takes, at once; of no part that is missing. */
static void test_check(void **state)
{
	static const char *const broken[] = {"[]", "{}", "{\"contests\": [{}], \"districts\": [{}], \"parties\": [{}, 1]}",
	                                     "{\"contests\": [{\"candidates\": [1], \"options\": [{}, {}]}]}"};
	json_t *root = sample_load("simulacro.json");
	char why[COLLECTED], *text;

	(void)state;
	text = json_dumps(root, 0);
	assert_int_equal(definition_check("x.json", text, strlen(text)), OK);
	free(text);
	sample_set(root, "mixes", json_integer(0));
	sample_set(root, "timezone", json_string("America/Ciudad_Gotica"));
	sample_set(root, "contests.1.districts", json_string("*"));
	text = json_dumps(root, 0);
	why[0] = '\0';
	report_install(collect, NULL, why);
	assert_int_equal(definition_check("x.json", text, strlen(text)), E_EVIDENCE);
	report_install(NULL, NULL, NULL);
	vectors_about(why, "mixes", "mixes");
	vectors_about(why, "timezone", "timezone");
	vectors_about(why, "contests[1].districts", "districts");
	assert_null(strstr(why, "nada que votar"));
	free(text);
	json_decref(root);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		why[0] = '\0';
		report_install(collect, NULL, why);
		assert_int_equal(definition_check("x.json", broken[i], strlen(broken[i])), E_EVIDENCE);
		report_install(NULL, NULL, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_simulacro),   cmocka_unit_test(test_mx_2024),  cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_all_at_once), cmocka_unit_test(test_not_json), cmocka_unit_test(test_advice),
	    cmocka_unit_test(test_long_text),   cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
