/*
 * See scalar.h. Montgomery multiplication with R = 2^256 (CIOS, Koc, Acar and Kaliski 1996): a product is two of
 * them, ab/R and then times R^2/R. All branches and addresses are independent of the values.
 */
#include "group/scalar.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

static const uint64_t N[4] = {0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000};
static const uint64_t N_INV = 0xccd1c8aaee00bc4f; /* -n^-1 mod 2^64 */
static const struct scalar RR = {{0x83244c95be79eea2, 0x4699799c49bd6fa6, 0x2845b2392b6bec59, 0x66e12d94f3d95620}};

const struct scalar SCALAR_ZERO = {{0, 0, 0, 0}};
const struct scalar SCALAR_ONE = {{1, 0, 0, 0}};

/* out = a - n if carry or a >= n, else a; a < 2n with its 257th bit in carry. */
static void reduce_once(uint64_t out[4], const uint64_t a[4], uint64_t carry)
{
	uint64_t d[4], borrow = 0, keep;

	for (int i = 0; i < 4; i++) {
		u128 t = (u128)a[i] - N[i] - borrow;

		d[i] = (uint64_t)t;
		borrow = (uint64_t)(t >> 64) & 1;
	}
	keep = (uint64_t)0 - (borrow & (carry ^ 1)); /* all ones: a was below n */
	for (int i = 0; i < 4; i++)
		out[i] = (a[i] & keep) | (d[i] & ~keep);
}

static void mont_mul(struct scalar *out, const struct scalar *a, const struct scalar *b)
{
	uint64_t t[6] = {0};

	for (int i = 0; i < 4; i++) {
		u128 s;
		uint64_t c = 0, m;

		for (int j = 0; j < 4; j++) {
			s = (u128)a->v[j] * b->v[i] + t[j] + c;
			t[j] = (uint64_t)s;
			c = (uint64_t)(s >> 64);
		}
		s = (u128)t[4] + c;
		t[4] = (uint64_t)s;
		t[5] = (uint64_t)(s >> 64);

		m = t[0] * N_INV;
		s = (u128)m * N[0] + t[0];
		c = (uint64_t)(s >> 64);
		for (int j = 1; j < 4; j++) {
			s = (u128)m * N[j] + t[j] + c;
			t[j - 1] = (uint64_t)s;
			c = (uint64_t)(s >> 64);
		}
		s = (u128)t[4] + c;
		t[3] = (uint64_t)s;
		t[4] = t[5] + (uint64_t)(s >> 64);
	}
	reduce_once(out->v, t, t[4]);
	OPENSSL_cleanse(t, sizeof t);
}

static void load(uint64_t v[4], const uint8_t in[32])
{
	for (int i = 0; i < 4; i++) {
		v[3 - i] = 0;
		for (int j = 0; j < 8; j++)
			v[3 - i] = v[3 - i] << 8 | in[8 * i + j];
	}
}

bool scalar_read(struct scalar *out, const uint8_t in[32])
{
	uint64_t borrow = 0;

	load(out->v, in);
	for (int i = 0; i < 4; i++)
		borrow = (uint64_t)(((u128)out->v[i] - N[i] - borrow) >> 64) & 1;
	return borrow == 1;
}

void scalar_write(uint8_t out[32], const struct scalar *a)
{
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 8; j++)
			out[8 * i + j] = (uint8_t)(a->v[3 - i] >> (56 - 8 * j));
}

void scalar_reduce48(struct scalar *out, const uint8_t in[48])
{
	struct scalar hi = {{0}}, lo;

	for (int i = 0; i < 16; i++)
		hi.v[1 - i / 8] = hi.v[1 - i / 8] << 8 | in[i];
	load(lo.v, in + 16);
	reduce_once(lo.v, lo.v, 0);
	mont_mul(&hi, &hi, &RR); /* hi * 2^256 mod n */
	scalar_add(out, &hi, &lo);
	scalar_wipe(&hi, 1);
	scalar_wipe(&lo, 1);
}

