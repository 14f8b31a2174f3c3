/*
 * What the library has to say, said to whoever listens. The library neither prints nor exits:
 * the program installs a sink (terminal, journal, syslog). Texts are Spanish msgids (base/i18n.h),
 * never a secret.
 */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "base/status.h"
#include <stdint.h>

enum report_level { REPORT_STEP, REPORT_INFO, REPORT_WARNING, REPORT_FAULT };

/* text and hint are valid during the call only; hint may be NULL. */
typedef void (*report_sink)(void *ctx, enum report_level level, enum status status, const char *text,
                            const char *hint);
/* done of total units of `what`; called often, the sink thins it out. total 0: unknown. */
typedef void (*report_progress_sink)(void *ctx, const char *what, uint64_t done, uint64_t total);

void report_install(report_sink sink, report_progress_sink progress, void *ctx);

/* Say a fault once, where it is found; returns `status`, so that `return fault(...)` reads well.
 * hint: what to do about it, or NULL. */
enum status fault(enum status status, const char *hint, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The analysers do not see that what is returned is what was given, never OK. */
#if defined(__clang_analyzer__) || defined(VEMRE_LINT)
#define fault(status, ...) ((void)(fault)((status), __VA_ARGS__), (status))
#endif
void report_warning(const char *hint, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void report_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void report_progress(const char *what, uint64_t done, uint64_t total);

/* What a file says, made fit for a terminal: control characters, line breaks that are not seen and turns of direction each
 * become '?' (in place). What is said through this header has been; what a program prints itself, from a file, must be. */
void report_disarm(char *text);

/* Faults said between _begin and _end on this thread go to the caller's buffer (the first one,
 * shortened to size), not to the sink: for readers that try, and for the server's threads. Captures nest, eight deep. */
void report_capture_begin(char *text, unsigned size);
void report_capture_end(void);

#endif
