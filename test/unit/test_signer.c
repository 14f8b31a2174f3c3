/* The system key on a real SoftHSM, and the process that signs with it, asked over its socket. */
#include "base/buffer.h"
#include "base/file.h"
#include "hsm/signer.h"
#include "hsm/signer_server.h"
#include "hsm/signer_wire.h"
#include "hsm/system_key.h"
#include "unit/hsm_site.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static char *socket_path;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void *serve(void *key)
{
	sigset_t none;
	enum status r;

	sigemptyset(&none);
	r = signer_serve(key, socket_path, NULL, &stop, &none);
	return (void *)(intptr_t)r;
}

static struct signer *connect_soon(void)
{
	struct signer *s = NULL;

	for (unsigned i = 0; i < 100 && signer_connect(&s, socket_path) != OK; i++)
		usleep(20000);
	assert_non_null(s);
	return s;
}

static void ask_everything(struct signer *c, const struct point *key)
{
	uint8_t eid[32] = {1}, hash[32] = {2}, other[32] = {3}, der[SIGNATURE_MAX];
	struct buffer msg = BUFFER_INIT;
	struct point shown;
	size_t len;

	assert_int_equal(signer_public_key(c, &shown), OK);
	assert_true(point_equal(&shown, key));
	assert_int_equal(signer_receipt(c, der, &len, eid, hash), OK);
	signature_receipt_message(&msg, eid, hash);
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	msg.len = 0;
	assert_int_equal(signer_seal(c, der, &len, eid, hash, other, 77, "2027-06-06T18:00:00-06:00"), OK);
	signature_seal_message(&msg, eid, hash, other, 77, "2027-06-06T18:00:00-06:00");
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	msg.len = 0;
	assert_int_equal(signer_journal(c, der, &len, eid, 5, hash), OK);
	signature_journal_message(&msg, eid, 5, hash);
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	assert_int_equal(signer_seal(c, der, &len, eid, hash, other, 77, "ayer por la tarde"), E_REFUSED);
	assert_said("no firma");
	/* And goes on. */
	assert_int_equal(signer_receipt(c, der, &len, eid, hash), OK);
	buffer_free(&msg);
}

/* The status that these bytes are answered with, after a length that may be another than theirs; -1: it hangs up. */
static int answered(uint32_t said, const uint8_t *body, size_t len)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = 10};
	uint8_t request[4 + SIGNER_REQUEST_MAX], answer[5];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), found = -1;

	assert_true(fd >= 0 && strlen(socket_path) < sizeof at.sun_path && len <= SIGNER_REQUEST_MAX);
	memcpy(at.sun_path, socket_path, strlen(socket_path) + 1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
	put_u32(request, said);
	memcpy(request + 4, body, len);
	assert_int_equal(send(fd, request, 4 + len, MSG_NOSIGNAL), 4 + len);
	switch (recv(fd, answer, sizeof answer, MSG_WAITALL)) {
	case 0:
		break;
	case sizeof answer:
		found = answer[4];
		if (found != OK)
			assert_int_equal(answer[3], 1); /* a status, no signature */
		break;
	default:
		fail_msg("neither answered nor hung up");
	}
	close(fd);
	return found;
}

/* Whoever reaches the socket gets signatures of the three messages alone, whatever the bytes. */
static void ask_nonsense(void)
{
	static const struct {
		uint8_t kind;
		uint8_t right; /* the body's length, 0: none is right */
	} kinds[] = {{SIGNER_PUBLIC_KEY, 0}, {SIGNER_RECEIPT, 64}, {SIGNER_JOURNAL, 72}};
	uint8_t body[SIGNER_REQUEST_MAX] = {0};

	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		body[0] = kinds[i].kind;
		for (unsigned len = 0; len < SIGNER_REQUEST_MAX; len++)
			assert_int_equal(answered(1 + len, body, 1 + len), len == kinds[i].right ? OK : E_REFUSED);
	}
	body[0] = SIGNER_SEAL; /* its last part is a moment, and there is none */
	for (unsigned len = 0; len < SIGNER_REQUEST_MAX; len++)
		assert_int_equal(answered(1 + len, body, 1 + len), E_REFUSED);
	for (unsigned kind = 0; kind < 256; kind++)
		if (kind < SIGNER_PUBLIC_KEY || kind > SIGNER_JOURNAL) {
			body[0] = (uint8_t)kind;
			assert_int_equal(answered(65, body, 65), E_REFUSED);
		}
	body[0] = SIGNER_RECEIPT;
	assert_int_equal(answered(0, body, 65), -1);
	assert_int_equal(answered(SIGNER_REQUEST_MAX + 1, body, SIGNER_REQUEST_MAX), -1);
	assert_int_equal(answered(UINT32_MAX, body, 65), -1);
}

