/*
 * The backend's metrics as a reader sees them: Prometheus' text format 0.0.4 over HTTP, on a loopback port or a Unix
 * socket. Public.
 */
#ifndef MONITOR_SCRAPE_H
#define MONITOR_SCRAPE_H

#include "base/buffer.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* "127.0.0.1:9464", "[::1]:9464" or a socket's path. E_USAGE, said: none of these, or not of this machine alone. */
MUST_USE enum status scrape_address(struct sockaddr_storage *out, socklen_t *len, const char *text);

/* Appends the metrics of one backend. Waits at most 3 s for each answer. E_FAILED, said. */
MUST_USE enum status scrape_get(struct buffer *out, const char *address);
/* The sum of a metric's samples, of those that have this label where it is not NULL: label is 'outcome="ok"'. text ends
 * in zero. No sample: 0. */
double scrape_sum(const char *text, const char *metric, const char *label);

enum { SCRAPE_BUCKETS = 32 };
/* What a view needs of all backends together. */
struct scrape {
	double requests, failures; /* since the start */
	double threads, busy, started;
	double ballots, logins, sms_accepted, sms_refused; /* ballots: stored or sent again */
	unsigned n;                                        /* of the buckets; the last is all */
	double le[SCRAPE_BUCKETS], count[SCRAPE_BUCKETS];
};
/* Adds one backend's text. */
void scrape_read(struct scrape *out, const char *text);
/* The duration that a share p of the requests does not exceed, in seconds, interpolated; -1: no requests. */
double scrape_quantile(const struct scrape *s, double p);

/* The last minutes: what was counted since the oldest scrape that is not older than SCRAPE_WINDOW seconds. */
enum { SCRAPE_WINDOW = 300 };
struct scrape_history;
MUST_USE enum status scrape_history_new(struct scrape_history **out);
void scrape_history_free(struct scrape_history *h);
/* Puts the scrape of this moment in and gives what is new in `recent`; *seconds: of how long. Counters that went back (a
 * backend was started again) begin a new history; the first scrape gives itself, 0 seconds. */
void scrape_history_add(struct scrape_history *h, double now, const struct scrape *s, struct scrape *recent,
                        double *seconds);

/* What a look a moment ago has seen, for the next process: a few scrapes of the last minutes in a file, by CLOCK_MONOTONIC (a
 * file of before a start of the host says nothing). What cannot be read or written is passed over: a view comes without it. */
void scrape_history_load(struct scrape_history *h, const char *path, double now);
void scrape_history_save(const struct scrape_history *h, const char *path);

#endif
