/* See transfer.h. */
#include "notify/transfer.h"
#include "base/i18n.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wipe_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* realloc would leave the old place as it was. */
static void *wipe_realloc(void *p, size_t size)
{
	size_t had = p != NULL ? malloc_usable_size(p) : 0;
	void *more = malloc(size);

	if (more == NULL)
		return NULL;
	if (p != NULL)
		memcpy(more, p, had < size ? had : size);
	wipe_free(p);
	return more;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode started;

static void start(void)
{
	started = curl_global_init_mem(CURL_GLOBAL_ALL, malloc, wipe_free, wipe_realloc, strdup, calloc);
}

enum status transfer_init(void)
{
	pthread_once(&once, start);
	return started == CURLE_OK ? OK : fault(E_FAILED, NULL, _("libcurl no arranca"));
}

CURL *transfer_new(const char *protocols)
{
	CURL *c = curl_easy_init();

	if (c == NULL || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) != CURLE_OK) {
		curl_easy_cleanup(c);
		fault(E_FAILED, NULL, _("libcurl no arranca"));
		return NULL;
	}
	return c;
}

enum status transfer_password(struct secret **out, const char *path)
{
	struct secret *room = secret_new(258);
	size_t len = 0;
	ssize_t n = 0;
	int fd = -1;
	enum status r = E_FAILED;

	*out = NULL;
	if (room == NULL)
		goto done;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
		r = fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), path, strerror(errno));
		goto done;
	}
	while (len < secret_len(room) && (n = read(fd, secret_bytes(room) + len, secret_len(room) - len)) > 0)
		len += (size_t)n;
	for (size_t i = 0; i < len; i++)
		if (secret_bytes(room)[i] == '\n' || secret_bytes(room)[i] == '\r') {
			len = i;
			break;
		}
	if (n < 0 || len == 0 || len > 256) {
		r = fault(E_USAGE, _("la contraseña va en la primera línea, sola"),
		          _("%s: no tiene una contraseña de 1 a 256 bytes"), path);
		goto done;
	}
	if ((*out = secret_copy(secret_bytes(room), len)) != NULL)
		r = OK;
done:
	if (fd >= 0)
		close(fd);
	secret_free(room);
	return r;
}

struct room room_of(const struct secret *s)
{
	return (struct room){.at = secret_bytes(s), .cap = secret_len(s)};
}

void room_put(struct room *r, const void *data, size_t len)
{
	if (r->bad || len > r->cap - r->len) {
		r->bad = true;
		return;
	}
	memcpy(r->at + r->len, data, len);
	r->len += len;
}

void room_text(struct room *r, const char *text)
{
	room_put(r, text, strlen(text));
}

void room_url(struct room *r, const void *data, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = p[i];
		char coded[3] = {'%', digits[c >> 4], digits[c & 15]};
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
		             c == '.' || c == '_' || c == '~';

		room_put(r, plain ? (const void *)&p[i] : coded, plain ? 1 : 3);
	}
}
