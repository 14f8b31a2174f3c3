/* See confine.h. The list of system calls is what OpenSSL, libpq, libcurl, libfcgi, SoftHSM and glibc use in a process that
 * has started; found by strace, checked by the tests that run confined servers. */
#include "base/confine.h"
#include "base/i18n.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- system calls */

static const char *const ALWAYS[] = {
        /* sockets that are there, and those that are let through below */
        "accept", "accept4", "connect", "getpeername", "getsockname", "getsockopt", "recvfrom", "recvmmsg", "recvmsg",
        "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown", "socketpair",
        /* descriptors */
        "close", "close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2",
        "fcntl", "fdatasync", "flock", "fsync", "lseek", "pipe2", "poll", "ppoll", "pread64", "preadv", "pselect6", "read",
        "readv", "select", "write", "writev",
        /* files, read */
        "access", "faccessat", "faccessat2", "fstat", "fstatfs", "getcwd", "getdents64", "lstat", "newfstatat", "readlink",
        "readlinkat", "stat", "statx",
        /* memory */
        "brk", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mremap", "munlock", "munmap",
        /* threads, signals, time */
        "alarm", "clock_getres", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "get_robust_list",
        "getcpu", "getitimer", "gettimeofday", "nanosleep", "pause", "restart_syscall", "rseq", "rt_sigaction",
        "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "sched_getaffinity",
        "sched_yield", "set_robust_list", "set_tid_address", "setitimer", "sigaltstack", "time",
        /* who and where */
        "getegid", "geteuid", "getgid", "getgroups", "getpgrp", "getpid", "getppid", "getrandom", "getrusage", "gettid",
        "getuid", "sysinfo", "umask", "uname"};

/* Where files may be written; which ones, Landlock says. Nothing that it does not rule by a path: rights and times (chmod,
 * utimensat: on no kernel), length (truncate: from Linux 6.2 on). fchmod and ftruncate take what was opened under it. */
static const char *const WRITING[] = {"fallocate", "fchmod", "ftruncate", "link", "linkat", "mkdir", "mkdirat", "pwrite64",
                                      "rename", "renameat", "renameat2", "rmdir"};
static const char *const REMOVING[] = {"unlink", "unlinkat"};

/* A name that this architecture does not have is passed over. */
static int allow(scmp_filter_ctx f, const char *name, unsigned n, const struct scmp_arg_cmp *args)
{
	int number = seccomp_syscall_resolve_name(name);

	return number < 0 ? 0 : seccomp_rule_add_array(f, SCMP_ACT_ALLOW, number, n, args);
}

static int allow_all(scmp_filter_ctx f, const char *const *names, size_t n)
{
	int e = 0;

	for (size_t i = 0; i < n && e == 0; i++)
		e = allow(f, names[i], 0, NULL);
	return e;
}

/* Without a folder to write in, a file is opened for reading alone; with one, for writing where Landlock lets it. Cut only by
 * who opens it for writing: that O_RDONLY with O_TRUNC cuts too, Landlock rules from Linux 6.2 on. */
static int allow_open(scmp_filter_ctx f, bool write)
{
	const scmp_datum_t more = O_CREAT | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
	const struct {
		scmp_datum_t mask, value;
	} ways[] = {{O_ACCMODE | O_TRUNC | (write ? 0 : more), O_RDONLY}, {O_ACCMODE, O_WRONLY}, {O_ACCMODE, O_RDWR}};
	int e = 0;

	for (size_t i = 0; i < (write ? 3 : 1) && e == 0; i++) {
		const struct scmp_arg_cmp open_flags = SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, ways[i].mask, ways[i].value);
		const struct scmp_arg_cmp openat_flags = SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, ways[i].mask, ways[i].value);

		e = allow(f, "open", 1, &open_flags);
		if (e == 0)
			e = allow(f, "openat", 1, &openat_flags);
	}
	return e;
}

static int allow_sockets(scmp_filter_ctx f, bool internet)
{
	/* Type by its low bits: with SOCK_NONBLOCK and SOCK_CLOEXEC or without. Protocol 0: the kind's own, TCP or UDP. */
	static const struct {
		int family, type, protocol;
		bool internet;
	} kinds[] = {{AF_UNIX, SOCK_STREAM, 0, false},           {AF_UNIX, SOCK_DGRAM, 0, false},
	             {AF_INET, SOCK_STREAM, 0, true},            {AF_INET, SOCK_DGRAM, 0, true},
	             {AF_INET, SOCK_STREAM, IPPROTO_TCP, true},  {AF_INET, SOCK_DGRAM, IPPROTO_UDP, true},
	             {AF_INET6, SOCK_STREAM, 0, true},           {AF_INET6, SOCK_DGRAM, 0, true},
	             {AF_INET6, SOCK_STREAM, IPPROTO_TCP, true}, {AF_INET6, SOCK_DGRAM, IPPROTO_UDP, true}};
	int e = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && e == 0; i++) {
		const struct scmp_arg_cmp args[] = {SCMP_CMP64(0, SCMP_CMP_EQ, (scmp_datum_t)kinds[i].family),
		                                    SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)kinds[i].type),
		                                    SCMP_CMP64(2, SCMP_CMP_EQ, (scmp_datum_t)kinds[i].protocol)};

		if (internet || !kinds[i].internet)
			e = allow(f, "socket", 3, args);
	}
	return e;
}

static int allow_memory(scmp_filter_ctx f)
{
	const struct scmp_arg_cmp no_exec = SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int e = allow(f, "mmap", 1, &no_exec);

	return e != 0 ? e : allow(f, "mprotect", 1, &no_exec);
}

