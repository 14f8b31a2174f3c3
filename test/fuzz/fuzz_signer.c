/*
 * system-signer's socket, both ends. First byte even: what two clients send in pieces (a byte: its highest bit says
 * which of them, the next that its answers are read only later, the rest how long the piece is), through the server's
 * own turns. What the key is asked to sign must be, one after another, what an independent reading of the whole
 * requests gives: a receipt, a seal, a journal head, nothing else. First byte odd: the rest is what a server answers
 * to the client.
 * The key is a stand-in: it writes down what it is asked.
 */
#include "fuzz.h"
#include "hsm/signer.c"
#include "hsm/signer_server.c"
#include <stdio.h>

enum { SIGNED_MAX = 16384 };

static uint8_t asked[2][SIGNED_MAX], right[2][SIGNED_MAX], sent[2][65536 + 1];
static size_t n_asked[2], n_right[2], n_sent[2];
static unsigned turn_of; /* the client whose request is served */

static void note(uint8_t *all, size_t *n, const void *data, size_t len)
{
	fuzz_need(len < 256);
	if (*n + 1 + len > SIGNED_MAX)
		return;
	all[(*n)++] = (uint8_t)len;
	memcpy(all + *n, data, len);
	*n += len;
}

enum status system_key_public(const struct system_key *k, struct point *out)
{
	(void)k;
	*out = POINT_GENERATOR;
	return OK;
}

enum status system_key_sign(struct system_key *k, uint8_t der[SIGNATURE_MAX], size_t *len, const void *msg, size_t msg_len)
{
	(void)k;
	note(asked[turn_of], &n_asked[turn_of], msg, msg_len);
	memset(der, 0x30, SIGNATURE_MAX);
	*len = SIGNATURE_MAX;
	return OK;
}

/* ---- what doc and hsm/signer_wire.h say, read again: length (4), kind (1), body */

static bool is_moment(const uint8_t *text, size_t len)
{
	char copy[64] = "";
	moment when;

	if (len == 0 || len >= 40 || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(copy, text, len);
	return moment_parse(&when, copy);
}

static void read_again(unsigned c)
{
	const uint8_t *p = sent[c], *end = p + n_sent[c];

	while (end - p >= 5) {
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3], body = len - 1;
		const char *label = NULL;
		char msg[512];
		int n;

		if (len < 1 || len > 256 || (size_t)(end - p) < 4 + len)
			return;
		if (p[4] == 2 && body == 64)
			label = "VEMRE-V1:receipt";
		else if (p[4] == 3 && body > 104 && is_moment(p + 5 + 104, body - 104))
			label = "VEMRE-V1:seal";
		else if (p[4] == 4 && body == 72)
			label = "VEMRE-V1:journal";
		if (label != NULL) {
			n = snprintf(msg, sizeof msg, "%s", label);
			memcpy(msg + n, p + 5, body);
			note(right[c], &n_right[c], msg, (size_t)n + body);
		}
		p += 4 + len;
	}
}

/* ---- the server */

/* One client's turn, the other's at rest: so it is known whose request the key is asked for. False: hung up. */
static bool take_turn(struct server *s, int fd)
{
	struct pollfd fds[3] = {{.fd = -1}, {.fd = -1}, {.fd = -1}};

	for (unsigned i = 0; i < s->n; i++)
		if (s->clients[i]->fd == fd) {
			fds[i + 1] = (struct pollfd){.fd = fd, .events = s->clients[i]->out_len > 0 ? POLLOUT : POLLIN};
			if (poll(&fds[i + 1], 1, 0) > 0)
				turn(s, fds);
			return true;
		}
	return false;
}

static void read_answers(int fd)
{
	char room[4096];

	while (recv(fd, room, sizeof room, MSG_DONTWAIT) > 0)
		;
}

static void server(const uint8_t *data, size_t size)
{
	struct server s = {.listener = -1};
	int pair[2][2], little = 1;

	for (unsigned c = 0; c < 2; c++) {
		fuzz_need((s.clients[c] = calloc(1, sizeof **s.clients)) != NULL && socketpair(AF_UNIX, SOCK_STREAM, 0, pair[c]) == 0);
		s.clients[s.n++]->fd = pair[c][1];
		setsockopt(pair[c][1], SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
		n_sent[c] = n_asked[c] = n_right[c] = 0;
	}
	while (size > 0) {
		unsigned c = data[0] >> 7;
		bool later = (data[0] & 64) != 0;
		size_t len = data[0] & 63;
		ssize_t n;

		data++;
		size--;
		len = len < size ? len : size;
		if ((n = send(pair[c][0], data, len, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0) {
			memcpy(sent[c] + n_sent[c], data, (size_t)n);
			n_sent[c] += (size_t)n;
		}
		data += len;
		size -= len;
		turn_of = c;
		take_turn(&s, pair[c][1]);
		if (!later)
			read_answers(pair[c][0]);
	}
	for (turn_of = 0; turn_of < 2; turn_of++) { /* whoever is still there is served to the end, and hangs up */
		shutdown(pair[turn_of][0], SHUT_WR);
		while (take_turn(&s, pair[turn_of][1]))
			read_answers(pair[turn_of][0]);
		read_again(turn_of);
		fuzz_need(n_asked[turn_of] == n_right[turn_of] &&
		     memcmp(asked[turn_of], right[turn_of], n_right[turn_of]) == 0);
		close(pair[turn_of][0]);
	}
	fuzz_need(s.n == 0);
}

/* ---- the client */

static void answers(const uint8_t *data, size_t size)
{
	static const uint8_t hash[32] = {1};
	struct signer s = {.path = (char *)(uintptr_t)"/nonexistent/signer.sock"};
	uint8_t der[SIGNATURE_MAX];
	struct point key;
	size_t len = 0;
	int pair[2];
	enum status r;

	fuzz_need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	s.fd = pair[0];
	(void)!send(pair[1], data, size, MSG_DONTWAIT);
	shutdown(pair[1], SHUT_WR);
	r = signer_public_key(&s, &key);
	fuzz_need(r != OK || point_valid(key.octets));
	for (unsigned i = 0; i < 3; i++) {
		r = i == 0   ? signer_receipt(&s, der, &len, hash, hash)
		    : i == 1 ? signer_seal(&s, der, &len, hash, hash, hash, 7, "2030-01-01T00:00:00Z")
		             : signer_journal(&s, der, &len, hash, 7, hash);
		fuzz_need(r != OK || (len >= 8 && len <= SIGNATURE_MAX));
	}
	hang_up(&s);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 65536)
		return 0;
	if (data[0] % 2 == 0)
		server(data + 1, size - 1);
	else
		answers(data + 1, size - 1);
	return 0;
}
