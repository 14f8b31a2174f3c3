/* store/connection.h, connection_open over a network: how long a host that says nothing is waited for. The other side is a
 * listening socket that says the few bytes with which a PostgreSQL server takes a log-in, or nothing at all. */
#include "base/settings.h"
#include "store/connection.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

struct host {
	int listening, taken;
	uint16_t port;
};

static void listen_on(struct host *h)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;

	h->taken = -1;
	h->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(h->listening >= 0);
	assert_int_equal(bind(h->listening, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(h->listening, 4), 0);
	assert_int_equal(getsockname(h->listening, (struct sockaddr *)&at, &len), 0);
	h->port = ntohs(at.sin_port);
}

/* AuthenticationOk and ReadyForQuery (PostgreSQL's protocol 3.0, 55.7), after whatever start-up message. */
static void *greet(void *ctx)
{
	static const uint8_t greeting[] = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};
	struct host *h = ctx;
	char startup[512];

	h->taken = accept(h->listening, NULL, NULL);
	if (h->taken >= 0 && read(h->taken, startup, sizeof startup) > 0)
		(void)!write(h->taken, greeting, sizeof greeting);
	return NULL;
}

static enum status connect_to(struct connection **out, const struct host *h, const char *more)
{
	char path[] = "/tmp/vemre-connection.XXXXXX";
	struct settings *s = NULL;
	int fd = mkstemp(path);
	enum status r;

	assert_true(fd >= 0);
	dprintf(fd, "database = { connection = \"host=127.0.0.1 port=%u sslmode=disable gssencmode=disable %s\"; };\n", h->port, more);
	close(fd);
	assert_int_equal(settings_open(&s, path), OK);
	r = connection_open(out, s, CONNECTION_WEB, NULL, "nothing");
	settings_free(s);
	unlink(path);
	return r;
}

/* Of this process's socket that is connected there. */
static int option_of(uint16_t port, int level, int name)
{
	for (int fd = 0; fd < 256; fd++) {
		struct sockaddr_in peer = {0};
		socklen_t len = sizeof peer;
		int value = -1;

		if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0 || peer.sin_family != AF_INET || ntohs(peer.sin_port) != port)
			continue;
		len = sizeof value;
		assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
		return value;
	}
	fail_msg("no socket is connected to port %u", port);
	return -1;
}

static void options(const char *more, int user_timeout, int idle)
{
	struct connection *c = NULL;
	struct host h;
	pthread_t thread;

	listen_on(&h);
	assert_int_equal(pthread_create(&thread, NULL, greet, &h), 0);
	assert_int_equal(connect_to(&c, &h, more), OK);
	pthread_join(thread, NULL);
	assert_int_equal(option_of(h.port, IPPROTO_TCP, TCP_USER_TIMEOUT), user_timeout);
	assert_int_not_equal(option_of(h.port, SOL_SOCKET, SO_KEEPALIVE), 0);
	assert_int_equal(option_of(h.port, IPPROTO_TCP, TCP_KEEPIDLE), idle);
	assert_int_equal(option_of(h.port, IPPROTO_TCP, TCP_KEEPINTVL), 1);
	assert_int_equal(option_of(h.port, IPPROTO_TCP, TCP_KEEPCNT), 3);
	connection_close(c);
	close(h.taken);
	close(h.listening);
}

static void test_silence_after_connecting(void **state)
{
	(void)state;
	options("", 5000, 3);
	options("tcp_user_timeout=4000 keepalives_idle=7", 4000, 7);
}

/* The listening socket's queue takes the connection, and nobody answers: what the settings say is how long (libpq: 2 s is
 * the least). */
static void test_silence_while_connecting(void **state)
{
	struct timespec began, ended;
	struct connection *c = NULL;
	struct host h;

	(void)state;
	listen_on(&h);
	clock_gettime(CLOCK_MONOTONIC, &began);
	assert_int_equal(connect_to(&c, &h, "connect_timeout=2"), E_FAILED);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_null(c);
	assert_in_range(ended.tv_sec - began.tv_sec, 1, 7);
	close(h.listening);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_silence_after_connecting), cmocka_unit_test(test_silence_while_connecting)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
