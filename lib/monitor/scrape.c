/* See scrape.h. */
#include "monitor/scrape.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "base/socket.h"
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, WAIT_SECONDS = 3, HISTORY = SCRAPE_WINDOW };

/* ---- addresses */

static bool loopback(struct sockaddr_storage *out, socklen_t *len, const char *host, unsigned port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1 && ntohl(v4.sin_addr.s_addr) >> 24 == 127) {
		memcpy(out, &v4, sizeof v4);
		*len = sizeof v4;
		return true;
	}
	if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)) {
		memcpy(out, &v6, sizeof v6);
		*len = sizeof v6;
		return true;
	}
	return false;
}

enum status scrape_address(struct sockaddr_storage *out, socklen_t *len, const char *text)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const char *colon = strrchr(text, ':');
	char host[64];
	char *end;
	unsigned long port;
	size_t n;

	memset(out, 0, sizeof *out);
	if (text[0] == '/') {
		if (strlen(text) >= sizeof un.sun_path)
			return fault(E_USAGE, NULL, _("%s: la ruta es demasiado larga para un socket"), text);
		strcpy(un.sun_path, text);
		memcpy(out, &un, sizeof un);
		*len = sizeof un;
		return OK;
	}
	n = colon != NULL ? (size_t)(colon - text) : 0;
	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n > 0 && n < sizeof host) {
		memcpy(host, text, n);
		host[n] = '\0';
		port = strtoul(colon + 1, &end, 10);
		if (colon[1] >= '0' && colon[1] <= '9' && *end == '\0' && port >= 1 && port <= 65535 &&
		    loopback(out, len, host, (unsigned)port))
			return OK;
	}
	return fault(E_USAGE, _("por ejemplo 127.0.0.1:9464, o la ruta de un socket"),
	             _("«%s» no es una dirección de este equipo"), text);
}

/* ---- one scrape */

static enum status receive(struct buffer *out, int fd)
{
	char block[8192];
	ssize_t n;

	while ((n = recv(fd, block, sizeof block, 0)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->len + (size_t)n > ANSWER_MAX)
			return E_FAILED;
		buffer_put(out, block, (size_t)n);
	}
	return buffer_str(out) != NULL ? OK : E_FAILED;
}

enum status scrape_get(struct buffer *out, const char *address)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
	struct timeval wait = {.tv_sec = WAIT_SECONDS};
	struct buffer answer = BUFFER_INIT;
	struct sockaddr_storage to;
	const char *body;
	socklen_t len;
	enum status r;
	int fd = -1;

	if ((r = scrape_address(&to, &len, address)) != OK)
		return r;
	r = E_FAILED;
	if ((fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
	    connect(fd, (const struct sockaddr *)&to, len) != 0) {
		fault(r, NULL, _("%s: no se puede conectar: %s"), address, strerror(errno));
		goto done;
	}
	if (!socket_send_all(fd, request, sizeof request - 1) || receive(&answer, fd) != OK || answer.len < 12 ||
	    strncmp((const char *)answer.data, "HTTP/1.", 7) != 0 || strncmp((const char *)answer.data + 8, " 200", 4) != 0 ||
	    (body = strstr((const char *)answer.data, "\r\n\r\n")) == NULL) {
		fault(r, NULL, _("%s: no dio sus métricas"), address);
		goto done;
	}
	buffer_text(out, body + 4);
	r = buffer_str(out) != NULL ? OK : E_FAILED;
done:
	if (fd >= 0)
		close(fd);
	buffer_free(&answer);
	return r;
}

/* ---- samples */

/* The next line that is a sample of this metric: its labels (between braces, or "") and value. */
static bool next_sample(const char **at, const char *metric, char labels[256], double *value)
{
	size_t len = strlen(metric);

	while (**at != '\0') {
		const char *line = *at, *end = line + strcspn(line, "\n"), *p = line + len;

		*at = *end == '\n' ? end + 1 : end;
		if (strncmp(line, metric, len) != 0 || (*p != '{' && *p != ' '))
			continue;
		labels[0] = '\0';
		if (*p == '{') {
			const char *close = memchr(p, '}', (size_t)(end - p));

			if (close == NULL || close - p > 255)
				continue;
			memcpy(labels, p + 1, (size_t)(close - p - 1));
			labels[close - p - 1] = '\0';
			p = close + 1;
		}
		*value = strtod(p, NULL);
		return true;
	}
	return false;
}

