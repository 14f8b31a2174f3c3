/* Which way of the fast arithmetic this machine takes (affine.h). */
#include "group/affine.h"
#include "group/field.h"
#include <pthread.h>
#include <stddef.h>

enum { WAYS_MAX = 3 };
static const struct lanes_ops *ways[WAYS_MAX + 1]; /* the best first */
static const struct lanes_ops *chosen;

static void choose(void)
{
	size_t n = 0;

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("bmi2"))
		ways[n++] = &LANES_IFMA;
	if (field_has_adx() && __builtin_cpu_supports("avx2"))
		ways[n++] = &LANES_ADX;
#endif
	ways[n] = &LANES_PLAIN;
	chosen = ways[0];
}

static void once(void)
{
	static pthread_once_t done = PTHREAD_ONCE_INIT;

	pthread_once(&done, choose);
}

const struct lanes_ops *lanes_way(unsigned i)
{
	once();
	return i <= WAYS_MAX ? ways[i] : NULL;
}

void lanes_use(const struct lanes_ops *way)
{
	once();
	chosen = way;
	field_use_adx(way != &LANES_PLAIN);
}

const struct lanes_ops *lanes_ops(void)
{
	once();
	return chosen;
}
