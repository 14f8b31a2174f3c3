/* See report.h. One sink per process; captures are per thread. */
#include "base/report.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static report_sink the_sink;
static report_progress_sink the_progress;
static void *the_ctx;
/* Captures of this thread, the innermost last; deeper ones than there is room for share the last place. */
enum { DEPTH = 8 };
static _Thread_local struct {
	char *text;
	unsigned size;
} captures[DEPTH];
static _Thread_local unsigned depth;

void report_install(report_sink sink, report_progress_sink progress, void *ctx)
{
	the_sink = sink;
	the_progress = progress;
	the_ctx = ctx;
}

void report_capture_begin(char *text, unsigned size)
{
	unsigned i = depth < DEPTH ? depth : DEPTH - 1;

	captures[i].text = text;
	captures[i].size = size;
	if (size > 0)
		text[0] = '\0';
	depth++;
}

void report_capture_end(void)
{
	if (depth > 0)
		depth--;
}

__attribute__((format(printf, 4, 0))) static void say(enum report_level level, enum status status, const char *hint,
                                                      const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof text, fmt, args);
	if (depth > 0 && level >= REPORT_WARNING) {
		unsigned i = depth <= DEPTH ? depth - 1 : DEPTH - 1;

		if (captures[i].size > 0 && captures[i].text[0] == '\0')
			snprintf(captures[i].text, captures[i].size, "%s", text);
		return;
	}
	if (the_sink != NULL)
		the_sink(the_ctx, level, status, text, hint);
}

enum status fault(enum status status, const char *hint, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(REPORT_FAULT, status, hint, fmt, args);
	va_end(args);
	return status;
}

void report_warning(const char *hint, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(REPORT_WARNING, OK, hint, fmt, args);
	va_end(args);
}

void report_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(REPORT_INFO, OK, NULL, fmt, args);
	va_end(args);
}

void report_step(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(REPORT_STEP, OK, NULL, fmt, args);
	va_end(args);
}

void report_progress(const char *what, uint64_t done, uint64_t total)
{
	if (the_progress != NULL)
		the_progress(the_ctx, what, done, total);
}
