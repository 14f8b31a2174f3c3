/*
 * Numbers and dates as Mexican acts write them. Always in Spanish, whatever the program's language: an act is
 * signed in Spanish (DESIGN 10).
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "base/moment.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_WORDS_MAX UINT64_C(999999999)
enum { REPORT_WORDS_SIZE = 192, REPORT_FIGURES_SIZE = 32, REPORT_DATE_SIZE = 96 };

/* "MIL NOVECIENTOS QUINCE"; 0 to REPORT_WORDS_MAX. Beyond it: false, and out is "". out: REPORT_WORDS_SIZE. */
bool report_words(char *out, size_t size, uint64_t n);
/* "184,376": thousands by commas, as Mexico writes them. */
void report_figures(char *out, size_t size, uint64_t n);
/* "6 de junio de 2027", "18:04:59" and "18:04 horas del 6 de junio de 2027", in the zone. out: REPORT_DATE_SIZE. */
void report_date(char *out, size_t size, moment when, const char *zone);
void report_time(char *out, size_t size, moment when, const char *zone);
void report_hours(char *out, size_t size, moment when, const char *zone);

#endif