double scrape_sum(const char *text, const char *metric, const char *label)
{
	double sum = 0, value;
	char labels[256];

	while (next_sample(&text, metric, labels, &value))
		if (label == NULL || strstr(labels, label) != NULL)
			sum += value;
	return sum;
}

static void read_buckets(struct scrape *out, const char *text)
{
	double value, le;
	char labels[256];

	while (next_sample(&text, "vemre_backend_request_duration_seconds_bucket", labels, &value)) {
		const char *at = strstr(labels, "le=\"");
		unsigned i = 0;

		if (at == NULL)
			continue;
		le = strncmp(at + 4, "+Inf", 4) == 0 ? (double)INFINITY : strtod(at + 4, NULL);
		while (i < out->n && out->le[i] < le)
			i++;
		if (i == out->n || out->le[i] > le) {
			if (out->n == SCRAPE_BUCKETS)
				continue;
			memmove(&out->le[i + 1], &out->le[i], (out->n - i) * sizeof *out->le);
			memmove(&out->count[i + 1], &out->count[i], (out->n - i) * sizeof *out->count);
			out->le[i] = le;
			out->count[i] = 0;
			out->n++;
		}
		out->count[i] += value;
	}
}

void scrape_read(struct scrape *out, const char *text)
{
	out->requests += scrape_sum(text, "vemre_backend_requests_total", NULL);
	out->failures += scrape_sum(text, "vemre_backend_requests_total", "outcome=\"failed\"") +
	                 scrape_sum(text, "vemre_backend_requests_total", "outcome=\"unavailable\"");
	out->threads += scrape_sum(text, "vemre_backend_threads", NULL);
	out->busy += scrape_sum(text, "vemre_backend_threads_busy", NULL);
	out->started = fmax(out->started, scrape_sum(text, "process_start_time_seconds", NULL));
	out->ballots += scrape_sum(text, "vemre_backend_requests_total", "endpoint=\"cast\",outcome=\"ok\"");
	out->logins += scrape_sum(text, "vemre_backend_requests_total", "endpoint=\"code\",outcome=\"ok\"");
	out->sms_accepted += scrape_sum(text, "vemre_backend_sms_total", "outcome=\"accepted\"");
	out->sms_refused += scrape_sum(text, "vemre_backend_sms_total", "outcome=\"refused\"");
	read_buckets(out, text);
}

double scrape_quantile(const struct scrape *s, double p)
{
	double all = s->n > 0 ? s->count[s->n - 1] : 0, wanted = p * all;

	if (all <= 0)
		return -1;
	for (unsigned i = 0; i < s->n; i++) {
		double low = i > 0 ? s->le[i - 1] : 0, before = i > 0 ? s->count[i - 1] : 0;

		if (s->count[i] < wanted || s->count[i] <= before)
			continue;
		/* In the last bucket nothing is known but that it was longer. */
		return isinf(s->le[i]) ? low : low + (s->le[i] - low) * (wanted - before) / (s->count[i] - before);
	}
	return s->le[s->n - 1];
}

/* ---- history: a ring, so many scrapes at most */

struct scrape_history {
	unsigned first, n;
	struct {
		double at;
		struct scrape s;
	} ring[HISTORY];
};

