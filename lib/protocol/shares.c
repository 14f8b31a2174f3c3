/*
 * See shares.h. Shamir, CACM 1979; Feldman, FOCS 1987. Secret: K, the polynomial, the shares, b_k; all arithmetic on
 * them is lib/group's constant-time.
 */
#include "protocol/shares.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <string.h>

static struct secret *secret_of(const struct scalar *a)
{
	struct secret *s = secret_new(32);

	if (s != NULL)
		scalar_write(secret_bytes(s), a);
	return s;
}

enum status shares_make_k(struct secret **k, const struct secret *entropy48)
{
	struct scalar a;

	*k = NULL;
	if (secret_len(entropy48) != 48)
		return fault(E_FAILED, NULL, _("la entropía de K no tiene 48 bytes"));
	scalar_reduce48(&a, secret_bytes(entropy48));
	if (!scalar_is_zero(&a)) /* zero: probability 2^-256; a generator that is broken, then */
		*k = secret_of(&a);
	scalar_wipe(&a, 1);
	return *k != NULL ? OK : fault(E_FAILED, NULL, _("no se pudo crear el secreto del comité"));
}

enum status shares_split(struct secret **shares, struct point *commitments, const struct secret *k,
                         unsigned threshold, unsigned cards)
{
	struct scalar f[SHARES_MAX], x, y;
	enum status r = OK;

	if (threshold < 2 || threshold > cards || cards > SHARES_MAX)
		return fault(E_USAGE, NULL, _("el umbral %u de %u tarjetas no es posible: 2 <= umbral <= tarjetas <= %d"),
		             threshold, cards, SHARES_MAX);
	memset(shares, 0, cards * sizeof *shares);
	if (!scalar_read(&f[0], secret_bytes(k)) || scalar_is_zero(&f[0]))
		r = fault(E_FAILED, NULL, _("el secreto del comité no es un escalar"));
	for (unsigned j = 1; r == OK && j < threshold; j++)
		r = scalar_random(&f[j]);
	for (unsigned j = 0; r == OK && j < threshold; j++)
		r = point_mul_base(&commitments[j], &f[j]);
	for (unsigned i = 1; r == OK && i <= cards; i++) {
		scalar_from_u64(&x, i);
		y = f[threshold - 1];
		for (unsigned j = threshold - 1; j-- > 0;)
			scalar_mul_add(&y, &y, &x, &f[j]);
		if ((shares[i - 1] = secret_of(&y)) == NULL)
			r = E_FAILED;
	}
	scalar_wipe(f, SHARES_MAX);
	scalar_wipe(&y, 1);
	if (r != OK)
		for (unsigned i = 0; i < cards; i++) {
			secret_free(shares[i]);
			shares[i] = NULL;
		}
	return r;
}

enum status shares_check(const struct secret *share, unsigned card, const struct point *commitments,
                         unsigned threshold)
{
	struct scalar s, x, powers[SHARES_MAX];
	struct point mine, public;
	enum status r;

	if (secret_len(share) != 32 || card < 1 || card > SHARES_MAX || !scalar_read(&s, secret_bytes(share)))
		return E_EVIDENCE;
	scalar_from_u64(&x, card);
	powers[0] = SCALAR_ONE;
	for (unsigned j = 1; j < threshold; j++)
		scalar_mul(&powers[j], &powers[j - 1], &x);
	if ((r = point_mul_base(&mine, &s)) == OK &&
	    (r = point_msm_vartime(&public, powers, commitments, threshold)) == OK && !point_equal(&mine, &public))
		r = E_EVIDENCE;
	scalar_wipe(&s, 1);
	return r;
}

