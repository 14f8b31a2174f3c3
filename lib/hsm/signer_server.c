/* See signer_server.h. */
#include "hsm/signer_server.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/reader.h"
#include "base/report.h"
#include "hsm/signer_wire.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct client {
	int fd;
	size_t in_len, out_len, out_sent;
	uint8_t in[4 + SIGNER_REQUEST_MAX], out[4 + SIGNER_ANSWER_MAX];
};

struct server {
	struct system_key *key;
	int listener;
	bool starved; /* of descriptors: who wants to connect waits for the next turn */
	bool told;    /* of that */
	bool lost;    /* the token failed: SoftHSM that could not open its files knows the key no more, then or later */
	unsigned n;
	struct client *clients[SIGNER_CLIENTS_MAX];
};

/* ---- requests */

static enum status seal_message(struct buffer *msg, struct reader *r)
{
	const uint8_t *eid = reader_take(r, 32), *box = reader_take(r, 32), *reissues = reader_take(r, 32);
	uint64_t ballots = reader_u64(r);
	char closed[40];
	moment when;

	if (r->bad || r->left == 0 || r->left >= sizeof closed)
		return E_REFUSED;
	memcpy(closed, r->at, r->left);
	closed[r->left] = '\0';
	if (strlen(closed) != r->left || !moment_parse(&when, closed))
		return E_REFUSED;
	signature_seal_message(msg, eid, box, reissues, ballots, closed);
	return OK;
}

/* The bytes to be signed, built here from the request's parts. */
static enum status message(struct buffer *msg, uint8_t kind, struct reader *r)
{
	const uint8_t *eid, *hash;
	uint64_t lines;

	switch (kind) {
	case SIGNER_RECEIPT:
		eid = reader_take(r, 32);
		hash = reader_take(r, 32);
		if (!reader_end(r))
			return E_REFUSED;
		signature_receipt_message(msg, eid, hash);
		return OK;
	case SIGNER_SEAL:
		return seal_message(msg, r);
	case SIGNER_JOURNAL:
		eid = reader_take(r, 32);
		lines = reader_u64(r);
		hash = reader_take(r, 32);
		if (!reader_end(r))
			return E_REFUSED;
		signature_journal_message(msg, eid, lines, hash);
		return OK;
	default:
		return E_REFUSED;
	}
}

/* The answer's body into out; its status is returned. */
static enum status answer(struct server *s, uint8_t *out, size_t *len, const uint8_t *request, size_t request_len)
{
	struct reader r = reader_of(request, request_len);
	struct buffer msg = BUFFER_INIT;
	uint8_t kind = reader_u8(&r);
	struct point public_key;
	enum status e;

	*len = 0;
	if (s->lost)
		return E_DEVICE;
	if (kind == SIGNER_PUBLIC_KEY) {
		if (!reader_end(&r))
			return E_REFUSED;
		if ((e = system_key_public(s->key, &public_key)) != OK)
			return e;
		memcpy(out, public_key.octets, POINT_BYTES);
		*len = POINT_BYTES;
		return OK;
	}
	if ((e = message(&msg, kind, &r)) == OK) {
		if (!buffer_ok(&msg))
			e = fault(E_FAILED, NULL, _("no hay memoria"));
		else if ((e = system_key_sign(s->key, out, len, msg.data, msg.len)) == E_DEVICE) /* once more: a network's hiccup */
			s->lost = (e = system_key_sign(s->key, out, len, msg.data, msg.len)) == E_DEVICE;
	}
	if (e != OK)
		*len = 0;
	buffer_free(&msg);
	return e;
}

/* ---- clients */

/* Writes what is left of the answer. False: the client is gone. */
static bool flush_out(struct client *c)
{
	while (c->out_sent < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n <= 0)
			return false;
		c->out_sent += (size_t)n;
	}
	c->out_len = c->out_sent = 0;
	return true;
}

/* Serves every whole request in the buffer while answers go out. False: hang up. */
static bool serve_requests(struct server *s, struct client *c)
{
	while (c->out_len == 0 && c->in_len >= 4) {
		struct reader r = reader_of(c->in, 4);
		uint32_t len = reader_u32(&r);
		uint8_t body[SIGNER_ANSWER_MAX - 1];
		size_t body_len;
		enum status e;

		if (len < 1 || len > SIGNER_REQUEST_MAX)
			return false;
		if (c->in_len < 4 + (size_t)len)
			return true;
		e = answer(s, body, &body_len, c->in + 4, len);
		put_u32(c->out, (uint32_t)(1 + body_len));
		c->out[4] = (uint8_t)e;
		memcpy(c->out + 5, body, body_len);
		c->out_len = 5 + body_len;
		c->in_len -= 4 + (size_t)len;
		memmove(c->in, c->in + 4 + len, c->in_len);
		if (!flush_out(c))
			return false;
	}
	return true;
}

