/* See metrics.h: the socket. One client at a time, each with little patience: whoever scrapes is of this machine. */
#include "backend/metrics.h"
#include "base/i18n.h"
#include "base/report.h"
#include "base/socket.h"
#include "monitor/scrape.h"
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 8192, WAIT_SECONDS = 2 };

struct metrics_server {
	pthread_t thread;
	bool started, bound;
	atomic_bool stopping;
	char *path; /* of a Unix socket; NULL: a port */
	int listener;
	const struct metrics *all;
	size_t n, stride;
};

/* Until the blank line; the body of a GET is of no interest. */
static bool read_request(int fd, char out[REQUEST_MAX])
{
	size_t len = 0;
	ssize_t n;

	while (len < REQUEST_MAX - 1 && (n = recv(fd, out + len, REQUEST_MAX - 1 - len, 0)) > 0) {
		len += (size_t)n;
		out[len] = '\0';
		if (strstr(out, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static void answer(const struct metrics_server *s, int fd)
{
	struct timeval wait = {.tv_sec = WAIT_SECONDS};
	struct buffer body = BUFFER_INIT, head = BUFFER_INIT;
	char request[REQUEST_MAX];
	bool found;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 || !read_request(fd, request))
		return;
	found = strncmp(request, "GET /metrics ", 13) == 0;
	if (found)
		metrics_text(&body, s->all, s->n, s->stride);
	buffer_printf(&head, "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
	                     "Content-Length: %zu\r\nConnection: close\r\n\r\n",
	              found ? "200 OK" : "404 Not Found", body.len);
	if (buffer_ok(&body) && buffer_ok(&head) && socket_send_all(fd, head.data, head.len) && body.len > 0)
		(void)!socket_send_all(fd, body.data, body.len);
	buffer_free(&body);
	buffer_free(&head);
}

static void *serve(void *ctx)
{
	struct metrics_server *s = ctx;

	while (!atomic_load(&s->stopping)) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0) { /* out of descriptors, say: not for ever */
			nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
			continue;
		}
		answer(s, fd);
		close(fd);
	}
	return NULL;
}

static enum status listen_on(struct metrics_server *s, const char *address)
{
	struct sockaddr_storage at;
	socklen_t len;
	mode_t old;
	int one = 1, bound;
	enum status r;

	if ((r = scrape_address(&at, &len, address)) != OK)
		return r;
	if (at.ss_family == AF_UNIX) {
		if ((s->path = strdup(address)) == NULL)
			return fault(E_FAILED, NULL, _("no hay memoria"));
		unlink(address);
	}
	s->listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	old = umask(0007);
	bound = s->listener < 0 || setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
	                ? -1
	                : bind(s->listener, (const struct sockaddr *)&at, len);
	umask(old);
	s->bound = bound == 0;
	if (bound != 0 || listen(s->listener, 16) != 0)
		return fault(E_FAILED, NULL, _("%s: no se puede escuchar: %s"), address, strerror(errno));
	return OK;
}

enum status metrics_listen(struct metrics_server **out, const char *address)
{
	struct metrics_server *s = calloc(1, sizeof *s);
	enum status r;

	*out = NULL;
	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	s->listener = -1;
	if ((r = listen_on(s, address)) == OK)
		*out = s;
	else
		metrics_stop(s);
	return r;
}

enum status metrics_serve(struct metrics_server *s, const struct metrics *all, size_t n, size_t stride)
{
	s->all = all;
	s->n = n;
	s->stride = stride;
	if (pthread_create(&s->thread, NULL, serve, s) != 0)
		return fault(E_FAILED, NULL, _("no se pudo crear un hilo"));
	s->started = true;
	return OK;
}

void metrics_stop(struct metrics_server *s)
{
	if (s == NULL)
		return;
	atomic_store(&s->stopping, true);
	if (s->listener >= 0)
		shutdown(s->listener, SHUT_RDWR); /* wakes it in accept */
	if (s->started)
		pthread_join(s->thread, NULL);
	if (s->listener >= 0)
		close(s->listener);
	if (s->path != NULL && s->bound)
		unlink(s->path);
	free(s->path);
	free(s);
}
