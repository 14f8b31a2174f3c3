/*
 * One request and its answer, over FastCGI (libfcgi). The web server in front is trusted for REMOTE_ADDR, which it
 * has from the connection or, through its real_ip settings, from a balancer it knows; X-Forwarded-For is not read.
 */
#ifndef BACKEND_HTTP_H
#define BACKEND_HTTP_H

#include "backend/metrics.h"
#include "backend/refusals.h"
#include <fcgiapp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_BODY_MAX = 64 * 1024, HTTP_TOKEN_HEX = 64, HTTP_REFERENCE = 8 };

struct http_request {
	const char *method, *content_type, *address; /* "" where missing; borrowed */
	char path[160];                              /* without the query; "" where longer */
	const char *csrf;                            /* X-Vemre-CSRF, or "" */
	char token[HTTP_TOKEN_HEX + 1];              /* our cookie's, if it has the right form; else "" */
	uint8_t *body;                               /* the worker's buffer */
	size_t body_len;
	bool body_bad; /* longer than HTTP_BODY_MAX, or cut off */
};

struct http_answer {
	enum metrics_endpoint endpoint; /* which call it was of */
	enum refusal refusal; /* REFUSAL_NONE: body goes out with 200 */
	enum refusal_vote vote;
	int retry_after, tries_left; /* -1: null */
	json_t *receipt;             /* in a refusal; owned */
	json_t *body;                /* owned */
	char token[HTTP_TOKEN_HEX + 1]; /* a new cookie, "" for none */
	bool drop_cookie;
	char detail[200]; /* for the journal: why, never a secret and never who */
	char reference[HTTP_REFERENCE + 1]; /* set by http_send for a refusal */
};

/* body: a buffer of HTTP_BODY_MAX bytes. */
void http_read(struct http_request *out, FCGX_Request *fcgi, uint8_t *body);
void http_answer_init(struct http_answer *a);
void http_answer_free(struct http_answer *a);
void http_refuse(struct http_answer *a, enum refusal refusal);
void http_new_reference(char out[HTTP_REFERENCE + 1]);
/* opens_text: what "not-open" tells of the opening, RFC 3339. */
void http_send(FCGX_Request *fcgi, const struct http_answer *a, const char *opens_text);

/* The body as a JSON object, or NULL: not JSON, not said to be. */
json_t *http_json(const struct http_request *q);

#endif
