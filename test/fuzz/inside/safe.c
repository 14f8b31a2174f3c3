#include "ceremony/safe.c"
#include "inside/inside.h"

void inside_safe(const char *path)
{
	struct safe_file f;

	if (read_safe(&f, path) == OK)
		fuzz_need(point_valid(f.registrar_key.octets) && f.n <= 1 << 20 && f.r <= 64 && f.p <= 16);
}
