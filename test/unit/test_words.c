/* Numbers in words, as an act prints them. */
#include "report/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	uint64_t n;
	const char *words;
} cases[] = {
    {0, "CERO"},
    {1, "UNO"},
    {2, "DOS"},
    {10, "DIEZ"},
    {15, "QUINCE"},
    {16, "DIECISÉIS"},
    {20, "VEINTE"},
    {21, "VEINTIUNO"},
    {22, "VEINTIDÓS"},
    {23, "VEINTITRÉS"},
    {26, "VEINTISÉIS"},
    {29, "VEINTINUEVE"},
    {30, "TREINTA"},
    {31, "TREINTA Y UNO"},
    {40, "CUARENTA"},
    {58, "CINCUENTA Y OCHO"},
    {66, "SESENTA Y SEIS"},
    {77, "SETENTA Y SIETE"},
    {80, "OCHENTA"},
    {99, "NOVENTA Y NUEVE"},
    {100, "CIEN"},
    {101, "CIENTO UNO"},
    {116, "CIENTO DIECISÉIS"},
    {121, "CIENTO VEINTIUNO"},
    {200, "DOSCIENTOS"},
    {500, "QUINIENTOS"},
    {700, "SETECIENTOS"},
    {900, "NOVECIENTOS"},
    {999, "NOVECIENTOS NOVENTA Y NUEVE"},
    {1000, "MIL"},
    {1001, "MIL UNO"},
    {1100, "MIL CIEN"},
    {1170, "MIL CIENTO SETENTA"},
    {1915, "MIL NOVECIENTOS QUINCE"},
    {2000, "DOS MIL"},
    {4434, "CUATRO MIL CUATROCIENTOS TREINTA Y CUATRO"},
    {10021, "DIEZ MIL VEINTIUNO"},
    {21000, "VEINTIÚN MIL"},
    {21021, "VEINTIÚN MIL VEINTIUNO"},
    {31001, "TREINTA Y UN MIL UNO"},
    {86558, "OCHENTA Y SEIS MIL QUINIENTOS CINCUENTA Y OCHO"},
    {91522, "NOVENTA Y UN MIL QUINIENTOS VEINTIDÓS"},
    {100000, "CIEN MIL"},
    {100001, "CIEN MIL UNO"},
    {101000, "CIENTO UN MIL"},
    {121000, "CIENTO VEINTIÚN MIL"},
    {122497, "CIENTO VEINTIDÓS MIL CUATROCIENTOS NOVENTA Y SIETE"},
    {184376, "CIENTO OCHENTA Y CUATRO MIL TRESCIENTOS SETENTA Y SEIS"},
    {202212, "DOSCIENTOS DOS MIL DOSCIENTOS DOCE"},
    {500500, "QUINIENTOS MIL QUINIENTOS"},
    {999999, "NOVECIENTOS NOVENTA Y NUEVE MIL NOVECIENTOS NOVENTA Y NUEVE"},
    {1000000, "UN MILLÓN"},
    {1000001, "UN MILLÓN UNO"},
    {1001000, "UN MILLÓN MIL"},
    {1021000, "UN MILLÓN VEINTIÚN MIL"},
    {2000000, "DOS MILLONES"},
    {21000000, "VEINTIÚN MILLONES"},
    {21021021, "VEINTIÚN MILLONES VEINTIÚN MIL VEINTIUNO"},
    {31000100, "TREINTA Y UN MILLONES CIEN"},
    {100000000, "CIEN MILLONES"},
    {101101101, "CIENTO UN MILLONES CIENTO UN MIL CIENTO UNO"},
    {999999999, "NOVECIENTOS NOVENTA Y NUEVE MILLONES NOVECIENTOS NOVENTA Y NUEVE MIL NOVECIENTOS NOVENTA Y NUEVE"},
};

static void test_cases(void **state)
{
	char out[REPORT_WORDS_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(report_words(out, sizeof out, cases[i].n));
		assert_string_equal(out, cases[i].words);
	}
}

static void test_beyond(void **state)
{
	char out[REPORT_WORDS_SIZE] = "x";

	(void)state;
	assert_false(report_words(out, sizeof out, REPORT_WORDS_MAX + 1));
	assert_string_equal(out, "");
	assert_false(report_words(out, sizeof out, UINT64_MAX));
}

/* The longest fits the size that the header promises, whatever the digits. */
static void test_fits(void **state)
{
	char out[REPORT_WORDS_SIZE];
	size_t longest = 0;

	(void)state;
	for (uint64_t n = 0; n < 1000; n++) {
		assert_true(report_words(out, sizeof out, n * 1000000 + n * 1000 + n));
		longest = strlen(out) > longest ? strlen(out) : longest;
	}
	assert_true(longest < REPORT_WORDS_SIZE - 1);
}

static void test_figures(void **state)
{
	char out[REPORT_FIGURES_SIZE];

	(void)state;
	report_figures(out, sizeof out, 0);
	assert_string_equal(out, "0");
	report_figures(out, sizeof out, 999);
	assert_string_equal(out, "999");
	report_figures(out, sizeof out, 1000);
	assert_string_equal(out, "1,000");
	report_figures(out, sizeof out, 184376);
	assert_string_equal(out, "184,376");
	report_figures(out, sizeof out, UINT64_MAX);
	assert_string_equal(out, "18,446,744,073,709,551,615");
}

static void test_dates(void **state)
{
	char out[REPORT_DATE_SIZE];
	moment when;

	(void)state;
	assert_true(moment_parse(&when, "2027-06-07T00:05:09Z"));
	report_date(out, sizeof out, when, "America/Mexico_City");
	assert_string_equal(out, "6 de junio de 2027");
	report_time(out, sizeof out, when, "America/Mexico_City");
	assert_string_equal(out, "18:05:09");
	report_hours(out, sizeof out, when, "America/Mexico_City");
	assert_string_equal(out, "18:05 horas del 6 de junio de 2027");
	assert_true(moment_parse(&when, "2022-06-07T00:05:09Z")); /* when Mexico still had summer time */
	report_time(out, sizeof out, when, "America/Mexico_City");
	assert_string_equal(out, "19:05:09");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),   cmocka_unit_test(test_beyond), cmocka_unit_test(test_fits),
	    cmocka_unit_test(test_figures), cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
