/*
 * libcurl, set up once for messages that hold secrets: whatever memory it gives back (URLs, request lines, the
 * pieces of a mail) is wiped first. OpenSSL's own TLS buffers are wiped by OpenSSL.
 */
#ifndef NOTIFY_TRANSFER_H
#define NOTIFY_TRANSFER_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before any other use of libcurl in the process; safe to call often, from several threads. */
MUST_USE enum status transfer_init(void);
/* An easy handle that takes no signals, follows no redirect, speaks these protocols ("http,https") alone. NULL: said. */
CURL *transfer_new(const char *protocols);
/* The first line of a file (a password), without its end. E_USAGE for an empty one or one over 256 bytes. */
MUST_USE enum status transfer_password(struct secret **out, const char *path);

/* Text being put together in a secret of fixed room; what does not fit marks it bad. */
struct room {
	uint8_t *at;
	size_t len, cap;
	bool bad;
};
struct room room_of(const struct secret *s);
void room_put(struct room *r, const void *data, size_t len);
void room_text(struct room *r, const char *text);
/* Percent-encoded (RFC 3986: all but unreserved characters). */
void room_url(struct room *r, const void *data, size_t len);

#endif
