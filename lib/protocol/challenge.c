/* See challenge.h. u and v are the observer's secrets until handed in; these equations run on public ones. */
#include "protocol/challenge.h"
#include "protocol/envelope.h"
#include <openssl/crypto.h>

enum status challenge_question(struct point *q, const struct point *r, const struct scalar *u, const struct scalar *v)
{
	struct scalar k[2] = {*u, *v};
	struct point p[2] = {*r, POINT_GENERATOR};
	enum status s = point_msm(q, k, p, 2);

	scalar_wipe(k, 2);
	return s;
}

enum status challenge_holds(bool *holds, const struct point *r, const struct point *w, const struct point *election_key,
                            const struct scalar *u, const struct scalar *v, const uint8_t answer[32])
{
	struct point q, expected, parts[2] = {*w, *election_key};
	struct scalar k[2] = {*u, *v};
	uint8_t x[32];
	enum status s;

	*holds = false;
	if (scalar_is_zero(u))
		return OK;
	if ((s = challenge_question(&q, r, u, v)) != OK || (s = point_msm_vartime(&expected, k, parts, 2)) != OK)
		return s;
	if (point_is_infinity(&q) || point_is_infinity(&expected))
		return OK;
	envelope_x(x, &expected);
	*holds = CRYPTO_memcmp(x, answer, 32) == 0;
	return OK;
}
