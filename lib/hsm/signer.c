/* See signer.h. */
#include "hsm/signer.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "base/socket.h"
#include "hsm/signer_wire.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct signer {
	char *path;
	int fd; /* -1: not connected */
};

static bool connect_now(struct signer *s)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = SIGNER_WAIT_SECONDS};

	memcpy(to.sun_path, s->path, strlen(s->path) + 1);
	if ((s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return false;
	setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (connect(s->fd, (const struct sockaddr *)&to, sizeof to) == 0)
		return true;
	close(s->fd);
	s->fd = -1;
	return false;
}

static void hang_up(struct signer *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

enum status signer_connect(struct signer **out, const char *socket_path)
{
	struct signer *s;

	*out = NULL;
	if (strlen(socket_path) >= sizeof((struct sockaddr_un *)0)->sun_path)
		return fault(E_USAGE, NULL, _("%s: ruta demasiado larga para un socket"), socket_path);
	if ((s = calloc(1, sizeof *s)) == NULL || (s->path = strdup(socket_path)) == NULL) {
		free(s);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	if (!connect_now(s)) {
		fault(E_FAILED, _("¿está en marcha system-signer? (ajuste signer.socket)"), _("%s: %s"), socket_path,
		      strerror(errno));
		signer_free(s);
		return E_FAILED;
	}
	*out = s;
	return OK;
}

void signer_free(struct signer *s)
{
	if (s == NULL)
		return;
	hang_up(s);
	free(s->path);
	free(s);
}

/* One request and its answer over the connection that there is. */
static bool exchange(struct signer *s, const struct buffer *request, uint8_t *answer, size_t *len)
{
	uint8_t head[4];
	struct reader r;
	uint32_t n;

	if (s->fd < 0 || !socket_send_all(s->fd, request->data, request->len) || !socket_take_all(s->fd, head, sizeof head))
		return false;
	r = reader_of(head, sizeof head);
	n = reader_u32(&r);
	if (n < 1 || n > SIGNER_ANSWER_MAX || !socket_take_all(s->fd, answer, n))
		return false;
	*len = n;
	return true;
}

/* body: what follows the kind. answer: SIGNER_ANSWER_MAX; *len of it without the status. Asking again after a lost
 * connection is harmless: the same request, a second signature. */
static enum status ask(struct signer *s, enum signer_kind kind, const struct buffer *body, uint8_t *answer, size_t *len)
{
	struct buffer request = BUFFER_INIT;
	bool answered = false;
	enum status r;

	buffer_u32(&request, (uint32_t)(1 + body->len));
	buffer_u8(&request, (uint8_t)kind);
	buffer_put(&request, body->data, body->len);
	if (!buffer_ok(body) || !buffer_ok(&request)) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	answered = exchange(s, &request, answer, len);
	if (!answered) {
		hang_up(s);
		answered = connect_now(s) && exchange(s, &request, answer, len);
	}
	if (!answered) {
		hang_up(s);
		r = fault(E_FAILED, _("¿está en marcha system-signer? (ajuste signer.socket)"),
		          _("%s: el firmador no responde"), s->path);
		goto done;
	}
	r = (enum status)answer[0];
	if (r == OK) {
		--*len;
		memmove(answer, answer + 1, *len);
	} else {
		r = r == E_DEVICE ? fault(E_DEVICE, NULL, _("el token del firmador falla; su salida dice por qué"))
		                  : fault(E_REFUSED, NULL, _("el firmador no firma esta petición"));
	}
done:
	buffer_free(&request);
	return r;
}

static enum status signature(struct signer *s, enum signer_kind kind, struct buffer *body, uint8_t der[SIGNATURE_MAX],
                             size_t *len)
{
	uint8_t answer[SIGNER_ANSWER_MAX];
	enum status r = ask(s, kind, body, answer, len);

	buffer_free(body);
	if (r != OK)
		return r;
	if (*len < 8 || *len > SIGNATURE_MAX)
		return fault(E_FAILED, NULL, _("%s: el firmador respondió otra cosa"), s->path);
	memcpy(der, answer, *len);
	return OK;
}

enum status signer_public_key(struct signer *s, struct point *out)
{
	struct buffer nothing = BUFFER_INIT;
	uint8_t answer[SIGNER_ANSWER_MAX];
	size_t len;
	enum status r = ask(s, SIGNER_PUBLIC_KEY, &nothing, answer, &len);

	if (r == OK && (len != POINT_BYTES || !point_read(out, answer)))
		r = fault(E_FAILED, NULL, _("%s: el firmador respondió otra cosa"), s->path);
	return r;
}

enum status signer_receipt(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                           const uint8_t tracker[32])
{
	struct buffer body = BUFFER_INIT;

	buffer_put(&body, eid, 32);
	buffer_put(&body, tracker, 32);
	return signature(s, SIGNER_RECEIPT, &body, der, len);
}

enum status signer_seal(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                        const uint8_t box_sha256[32], const uint8_t reissues_sha256[32], uint64_t ballots,
                        const char *closed)
{
	struct buffer body = BUFFER_INIT;

	buffer_put(&body, eid, 32);
	buffer_put(&body, box_sha256, 32);
	buffer_put(&body, reissues_sha256, 32);
	buffer_u64(&body, ballots);
	buffer_text(&body, closed);
	return signature(s, SIGNER_SEAL, &body, der, len);
}

enum status signer_journal(struct signer *s, uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t eid[32],
                           uint64_t lines, const uint8_t last[32])
{
	struct buffer body = BUFFER_INIT;

	buffer_put(&body, eid, 32);
	buffer_u64(&body, lines);
	buffer_put(&body, last, 32);
	return signature(s, SIGNER_JOURNAL, &body, der, len);
}
