/* See sms.h. Looks into secrets: the text on its way to the socket. */
#include "notify/sms.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include "base/socket.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static _Atomic long wait_seconds = SMS_WAIT_DEFAULT;

void sms_set_wait(long seconds)
{
	if (seconds >= SMS_WAIT_MIN && seconds <= SMS_WAIT_MAX)
		wait_seconds = seconds;
}

bool sms_phone_valid(const char *phone)
{
	size_t digits = 0;

	if (phone[0] != '+' || phone[1] < '1' || phone[1] > '9')
		return false;
	for (const char *p = phone + 1; *p != '\0'; p++, digits++)
		if (*p < '0' || *p > '9')
			return false;
	return digits >= 7 && digits <= 15;
}

/* Country calling codes are prefix-free (ITU-T E.164, list of assigned codes): one digit for zones 1 and 7, two
 * for those listed, three for all others. */
void sms_country_prefix(char out[5], const char *phone)
{
	static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 "
	                          "62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
	char pair[4];
	size_t n = 3;

	if (!sms_phone_valid(phone)) {
		strcpy(out, "?");
		return;
	}
	pair[0] = phone[1];
	pair[1] = phone[2];
	pair[2] = ' ';
	pair[3] = '\0';
	if (phone[1] == '1' || phone[1] == '7')
		n = 1;
	else if (strstr(two, pair) != NULL)
		n = 2;
	memcpy(out, phone, n + 1);
	out[n + 1] = '\0';
}

static enum status connect_to(int *fd, const char *socket_path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = wait_seconds};

	*fd = -1;
	if (strlen(socket_path) >= sizeof a.sun_path)
		return fault(E_USAGE, NULL, _("%s: la ruta es demasiado larga para un socket"), socket_path);
	strcpy(a.sun_path, socket_path);
	if ((*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
	    setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
	    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
	    connect(*fd, (const struct sockaddr *)&a, sizeof a) != 0)
		return fault(E_FAILED, _("¿está en marcha send-messages?"), _("%s: no se puede conectar: %s"),
		             socket_path, strerror(errno));
	return OK;
}

enum status sms_ping(const char *socket_path)
{
	const uint8_t zero = 0;
	uint8_t answer = 0;
	int fd = -1;
	enum status r = connect_to(&fd, socket_path);

	if (r == OK && (!socket_send_all(fd, &zero, 1) || !socket_take_all(fd, &answer, 1) || answer != 'P'))
		r = fault(E_FAILED, _("¿está en marcha send-messages?"), _("%s: send-messages no contesta"), socket_path);
	if (fd >= 0)
		close(fd);
	return r;
}

enum status sms_send(const char *socket_path, const char *phone, const struct secret *text)
{
	uint8_t head[1 + SMS_PHONE_MAX + 4], answer = 0;
	size_t phone_len = strlen(phone);
	enum status r;
	ssize_t n;
	int fd = -1;

	if (!sms_phone_valid(phone))
		return fault(E_EVIDENCE, NULL, _("el número de teléfono no tiene la forma internacional (+…)"));
	if (secret_len(text) > SMS_TEXT_MAX)
		return fault(E_EVIDENCE, NULL, _("el mensaje tiene más de %d bytes"), SMS_TEXT_MAX);
	if ((r = connect_to(&fd, socket_path)) != OK)
		goto done;
	head[0] = (uint8_t)phone_len;
	memcpy(head + 1, phone, phone_len);
	put_u32(head + 1 + phone_len, (uint32_t)secret_len(text));
	r = E_FAILED;
	if (!socket_send_all(fd, head, 1 + phone_len + 4) || !socket_send_all(fd, secret_bytes(text), secret_len(text))) {
		fault(r, NULL, _("%s: no se pudo entregar el mensaje: %s"), socket_path, strerror(errno));
		goto done;
	}
	while ((n = recv(fd, &answer, 1, 0)) < 0 && errno == EINTR)
		;
	if (n != 1 || (answer != 'A' && answer != 'R'))
		r = fault(E_FAILED, NULL, _("%s: send-messages no contestó: no se sabe si el mensaje salió"),
		          socket_path);
	else if (answer == 'R')
		r = fault(E_REFUSED, NULL, _("ninguna pasarela de SMS aceptó el mensaje"));
	else
		r = OK;
done:
	if (fd >= 0)
		close(fd);
	return r;
}
