/* base/confine.h: in a child that has confined itself, what it asked for works and everything else is refused. */
#include "base/confine.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char base[64], inside[96], outside[96], own_file[128], other_file[128];

static void put(const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("text\n", f);
	fclose(f);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(base, sizeof base, "/tmp/vemre-confine.XXXXXX");
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(inside, sizeof inside, "%s/inside", base);
	snprintf(outside, sizeof outside, "%s/outside", base);
	snprintf(own_file, sizeof own_file, "%s/file", inside);
	snprintf(other_file, sizeof other_file, "%s/file", outside);
	mkdir(inside, 0700);
	mkdir(outside, 0700);
	put(own_file);
	put(other_file);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", base);
	return system(command);
}

/* Checks in the child: the first that does not hold ends it with its line. */
#define HOLDS(what)                                                                                                    \
	do {                                                                                                           \
		if (!(what)) {                                                                                         \
			fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #what, errno);                   \
			_exit(1);                                                                                      \
		}                                                                                                      \
	} while (0)
#define REFUSED(call) HOLDS((errno = 0, (long)(call) == -1) && (errno == EPERM || errno == EACCES))
/* By seccomp, whatever Landlock rules on this kernel (it says EACCES) and this account may do without either. */
#define REFUSED_ANYWHERE(call) HOLDS((errno = 0, (long)(call) == -1) && errno == EPERM)

static void in_child(void (*work)(void))
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		work();
		_exit(0); /* without the sanitizers' farewell, which is more than is allowed */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Where valgrind runs the program its own calls are confined too. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload == NULL || strstr(preload, "vgpreload") == NULL)
		return false;
	puts("skip: valgrind cannot be confined");
	return true;
}

static void confine(bool write)
{
	const char *const read_paths[] = {inside, "/proc/self", "/nowhere/at/all", NULL};
	const char *const write_paths[] = {inside, NULL};
	const struct confine c = {.read = read_paths, .write = write ? write_paths : NULL};

	HOLDS(confine_process(&c) == OK);
}

static bool says(const char *line)
{
	char text[256];
	FILE *f = fopen("/proc/self/status", "r");
	bool found = false;

	HOLDS(f != NULL);
	while (!found && fgets(text, sizeof text, f) != NULL)
		found = strcmp(text, line) == 0;
	fclose(f);
	return found;
}

/* ---- files */

static void reads_only_what_it_named(void)
{
	char link_path[160];
	int kept = open(other_file, O_RDONLY); /* what was open before stays open */
	char c;

	snprintf(link_path, sizeof link_path, "%s/link", inside);
	HOLDS(symlink(other_file, link_path) == 0);
	confine(false);
	HOLDS(says("NoNewPrivs:\t1\n") && says("Seccomp:\t2\n"));
	HOLDS(open(own_file, O_RDONLY) >= 0);
	HOLDS(read(kept, &c, 1) == 1);
	REFUSED(open(other_file, O_RDONLY));
	REFUSED(open(link_path, O_RDONLY));
	REFUSED(open("/etc/passwd", O_RDONLY));
	REFUSED(open("/proc/1/status", O_RDONLY));
	REFUSED(open(own_file, O_WRONLY));
	REFUSED(open(own_file, O_RDWR));
	REFUSED(open(own_file, O_RDONLY | O_TRUNC));
	REFUSED(openat(AT_FDCWD, inside, O_TMPFILE | O_RDWR, 0600));
	REFUSED(creat(link_path, 0600));
	REFUSED(unlink(own_file));
	REFUSED(rename(own_file, link_path));
	REFUSED(mkdir(link_path, 0700));
	REFUSED(chmod(own_file, 0777));
	REFUSED(truncate(own_file, 0));
	REFUSED(link(other_file, link_path));
	REFUSED(chdir(outside));
	REFUSED(syscall(SYS_openat2, AT_FDCWD, other_file, NULL, 0));
	REFUSED(syscall(SYS_memfd_create, "x", 0));
}