enum status shares_combine(struct secret **k, const struct secret *const *shares, const unsigned *cards,
                           const struct point *commitments, unsigned threshold)
{
	struct scalar sum = SCALAR_ZERO, term, num, den, xi, xj, d;
	struct point check;
	enum status r = OK;

	*k = NULL;
	for (unsigned i = 0; i < threshold; i++) {
		/* Lagrange's coefficient at 0: product over j != i of x_j / (x_j - x_i); public */
		num = den = SCALAR_ONE;
		scalar_from_u64(&xi, cards[i]);
		for (unsigned j = 0; j < threshold; j++) {
			if (j == i)
				continue;
			if (cards[j] == cards[i]) {
				r = fault(E_REFUSED, NULL, _("la tarjeta %u está dos veces"), cards[i]);
				goto done;
			}
			scalar_from_u64(&xj, cards[j]);
			scalar_sub(&d, &xj, &xi);
			scalar_mul(&num, &num, &xj);
			scalar_mul(&den, &den, &d);
		}
		scalar_inverse(&den, &den);
		scalar_mul(&num, &num, &den);
		if (secret_len(shares[i]) != 32 || !scalar_read(&term, secret_bytes(shares[i]))) {
			r = fault(E_EVIDENCE, NULL, _("la parte de la tarjeta %u no se puede leer"), cards[i]);
			goto done;
		}
		scalar_mul_add(&sum, &term, &num, &sum);
	}
	if ((r = point_mul_base(&check, &sum)) != OK)
		goto done;
	if (!point_equal(&check, &commitments[0]))
		r = fault(E_EVIDENCE, NULL, _("las partes de las tarjetas no dan el secreto del comité"));
	else if ((*k = secret_of(&sum)) == NULL)
		r = E_FAILED;
done:
	scalar_wipe(&sum, 1);
	scalar_wipe(&term, 1);
	return r;
}

enum status shares_committee_secrets(struct secret *b[COMMITTEE_KEYS], const struct secret *k)
{
	struct scalar s;
	enum status r = OK;

	memset(b, 0, COMMITTEE_KEYS * sizeof *b);
	for (uint8_t i = 1; r == OK && i <= COMMITTEE_KEYS; i++) {
		r = hash_s(&s, "committee-key", PARTS(BYTES(secret_bytes(k), 32), BYTES(&i, 1)));
		if (r == OK && (b[i - 1] = secret_of(&s)) == NULL)
			r = E_FAILED;
	}
	scalar_wipe(&s, 1);
	if (r != OK)
		for (int i = 0; i < COMMITTEE_KEYS; i++) {
			secret_free(b[i]);
			b[i] = NULL;
		}
	return r;
}

enum status shares_committee_keys(struct point out[COMMITTEE_KEYS], const struct secret *k)
{
	struct secret *b[COMMITTEE_KEYS];
	struct scalar s;
	enum status r;

	if ((r = shares_committee_secrets(b, k)) != OK)
		return r;
	for (int i = 0; i < COMMITTEE_KEYS; i++) {
		if (r == OK && scalar_read(&s, secret_bytes(b[i])))
			r = point_mul_base(&out[i], &s);
		secret_free(b[i]);
	}
	scalar_wipe(&s, 1);
	return r;
}

enum status shares_vault_pin(struct secret **pin, const struct secret *k, const char *what)
{
	/* base64url without look-ups that depend on the secret: each symbol by arithmetic on ranges. */
	uint8_t hash[32];
	enum status r;

	*pin = NULL;
	if ((r = hash_b(hash, what, PARTS(BYTES(secret_bytes(k), 32)))) != OK)
		return r;
	if ((*pin = secret_new(PIN_CHARS)) == NULL)
		r = E_FAILED;
	for (int i = 0; r == OK && i < PIN_CHARS; i++) {
		unsigned bit = 6 * (unsigned)i, pair = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1], v, c;

		v = pair >> (10 - bit % 8) & 63;
		c = v + 'A';                                       /* 0..25: A-Z */
		c += -((25 - v) >> 31) & 6u;                       /* 26..51: a-z */
		c -= -((51 - v) >> 31) & 75u;                      /* 52..61: 0-9 */
		c -= -((61 - v) >> 31) & 13u;                      /* 62: '-' */
		c += -((62 - v) >> 31) & 49u;                      /* 63: '_' */
		secret_bytes(*pin)[i] = (uint8_t)c;
	}
	OPENSSL_cleanse(hash, sizeof hash);
	return r;
}

enum status shares_spare_key(struct secret **key32, const struct secret *k)
{
	enum status r;

	if ((*key32 = secret_new(32)) == NULL)
		return E_FAILED;
	if ((r = hash_b(secret_bytes(*key32), "vault-spare", PARTS(BYTES(secret_bytes(k), 32)))) != OK) {
		secret_free(*key32);
		*key32 = NULL;
	}
	return r;
}
