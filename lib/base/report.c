/* See report.h. One sink per process; captures are per thread. */
#include "base/report.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static report_sink the_sink;
static report_progress_sink the_progress;
static void *the_ctx;
static _Thread_local char *capture;
static _Thread_local unsigned capture_size;

void report_install(report_sink sink, report_progress_sink progress, void *ctx)
{
	the_sink = sink;
	the_progress = progress;
	the_ctx = ctx;
}

void report_capture_begin(char *text, unsigned size)
{
	capture = text;
	capture_size = size;
	if (size > 0)
		text[0] = '\0';
}

void report_capture_end(void)
{
	capture = NULL;
	capture_size = 0;
}

__attribute__((format(printf, 4, 0))) static void say(enum report_level level, enum status status, const char *hint,
                                                      const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof text, fmt, args);
	if (capture != NULL && level >= REPORT_WARNING) {
		if (capture_size > 0 && capture[0] == '\0')
			snprintf(capture, capture_size, "%s", text);
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
