/* See moment.h. Zones through TZ and tzset, under one lock: the C library keeps one zone a process. */
#include "base/moment.h"
#include "base/i18n.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = 10 * v + (p[i] - '0');
	}
	return v;
}

/* Days from 1970-01-01 of a civil date (proleptic Gregorian). */
static int64_t days_of(int y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* A second 60 is inserted before the first of a month of UTC alone (RFC 3339 5.7). */
static bool begins_month(moment m)
{
	time_t when = (time_t)m;
	struct tm tm;

	return m % 86400 == 0 && gmtime_r(&when, &tm) != NULL && tm.tm_mday == 1;
}

bool moment_parse(moment *out, const char *text)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int y, mo, d, h, mi, s, oh = 0, om = 0, sign = 0;
	const char *p = text;
	bool leap;

	if (strnlen(p, 20) < 20)
		return false;
	y = digits(p, 4);
	mo = digits(p + 5, 2);
	d = digits(p + 8, 2);
	h = digits(p + 11, 2);
	mi = digits(p + 14, 2);
	s = digits(p + 17, 2);
	if (p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != 't') || p[13] != ':' || p[16] != ':')
		return false;
	leap = y >= 0 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	if (y < 0 || mo < 1 || mo > 12 || d < 1 || d > month_days[mo - 1] || (mo == 2 && d == 29 && !leap) || h < 0 ||
	    h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
		return false;
	p += 19;
	if (*p == '.') {
		const char *q = ++p;

		while (*p >= '0' && *p <= '9')
			p++;
		if (p == q)
			return false;
	}
	if (*p == 'Z' || *p == 'z') {
		p++;
	} else if (*p == '+' || *p == '-') {
		sign = *p == '+' ? 1 : -1;
		if (strnlen(p, 6) < 6 || p[3] != ':' || (oh = digits(p + 1, 2)) < 0 || oh > 23 ||
		    (om = digits(p + 4, 2)) < 0 || om > 59)
			return false;
		p += 6;
	} else {
		return false;
	}
	if (*p != '\0')
		return false;
	*out = days_of(y, mo, d) * 86400 + h * 3600L + mi * 60L + s - sign * (oh * 3600L + om * 60L);
	return s < 60 || begins_month(*out);
}

/* The digits of the fraction; "" where there is none. */
static const char *fraction(const char *text)
{
	return text[19] == '.' ? text + 20 : "";
}

bool moment_earlier(const char *a, const char *b)
{
	const char *x, *y;
	moment m, n;

	if (!moment_parse(&m, a) || !moment_parse(&n, b))
		return true;
	if (m != n)
		return m < n;
	x = fraction(a);
	y = fraction(b);
	for (int i = digits(x, 1), j = digits(y, 1); i >= 0 || j >= 0; i = digits(x, 1), j = digits(y, 1)) {
		if ((i < 0 ? 0 : i) != (j < 0 ? 0 : j))
			return (i < 0 ? 0 : i) < (j < 0 ? 0 : j);
		x += i >= 0;
		y += j >= 0;
	}
	return false;
}

moment moment_now(void)
{
	return (moment)time(NULL);
}

static void in_zone(struct tm *out, moment when, const char *zone)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char current[64] = "";
	time_t t = (time_t)when;

	pthread_mutex_lock(&lock);
	if (strncmp(current, zone, sizeof current) != 0) {
		snprintf(current, sizeof current, "%s", zone);
		setenv("TZ", current, 1);
		tzset();
	}
	localtime_r(&t, out);
	pthread_mutex_unlock(&lock);
}

void moment_rfc3339(char *out, size_t size, moment when, const char *zone)
{
	struct tm tm;
	long off;

	in_zone(&tm, when, zone);
	off = tm.tm_gmtoff / 60;
	snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	         tm.tm_hour, tm.tm_min, tm.tm_sec, off < 0 ? '-' : '+', labs(off) / 60, labs(off) % 60);
}

void moment_text(char *out, size_t size, moment when, const char *zone)
{
	static const char *const months[] = {N_("enero"),      N_("febrero"), N_("marzo"),     N_("abril"),
	                                     N_("mayo"),       N_("junio"),   N_("julio"),     N_("agosto"),
	                                     N_("septiembre"), N_("octubre"), N_("noviembre"), N_("diciembre")};
	struct tm tm;

	in_zone(&tm, when, zone);
	/* day, month, year, hour, minute, second, zone */
	snprintf(out, size, _("%1$d de %2$s de %3$d, %4$02d:%5$02d:%6$02d (%7$s)"), tm.tm_mday, _(months[tm.tm_mon]),
	         tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
}

bool moment_zone_known(const char *zone)
{
	char path[256];

	if (strstr(zone, "..") != NULL || zone[0] == '/' || zone[0] == '\0')
		return false;
	if (strcmp(zone, "UTC") == 0)
		return true;
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
	return access(path, R_OK) == 0;
}
