/* Numbers in words, as an act prints them. */
#include "report/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/*
 * A second speller, by the grammar and not by a table: what is below thirty is put together from its parts (DIECI-,
 * VEINTI-, with the accent that a compound's last syllable then needs), hundreds too but for the three irregular ones,
 * and UNO is cut short afterwards, on the text.
 */
static char below[1000][64];

static void compound(char *out, const char *first, const char *unit)
{
	static const char *const accents[][2] = {{"DOS", "DÓS"}, {"TRES", "TRÉS"}, {"SEIS", "SÉIS"}};

	for (size_t i = 0; i < 3; i++)
		if (strcmp(unit, accents[i][0]) == 0)
			unit = accents[i][1];
	sprintf(out, "%s%s", first, unit);
}

static void spell_below(void)
{
	static const char *const units[] = {"",       "UNO",  "DOS",   "TRES",  "CUATRO", "CINCO",   "SEIS",  "SIETE",
	                                    "OCHO",   "NUEVE", "DIEZ", "ONCE",  "DOCE",   "TRECE",   "CATORCE", "QUINCE"};
	static const char *const tens[] = {"TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA"};

	for (unsigned n = 0; n < 100; n++) {
		char *out = below[n];

		if (n < 16)
			strcpy(out, units[n]);
		else if (n < 20)
			compound(out, "DIECI", units[n - 10]);
		else if (n == 20)
			strcpy(out, "VEINTE");
		else if (n < 30)
			compound(out, "VEINTI", units[n - 20]);
		else
			sprintf(out, "%s%s%s", tens[n / 10 - 3], n % 10 != 0 ? " Y " : "", units[n % 10]);
	}
	for (unsigned n = 100; n < 1000; n++) {
		char hundred[24];

		sprintf(hundred, "%sCIENTOS", units[n / 100]);
		if (n < 200)
			strcpy(hundred, n == 100 ? "CIEN" : "CIENTO");
		else if (n / 100 == 5)
			strcpy(hundred, "QUINIENTOS");
		else if (n / 100 == 7)
			strcpy(hundred, "SETECIENTOS");
		else if (n / 100 == 9)
			strcpy(hundred, "NOVECIENTOS");
		sprintf(below[n], "%s%s%s", hundred, n % 100 != 0 ? " " : "", below[n % 100]);
	}
}

/* Before MIL and MILLONES. */
static void cut_short(char *text)
{
	size_t len = strlen(text);

	if (len >= 9 && strcmp(text + len - 9, "VEINTIUNO") == 0)
		strcpy(text + len - 9, "VEINTIÚN");
	else if (len >= 3 && strcmp(text + len - 3, "UNO") == 0)
		text[len - 1] = '\0';
}

static void spell(char *out, uint64_t n)
{
	char millions[80], thousands[80];
	const char *parts[3] = {"", "", below[n % 1000]};
	size_t len = 0;

	if (n == 0) {
		strcpy(out, "CERO");
		return;
	}
	strcpy(millions, below[n / 1000000]);
	strcpy(thousands, below[n / 1000 % 1000]);
	cut_short(millions);
	cut_short(thousands);
	if (millions[0] != '\0')
		parts[0] = strcat(millions, n < 2000000 ? " MILLÓN" : " MILLONES");
	if (strcmp(thousands, "UN") == 0)
		parts[1] = "MIL";
	else if (thousands[0] != '\0')
		parts[1] = strcat(thousands, " MIL");
	out[0] = '\0';
	for (size_t i = 0; i < 3; i++)
		if (parts[i][0] != '\0')
			len += (size_t)sprintf(out + len, "%s%s", len > 0 ? " " : "", parts[i]);
}

static void same_words(uint64_t n)
{
	char out[REPORT_WORDS_SIZE], expected[256];

	spell(expected, n);
	if (!report_words(out, sizeof out, n) || strcmp(out, expected) != 0)
		fail_msg("%llu: «%s», not «%s»", (unsigned long long)n, out, expected);
}

/* Every number below a million; and every count of millions with numbers below one spread over all of them, others for
 * each (VEMRE_LONG: a hundred times as many; VEMRE_SMALL: some of all of them). */
static void test_second_speller(void **state)
{
	bool few = getenv("VEMRE_SMALL") != NULL;
	uint64_t each = getenv("VEMRE_LONG") != NULL ? 20000 : few ? 20 : 200, step = 1000000 / each, checked = 0;

	(void)state;
	spell_below();
	for (uint64_t n = 0; n < 1000000; n += few ? 37 : 1, checked++)
		same_words(n);
	for (uint64_t millions = 1; millions < 1000; millions++) {
		same_words(millions * 1000000);
		for (uint64_t i = 0; i < each; i++, checked++)
			same_words(millions * 1000000 + i * step + millions * 7919 % step);
		for (uint64_t n = 1; n < 1000; n += few ? 37 : 1, checked++) {
			same_words(millions * 1000000 + n);
			same_words(millions * 1000000 + n * 1000);
		}
	}
	printf("numbers compared: %llu\n", (unsigned long long)checked);
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
	    cmocka_unit_test(test_second_speller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