static bool read_more(struct server *s, struct client *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, MSG_DONTWAIT);

	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return true;
	if (n <= 0)
		return false;
	c->in_len += (size_t)n;
	return serve_requests(s, c);
}

static void take_client(struct server *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	struct client *c;

	if (fd < 0) {
		/* Whoever connects stays in the queue, and would wake the loop at once, again and again. */
		s->starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
		return;
	}
	if (s->n == SIGNER_CLIENTS_MAX || (c = calloc(1, sizeof *c)) == NULL) {
		close(fd);
		return;
	}
	c->fd = fd;
	s->clients[s->n++] = c;
}

static void drop_client(struct server *s, unsigned i)
{
	close(s->clients[i]->fd);
	free(s->clients[i]);
	s->clients[i] = s->clients[--s->n];
}

/* ---- the loop */

/* A socket left by a signer that was killed is nobody's: the caller holds the token's lock. */
static enum status listen_at(struct server *s, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct stat st;

	if (strlen(path) >= sizeof at.sun_path)
		return fault(E_USAGE, NULL, _("%s: ruta demasiado larga para un socket"), path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	if ((s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return fault(E_FAILED, NULL, "socket: %s", strerror(errno));
	/* Nobody connects between bind and chmod. */
	fchmod(s->listener, 0660);
	if (bind(s->listener, (const struct sockaddr *)&at, sizeof at) != 0 || chmod(path, 0660) != 0 ||
	    listen(s->listener, 128) != 0)
		return fault(E_FAILED, NULL, "%s: %s", path, strerror(errno));
	return OK;
}

static void turn(struct server *s, struct pollfd *fds)
{
	/* Backwards: drop_client puts the last one in the place of the one dropped. */
	for (unsigned i = s->n; i-- > 0;) {
		struct client *c = s->clients[i];
		short what = fds[i + 1].revents;
		bool good = true;

		if ((what & POLLOUT) != 0)
			good = flush_out(c) && serve_requests(s, c);
		else if ((what & POLLIN) != 0)
			good = read_more(s, c);
		else if (what != 0)
			good = false;
		if (!good)
			drop_client(s, i);
	}
	if ((fds[0].revents & POLLIN) != 0)
		take_client(s);
}

/*
 * Waits for somebody; false: nobody, look at *stop. With fewer descriptors allowed than there are clients, poll refuses all of
 * them (EINVAL) and they wait until there are enough again: their requests stay in their sockets.
 */
static bool wait_for_any(struct server *s, struct pollfd *fds, const sigset_t *wait_mask)
{
	static const struct timespec nap = {.tv_nsec = 20000000};
	int n = ppoll(fds, 1 + s->n, s->starved ? &nap : NULL, wait_mask);
	bool refused = n < 0 && errno != EINTR;

	if ((refused || s->starved) && !s->told)
		report_warning(_("LimitNOFILE de vemre-signer.service; las peticiones esperan"),
		               _("al firmador no le alcanzan los descriptores de archivo"));
	s->told = s->told || refused || s->starved; /* once is enough */
	if (refused)
		ppoll(NULL, 0, &nap, wait_mask);
	s->starved = refused;
	return n > 0;
}

enum status signer_serve(struct system_key *key, const char *socket_path, const struct confine *confine,
                         const volatile sig_atomic_t *stop, const sigset_t *wait_mask)
{
	struct server s = {.key = key, .listener = -1};
	struct pollfd fds[1 + SIGNER_CLIENTS_MAX];
	enum status r;

	if ((r = listen_at(&s, socket_path)) != OK || (confine != NULL && (r = confine_process(confine)) != OK))
		goto done;
	report_info(_("el firmador atiende en %s"), socket_path);
	while (!*stop && !s.lost) {
		fds[0] = (struct pollfd){.fd = s.starved ? -1 : s.listener, .events = POLLIN};
		/* A client with an answer under way is not read from: one request at a time. */
		for (unsigned i = 0; i < s.n; i++)
			fds[i + 1] = (struct pollfd){.fd = s.clients[i]->fd,
			                             .events = s.clients[i]->out_len > 0 ? POLLOUT : POLLIN};
		if (wait_for_any(&s, fds, wait_mask))
			turn(&s, fds);
	}
	if (s.lost) /* it must be opened anew, and only the start has the PIN */
		r = fault(E_DEVICE, _("con signer.pin_file, systemd lo arranca otra vez; sin él, arránquelo; vea que el token responda"),
		          _("el token del sistema no firmó: el firmador termina"));
	unlink(socket_path);
done:
	while (s.n > 0)
		drop_client(&s, s.n - 1);
	if (s.listener >= 0)
		close(s.listener);
	return r; /* each client has been dropped: NOLINT(clang-analyzer-unix.Malloc) */
}
