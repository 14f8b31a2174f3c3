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

/* Texts quote what files say (names, unknown fields): a control character, an invisible line break or a turn of
 * direction in one of them must not reach a terminal or make a line of its own. Each becomes '?'. */
void report_disarm(char *text)
{
	static const struct {
		const char *from, *to; /* UTF-8, same length, compared as bytes */
	} ranges[] = { /* NOLINTBEGIN(misc-misleading-bidirectional) */
	    {"\xc2\x80", "\xc2\x9f"},         /* C1 controls */
	    {"\xe2\x80\x8e", "\xe2\x80\x8f"}, /* U+200E, U+200F */
	    {"\xe2\x80\xa8", "\xe2\x80\xae"}, /* U+2028-U+202E: line breaks, embeddings */
	    {"\xe2\x81\xa6", "\xe2\x81\xa9"}, /* U+2066-U+2069: isolates */
	}; /* NOLINTEND(misc-misleading-bidirectional) */

	for (char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
		for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
			size_t len = strlen(ranges[i].from);

			if (strncmp(p, ranges[i].from, len) >= 0 && strncmp(p, ranges[i].to, len) <= 0)
				memset(p, '?', len);
		}
	}
}

__attribute__((format(printf, 4, 0))) static void say(enum report_level level, enum status status, const char *hint,
                                                      const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof text, fmt, args);
	report_disarm(text);
	if (depth > 0 && level >= REPORT_WARNING) {
		unsigned i = depth <= DEPTH ? depth - 1 : DEPTH - 1;

		if (captures[i].size > 0 && captures[i].text[0] == '\0')
			snprintf(captures[i].text, captures[i].size, "%s", text);
		return;
	}
	if (the_sink != NULL)
		the_sink(the_ctx, level, status, text, hint);
}

enum status (fault)(enum status status, const char *hint, const char *fmt, ...)
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
