/* The roll: what is taken, each way in which a line is not, and that the good ones survive the bad. */
#include "base/report.h"
#include "ceremony/roll.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEADER "voter,name,email,phone,district\n"

static struct definition *definition;

static int open_definition(void **state)
{
	char path[512];
	const char *source = getenv("VEMRE_SOURCE");

	(void)state;
	snprintf(path, sizeof path, "%s%stest/elections/simulacro.json", source != NULL ? source : "",
	         source != NULL ? "/" : "");
	return definition_open(&definition, path) == OK ? 0 : -1;
}

static int close_definition(void **state)
{
	(void)state;
	definition_free(definition);
	return 0;
}

static struct roll *parse(const char *text, bool repeated)
{
	struct roll *r = NULL;

	assert_int_equal(roll_parse(&r, "roll.csv", text, strlen(text), definition, repeated), OK);
	return r;
}

static void takes_quotes_marks_and_any_order(void **state)
{
	struct roll *r = parse("\xEF\xBB\xBF" "email,district,name,\"phone\",voter\r\n"
	                       "a@example.org,14,\"De la O, \"\"Lola\"\"\",+1 (213) 555-01.02,A-1\r\n"
	                       "\r\n"
	                       "b@example.org, 09 ,Ñandú,+447700900001,B_2",
	                       false);

	(void)state;
	assert_int_equal(r->n, 2);
	assert_int_equal(r->n_rejected, 0);
	assert_string_equal(r->lines[0].voter, "A-1");
	assert_string_equal(r->lines[0].name, "De la O, \"Lola\"");
	assert_string_equal(r->lines[0].email, "a@example.org");
	assert_string_equal(r->lines[0].phone, "+12135550102");
	assert_string_equal(definition->districts[r->lines[0].district].id, "14");
	assert_int_equal(r->lines[1].number, 4);
	assert_string_equal(definition->districts[r->lines[1].district].id, "09");
	roll_free(r);
}

static void names_each_fault(void **state)
{
	static const struct {
		const char *line, *reason;
	} bad[] = {
	        {"A1,Ana,a@example.org,+12135550100", "cinco campos"},
	        {"A1,Ana,a@example.org,+12135550100,09,x", "cinco campos"},
	        {",Ana,a@example.org,+12135550100,09", "voter"},
	        {"A 1,Ana,a@example.org,+12135550100,09", "voter"},
	        {"A1,,a@example.org,+12135550100,09", "name"},
	        {"A1,Ana,aexample.org,+12135550100,09", "email"},
	        {"A1,Ana,a@example,+12135550100,09", "email"},
	        {"A1,Ana,\"a@b@example.org\",+12135550100,09", "email"},
	        {"A1,Ana,a@example.org>,+12135550100,09", "email"},
	        {"A1,Ana,a@example.org,2135550100,09", "phone"},
	        {"A1,Ana,a@example.org,+02135550100,09", "phone"},
	        {"A1,Ana,a@example.org,+1213555010012345,09", "phone"},
	        {"A1,Ana,a@example.org,+1213x550100,09", "phone"},
	        {"A1,Ana,a@example.org,+12135550100,9", "district"},
	        {"A1,Ana,a@example.org,+12135550100,", "district"},
	        {"\"A1,Ana,a@example.org,+12135550100,09", "comillas"},
	        {"A1,A\"na,a@example.org,+12135550100,09", "comillas"},
	        {"A1,\"Ana\"x,a@example.org,+12135550100,09", "comillas"},
	        {"A1,An\xE1,a@example.org,+12135550100,09", "UTF-8"},
	        {"A1,\xC0\xAF,a@example.org,+12135550100,09", "UTF-8"},
	        {"A1,\xED\xA0\x80,a@example.org,+12135550100,09", "UTF-8"},
	        {"A1,A\tna,a@example.org,+12135550100,09", "UTF-8"},
	        {"A1,A\xC2\x85na,a@example.org,+12135550100,09", "UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[512];
		struct roll *r;

		snprintf(text, sizeof text, HEADER "G1,Good,g1@example.org,+447700900001,09\n%s\n"
		                                   "G2,Good,g2@example.org,+447700900002,14\n", bad[i].line);
		r = parse(text, false);
		assert_int_equal(r->n, 2);
		assert_int_equal(r->n_rejected, 1);
		assert_non_null(strstr(buffer_str(&r->rejected), bad[i].reason));
		assert_non_null(strstr(buffer_str(&r->rejected), "\n3,"));
		assert_int_equal(r->lines[1].number, 4);
		roll_free(r);
	}
}

static void repeats_are_named_with_the_first(void **state)
{
	static const char text[] = HEADER "A1,Ana,a@example.org,+447700900001,09\n"
	                                  "B1,Bea,A@Example.ORG,+447700900002,09\n"
	                                  "A1,Otra,c@example.org,+447700900003,09\n"
	                                  "C1,Celia,c2@example.org,+447700900004,09\n";
	struct roll *r = parse(text, false);

	(void)state;
	assert_int_equal(r->n, 2);
	assert_string_equal(r->lines[0].voter, "A1");
	assert_string_equal(r->lines[1].voter, "C1");
	assert_int_equal(r->n_rejected, 2);
	roll_free(r);
	r = parse(text, true); /* addresses may repeat, voters not */
	assert_int_equal(r->n, 3);
	assert_int_equal(r->n_rejected, 1);
	roll_free(r);
}

static void another_header_is_refused(void **state)
{
	static const char *const texts[] = {
	        "",
	        "voter,name,email,phone\n",
	        "voter,name,email,phone,phone\n",
	        "voter;name;email;phone;district\n",
	        "voter,name,email,phone,district,more\n",
	        "A1,Ana,a@example.org,+447700900001,09\n",
	};
	struct roll *r;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(roll_parse(&r, "roll.csv", texts[i], strlen(texts[i]), definition, false), E_EVIDENCE);
		assert_null(r);
	}
	assert_int_equal(roll_parse(&r, "roll.csv", HEADER "A\0", sizeof HEADER + 1, definition, false), E_EVIDENCE);
}

static void csv_is_quoted_where_it_must_be(void **state)
{
	struct buffer b = BUFFER_INIT;

	(void)state;
	roll_csv(&b, "plain");
	roll_csv(&b, "a,\"b\"");
	assert_string_equal(buffer_str(&b), "plain\"a,\"\"b\"\"\"");
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(takes_quotes_marks_and_any_order), cmocka_unit_test(names_each_fault),
	        cmocka_unit_test(repeats_are_named_with_the_first), cmocka_unit_test(another_header_is_refused),
	        cmocka_unit_test(csv_is_quoted_where_it_must_be),
	};

	return cmocka_run_group_tests(tests, open_definition, close_definition);
}
