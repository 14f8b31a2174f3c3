/*
 * Where a value that was made from secrets becomes public, for the taint test (test/taint/taint.c): a build with
 * -DTAINT_CHECK tells valgrind; any other build does nothing. TAINT_LEAK (with it alone)
 * makes the table look-ups leak, so that the test is seen to fail.
 */
#ifndef GROUP_TAINT_H
#define GROUP_TAINT_H

#ifdef TAINT_CHECK
#include <valgrind/memcheck.h>
#define TAINT_SECRET(data, len) ((void)VALGRIND_MAKE_MEM_UNDEFINED((data), (len)))
#define TAINT_PUBLIC(data, len) ((void)VALGRIND_MAKE_MEM_DEFINED((data), (len)))
#else
#define TAINT_PUBLIC(data, len) ((void)(data), (void)(len))
#endif

#endif
