/* See dispatch.h. Looks into secrets: the text as it arrives. */
#include "notify/dispatch.h"
#include "base/confine.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "base/socket.h"
#include "base/secret.h"
#include "notify/figures.h"
#include "notify/gateway.h"
#include "notify/sms.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 256, READ_WAIT = 5 /* s, for a client to hand its message over */, FIGURES_EVERY = 60 };

struct dispatch {
	struct gateways *gateways;
	struct figures *figures, *by_gateway;
	const char *socket_path, *figures_path;
	int listening, stop; /* stop: an eventfd that becomes readable for good */
	long threads;
};

/* ---- one message ---- */

/* The form of notify/sms.h. *ping: somebody asks whether we are there. */
static bool read_message(int fd, char phone[SMS_PHONE_MAX + 1], struct secret **text, bool *ping)
{
	uint8_t len = 0, size[4];
	uint32_t n;

	if (!socket_take_all(fd, &len, 1) || (*ping = len == 0) || len > SMS_PHONE_MAX || !socket_take_all(fd, phone, len))
		return false;
	phone[len] = '\0';
	if (strlen(phone) != len || !sms_phone_valid(phone) || !socket_take_all(fd, size, 4))
		return false;
	n = (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 | size[3];
	if (n == 0 || n > SMS_TEXT_MAX || (*text = secret_new(n)) == NULL)
		return false;
	return socket_take_all(fd, secret_bytes(*text), n) && memchr(secret_bytes(*text), 0, n) == NULL;
}

static void serve(struct dispatch *d, struct gateway_sender *sender, int fd)
{
	struct timeval wait = {.tv_sec = READ_WAIT};
	char phone[SMS_PHONE_MAX + 1] = "", prefix[5];
	struct secret *text = NULL;
	char answer = 'R';
	bool ping = false;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 && read_message(fd, phone, &text, &ping)) {
		sms_country_prefix(prefix, phone);
		if (gateway_send(sender, phone, text) == OK)
			answer = 'A';
		else
			report_warning(NULL, _("un SMS a un número %s no se pudo enviar"), prefix);
		figures_add(d->figures, prefix, answer == 'A' ? FIGURES_ACCEPTED : FIGURES_REFUSED);
	} else if (ping) {
		answer = 'P';
	} else {
		report_warning(NULL, _("llegó por el socket algo que no es un mensaje"));
	}
	secret_free(text);
	explicit_bzero(phone, sizeof phone);
	(void)!send(fd, &answer, 1, MSG_NOSIGNAL);
}

/* ---- threads ---- */

static void *worker(void *ctx)
{
	struct dispatch *d = ctx;
	struct gateway_sender *sender = NULL;
	struct pollfd at[2] = {{.fd = d->stop, .events = POLLIN}, {.fd = d->listening, .events = POLLIN}};

	if (gateway_sender_new(&sender, d->gateways) != OK)
		return NULL;
	for (;;) {
		int fd;

		if (poll(at, 2, -1) < 0 && errno != EINTR)
			break;
		if (at[0].revents != 0)
			break;
		/* Several wake for one message; the socket does not block, so that the others wait again. */
		if (at[1].revents == 0 || (fd = accept4(d->listening, NULL, NULL, SOCK_CLOEXEC)) < 0)
			continue;
		serve(d, sender, fd);
		close(fd);
	}
	gateway_sender_free(sender);
	return NULL;
}

/* Signals and the minute's figures, until told to end. */
static void watch(struct dispatch *d, const sigset_t *signals)
{
	struct timespec minute = {.tv_sec = FIGURES_EVERY};
	uint64_t written = 0;

	for (;;) {
		int sig = sigtimedwait(signals, NULL, &minute);

		if (sig == SIGTERM || sig == SIGINT)
			return;
		if (sig == SIGUSR1)
			figures_report(d->figures, _("SMS por prefijo de país"));
		if (d->figures_path[0] != '\0' && figures_sum(d->figures) != written) {
			written = figures_sum(d->figures);
			(void)!figures_write(d->figures, d->by_gateway, d->figures_path);
		}
	}
}

static enum status run_threads(struct dispatch *d, const sigset_t *signals)
{
	pthread_t *threads = calloc((size_t)d->threads, sizeof *threads);
	long started = 0;
	enum status r = OK;

