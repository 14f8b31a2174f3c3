/* See metrics.h: counting, and the text. */
#include "backend/metrics.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Microseconds; the last bucket has no bound. */
static const uint32_t bounds[METRICS_BUCKETS - 1] = {1000,   2500,   5000,    10000,   25000,   50000,
                                                     100000, 250000, 500000, 1000000, 2500000, 10000000};
static const char *const endpoints[METRICS_ENDPOINTS] = {
        [METRICS_OTHER] = "other",     [METRICS_STATUS] = "status", [METRICS_LOGIN] = "login",
        [METRICS_RESEND] = "resend",   [METRICS_CODE] = "code",     [METRICS_SESSION] = "session",
        [METRICS_CAST] = "cast",       [METRICS_LOGOUT] = "logout", [METRICS_BOX] = "box",
        [METRICS_TOTP] = "totp",
};

/* One writer: what was loaded cannot have changed. */
static void add(_Atomic uint64_t *at, uint64_t n)
{
	atomic_store_explicit(at, atomic_load_explicit(at, memory_order_relaxed) + n, memory_order_relaxed);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t metrics_begin(struct metrics *m)
{
	atomic_store_explicit(&m->busy, 1, memory_order_relaxed);
	return now();
}

void metrics_end(struct metrics *m, uint64_t begun, enum metrics_endpoint endpoint, enum refusal outcome, int connected)
{
	uint64_t took = now() - begun;
	unsigned i = 0;

	while (i < METRICS_BUCKETS - 1 && took > (uint64_t)bounds[i] * 1000)
		i++;
	add(&m->buckets[endpoint][i], 1);
	add(&m->nanoseconds[endpoint], took);
	add(&m->requests[endpoint][outcome], 1);
	atomic_store_explicit(&m->connected, connected != 0, memory_order_relaxed);
	atomic_store_explicit(&m->busy, 0, memory_order_relaxed);
}

void metrics_sms(struct metrics *m, enum metrics_sms outcome)
{
	add(&m->sms[outcome], 1);
}

/* ---- the text */

struct threads {
	const char *first;
	size_t n, stride;
};

/* Of all threads; offset: of the counter within struct metrics. */
static uint64_t sum(const struct threads *t, size_t offset)
{
	uint64_t all = 0;

	for (size_t i = 0; i < t->n; i++)
		all += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(t->first + i * t->stride + offset),
		                            memory_order_relaxed);
	return all;
}

static void head(struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void value(struct buffer *out, const char *name, const char *type, const char *help, double v)
{
	head(out, name, type, help);
	buffer_printf(out, "%s %.15g\n", name, v);
}

/* "failed" stands for two: our own fault, and a part that does not answer. */
static const char *outcome_word(int outcome)
{
	return outcome == REFUSAL_NONE ? "ok" : outcome == REFUSAL_BUSY ? "unavailable" : refusal_code((enum refusal)outcome);
}

static void requests(struct buffer *out, const struct threads *t)
{
	head(out, "vemre_backend_requests_total", "counter", "Requests answered, by endpoint and outcome (the refusal's code).");
	for (int e = 0; e < METRICS_ENDPOINTS; e++)
		for (int o = 0; o < METRICS_OUTCOMES; o++) {
			uint64_t n = sum(t, offsetof(struct metrics, requests) + sizeof(uint64_t) * (size_t)(e * METRICS_OUTCOMES + o));

			/* What an alert counts is there from the start, so that its first rise is seen. */
			if (n > 0 || o == REFUSAL_NONE || o == REFUSAL_FAILED || o == REFUSAL_BUSY || o == REFUSAL_CODE_NOT_SENT)
				buffer_printf(out, "vemre_backend_requests_total{endpoint=\"%s\",outcome=\"%s\"} %llu\n", endpoints[e],
				              outcome_word(o), (unsigned long long)n);
		}
}

static void durations(struct buffer *out, const struct threads *t)
{
	static const char name[] = "vemre_backend_request_duration_seconds";

	head(out, name, "histogram", "Time from reading a request to its answer.");
	for (int e = 0; e < METRICS_ENDPOINTS; e++) {
		uint64_t so_far = 0;

		for (int b = 0; b < METRICS_BUCKETS; b++) {
			so_far += sum(t, offsetof(struct metrics, buckets) + sizeof(uint64_t) * (size_t)(e * METRICS_BUCKETS + b));
			if (b < METRICS_BUCKETS - 1)
				buffer_printf(out, "%s_bucket{endpoint=\"%s\",le=\"%.15g\"} %llu\n", name, endpoints[e], bounds[b] / 1e6,
				              (unsigned long long)so_far);
		}
		buffer_printf(out, "%s_bucket{endpoint=\"%s\",le=\"+Inf\"} %llu\n", name, endpoints[e], (unsigned long long)so_far);
		buffer_printf(out, "%s_sum{endpoint=\"%s\"} %.9f\n", name, endpoints[e],
		              (double)sum(t, offsetof(struct metrics, nanoseconds) + sizeof(uint64_t) * (size_t)e) / 1e9);
		buffer_printf(out, "%s_count{endpoint=\"%s\"} %llu\n", name, endpoints[e], (unsigned long long)so_far);
	}
}

/* The process, as other programs' clients for Prometheus tell it. */
static void process(struct buffer *out)
{
	struct timespec cpu, boot, wall;
	unsigned long long start = 0;
	long pages = 0;
	double started;
	FILE *f;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	value(out, "process_cpu_seconds_total", "counter", "Time of the processors used.",
	      (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9);
	if ((f = fopen("/proc/self/statm", "re")) != NULL) {
		if (fscanf(f, "%*s %ld", &pages) == 1)
			value(out, "process_resident_memory_bytes", "gauge", "Memory that is resident.",
			      (double)pages * (double)sysconf(_SC_PAGESIZE));
		fclose(f);
	}
	/* Field 22, ticks since the boot; the name, in parentheses, has no blank here. */
	if ((f = fopen("/proc/self/stat", "re")) == NULL)
		return;
	if (fscanf(f, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &start) == 1) {
		clock_gettime(CLOCK_BOOTTIME, &boot);
		clock_gettime(CLOCK_REALTIME, &wall);
		started = (double)(wall.tv_sec - boot.tv_sec) + (double)start / (double)sysconf(_SC_CLK_TCK);
		value(out, "process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.", started);
	}
	fclose(f);
}

void metrics_text(struct buffer *out, const struct metrics *all, size_t n, size_t stride)
{
	static const char *const sms[METRICS_SMS_OUTCOMES] = {"accepted", "refused"};
	struct threads t = {.first = (const char *)all, .n = n, .stride = stride};

	requests(out, &t);
	durations(out, &t);
	head(out, "vemre_backend_sms_total", "counter", "One-time codes handed over to be sent, by outcome.");
	for (size_t i = 0; i < METRICS_SMS_OUTCOMES; i++)
		buffer_printf(out, "vemre_backend_sms_total{outcome=\"%s\"} %llu\n", sms[i],
		              (unsigned long long)sum(&t, offsetof(struct metrics, sms) + sizeof(uint64_t) * i));
	value(out, "vemre_backend_threads", "gauge", "Threads that serve requests.", (double)n);
	value(out, "vemre_backend_threads_busy", "gauge", "Threads that serve one now.",
	      (double)sum(&t, offsetof(struct metrics, busy)));
	value(out, "vemre_backend_database_connections", "gauge", "Threads whose last request had a connection to the database.",
	      (double)sum(&t, offsetof(struct metrics, connected)));
	process(out);
}
