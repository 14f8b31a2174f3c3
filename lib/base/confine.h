/*
 * A process gives up what it will not need, once and for all, when it has opened its listening sockets and read its files:
 * no new privileges, no other program (execve), no process but its own threads, no tracing, no new listening socket, no
 * executable memory, no kernel interface beyond a list; and of the file system what is named here. By seccomp (libseccomp)
 * and Landlock (Linux 5.13 or newer; man landlock(7)). What is refused fails with EPERM or EACCES, so that a library that
 * tries more than it needs goes on.
 *
 * Landlock does not rule connecting to a Unix socket by its path: there the file's own rights hold.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include "base/status.h"
#include <stdbool.h>

struct confine {
	const char *const *read;   /* files and folders that stay readable, NULL at the end; what is not there is passed over */
	const char *const *write;  /* folders below which files may be read, made, changed and removed, likewise; NULL: none, and
	                            * then nothing may be opened for writing at all */
	const char *const *remove; /* folders in which files may be removed: where the program's own sockets are; likewise */
	bool internet;             /* TCP and UDP sockets to elsewhere, and the folder readable in which /etc/resolv.conf really
	                            * is, so that names are found; false: Unix sockets alone */
};

/* Call before the first thread is started: for Landlock the calling thread and those that it starts count. A kernel
 * without Landlock: said as a warning, the rest holds. E_FAILED, said: the kernel refused; the program must not go on. */
MUST_USE enum status confine_process(const struct confine *c);

#endif
