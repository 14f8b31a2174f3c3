/*
 * What the backend counts of itself, in Prometheus' text format (setting backend.metrics: a loopback port or a Unix
 * socket). Each thread counts in a struct of its own, which it alone writes: no lock and no locked instruction on the way
 * of a vote; a scrape sums them. Public; of a vote nothing but that a request of an endpoint ended in some way.
 */
#ifndef BACKEND_METRICS_H
#define BACKEND_METRICS_H

#include "backend/refusals.h"
#include "base/buffer.h"
#include "base/status.h"
#include <stdatomic.h>
#include <stdint.h>

enum metrics_endpoint {
	METRICS_OTHER, /* no call of ours, or one that could not be routed */
	METRICS_STATUS,
	METRICS_LOGIN,
	METRICS_RESEND,
	METRICS_CODE,
	METRICS_SESSION,
	METRICS_CAST,
	METRICS_LOGOUT,
	METRICS_BOX,
	METRICS_TOTP,
	METRICS_ENDPOINTS
};
enum { METRICS_OUTCOMES = REFUSAL_BUSY + 1, METRICS_BUCKETS = 13 /* the last: longer */ };
enum metrics_sms { METRICS_SMS_ACCEPTED, METRICS_SMS_REFUSED, METRICS_SMS_OUTCOMES };

struct metrics {
	_Atomic uint64_t requests[METRICS_ENDPOINTS][METRICS_OUTCOMES];
	_Atomic uint64_t buckets[METRICS_ENDPOINTS][METRICS_BUCKETS]; /* each counts its own alone */
	_Atomic uint64_t nanoseconds[METRICS_ENDPOINTS];
	_Atomic uint64_t sms[METRICS_SMS_OUTCOMES];
	_Atomic uint64_t busy, connected; /* 0 or 1 */
};

/* Around a request, by its thread. metrics_begin gives the moment for metrics_end. */
uint64_t metrics_begin(struct metrics *m);
void metrics_end(struct metrics *m, uint64_t begun, enum metrics_endpoint endpoint, enum refusal outcome, int connected);
void metrics_sms(struct metrics *m, enum metrics_sms outcome);

/* The whole text of n threads; all: the i-th is at all + i * stride bytes. */
void metrics_text(struct buffer *out, const struct metrics *all, size_t n, size_t stride);

/* Listens at the address, which stays the caller's. E_USAGE, said: it is neither a loopback port nor a path. */
struct metrics_server;
MUST_USE enum status metrics_listen(struct metrics_server **out, const char *address);
/* Starts a thread that answers GET /metrics until it is stopped; all as above, outliving it. */
MUST_USE enum status metrics_serve(struct metrics_server *s, const struct metrics *all, size_t n, size_t stride);
void metrics_stop(struct metrics_server *s); /* NULL is fine */

#endif
