/* See mapped.h. The handler does nothing but what signal-safety(7) allows: its words are fetched beforehand. */
#include "base/mapped.h"
#include "base/i18n.h"
#include "base/status.h"
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAPPED_MAX = 64 };

static struct mapped {
	_Atomic(uintptr_t) data; /* 0: free. Set last, cleared first: the handler reads without the lock */
	size_t len;
	char path[PATH_MAX];
} mapped[MAPPED_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char begins[64], shorter[256], unreadable[256];

bool mapped_add(const uint8_t *data, size_t len, const char *path)
{
	bool room = false;

	pthread_mutex_lock(&lock);
	for (int i = 0; !room && i < MAPPED_MAX; i++) {
		struct mapped *m = &mapped[i];

		if (m->data != 0)
			continue;
		m->len = len;
		snprintf(m->path, sizeof m->path, "%s", path);
		m->data = (uintptr_t)data;
		room = true;
	}
	pthread_mutex_unlock(&lock);
	return room;
}

void mapped_remove(const uint8_t *data)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < MAPPED_MAX; i++)
		if (mapped[i].data == (uintptr_t)data)
			mapped[i].data = 0;
	pthread_mutex_unlock(&lock);
}

static void say(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(STDERR_FILENO, text, left);

		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

static void bus_error(int number, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;
	struct stat st;

	(void)context;
	if (info->si_code <= 0) { /* sent by somebody: there is no address to look at, and it does not come again by itself */
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	for (int i = 0; i < MAPPED_MAX; i++) {
		const struct mapped *m = &mapped[i];
		uintptr_t data = m->data;
		bool cut;

		if (data == 0 || at < data || at - data >= m->len)
			continue;
		cut = stat(m->path, &st) == 0 && (uintmax_t)st.st_size < m->len;
		say(begins);
		say(m->path);
		say(cut ? shorter : unreadable);
		_exit(cut ? E_INCOMPLETE : E_FAILED);
	}
	/* not ours: it comes again, and ends the program as it would have */
	signal(number, SIG_DFL);
}

void mapped_guard(const char *program)
{
	struct sigaction action = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO};

	snprintf(begins, sizeof begins, "\n%s: ", program);
	snprintf(shorter, sizeof shorter, ": %s\n", _("el archivo se acortó mientras se leía"));
	snprintf(unreadable, sizeof unreadable, ": %s\n", _("el archivo no se pudo seguir leyendo"));
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
