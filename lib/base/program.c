/* See program.h. */
#include "base/program.h"
#include "base/i18n.h"
#include "base/mapped.h"
#include "base/report.h"
#include "base/secret.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *program_name = "";
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool bar_shown;

static void clear_bar(void)
{
	if (bar_shown)
		fputs("\r\033[K", stdout);
	bar_shown = false;
}

static void terminal(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	FILE *out = level >= REPORT_WARNING ? stderr : stdout;
	bool colour = isatty(fileno(out)) != 0;

	(void)ctx;
	(void)status;
	pthread_mutex_lock(&lock);
	clear_bar();
	fflush(stdout);
	switch (level) {
	case REPORT_STEP:
		fprintf(out, colour ? "\033[1m» %s\033[0m\n" : "» %s\n", text);
		break;
	case REPORT_INFO:
		fprintf(out, "  %s\n", text);
		break;
	case REPORT_WARNING:
		fprintf(out, _("%s: aviso: %s\n"), program_name, text);
		break;
	case REPORT_FAULT:
		fprintf(out, colour ? "\033[31m%s: %s\033[0m\n" : "%s: %s\n", program_name, text);
		break;
	}
	if (hint != NULL)
		fprintf(out, "  → %s\n", hint);
	fflush(out);
	pthread_mutex_unlock(&lock);
}

/* " 1234/s, 3:21": the rate since the work began, and at that rate the time left; "" until there is something to go by. */
static void rate_text(char *out, size_t size, const struct timespec *since, const struct timespec *now, uint64_t done,
                      uint64_t total)
{
	double seconds = (double)(now->tv_sec - since->tv_sec) + (double)(now->tv_nsec - since->tv_nsec) / 1e9;
	double rate = seconds > 0.5 ? (double)done / seconds : 0;
	unsigned long long left = rate > 0 && total > done ? (unsigned long long)((double)(total - done) / rate) : 0;

	out[0] = '\0';
	if (rate > 0)
		snprintf(out, size, " %.0f/s, %llu:%02llu", rate, left / 60, left % 60);
}

/* A bar on a terminal, redrawn at most five times a second; elsewhere a line each tenth part of long work. */
static void progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	static struct timespec last, began;
	static const char *last_what;
	static uint64_t last_tenth, last_done;
	struct timespec now;
	char rate[64];
	bool ended = total > 0 && done >= total;

	(void)ctx;
	pthread_mutex_lock(&lock);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (last_what == NULL || strcmp(last_what, what) != 0 || done < last_done / 2) {
		last_what = what;
		last_tenth = 0;
		last = began = now;
	}
	last_done = done;
	rate_text(rate, sizeof rate, &began, &now, done, total);
	if (isatty(1)) {
		int64_t ms = (now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000;

		if (ended) {
			clear_bar();
		} else if (ms >= 200) {
			int filled = total > 0 ? (int)(30 * done / total) : 0;

			printf("\r\033[K  %s [%.*s%.*s] %llu/%llu%s", what, filled, "##############################",
			       30 - filled, "..............................", (unsigned long long)done,
			       (unsigned long long)total, rate);
			fflush(stdout);
			bar_shown = true;
			last = now;
		}
	} else if (total >= 10000 && done * 10 / total > last_tenth) {
		last_tenth = done * 10 / total;
		printf("  %s: %llu/%llu%s\n", what, (unsigned long long)done, (unsigned long long)total, rate);
		fflush(stdout);
	}
	pthread_mutex_unlock(&lock);
}

void program_start(const char *name)
{
	program_name = name;
	i18n_init();
	secret_protect_process();
	mapped_guard(name);
	signal(SIGPIPE, SIG_IGN);
	report_install(terminal, progress, NULL);
}

void program_no_progress(void)
{
	report_install(terminal, NULL, NULL);
}

int program_end(enum status r)
{
	pthread_mutex_lock(&lock);
	clear_bar();
	pthread_mutex_unlock(&lock);
	if ((fflush(stdout) != 0 || ferror(stdout)) && r == OK)
		r = E_FAILED;
	return (int)r;
}

enum program_options program_options(int argc, char **argv, const struct program_option *table, const char *usage,
                                     int *next)
{
	int i;

	for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		const char *name = argv[i] + 2, *equals = strchr(name, '=');
		size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
		const struct program_option *o;

		if (len == 0) {
			i++;
			break;
		}
		if (strcmp(name, "help") == 0) {
			fputs(usage, stdout);
			return PROGRAM_HELP;
		}
		for (o = table; o->name != NULL; o++)
			if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
				break;
		if (o->name == NULL) {
			fault(E_USAGE, _("--help muestra las opciones"), _("opción desconocida: %s"), argv[i]);
			return PROGRAM_BAD;
		}
		if (o->flag != NULL && equals == NULL) {
			*o->flag = true;
		} else if (o->value != NULL && equals != NULL) {
			*o->value = equals + 1;
		} else if (o->value != NULL && i + 1 < argc) {
			*o->value = argv[++i];
		} else {
			fault(E_USAGE, _("--help muestra las opciones"), _("--%s: falta o sobra su valor"), o->name);
			return PROGRAM_BAD;
		}
	}
	*next = i;
	return PROGRAM_GO;
}
