/*
 * Is lib/group's work on secret scalars free of branches and addresses that depend on them? The scalars are marked as
 * uninitialised memory (Langley's ctgrind), so that valgrind tells of each one. Built by test/taint/run with
 * -DTAINT_CHECK; with -DTAINT_LEAK too it must fail. Valgrind has no AVX-512: what runs are the other ways of the same
 * lanes.inc.
 */
#include "group/affine.h"
#include "group/point.h"
#include "group/taint.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 70 };

static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "taint: %s\n", what);
		exit(1);
	}
}

static void scalars(void)
{
	struct scalar a, b, c;
	uint8_t bytes[48];

	must(scalar_random(&a) == OK && scalar_random(&b) == OK, "random");
	scalar_write(bytes, &a);
	memcpy(bytes + 32, bytes, 16);
	TAINT_SECRET(&a, sizeof a);
	TAINT_SECRET(&b, sizeof b);
	TAINT_SECRET(bytes, sizeof bytes);
	scalar_add(&c, &a, &b);
	scalar_sub(&c, &c, &b);
	scalar_mul(&c, &c, &a);
	scalar_mul_add(&c, &c, &a, &b);
	scalar_neg(&c, &c);
	scalar_inverse(&c, &c);
	scalar_reduce48(&b, bytes);
	scalar_write(bytes, &c);
}

static void points(void)
{
	static struct scalar k[N], copy[N];
	static struct point p[N], out[N], one, sum;
	static uint8_t msgs[N][8];
	struct point_table *t;

	for (unsigned i = 0; i < N; i++) {
		msgs[i][0] = (uint8_t)i;
		must(scalar_random(&k[i]) == OK, "random");
	}
	must(point_hash_many(p, (const uint8_t *)"taint", 5, msgs[0], 8, N) == OK, "hash");
	memcpy(copy, k, sizeof k);
	TAINT_SECRET(k, sizeof k);
	must(point_table_new(&t, &p[0]) == OK && point_table_mul(out, t, k, N) == OK, "table");
	TAINT_PUBLIC(out, sizeof out);
	must(point_mul(&one, &copy[5], &p[0]) == OK && point_equal(&one, &out[5]), "table: a product is wrong");
	must(point_mul_many(out, &k[0], p, N) == OK, "many");
	TAINT_PUBLIC(out, sizeof out);
	must(point_mul(&one, &copy[0], &p[9]) == OK && point_equal(&one, &out[9]), "many: a product is wrong");
	must(point_msm(&sum, k, p, N) == OK, "commitment");
	must(point_msm_vartime(&one, copy, p, N) == OK && point_equal(&one, &sum), "commitment: the sum is wrong");
	point_table_free(t);
}

int main(void)
{
	scalars();
	for (unsigned i = 0; lanes_way(i) != NULL; i++) {
		lanes_use(lanes_way(i));
		points();
		printf("%s: done\n", lanes_way(i)->name);
	}
	return 0;
}
