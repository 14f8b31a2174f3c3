/* See prompt.h. Reads byte by byte from fd 0: nothing of a password is left in a stdio buffer. */
#include "base/prompt.h"
#include "base/i18n.h"
#include "base/report.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A line into out[0..size); longer ones are read to their end and refused. *len: without a zero. */
static enum status read_line(char *out, size_t size, size_t *len)
{
	size_t n = 0;
	bool any = false, too_long = false;
	char c;

	for (;;) {
		ssize_t got = read(0, &c, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			if (any)
				break;
			return fault(E_FAILED, NULL, _("se acabó la entrada sin respuesta"));
		}
		any = true;
		if (c == '\n')
			break;
		if (n < size)
			out[n++] = c;
		else
			too_long = true;
	}
	c = 0;
	if (n > 0 && out[n - 1] == '\r')
		n--;
	*len = n;
	return too_long ? fault(E_REFUSED, NULL, _("la respuesta es demasiado larga")) : OK;
}

/* ---- echo: off while a password is typed, and back on whatever ends the program but kill -9 */

static struct termios echoing;
static volatile sig_atomic_t hushed;

static void echo_back(int number)
{
	if (hushed)
		tcsetattr(0, TCSADRAIN, &echoing); /* async-signal-safe: POSIX.1-2008, 2.4.3 */
	hushed = 0;
	signal(number, SIG_DFL);
	raise(number);
}

/* A program with a handler of its own for one of these keeps it. */
static void guard(bool on)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction now, mine = {.sa_handler = on ? echo_back : SIG_DFL};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == (on ? SIG_DFL : echo_back))
			sigaction(numbers[i], &mine, NULL);
}

static void hush(void)
{
	struct termios quiet;

	if (tcgetattr(0, &echoing) != 0)
		return;
	guard(true);
	quiet = echoing;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	hushed = 1;
	tcsetattr(0, TCSADRAIN, &quiet);
}

static void unhush(void)
{
	if (hushed)
		tcsetattr(0, TCSADRAIN, &echoing);
	hushed = 0;
	guard(false);
}

static void ask(const char *question)
{
	printf("%s ", question);
	fflush(stdout);
}

enum status prompt_line(char *out, size_t size, const char *question)
{
	enum status r;
	size_t len = 0;

	ask(question);
	r = read_line(out, size - 1, &len);
	out[len] = '\0';
	if (!isatty(0))
		printf("\n");
	return r;
}

enum status prompt_secret(struct secret **out, size_t max, const char *question)
{
	struct secret *room = NULL;
	size_t len = 0;
	bool tty = isatty(0) != 0;
	enum status r;

	*out = NULL;
	if ((room = secret_new(max)) == NULL)
		return E_FAILED;
	for (;;) {
		/* Echo goes off before the question appears: nothing typed early is shown. */
		if (tty)
			hush();
		ask(question);
		r = read_line((char *)secret_bytes(room), max, &len);
		if (tty)
			unhush();
		else
			printf("\n");
		if (r == E_REFUSED || (r == OK && len == 0)) {
			if (r == OK)
				report_warning(NULL, _("la contraseña no puede estar vacía"));
			continue;
		}
		break;
	}
	if (r == OK && (*out = secret_copy(secret_bytes(room), len)) == NULL)
		r = E_FAILED;
	secret_free(room);
	return r;
}

enum status prompt_new_secret(struct secret **out, size_t min, size_t max, const char *question)
{
	struct secret *again = NULL;
	enum status r;

	for (;;) {
		if ((r = prompt_secret(out, max, question)) != OK)
			return r;
		if (secret_len(*out) < min) {
			report_warning(NULL, _("la contraseña ha de tener al menos %zu caracteres"), min);
			secret_free(*out);
			*out = NULL;
			continue;
		}
		if ((r = prompt_secret(&again, max, _("Repita la contraseña:"))) != OK) {
			secret_free(*out);
			*out = NULL;
			return r;
		}
		if (secret_len(*out) == secret_len(again) &&
		    CRYPTO_memcmp(secret_bytes(*out), secret_bytes(again), secret_len(again)) == 0) {
			secret_free(again);
			return OK;
		}
		secret_free(again);
		secret_free(*out);
		*out = NULL;
		report_warning(NULL, _("las dos contraseñas no son iguales; escríbalas otra vez"));
	}
}

enum status prompt_yes(bool *out, const char *question)
{
	char answer[16];
	enum status r;

	if ((r = prompt_line(answer, sizeof answer, question)) != OK)
		return r;
	*out = strcmp(answer, "s") == 0 || strcmp(answer, "S") == 0 || strcmp(answer, "sí") == 0 ||
	       strcmp(answer, "si") == 0 || strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0;
	return OK;
}
