/*
 * What secrets lie in a program's memory: runs it as its tracer and looks through all of its memory when it is about to
 * end, however it ends, and at each SIGUSR1. Tests only; the program itself knows nothing of it.
 *
 *   memory-watch SECRETS REPORT COMMAND…     SECRETS: lines «name hex» (quick-keys --secrets)
 *
 * REPORT gets its own process number first, «watcher PID»; then a line «now NAME WHERE» or «end NAME WHERE» for each that is found, then «now: COUNT» or «end: COUNT». The
 * program's status is this one's. A program that forbids it (PR_SET_DUMPABLE) is run with dumpable.so beside this file's
 * program preloaded. SIGTERM is handed on.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECRETS_MAX = 64, LEN_MAX = 64, CHUNK = 1 << 20 };

static struct {
	char name[32];
	unsigned char bytes[LEN_MAX];
	size_t len;
} secrets[SECRETS_MAX];
static size_t n_secrets;
static unsigned char starts[1 << 16]; /* the first two bytes of any */
static volatile sig_atomic_t look_now, told_to_end;

static void on_signal(int number)
{
	if (number == SIGUSR1)
		look_now = 1;
	else
		told_to_end = 1;
}

static void read_secrets(const char *path)
{
	char hex[2 * LEN_MAX + 1];
	FILE *f = fopen(path, "r");

	while (f != NULL && n_secrets < SECRETS_MAX && fscanf(f, "%31s %128s", secrets[n_secrets].name, hex) == 2) {
		size_t len = strlen(hex) / 2;

		for (size_t i = 0; i < len; i++) {
			unsigned byte = 0;

			sscanf(hex + 2 * i, "%2x", &byte);
			secrets[n_secrets].bytes[i] = (unsigned char)byte;
		}
		secrets[n_secrets].len = len;
		starts[secrets[n_secrets].bytes[0] << 8 | secrets[n_secrets].bytes[1]] = 1;
		n_secrets++;
	}
	if (f == NULL || n_secrets == 0) {
		fprintf(stderr, "memory-watch: %s: no secrets\n", path);
		exit(2);
	}
	fclose(f);
}

/* Secrets that begin in bytes[0..n), of which `all` are there. */
static unsigned look_at(const unsigned char *bytes, size_t n, size_t all, const char *when, const char *where, FILE *report)
{
	unsigned found = 0;

	for (size_t i = 0; i < n && i + 1 < all; i++) {
		if (!starts[bytes[i] << 8 | bytes[i + 1]])
			continue;
		for (size_t s = 0; s < n_secrets; s++)
			if (all - i >= secrets[s].len && memcmp(bytes + i, secrets[s].bytes, secrets[s].len) == 0) {
				fprintf(report, "%s %s %s\n", when, secrets[s].name, where);
				found++;
			}
	}
	return found;
}

static unsigned look(pid_t pid, const char *when, FILE *report)
{
	static unsigned char buffer[CHUNK + LEN_MAX];
	char path[64], line[512], where[256], mode[8];
	unsigned long from, to;
	unsigned found = 0;
	size_t seen = 0;
	FILE *maps;
	int memory;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	while (memory >= 0 && maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		where[0] = '\0';
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255[^\n]", &from, &to, mode, where) < 3 || mode[0] != 'r')
			continue;
		for (unsigned long at = from; at < to; at += CHUNK) {
			size_t want = to - at < sizeof buffer ? to - at : sizeof buffer, n = to - at < CHUNK ? to - at : CHUNK;
			ssize_t got = pread(memory, buffer, want, (off_t)at);

			if (got <= 0)
				continue;
			found += look_at(buffer, n < (size_t)got ? n : (size_t)got, (size_t)got, when, where[0] != '\0' ? where : "-",
			                 report);
			seen += (size_t)got;
		}
	}
	if (maps != NULL)
		fclose(maps);
	if (memory >= 0)
		close(memory);
	/* Nothing read is nothing known. */
	if (seen < 1 << 20)
		fprintf(report, "%s: memory not readable\n", when);
	else
		fprintf(report, "%s: %u\n", when, found);
	fflush(report);
	return found;
}

static void run(char **argv)
{
	char self[PATH_MAX], library[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n > 0) {
		self[n] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(library, sizeof library, "%s/dumpable.so", self);
		setenv("LD_PRELOAD", library, 1);
	}
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal}; /* waitpid is to return */
	int status = 0, sent, begun = 0;
	FILE *report;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "memory-watch SECRETS REPORT COMMAND…\n");
		return 2;
	}
	read_secrets(argv[1]);
	if ((report = fopen(argv[2], "w")) == NULL || (pid = fork()) < 0)
		return 2;
	if (pid == 0)
		run(argv + 3);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	fprintf(report, "watcher %d\n", (int)getpid());
	fflush(report);
	for (;;) {
		if (waitpid(pid, &status, 0) < 0) {
			if (errno != EINTR)
				return 2;
			if (look_now)
				look(pid, "now", report);
			if (told_to_end)
				kill(pid, SIGTERM);
			look_now = told_to_end = 0;
			continue;
		}
		if (!WIFSTOPPED(status))
			break;
		sent = WSTOPSIG(status);
		if (!begun) { /* the exec */
			ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL));
			begun = 1;
			sent = 0;
		} else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			look(pid, "end", report);
			sent = 0;
		}
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)sent);
	}
	fclose(report);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