static void *give_back(void *had)
{
	usleep(200000);
	return (void *)(intptr_t)setrlimit(RLIMIT_NOFILE, had);
}

/* Fewer descriptors allowed than there are open: requests wait until there are enough, and are served. */
static void starve(struct signer *c, const struct point *key)
{
	struct rlimit had, few;
	struct point shown;
	pthread_t later;
	void *r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
	assert_int_equal(pthread_create(&later, NULL, give_back, &had), 0);
	few = (struct rlimit){.rlim_cur = 2, .rlim_max = had.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	/* Where it waits already, the first one is served, and what it meets then is the limit. */
	assert_int_equal(signer_public_key(c, &shown), OK);
	pthread_join(later, &r);
	assert_int_equal((intptr_t)r, 0);
	assert_int_equal(signer_public_key(c, &shown), OK);
	assert_true(point_equal(&shown, key));
}

/* A token that cannot open its files fails, and SoftHSM would not know the key afterwards either: the signer ends. */
static void break_token(struct signer *c)
{
	struct rlimit had, few;
	uint8_t der[SIGNATURE_MAX], digest[32] = {0};
	size_t len;
	int free_fd = dup(0);

	assert_true(free_fd > 0);
	close(free_fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
	few = (struct rlimit){.rlim_cur = (rlim_t)free_fd, .rlim_max = had.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(signer_receipt(c, der, &len, digest, digest), E_DEVICE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
}

static void test_signer(void **state)
{
	struct settings *s = hsm_site_settings("");
	struct secret *pin = secret_copy("un pin del sistema", 18), *wrong = secret_copy("otro pin del sistema", 20);
	struct sigaction act = {.sa_handler = on_signal};
	struct point key, again;
	struct system_key *k = NULL;
	struct signer *a, *b;
	pthread_t server;
	sigset_t ends;
	void *r;

	(void)state;
	assert_int_equal(system_key_open(&k, s, pin), E_DEVICE);
	assert_int_equal(system_key_make(&key, s, pin), OK);
	assert_int_equal(system_key_make(&again, s, pin), E_STATE);
	assert_int_equal(system_key_open(&k, s, wrong), E_DEVICE);
	assert_null(k);
	assert_int_equal(system_key_open(&k, s, pin), OK);
	assert_int_equal(system_key_public(k, &again), OK);
	assert_true(point_equal(&key, &again));

	socket_path = hsm_site_path("signer.sock");
	sigemptyset(&ends);
	sigaddset(&ends, SIGUSR1);
	sigaction(SIGUSR1, &act, NULL);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	assert_int_equal(pthread_create(&server, NULL, serve, k), 0);
	a = connect_soon();
	b = connect_soon();
	ask_everything(a, &key);
	ask_everything(b, &key);
	ask_nonsense();
	starve(a, &key);
	ask_everything(b, &key);
	pthread_kill(server, SIGUSR1);
	pthread_join(server, &r);
	assert_int_equal((intptr_t)r, OK);
	assert_int_equal(signer_public_key(a, &again), E_FAILED);
	assert_said("no responde");
	/* The client finds a signer that came back. */
	stop = 0;
	assert_int_equal(pthread_create(&server, NULL, serve, k), 0);
	signer_free(connect_soon());
	ask_everything(b, &key);
	break_token(b);
	pthread_join(server, &r);
	assert_int_equal((intptr_t)r, E_DEVICE);
	signer_free(a);
	signer_free(b);
	system_key_close(k);
	secret_free(pin);
	secret_free(wrong);
	free(socket_path);
	settings_free(s);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_signer),
	};

	return cmocka_run_group_tests_name("signer", tests, hsm_site_begin, hsm_site_end);
}
