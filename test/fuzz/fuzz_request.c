/*
 * A request as the backend gets it: lines NAME=VALUE (what the web server passes on) up to an empty one, then the
 * body, which comes in pieces. Whole, from its bytes to its answer, with a database that cannot be reached: every
 * answer must be a refusal of the table, byte for byte (so nothing of the request is in it), and no byte of the body
 * may stay behind. What is read only after the database has answered gets the same bytes directly; a value NETWORK is
 * one of login.allow.
 */
#include "fuzz.h"
#include "backend/backend.h"
#include "backend/token.h"
#include "backend/totp.h"
#include "store/connection.c"
#include <ctype.h>

enum { PARAMS_MAX = 64, ANSWER_MAX = 4096 };

static struct backend backend = {.opens_text = "2030-01-01 08:00:00 (UTC)", .site_host = "vote.example", .totp = true,
                                 .signer_socket = "/nonexistent/signer", .sms_socket = "/nonexistent/sms"};
static const uint8_t *rest; /* of the body */
static size_t left, piece;

static void next_piece(FCGX_Stream *in)
{
	size_t n = left < piece ? left : piece;

	in->isClosed = n == 0;
	in->rdNext = in->stopUnget = (unsigned char *)(uintptr_t)rest;
	in->stop = in->rdNext + n;
	rest += n;
	left -= n;
}

static void too_long(FCGX_Stream *out, int closing)
{
	(void)out, (void)closing;
	abort();
}

static bool is_refusal(const char *body, int status)
{
	const char *at = strstr(body, "\"reference\":\"");
	char reference[HTTP_REFERENCE + 1];
	bool found = false;

	fuzz_need(at != NULL && strlen(at += 13) > HTTP_REFERENCE);
	snprintf(reference, sizeof reference, "%s", at);
	fuzz_need(strspn(reference, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == HTTP_REFERENCE);
	for (int r = REFUSAL_NOT_OPEN; r <= REFUSAL_BUSY && !found; r++) {
		json_t *json = refusal_json((enum refusal)r, reference, REFUSAL_VOTE_UNKNOWN, -1, -1, NULL, backend.opens_text);
		char *text = json_dumps(json, JSON_COMPACT);

		found = refusal_http((enum refusal)r) == status && strcmp(text, body) == 0;
		free(text);
		json_decref(json);
	}
	return found;
}

static void check_answer(const char *answer)
{
	static const char always[] = "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n",
	                  drop[] = "Set-Cookie: __Host-vemre=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict\r\n";
	int status = 0, used = 0;

	fuzz_need(sscanf(answer, "Status: %3d%n", &status, &used) == 1 && strncmp(answer += used, always, sizeof always - 1) == 0);
	answer += sizeof always - 1;
	if (strncmp(answer, drop, sizeof drop - 1) == 0)
		answer += sizeof drop - 1;
	fuzz_need(strncmp(answer, "\r\n", 2) == 0 && is_refusal(answer + 2, status));
}

/* What is a network at all is an address, or one with as many bits as it has at most. */
static void check_network(const char *address, const char *network)
{
	const char *slash = strchr(network, '/');
	uint8_t bytes[16], base[16];
	bool known, inside;

	if (!place_address(bytes, address))
		memset(bytes, 0, sizeof bytes);
	inside = place_in_network(bytes, network, &known);
	fuzz_need(known || !inside);
	if (known && slash != NULL)
		fuzz_need(isdigit((unsigned char)slash[1]) && strtoul(slash + 1, NULL, 10) <= (strchr(network, ':') != NULL ? 128 : 32));
	else if (known)
		fuzz_need(place_address(base, network) && inside == (memcmp(base, bytes, sizeof base) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record record;
	static struct worker worker = {.backend = &backend};
	static const uint8_t zeros[sizeof worker.body];
	static unsigned char answer[ANSWER_MAX];
	uint8_t secret[TOTP_SECRET] = {1}, sealed[TOTP_SEALED] = {0};
	char *params[PARAMS_MAX + 1] = {NULL}, *text = malloc(size + 1), code[7];
	FCGX_Stream in = {.isReader = 1, .fillBuffProc = next_piece},
	            out = {.emptyBuffProc = too_long, .wrNext = answer};
	FCGX_Request fcgi = {.in = &in, .out = &out, .envp = params};
	struct http_request q;
	uint64_t step;
	size_t at = 0, n = 0;

	if (worker.db == NULL) {
		fuzz_need((worker.db = calloc(1, sizeof *worker.db)) != NULL && (backend.code_key = secret_copy(zeros, 32)) != NULL);
		worker.db->pg = PQconnectdb("host=/nonexistent user=vemre_web");
		backend.record = &record;
		backend.allow[backend.n_allow++] = "203.0.113.0/24";
		backend.allow[backend.n_allow++] = "2001:db8::/32";
	}
	fuzz_need(text != NULL);
	out.rdNext = out.stop = answer + sizeof answer - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	while (at < size) {
		size_t len = strcspn(text + at, "\n");
		char *line = text + at;

		at += len + (at + len < size);
		line[len] = '\0';
		if (len == 0 || n == PARAMS_MAX)
			break;
		params[n++] = line;
	}
	piece = 1 + size % 4096;
	rest = data + at;
	left = size - at;
	backend_serve(&worker, &fcgi);
	*out.wrNext = '\0';
	check_answer((const char *)answer);
	fuzz_need(memcmp(worker.body, zeros, sizeof zeros) == 0);

	in.isClosed = 0;
	in.rdNext = in.stop = NULL;
	rest = data + at;
	left = size - at;
	http_read(&q, &fcgi, worker.body);
	fuzz_need(q.body_bad || q.body_len <= size - at);
	if (code_read(&q, code))
		fuzz_need(strspn(code, "0123456789") == 6 && strlen(code) == 6);
	memcpy(sealed, q.body, q.body_len < sizeof sealed ? q.body_len : sizeof sealed);
	fuzz_need(!totp_open(secret, backend.code_key, "user", sealed));
	fuzz_ignore(totp_step(&step, secret, 1700000000, q.csrf) ? OK : E_REFUSED);
	check_network(q.address, FCGX_GetParam("NETWORK", params) != NULL ? FCGX_GetParam("NETWORK", params) : "");
	memset(worker.body, 0, q.body_len);
	free(text);
	return 0;
}
