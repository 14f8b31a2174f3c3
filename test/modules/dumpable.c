/*
 * To be preloaded (LD_PRELOAD), for memory-watch: the program stays one whose memory its watcher may read. The rest of
 * prctl is the system's.
 */
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int prctl(int option, ...)
{
	unsigned long a[4];
	va_list args;

	va_start(args, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(args, unsigned long);
	va_end(args);
	return option == PR_SET_DUMPABLE ? 0 : (int)syscall(SYS_prctl, (long)option, a[0], a[1], a[2], a[3]);
}
