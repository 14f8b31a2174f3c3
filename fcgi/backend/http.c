/* See http.h. */
#include "backend/http.h"
#include "base/hex.h"
#include "base/json.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *param(FCGX_Request *fcgi, const char *name)
{
	const char *value = FCGX_GetParam(name, fcgi->envp);

	return value != NULL ? value : "";
}

/* The value of "__Host-vemre" in a Cookie header, if it is 64 hex digits. */
static void read_cookie(char out[HTTP_TOKEN_HEX + 1], const char *cookies)
{
	static const char name[] = "__Host-vemre=";
	uint8_t bytes[HTTP_TOKEN_HEX / 2];
	const char *at = cookies;

	out[0] = '\0';
	while (at != NULL && *at != '\0') {
		size_t len;

		at += strspn(at, " ;");
		len = strcspn(at, ";");
		if (strncmp(at, name, sizeof name - 1) == 0) {
			const char *value = at + sizeof name - 1;
			size_t value_len = len - (sizeof name - 1);

			if (value_len == HTTP_TOKEN_HEX && hex_decode_vartime(bytes, sizeof bytes, value, value_len)) {
				memcpy(out, value, HTTP_TOKEN_HEX);
				out[HTTP_TOKEN_HEX] = '\0';
			}
			OPENSSL_cleanse(bytes, sizeof bytes);
			return;
		}
		at += len;
	}
}

static void read_body(struct http_request *out, FCGX_Request *fcgi)
{
	const char *length = param(fcgi, "CONTENT_LENGTH");
	char *end;
	unsigned long n = strtoul(length, &end, 10);
	int got;

	if (*length == '\0')
		return;
	if (*end != '\0' || *length == '-' || n > HTTP_BODY_MAX) {
		out->body_bad = true;
		return;
	}
	while (out->body_len < n) {
		got = FCGX_GetStr((char *)out->body + out->body_len, (int)(n - out->body_len), fcgi->in);
		if (got <= 0) {
			out->body_bad = true;
			return;
		}
		out->body_len += (size_t)got;
	}
}

void http_read(struct http_request *out, FCGX_Request *fcgi, uint8_t *body)
{
	const char *uri = param(fcgi, "REQUEST_URI");
	size_t path_len = strcspn(uri, "?");

	memset(out, 0, sizeof *out);
	out->method = param(fcgi, "REQUEST_METHOD");
	out->content_type = param(fcgi, "CONTENT_TYPE");
	out->address = param(fcgi, "REMOTE_ADDR");
	out->csrf = param(fcgi, "HTTP_X_VEMRE_CSRF");
	out->body = body;
	if (path_len < sizeof out->path) {
		memcpy(out->path, uri, path_len);
		out->path[path_len] = '\0';
	}
	read_cookie(out->token, param(fcgi, "HTTP_COOKIE"));
	read_body(out, fcgi);
}

json_t *http_json(const struct http_request *q)
{
	size_t type = strcspn(q->content_type, ";");
	json_t *value;

	/* A form on somebody else's page cannot send this type without asking first (CORS). */
	if (q->body_bad || type != strlen("application/json") || strncmp(q->content_type, "application/json", type) != 0)
		return NULL;
	value = json_loadb((const char *)q->body, q->body_len, JSON_REJECT_DUPLICATES, NULL);
	if (value != NULL && !json_is_object(value)) {
		json_decref(value);
		value = NULL;
	}
	return value;
}

void http_answer_init(struct http_answer *a)
{
	memset(a, 0, sizeof *a);
	a->retry_after = -1;
	a->tries_left = -1;
}

void http_answer_free(struct http_answer *a)
{
	json_decref(a->receipt);
	json_decref(a->body);
	OPENSSL_cleanse(a, sizeof *a);
}

void http_refuse(struct http_answer *a, enum refusal refusal)
{
	a->refusal = refusal;
}

void http_new_reference(char out[HTTP_REFERENCE + 1])
{
	static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t random[HTTP_REFERENCE] = {0};

	if (RAND_bytes(random, sizeof random) != 1)
		memset(random, 0, sizeof random);
	for (size_t i = 0; i < HTTP_REFERENCE; i++)
		out[i] = symbols[random[i] % 32];
	out[HTTP_REFERENCE] = '\0';
}

void http_send(FCGX_Request *fcgi, const struct http_answer *a, const char *opens_text)
{
	json_t *error = NULL;
	char *text;

	if (a->refusal != REFUSAL_NONE)
		error = refusal_json(a->refusal, a->reference, a->vote, a->retry_after, a->tries_left, a->receipt,
		                     opens_text);
	text = json_dumps(error != NULL ? error : a->body, JSON_COMPACT);
	FCGX_FPrintF(fcgi->out, "Status: %d\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n",
	             text == NULL ? 500 : refusal_http(a->refusal));
	if (a->refusal != REFUSAL_NONE && a->retry_after >= 0)
		FCGX_FPrintF(fcgi->out, "Retry-After: %d\r\n", a->retry_after);
	if (a->refusal == REFUSAL_NONE && a->token[0] != '\0')
		FCGX_FPrintF(fcgi->out, "Set-Cookie: __Host-vemre=%s; Path=/; Secure; HttpOnly; SameSite=Strict\r\n",
		             a->token);
	else if (a->drop_cookie)
		FCGX_FPrintF(fcgi->out, "Set-Cookie: __Host-vemre=; Path=/; Max-Age=0; Secure; HttpOnly; "
		                        "SameSite=Strict\r\n");
	FCGX_PutS("\r\n", fcgi->out);
	if (text != NULL)
		FCGX_PutS(text, fcgi->out);
	free(text);
	json_decref(error);
}
