/*
 * Where signed heads go besides the election's folder (seal.h): a file, appended and fsynced, and syslog by a datagram in the
 * form of RFC 3164: to the socket of this host's daemon, which sends it on, or by UDP to another host.
 */
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/seal.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 900 };

struct seal_place {
	int file;
	const char *path, *syslog; /* "": none */
};

enum status seal_place_open(struct seal_place **out, const struct operation *o)
{
	struct seal_place *p = calloc(1, sizeof *p);
	enum status r = OK;

	*out = NULL;
	if (p == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	p->file = -1;
	if ((p->path = settings_text(o->settings, "journal.heads", "")) == NULL ||
	    (p->syslog = settings_text(o->settings, "journal.syslog", "/dev/log")) == NULL)
		r = E_USAGE;
	if (r == OK && p->path[0] != '\0' && (p->path = settings_path(o->settings, "journal.heads", "")) == NULL)
		r = E_FAILED;
	if (r == OK && p->path[0] != '\0' &&
	    (p->file = open(p->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)) < 0)
		r = fault(E_FAILED, _("ajuste journal.heads"), _("%s: no se puede abrir: %s"), p->path, strerror(errno));
	if (r == OK && p->path[0] == '\0' && (p->syslog[0] == '\0' || (p->syslog[0] == '/' && access(p->syslog, W_OK) != 0)))
		report_warning(_("ajustes journal.heads y journal.syslog"),
		               _("las cabezas firmadas de la bitácora no van a ningún segundo lugar"));
	if (r == OK)
		*out = p;
	else
		seal_place_close(p);
	return r;
}

void seal_place_close(struct seal_place *p)
{
	if (p == NULL)
		return;
	if (p->file >= 0)
		close(p->file);
	free(p);
}

static bool to_socket(const char *path, const char *message, size_t len)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = -1;
	bool sent = false;

	if (strlen(path) < sizeof to.sun_path && (fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0) {
		memcpy(to.sun_path, path, strlen(path) + 1);
		sent = sendto(fd, message, len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to) == (ssize_t)len;
		close(fd);
	}
	return sent;
}

/* where: "HOST:PORT" */
static bool to_host(const char *where, const char *message, size_t len)
{
	const char *colon = strrchr(where, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *list = NULL;
	char host[256];
	bool sent = false;

	if (colon == NULL || (size_t)snprintf(host, sizeof host, "%.*s", (int)(colon - where), where) >= sizeof host ||
	    getaddrinfo(host, colon + 1, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *a = list; a != NULL && !sent; a = a->ai_next) {
		int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			continue;
		sent = sendto(fd, message, len, MSG_NOSIGNAL, a->ai_addr, a->ai_addrlen) == (ssize_t)len;
		close(fd);
	}
	freeaddrinfo(list);
	return sent;
}

static bool to_syslog(const char *where, const char *line, bool alarm)
{
	char message[LINE_MAX_BYTES + 160], host[65] = "", when[32];
	time_t now = time(NULL);
	bool local = where[0] == '/';
	struct tm tm;
	int len;

	localtime_r(&now, &tm);
	strftime(when, sizeof when, "%b %e %H:%M:%S", &tm);
	gethostname(host, sizeof host - 1);
	len = snprintf(message, sizeof message, "<%d>%s %s%svemre-journal: %.*s", LOG_USER | (alarm ? LOG_ALERT : LOG_NOTICE), when,
	               local ? "" : host, local ? "" : " ", LINE_MAX_BYTES, line);
	return local ? to_socket(where, message, (size_t)len) : to_host(where, message, (size_t)len);
}

static bool to_file(int fd, const char *line)
{
	char whole[LINE_MAX_BYTES + 2];
	int len = snprintf(whole, sizeof whole, "%.*s\n", LINE_MAX_BYTES, line);

	return write(fd, whole, (size_t)len) == len && fsync(fd) == 0;
}

enum status seal_place_put(struct seal_place *p, const char *line, bool alarm)
{
	enum status r = OK;

	/* A host without a syslog daemon was told of at the start. */
	if (p->syslog[0] != '\0' && (p->syslog[0] != '/' || access(p->syslog, F_OK) == 0) &&
	    !to_syslog(p->syslog, line, alarm))
		r = fault(E_FAILED, _("ajuste journal.syslog"), _("%s: la cabeza de la bitácora no pudo salir: %s"), p->syslog,
		          strerror(errno));
	/* An alarm is no head. */
	if (p->file >= 0 && !alarm && !to_file(p->file, line))
		r = fault(E_FAILED, _("¿hay espacio en el disco? (ajuste journal.heads)"),
		          _("%s: no se pudo escribir: %s"), p->path, strerror(errno));
	return r;
}