void scalar_from_u64(struct scalar *out, uint64_t v)
{
	*out = (struct scalar){{v, 0, 0, 0}};
}

void scalar_from_u128(struct scalar *out, const uint8_t in[16])
{
	*out = SCALAR_ZERO;
	for (int i = 0; i < 16; i++)
		out->v[1 - i / 8] = out->v[1 - i / 8] << 8 | in[i];
}

enum status scalar_random_many(struct scalar *out, size_t n)
{
	uint8_t bytes[64][48]; /* one call to the generator for many: a call costs more than its bytes */

	for (size_t at = 0; at < n; at += 64) {
		size_t count = n - at < 64 ? n - at : 64;

		if (RAND_priv_bytes(bytes[0], (int)(count * sizeof bytes[0])) != 1)
			return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
		for (size_t i = 0; i < count; i++)
			scalar_reduce48(&out[at + i], bytes[i]);
	}
	OPENSSL_cleanse(bytes, sizeof bytes);
	return OK;
}

enum status scalar_random(struct scalar *out)
{
	return scalar_random_many(out, 1);
}

void scalar_add(struct scalar *out, const struct scalar *a, const struct scalar *b)
{
	uint64_t t[4], c = 0;

	for (int i = 0; i < 4; i++) {
		u128 s = (u128)a->v[i] + b->v[i] + c;

		t[i] = (uint64_t)s;
		c = (uint64_t)(s >> 64);
	}
	reduce_once(out->v, t, c);
	OPENSSL_cleanse(t, sizeof t);
}

void scalar_sub(struct scalar *out, const struct scalar *a, const struct scalar *b)
{
	uint64_t t[4], borrow = 0, c = 0, mask;

	for (int i = 0; i < 4; i++) {
		u128 s = (u128)a->v[i] - b->v[i] - borrow;

		t[i] = (uint64_t)s;
		borrow = (uint64_t)(s >> 64) & 1;
	}
	mask = (uint64_t)0 - borrow;
	for (int i = 0; i < 4; i++) {
		u128 s = (u128)t[i] + (N[i] & mask) + c;

		out->v[i] = (uint64_t)s;
		c = (uint64_t)(s >> 64);
	}
	OPENSSL_cleanse(t, sizeof t);
}

void scalar_neg(struct scalar *out, const struct scalar *a)
{
	scalar_sub(out, &SCALAR_ZERO, a);
}

void scalar_mul(struct scalar *out, const struct scalar *a, const struct scalar *b)
{
	struct scalar t;

	mont_mul(&t, a, b);
	mont_mul(out, &t, &RR);
	scalar_wipe(&t, 1);
}

void scalar_mul_add(struct scalar *out, const struct scalar *a, const struct scalar *b, const struct scalar *c)
{
	struct scalar t;

	scalar_mul(&t, a, b);
	scalar_add(out, &t, c);
	scalar_wipe(&t, 1);
}

void scalar_inverse(struct scalar *out, const struct scalar *a)
{
	/* The exponent n - 2 is public: its bits may be branched on. */
	struct scalar r = SCALAR_ONE, base = *a;

	for (int i = 0; i < 256; i++) {
		uint64_t limb = i < 64 ? N[0] - 2 : N[i / 64];

		if (limb >> (i % 64) & 1)
			scalar_mul(&r, &r, &base);
		scalar_mul(&base, &base, &base);
	}
	*out = r;
	scalar_wipe(&r, 1);
	scalar_wipe(&base, 1);
}

bool scalar_is_zero(const struct scalar *a)
{
	return (a->v[0] | a->v[1] | a->v[2] | a->v[3]) == 0;
}

bool scalar_equal(const struct scalar *a, const struct scalar *b)
{
	return CRYPTO_memcmp(a->v, b->v, sizeof a->v) == 0;
}

void scalar_wipe(struct scalar *a, size_t count)
{
	OPENSSL_cleanse(a, count * sizeof *a);
}
