/* See openssl.h. */
#include "group/openssl.h"
#include <openssl/obj_mac.h>
#include <pthread.h>
#include <stdlib.h>

static EC_GROUP *curve;
static BIGNUM *p, *a, *b;

static void make(void)
{
	curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	p = BN_new();
	a = BN_new();
	b = BN_new();
	/* Without these nothing in this program can be right; there is no caller who could go on. */
	if (curve == NULL || p == NULL || a == NULL || b == NULL || EC_GROUP_get_curve(curve, p, a, b, NULL) != 1)
		abort();
}

static void once(void)
{
	static pthread_once_t done = PTHREAD_ONCE_INIT;

	pthread_once(&done, make);
}

const EC_GROUP *group_curve(void)
{
	once();
	return curve;
}

const BIGNUM *group_prime(void)
{
	once();
	return p;
}

const BIGNUM *group_a(void)
{
	once();
	return a;
}

const BIGNUM *group_b(void)
{
	once();
	return b;
}