/* Threads, no processes: clone's flags can be looked at, clone3's cannot (glibc then falls back to clone). */
static int allow_threads(scmp_filter_ctx f)
{
	const struct scmp_arg_cmp thread = SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
	const struct scmp_arg_cmp ours = SCMP_CMP64(0, SCMP_CMP_EQ, (scmp_datum_t)getpid());
	int e = allow(f, "clone", 1, &thread), clone3 = seccomp_syscall_resolve_name("clone3");

	if (e == 0 && clone3 >= 0)
		e = seccomp_rule_add_array(f, SCMP_ACT_ERRNO(ENOSYS), clone3, 0, NULL);
	return e != 0 ? e : allow(f, "tgkill", 1, &ours); /* abort, pthread_kill */
}

/* What the terminal is asked, and how much there is to read; limits to be read, not set. */
static int allow_asking(scmp_filter_ctx f)
{
	const struct scmp_arg_cmp tcgets = SCMP_CMP64(1, SCMP_CMP_EQ, TCGETS), fionread = SCMP_CMP64(1, SCMP_CMP_EQ, FIONREAD),
	                          fionbio = SCMP_CMP64(1, SCMP_CMP_EQ, FIONBIO), reading = SCMP_CMP64(2, SCMP_CMP_EQ, 0);
	int e = allow(f, "ioctl", 1, &tcgets);

	if (e == 0)
		e = allow(f, "ioctl", 1, &fionread);
	if (e == 0)
		e = allow(f, "ioctl", 1, &fionbio);
	return e != 0 ? e : allow(f, "prlimit64", 1, &reading);
}

static enum status filter_calls(const struct confine *c)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int e = f == NULL ? -ENOMEM : 0;

	if (e == 0)
		e = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	if (e == 0)
		e = allow_all(f, ALWAYS, sizeof ALWAYS / sizeof *ALWAYS);
	if (e == 0 && c->write != NULL)
		e = allow_all(f, WRITING, sizeof WRITING / sizeof *WRITING);
	if (e == 0 && (c->write != NULL || c->remove != NULL))
		e = allow_all(f, REMOVING, sizeof REMOVING / sizeof *REMOVING);
	if (e == 0)
		e = allow_open(f, c->write != NULL);
	if (e == 0)
		e = allow_sockets(f, c->internet);
	if (e == 0)
		e = allow_memory(f);
	if (e == 0)
		e = allow_threads(f);
	if (e == 0)
		e = allow_asking(f);
	if (e == 0)
		e = seccomp_load(f);
	seccomp_release(f);
	return e == 0 ? OK : fault(E_FAILED, NULL, _("no se pudo confinar el proceso (seccomp): %s"), strerror(-e));
}

/* ---- the file system */

/* Of newer kernels than Debian 12's header knows. */
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
	uint64_t handled_access_fs, handled_access_net, scoped;
};

static const uint64_t READ_FILE = LANDLOCK_ACCESS_FS_READ_FILE,
                      READ_ALL = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

static uint64_t all_rights(int version)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (version >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		all |= FS_TRUNCATE;
	if (version >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

/* In a folder that may be written, regular files and folders; no device, link or socket. */
static uint64_t write_rights(int version)
{
	return READ_ALL | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
	       LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | (version >= 3 ? FS_TRUNCATE : 0);
}

static bool add_paths(int rules, const char *const *paths, uint64_t folder)
{
	for (; paths != NULL && *paths != NULL; paths++) {
		struct landlock_path_beneath_attr at = {.parent_fd = open(*paths, O_PATH | O_CLOEXEC)};
		struct stat st;
		bool good;

		if (at.parent_fd < 0)
			continue;
		/* A file takes only the rights that files have. */
		at.allowed_access = fstat(at.parent_fd, &st) == 0 && S_ISDIR(st.st_mode) ? folder : READ_FILE;
		good = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &at, 0) == 0;
		close(at.parent_fd);
		if (!good)
			return false;
	}
	return true;
}

/* Names are asked of the servers in /etc/resolv.conf, which NetworkManager and resolvconf make a link to a file of theirs;
 * its folder, as they put another one in its place. */
static bool add_resolver(int rules)
{
	char *file = realpath("/etc/resolv.conf", NULL), *end = file != NULL ? strrchr(file, '/') : NULL;
	const char *const paths[] = {file, NULL};
	bool good;

	if (end != NULL && end != file)
		*end = '\0';
	good = add_paths(rules, paths, READ_ALL);
	free(file);
	return good;
}

static enum status rule_files(const struct confine *c)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set = {.handled_access_fs = all_rights(version)};
	size_t size = version >= 6 ? sizeof set : sizeof set.handled_access_fs;
	int rules = -1;
	bool good;

	if (version < 1) {
		report_warning(_("un núcleo con Landlock (Debian 12 lo trae) lo encierra también en sus archivos"),
		               _("este núcleo no tiene Landlock: los archivos quedan solo tras sus permisos"));
		return OK;
	}
	if (version >= 6)
		set.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	good = rules >= 0 && add_paths(rules, c->read, READ_ALL) && add_paths(rules, c->write, write_rights(version)) &&
	       add_paths(rules, c->remove, LANDLOCK_ACCESS_FS_REMOVE_FILE) && (!c->internet || add_resolver(rules)) &&
	       syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	if (!good)
		fault(E_FAILED, NULL, _("no se pudo confinar el proceso (Landlock): %s"), strerror(errno));
	if (rules >= 0)
		close(rules);
	return good ? OK : E_FAILED;
}

enum status confine_process(const struct confine *c)
{
	enum status r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fault(E_FAILED, NULL, _("no se pudo confinar el proceso: %s"), strerror(errno));
	if ((r = rule_files(c)) != OK)
		return r;
	return filter_calls(c);
}