enum status scrape_history_new(struct scrape_history **out)
{
	*out = calloc(1, sizeof **out);
	return *out != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

void scrape_history_free(struct scrape_history *h)
{
	free(h);
}

static void less(struct scrape *s, const struct scrape *before)
{
	s->requests -= before->requests;
	s->failures -= before->failures;
	s->ballots -= before->ballots;
	s->logins -= before->logins;
	s->sms_accepted -= before->sms_accepted;
	s->sms_refused -= before->sms_refused;
	for (unsigned i = 0; i < s->n && s->n == before->n; i++)
		s->count[i] -= before->count[i];
}

void scrape_history_add(struct scrape_history *h, double now, const struct scrape *s, struct scrape *recent,
                        double *seconds)
{
	unsigned last = (h->first + h->n + HISTORY - 1) % HISTORY;

	if (h->n > 0 && (s->requests < h->ring[last].s.requests || s->n != h->ring[last].s.n ||
	                 s->started > h->ring[last].s.started))
		h->n = 0;
	while (h->n > 0 && (now - h->ring[h->first].at > SCRAPE_WINDOW || h->n == HISTORY)) {
		h->first = (h->first + 1) % HISTORY;
		h->n--;
	}
	*recent = *s;
	*seconds = 0;
	if (h->n > 0) {
		less(recent, &h->ring[h->first].s);
		*seconds = now - h->ring[h->first].at;
	}
	h->ring[(h->first + h->n) % HISTORY].at = now;
	h->ring[(h->first + h->n) % HISTORY].s = *s;
	h->n++;
}

/* ---- from one process to the next */

enum { KEPT_MAX = 64 * 1024, KEPT_APART = 20 /* seconds */ };

/* The figures of a scrape in the order in which the file has them. */
static unsigned fields(double *out[10], struct scrape *s)
{
	double *const all[] = {&s->requests, &s->failures, &s->threads,      &s->busy,        &s->started,
	                       &s->ballots,  &s->logins,   &s->sms_accepted, &s->sms_refused};

	memcpy(out, all, sizeof all);
	return sizeof all / sizeof *all;
}

static bool read_kept(double *at, struct scrape *s, const char *line)
{
	double *field[10], n;
	unsigned count = fields(field, s);
	char *next;

	*at = strtod(line, &next);
	n = strtod(next, &next);
	for (unsigned i = 0; i < count; i++)
		*field[i] = strtod(next, &next);
	if (!(n >= 0 && n <= SCRAPE_BUCKETS))
		return false;
	s->n = (unsigned)n;
	for (unsigned i = 0; i < s->n; i++) {
		s->le[i] = strtod(next, &next);
		s->count[i] = strtod(next, &next);
	}
	return *next == '\n';
}

void scrape_history_load(struct scrape_history *h, const char *path, double now)
{
	struct buffer b = BUFFER_INIT;
	struct scrape s, recent;
	const char *line;
	double at, seconds;
	char unheard[2];

	report_capture_begin(unheard, sizeof unheard);
	if (file_exists(path) && file_read(&b, path, KEPT_MAX) == OK && (line = buffer_str(&b)) != NULL)
		for (; strchr(line, '\n') != NULL; line = strchr(line, '\n') + 1) {
			memset(&s, 0, sizeof s);
			if (read_kept(&at, &s, line) && at <= now && now - at <= SCRAPE_WINDOW)
				scrape_history_add(h, at, &s, &recent, &seconds);
		}
	report_capture_end();
	buffer_free(&b);
}

void scrape_history_save(const struct scrape_history *h, const char *path)
{
	struct buffer b = BUFFER_INIT;
	double before = -1;
	char unheard[2];

	for (unsigned i = 0; i < h->n; i++) {
		double at = h->ring[(h->first + i) % HISTORY].at, *field[10];
		struct scrape s = h->ring[(h->first + i) % HISTORY].s;
		unsigned count = fields(field, &s);

		if (before >= 0 && at - before < KEPT_APART && i + 1 < h->n)
			continue;
		before = at;
		buffer_printf(&b, "%.3f %u", at, s.n);
		for (unsigned j = 0; j < count; j++)
			buffer_printf(&b, " %.17g", *field[j]);
		for (unsigned j = 0; j < s.n; j++)
			buffer_printf(&b, " %.17g %.17g", s.le[j], s.count[j]);
		buffer_text(&b, "\n");
	}
	report_capture_begin(unheard, sizeof unheard);
	if (buffer_ok(&b) && h->n > 0)
		(void)!file_replace(path, b.data, b.len, 0644);
	report_capture_end();
	buffer_free(&b);
}
