/* POST /api/login: user name and password; POST /api/logout. */
#include "backend/backend.h"
#include "backend/token.h"
#include "base/hex.h"
#include "base/json.h"
#include "protocol/credential.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <string.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Unknown user name and wrong password walk the same path in the database; what is left of a difference (a page more
 * in its cache) disappears in a fixed time for both. */
static void wait_until(int64_t ms)
{
	int64_t left = ms - now_ms();
	struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};

	if (left > 0)
		nanosleep(&t, NULL);
}

static bool read_request(const struct http_request *q, char username[USERNAME_MAX + 1], uint8_t auth_sha256[32])
{
	json_t *body = http_json(q);
	const char *name, *auth;
	uint8_t secret[32];
	bool good;

	good = body != NULL && json_object_size(body) == 2 &&
	       (name = json_string_value(json_object_get(body, "username"))) != NULL &&
	       (auth = json_string_value(json_object_get(body, "auth"))) != NULL &&
	       credential_read_username(username, name, strlen(name)) &&
	       hex_decode_vartime(secret, sizeof secret, auth, strlen(auth)) &&
	       hash_sha256(auth_sha256, secret, sizeof secret) == OK;
	OPENSSL_cleanse(secret, sizeof secret);
	json_decref(body);
	return good;
}

/* *out: the address as a keyed hash in `hash`, or NULL where it is not slowed down. False: no address. */
static bool slow_down_key(const struct backend *b, const char *address, uint8_t hash[32], const uint8_t **out)
{
	uint8_t bytes[16];
	bool known;

	*out = NULL;
	if (!place_address(bytes, address))
		return false;
	for (unsigned i = 0; i < b->n_allow; i++)
		if (place_in_network(bytes, b->allow[i], &known))
			return true;
	place_subscriber(bytes);
	*out = hash;
	return token_address_hmac(hash, b->code_key, bytes) == OK;
}

void login_begin(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const struct backend *b = w->backend;
	int64_t floor = now_ms() + b->refusal_ms;
	char username[USERNAME_MAX + 1], code[TOKEN_CODE_DIGITS + 1], token[TOKEN_HEX + 1];
	uint8_t auth_sha256[32], hash[32], code_hmac[32], address_hash[32];
	const uint8_t *address;
	struct voting_code_step step;

	if (!read_request(q, username, auth_sha256)) {
		http_refuse(a, REFUSAL_BAD_REQUEST);
		return;
	}
	if (!slow_down_key(b, q->address, address_hash, &address) || token_new(token) != OK ||
	    token_sha256(hash, token) != OK || token_new_code(code) != OK ||
	    token_code_hmac(code_hmac, b->code_key, b->record->eid, username, code) != OK ||
	    voting_begin_login(w->db, &step, username, auth_sha256, hash, code_hmac, address) != OK) {
		route_busy(a);
		goto done;
	}
	if (step.outcome != VOTING_OK) {
		a->retry_after = step.retry_after;
		route_refuse(a, step.outcome);
		if (step.outcome == VOTING_BAD_LOGIN)
			wait_until(floor);
		goto done;
	}
	if (step.send && !code_send(w, a, username, step.phone, code, code_hmac))
		goto done;
	memcpy(a->token, token, sizeof token);
	a->body = session_code_step(&step, step.send, token);
done:
	OPENSSL_cleanse(code, sizeof code);
	OPENSSL_cleanse(token, sizeof token);
	OPENSSL_cleanse(auth_sha256, sizeof auth_sha256);
}

void login_end(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	uint8_t hash[32];

	if (q->token[0] == '\0' || !token_csrf_right(q->token, q->csrf)) {
		http_refuse(a, q->token[0] == '\0' ? REFUSAL_NO_SESSION : REFUSAL_BAD_CSRF);
		return;
	}
	if (token_sha256(hash, q->token) != OK || voting_logout(w->db, hash) != OK) {
		route_busy(a);
		return;
	}
	a->drop_cookie = true;
	a->body = json_object();
}
