/* See handset.h. */
#include "monitor/handset.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/transfer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MESSAGES_MAX = 1 << 20, LINE_MAX_BYTES = 4096, WAIT_SECONDS = 10 };

struct handset {
	const char *number, *place;
	bool remote;
	off_t old;               /* of a file: how much of it is old */
	char last[LINE_MAX_BYTES]; /* of an address: its last code's line when it was opened */
};

/* ---- one line */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Percent encoding and zero bytes taken out. */
static size_t plain(char *out, const char *from, const char *end)
{
	size_t n = 0;

	while (from < end) {
		char c = *from++;

		if (c == '%' && end - from >= 2 && hex_digit(from[0]) >= 0 && hex_digit(from[1]) >= 0) {
			c = (char)(hex_digit(from[0]) * 16 + hex_digit(from[1]));
			from += 2;
		}
		if (c != '\0')
			out[n++] = c;
	}
	return n;
}

static bool code_of(char code[HANDSET_CODE + 1], const char *line, const char *end, const char *digits)
{
	char text[LINE_MAX_BYTES];
	const char *named = memmem(line, (size_t)(end - line), digits, strlen(digits));
	bool found = false;
	size_t n;

	if (named == NULL || end - line >= LINE_MAX_BYTES)
		return false;
	named += strlen(digits);
	if (named < end && digit(*named)) /* a longer number */
		return false;
	n = plain(text, named, end);
	for (size_t i = 0, run; i < n; i += run + 1) {
		for (run = 0; i + run < n && digit(text[i + run]); run++)
			;
		if (run == HANDSET_CODE) {
			memcpy(code, text + i, HANDSET_CODE);
			code[HANDSET_CODE] = '\0';
			found = true;
		}
	}
	return found;
}

const char *handset_last(const char *text, const char *number, char code[HANDSET_CODE + 1])
{
	const char *found = NULL, *end;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) /* whole lines alone */
		if (code_of(code, text, end, number + (number[0] == '+')))
			found = text;
	return found;
}

/* ---- where the messages are */

static enum status read_file(struct handset *h, struct buffer *out)
{
	struct stat about;
	char block[8192];
	ssize_t n;
	int fd;
	enum status r = OK;

	if ((fd = open(h->place, O_RDONLY | O_CLOEXEC)) < 0)
		return fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), h->place, strerror(errno));
	if (fstat(fd, &about) == 0 && about.st_size < h->old) /* another one in its place */
		h->old = 0;
	if (lseek(fd, h->old, SEEK_SET) < 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), h->place, strerror(errno));
	while (r == OK && (n = read(fd, block, sizeof block)) != 0) {
		if (n > 0 && out->len + (size_t)n <= MESSAGES_MAX)
			buffer_put(out, block, (size_t)n);
		else if (n > 0 || errno != EINTR)
			r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), h->place, n > 0 ? _("demasiado largo") : strerror(errno));
	}
	close(fd);
	return r;
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct buffer *body = ctx;

	if (body->len + size * n > MESSAGES_MAX)
		return 0;
	buffer_put(body, data, size * n);
	return size * n;
}

/* A code by http is in clear for whoever is on the way: on this machine nobody is. */
static bool clear_text(const char *url)
{
	char *scheme = NULL, *host = NULL;
	CURLU *u = curl_url();
	struct in_addr v4;
	bool safe = false;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		safe = strcmp(scheme, "https") == 0 || strcmp(host, "[::1]") == 0 ||
		       (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return !safe;
}

static enum status read_address(struct handset *h, struct buffer *out)
{
	CURL *curl = NULL;
	CURLcode c;
	enum status r = transfer_init();

	if (r != OK || (curl = transfer_new("http,https")) == NULL)
		return E_FAILED;
	curl_easy_setopt(curl, CURLOPT_URL, h->place);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WAIT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	if ((c = curl_easy_perform(curl)) != CURLE_OK) /* not the address itself: it may hold a key */
		r = fault(E_FAILED, NULL, _("probe.messages: %s"), curl_easy_strerror(c));
	curl_easy_cleanup(curl);
	return r;
}

static enum status read_messages(struct handset *h, struct buffer *out)
{
	enum status r = h->remote ? read_address(h, out) : read_file(h, out);

	return r != OK || buffer_str(out) != NULL ? r : fault(E_FAILED, NULL, _("no hay memoria"));
}

static void keep_line(struct handset *h, const char *line)
{
	if (line != NULL)
		snprintf(h->last, sizeof h->last, "%.*s", (int)strcspn(line, "\n"), line);
}

enum status handset_open(struct handset **out, struct settings *s)
{
	const char *number = settings_text(s, "probe.phone", NULL), *place = settings_text(s, "probe.messages", NULL);
	struct buffer text = BUFFER_INIT;
	struct handset *h = NULL;
	char code[HANDSET_CODE + 1];
	struct stat about;
	enum status r = E_USAGE;

	*out = NULL;
	if (number == NULL || place == NULL)
		return r;
	if ((h = calloc(1, sizeof *h)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	h->number = number;
	h->remote = strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0;
	h->place = h->remote ? place : settings_path(s, "probe.messages", NULL);
	if (h->place == NULL)
		goto done;
	if (h->remote && clear_text(place)) {
		r = fault(E_USAGE, _("https, o http de este mismo equipo (http://127.0.0.1/)"),
		          _("ajuste probe.messages: por http los códigos viajarían sin cifrar"));
		goto done;
	}
	if (!h->remote) {
		h->old = stat(h->place, &about) == 0 ? about.st_size : 0;
		r = OK;
	} else if ((r = read_address(h, &text)) == OK && buffer_str(&text) != NULL) {
		keep_line(h, handset_last(buffer_str(&text), h->number, code));
	}
	if (r == OK) {
		*out = h;
		h = NULL;
	}
done:
	buffer_free(&text);
	handset_close(h);
	return r;
}

void handset_close(struct handset *h)
{
	free(h);
}

enum status handset_look(struct handset *h, bool *found, char code[HANDSET_CODE + 1])
{
	struct buffer text = BUFFER_INIT;
	const char *line;
	enum status r;

	*found = false;
	if ((r = read_messages(h, &text)) == OK && (line = handset_last(buffer_str(&text), h->number, code)) != NULL) {
		size_t len = strcspn(line, "\n");

		*found = !h->remote || strlen(h->last) != len || strncmp(h->last, line, len) != 0;
	}
	buffer_free(&text);
	return r;
}
