/*
 * See words.h. Spelling by the Ortografía of the Real Academia (2010): numbers to 30 in one word; MIL alone, never
 * UN MIL; UNO is cut short to UN (VEINTIUNO to VEINTIÚN) before MIL and MILLONES, and stays whole at the end, for
 * the act names no noun after it.
 */
#include "report/words.h"
#include <stdio.h>
#include <string.h>

static const char *const small[] = {
    "CERO",       "UNO",        "DOS",          "TRES",        "CUATRO",      "CINCO",
    "SEIS",       "SIETE",      "OCHO",         "NUEVE",       "DIEZ",        "ONCE",
    "DOCE",       "TRECE",      "CATORCE",      "QUINCE",      "DIECISÉIS",   "DIECISIETE",
    "DIECIOCHO",  "DIECINUEVE", "VEINTE",       "VEINTIUNO",   "VEINTIDÓS",   "VEINTITRÉS",
    "VEINTICUATRO", "VEINTICINCO", "VEINTISÉIS", "VEINTISIETE", "VEINTIOCHO", "VEINTINUEVE",
};
static const char *const tens[] = {NULL,        NULL,      NULL,      "TREINTA", "CUARENTA",
                                   "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA"};
static const char *const hundreds[] = {NULL,          "CIENTO",     "DOSCIENTOS",  "TRESCIENTOS", "CUATROCIENTOS",
                                       "QUINIENTOS", "SEISCIENTOS", "SETECIENTOS", "OCHOCIENTOS", "NOVECIENTOS"};

struct words {
	char *out;
	size_t size, len;
};

static void word(struct words *w, const char *text)
{
	int n = snprintf(w->out + w->len, w->size - w->len, "%s%s", w->len > 0 ? " " : "", text);

	if (n > 0 && w->len + (size_t)n < w->size)
		w->len += (size_t)n;
	else
		w->len = w->size - 1;
}

/* 1 to 999. before_noun: MIL or MILLONES follows. */
static void group(struct words *w, unsigned n, bool before_noun)
{
	if (n == 100) {
		word(w, "CIEN");
		return;
	}
	if (n >= 100)
		word(w, hundreds[n / 100]);
	n %= 100;
	if (n >= 30) {
		word(w, tens[n / 10]);
		n %= 10;
		if (n > 0)
			word(w, "Y");
	}
	if (n == 0)
		return;
	if (n == 1 && before_noun)
		word(w, "UN");
	else if (n == 21 && before_noun)
		word(w, "VEINTIÚN");
	else
		word(w, small[n]);
}

bool report_words(char *out, size_t size, uint64_t n)
{
	struct words w = {out, size, 0};
	unsigned millions = (unsigned)(n / 1000000 % 1000), thousands = (unsigned)(n / 1000 % 1000),
		 units = (unsigned)(n % 1000);

	out[0] = '\0';
	if (n > REPORT_WORDS_MAX)
		return false;
	if (n == 0)
		word(&w, small[0]);
	if (millions > 0) {
		group(&w, millions, true);
		word(&w, millions == 1 ? "MILLÓN" : "MILLONES");
	}
	if (thousands > 1)
		group(&w, thousands, true);
	if (thousands > 0)
		word(&w, "MIL");
	if (units > 0)
		group(&w, units, false);
	return true;
}

void report_figures(char *out, size_t size, uint64_t n)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;

	for (size_t i = 0; i < len && at + 2 < size; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

/* moment_rfc3339 does the zone; its digits are what these three print. */
void report_date(char *out, size_t size, moment when, const char *zone)
{
	static const char *const months[] = {"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
	                                     "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};
	char text[40];
	int year = 0, month = 1, day = 0;

	moment_rfc3339(text, sizeof text, when, zone);
	if (sscanf(text, "%d-%d-%d", &year, &month, &day) != 3 || month < 1 || month > 12)
		month = 1;
	snprintf(out, size, "%d de %s de %d", day, months[month - 1], year);
}

void report_time(char *out, size_t size, moment when, const char *zone)
{
	char text[40];

	moment_rfc3339(text, sizeof text, when, zone);
	snprintf(out, size, "%.8s", text + 11);
}

void report_hours(char *out, size_t size, moment when, const char *zone)
{
	char hours[16], date[REPORT_DATE_SIZE];

	report_time(hours, sizeof hours, when, zone);
	report_date(date, sizeof date, when, zone);
	snprintf(out, size, "%.5s horas del %.64s", hours, date);
}