	if (threads == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (; started < d->threads; started++)
		if (pthread_create(&threads[started], NULL, worker, d) != 0)
			break;
	if (started == 0) {
		r = fault(E_FAILED, NULL, _("no se pudo crear ningún hilo"));
	} else {
		report_info(_("esperando mensajes en %s"), d->socket_path);
		watch(d, signals);
	}
	if (eventfd_write(d->stop, 1) != 0)
		r = fault(E_FAILED, NULL, _("eventfd: %s"), strerror(errno));
	else
		for (long i = 0; i < started; i++)
			pthread_join(threads[i], NULL);
	free(threads);
	return r;
}

/* ---- the socket ---- */

static enum status listen_at(int *fd, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	mode_t mask;
	bool good;

	if (strlen(path) >= sizeof a.sun_path)
		return fault(E_USAGE, NULL, _("%s: la ruta es demasiado larga para un socket"), path);
	strcpy(a.sun_path, path);
	if ((*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return fault(E_FAILED, NULL, _("%s: %s"), path, strerror(errno));
	if (connect(*fd, (const struct sockaddr *)&a, sizeof a) == 0)
		return fault(E_STATE, NULL, _("%s: otro send-messages lo atiende"), path);
	if (errno == ECONNREFUSED)
		unlink(path); /* left by one that was killed */
	close(*fd);
	if ((*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return fault(E_FAILED, NULL, _("%s: %s"), path, strerror(errno));
	mask = umask(0117);
	good = bind(*fd, (const struct sockaddr *)&a, sizeof a) == 0;
	umask(mask);
	if (!good || listen(*fd, 512) != 0)
		return fault(E_FAILED, NULL, _("%s: no se puede abrir el socket: %s"), path, strerror(errno));
	return OK;
}

static enum status read_settings(struct dispatch *d, struct settings *s)
{
	enum status r;

	if ((d->socket_path = settings_path(s, "sms.socket", "/run/vemre/sms/sms.sock")) == NULL ||
	    (d->figures_path = settings_path(s, "sms.figures", "")) == NULL)
		return E_USAGE;
	if ((r = settings_int(&d->threads, s, "sms.threads", 16, 1, THREADS_MAX)) != OK)
		return r;
	return gateways_open(&d->gateways, s);
}

/* The gateways' names and certificates, the figures' folder, its own socket; it has no other business. */
static enum status give_up(const struct dispatch *d, struct settings *s)
{
	const char *ca = settings_path(s, "sms.ca", "");
	char *socket = file_folder(d->socket_path);
	char *figures = file_folder(d->figures_path);
	const char *const read[] = {"/proc/self", "/etc", "/run/systemd/resolve", "/usr/lib/ssl", "/usr/share/ca-certificates",
	                            "/usr/share/zoneinfo", "/usr/share/locale", ca != NULL && ca[0] != '\0' ? ca : NULL, NULL};
	const char *const write[] = {figures, NULL}, *const remove[] = {socket, NULL};
	const struct confine c = {
	        .read = read, .write = figures != NULL ? write : NULL, .remove = remove, .internet = true};
	enum status r = socket == NULL ? E_FAILED : confine_process(&c);

	free(socket);
	free(figures);
	return r;
}

enum status dispatch_run(struct settings *s)
{
	struct dispatch d = {.listening = -1, .stop = -1};
	bool bound = false;
	sigset_t signals;
	enum status r;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if ((r = read_settings(&d, s)) != OK || (r = figures_new(&d.figures)) != OK ||
	    (r = figures_new(&d.by_gateway)) != OK)
		goto done;
	gateways_count(d.gateways, d.by_gateway);
	if ((d.stop = eventfd(0, EFD_CLOEXEC)) < 0) {
		r = fault(E_FAILED, NULL, _("eventfd: %s"), strerror(errno));
		goto done;
	}
	if ((r = listen_at(&d.listening, d.socket_path)) != OK)
		goto done;
	bound = true;
	if ((r = give_up(&d, s)) != OK)
		goto done;
	r = run_threads(&d, &signals);
	figures_report(d.figures, _("SMS por prefijo de país"));
	if (d.figures_path[0] != '\0' && figures_sum(d.figures) > 0 && figures_write(d.figures, d.by_gateway, d.figures_path) != OK)
		r = E_FAILED;
done:
	if (bound)
		unlink(d.socket_path);
	if (d.listening >= 0)
		close(d.listening);
	if (d.stop >= 0)
		close(d.stop);
	gateways_free(d.gateways);
	figures_free(d.figures);
	figures_free(d.by_gateway);
	return r;
}