static void writes_only_where_it_may(void)
{
	char path[160], to[160], away[160];
	int fd;

	snprintf(path, sizeof path, "%s/new", inside);
	snprintf(to, sizeof to, "%s/renamed", inside);
	snprintf(away, sizeof away, "%s/stolen", outside);
	confine(true);
	HOLDS((fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600)) >= 0);
	HOLDS(write(fd, "x", 1) == 1 && fsync(fd) == 0 && ftruncate(fd, 0) == 0 && close(fd) == 0);
	HOLDS(rename(path, to) == 0 && unlink(to) == 0);
	HOLDS(open(own_file, O_RDWR | O_TRUNC) >= 0 && open(own_file, O_WRONLY | O_APPEND) >= 0);
	HOLDS(open(own_file, O_RDONLY | O_CREAT, 0600) >= 0);
	REFUSED(open(other_file, O_RDONLY));
	REFUSED(open(other_file, O_WRONLY));
	REFUSED(open(away, O_WRONLY | O_CREAT, 0600));
	REFUSED(unlink(other_file));
	REFUSED(mkdir(away, 0700));
	HOLDS(rename(own_file, away) == -1);
	HOLDS(link(other_file, to) == -1);
	REFUSED(symlink(other_file, to));
	REFUSED_ANYWHERE(truncate(other_file, 0));
	REFUSED_ANYWHERE(open(other_file, O_RDONLY | O_TRUNC));
	REFUSED_ANYWHERE(open(other_file, O_ACCMODE | O_TRUNC));
	REFUSED_ANYWHERE(chmod(other_file, 0666));
	REFUSED_ANYWHERE(fchmodat(AT_FDCWD, other_file, 0666, 0));
	REFUSED_ANYWHERE(utimensat(AT_FDCWD, other_file, NULL, 0));
}

static void removes_only_its_socket(void)
{
	const char *const remove_paths[] = {inside, NULL};
	const struct confine c = {.remove = remove_paths};

	HOLDS(confine_process(&c) == OK);
	REFUSED(open(own_file, O_RDONLY));
	REFUSED(unlink(other_file));
	HOLDS(unlink(own_file) == 0);
}

/* ---- processes */

static void *thread(void *argument)
{
	int *said = argument;

	*said = open(other_file, O_RDONLY) < 0 ? 1 : 2;
	return NULL;
}

static void threads_and_nothing_else(void)
{
	char *const arguments[] = {(char *)"true", NULL};
	struct iovec local = {.iov_base = base, .iov_len = 1}, remote = local;
	struct rlimit limit = {0, 0};
	pthread_t t;
	int said = 0;

	confine(false);
	HOLDS(pthread_create(&t, NULL, thread, &said) == 0 && pthread_join(t, NULL) == 0 && said == 1);
	HOLDS(getrlimit(RLIMIT_CORE, &limit) == 0);
	REFUSED(setrlimit(RLIMIT_CORE, &limit));
	REFUSED(fork());
	REFUSED(vfork());
	REFUSED(execv("/bin/true", arguments));
	REFUSED(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, NULL, 0));
	REFUSED(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	REFUSED(process_vm_readv(getppid(), &local, 1, &remote, 1, 0));
	REFUSED(kill(getppid(), SIGTERM));
	REFUSED(syscall(SYS_tgkill, getppid(), getppid(), SIGTERM));
	REFUSED(setuid(0));
	REFUSED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	REFUSED(syscall(SYS_seccomp, 0, 0, NULL));
	REFUSED(syscall(SYS_bpf, 0, NULL, 0));
	REFUSED(syscall(SYS_io_uring_setup, 1, NULL));
	REFUSED(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0));
	REFUSED(syscall(SYS_userfaultfd, 0));
	REFUSED(syscall(SYS_keyctl, 0, 0));
	REFUSED(syscall(SYS_unshare, 0));
	REFUSED(syscall(SYS_mount, "a", "b", "c", 0, NULL));
}

