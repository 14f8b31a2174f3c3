/* See sntp.h. */
#include "monitor/sntp.h"
#include "base/i18n.h"
#include "base/report.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Leap and mode, stratum, …, reference; then originate (24), receive (32), transmit (40): RFC 4330, 4. */
enum { PACKET = 48, ORIGINATE = 24, RECEIVE = 32, TRANSMIT = 40, WAIT_SECONDS = 2 };
static const double NTP_TO_UNIX = 2208988800.0; /* 1900 to 1970 */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A double holds microseconds of our time: enough. The era is the one nearest to ours (RFC 4330, 3). */
static double read_time(const uint8_t *at)
{
	uint32_t seconds, fraction;
	double t;

	memcpy(&seconds, at, 4);
	memcpy(&fraction, at + 4, 4);
	t = ntohl(seconds) + ntohl(fraction) / 4294967296.0 - NTP_TO_UNIX;
	return t < now() - 2147483648.0 ? t + 4294967296.0 : t;
}

static enum status split(char host[256], char port[8], const char *server)
{
	const char *colon = strrchr(server, ':');
	size_t n = colon != NULL && (strchr(server, ':') == colon || colon[-1] == ']') ? (size_t)(colon - server) : strlen(server);

	snprintf(port, 8, "%.7s", server[n] == ':' ? server + n + 1 : "123");
	if (n > 2 && server[0] == '[' && server[n - 1] == ']') {
		server++;
		n -= 2;
	}
	if (n == 0 || n > 255)
		return fault(E_USAGE, NULL, _("«%s» no es un servidor de hora"), server);
	memcpy(host, server, n);
	host[n] = '\0';
	return OK;
}

static enum status connect_to(int *fd, const char *server)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *list = NULL;
	struct timeval wait = {.tv_sec = WAIT_SECONDS};
	char host[256], port[8];
	enum status r;
	int error;

	*fd = -1;
	if ((r = split(host, port, server)) != OK)
		return r;
	if ((error = getaddrinfo(host, port, &hints, &list)) != 0)
		return fault(E_FAILED, NULL, "%s: %s", server, gai_strerror(error));
	*fd = socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
	    connect(*fd, list->ai_addr, list->ai_addrlen) != 0)
		r = fault(E_FAILED, NULL, "%s: %s", server, strerror(errno));
	freeaddrinfo(list);
	return r;
}

/* The answer to a question that was sent and answered at these times, with this as its time of transmission. */
static enum status read_answer(double *offset, const uint8_t answer[PACKET], const uint8_t origin[8], double sent, double got)
{
	if ((answer[0] & 7) != 4 || memcmp(answer + ORIGINATE, origin, 8) != 0 || answer[0] >> 6 == 3 || answer[1] == 0 ||
	    answer[1] > 15)
		return E_FAILED;
	*offset = ((read_time(answer + RECEIVE) - sent) + (read_time(answer + TRANSMIT) - got)) / 2;
	return OK;
}

enum status sntp_ask(double *offset, const char *server)
{
	uint8_t ask[PACKET] = {0x23 /* no leap, version 4, client */}, answer[PACKET];
	double sent, got;
	enum status r;
	int fd;

	if ((r = connect_to(&fd, server)) != OK)
		goto done;
	r = E_FAILED;
	/* What is sent as the time of transmission comes back as that of origin: a random one, which nobody off the path
	 * can know. */
	if (RAND_bytes(ask + TRANSMIT, 8) != 1) {
		fault(r, NULL, _("el generador de números aleatorios falló"));
		goto done;
	}
	sent = now();
	if (send(fd, ask, PACKET, 0) != PACKET || recv(fd, answer, PACKET, 0) != PACKET) {
		fault(r, NULL, _("%s: el servidor de hora no responde"), server);
		goto done;
	}
	got = now();
	if ((r = read_answer(offset, answer, ask + TRANSMIT, sent, got)) != OK)
		fault(r, NULL, _("%s: el servidor de hora no está sincronizado"), server);
done:
	if (fd >= 0)
		close(fd);
	return r;
}