static void no_new_code(void)
{
	void *page;

	confine(false);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	HOLDS(page != MAP_FAILED);
	REFUSED(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	REFUSED((intptr_t)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	REFUSED(syscall(SYS_pkey_mprotect, page, 4096, PROT_EXEC, -1));
}

/* ---- sockets */

static int listening(struct sockaddr_in *at)
{
	socklen_t len = sizeof *at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	HOLDS(fd >= 0 && bind(fd, (const struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 1) == 0 &&
	      getsockname(fd, (struct sockaddr *)at, &len) == 0);
	return fd;
}

static void no_socket_but_unix(void)
{
	struct sockaddr_un own = {.sun_family = AF_UNIX};
	int fd;

	snprintf(own.sun_path, sizeof own.sun_path, "%.90s/sock", inside);
	confine(true);
	HOLDS((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0);
	REFUSED(bind(fd, (const struct sockaddr *)&own, sizeof own));
	REFUSED(listen(fd, 1));
	REFUSED(socket(AF_INET, SOCK_STREAM, 0));
	REFUSED(socket(AF_INET6, SOCK_STREAM, 0));
	REFUSED(socket(AF_INET, SOCK_DGRAM, 0));
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0));
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0));
	REFUSED(socket(AF_VSOCK, SOCK_STREAM, 0));
	REFUSED(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

static void out_but_never_in(void)
{
	struct sockaddr_in at, any = {.sin_family = AF_INET};
	const char *const read_paths[] = {"/etc", NULL};
	const struct confine c = {.read = read_paths, .internet = true};
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	int listener = listening(&at), there, here, fd;

	HOLDS(confine_process(&c) == OK);
	HOLDS(getaddrinfo("localhost", "80", &hints, &found) == 0); /* without netlink, which it would ask for its addresses */
	freeaddrinfo(found);
	HOLDS((there = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) >= 0);
	HOLDS(connect(there, (const struct sockaddr *)&at, sizeof at) == 0 || errno == EINPROGRESS);
	HOLDS((here = accept(listener, NULL, NULL)) >= 0 && send(here, "x", 1, 0) == 1);
	HOLDS((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	REFUSED(bind(fd, (const struct sockaddr *)&any, sizeof any));
	REFUSED(listen(fd, 1));
	HOLDS(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) >= 0 && socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0);
	REFUSED_ANYWHERE(socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP));
	REFUSED_ANYWHERE(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
	REFUSED_ANYWHERE(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
	REFUSED_ANYWHERE(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
	REFUSED_ANYWHERE(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
	REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0));
}

static void own_mounts(void)
{
	if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		_exit(2);
}

/* Where /etc/resolv.conf is a link to another program's file (NetworkManager, resolvconf), which that one then replaces. In a
 * mount namespace where /etc is the folder outside. */
static void names_where_they_are(void)
{
	const char *const read_paths[] = {"/etc", NULL};
	const struct confine c = {.read = read_paths, .internet = true};
	char link_to[160], new[160], byte = 0;
	int pair[2];

	own_mounts();
	HOLDS(mount(outside, "/etc", NULL, MS_BIND, NULL) == 0);
	snprintf(link_to, sizeof link_to, "..%s", own_file);
	snprintf(new, sizeof new, "%s/new", inside);
	HOLDS(symlink(link_to, "/etc/resolv.conf") == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	if (fork() == 0) {
		put(new);
		close(pair[1]); /* ends with the other one */
		_exit(read(pair[0], &byte, 1) == 1 && rename(new, own_file) == 0 && write(pair[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(pair[0]);
	HOLDS(confine_process(&c) == OK);
	HOLDS(open("/etc/resolv.conf", O_RDONLY) >= 0);
	HOLDS(write(pair[1], &byte, 1) == 1 && read(pair[1], &byte, 1) == 1);
	HOLDS(open("/etc/resolv.conf", O_RDONLY) >= 0);
	REFUSED(open(base, O_RDONLY));
}

#define CASE(name)                                                                                                     \
	static void test_##name(void **state)                                                                          \
	{                                                                                                              \
		(void)state;                                                                                           \
		if (under_valgrind())                                                                                  \
			skip();                                                                                        \
		in_child(name);                                                                                        \
	}
CASE(reads_only_what_it_named)
CASE(writes_only_where_it_may)
CASE(removes_only_its_socket)
CASE(threads_and_nothing_else)
CASE(no_new_code)
CASE(no_socket_but_unix)
CASE(out_but_never_in)

static void test_names_where_they_are(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	if (child == 0) {
		own_mounts();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		puts("skip: no mount namespaces here");
	if (status != 0 || under_valgrind())
		skip();
	in_child(names_where_they_are);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_reads_only_what_it_named, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_writes_only_where_it_may, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_removes_only_its_socket, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_threads_and_nothing_else, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_no_new_code, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_no_socket_but_unix, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_out_but_never_in, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_names_where_they_are, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
