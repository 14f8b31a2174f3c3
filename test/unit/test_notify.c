/* Addresses, numbers, the pieces of a mail, what is filled into a URL. Servers are the integration tests' business. */
#include "base/secret.h"
#include "notify/letter.h"
#include "notify/mail.h"
#include "notify/mime.h"
#include "notify/sms.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void addresses(void **state)
{
	static const char *const good[] = {"a@b.mx", "maria.o'higgins+voto@sub-1.example.org", "x_y@a.b.c"};
	static const char *const bad[] = {"",           "a",          "a@",          "@b.mx",       "a@b",
	                                  "a@@b.mx",    "a b@c.mx",   "a@b.mx\r\nX", ".a@b.mx",     "a.@b.mx",
	                                  "a..b@c.mx",  "\"a\"@b.mx", "a@-b.mx",     "a@b-.mx",     "a@b..mx",
	                                  "a@b.mx.",    "ñ@b.mx",     "a@ñ.mx",      "a@b.mx>",     "<a@b.mx",
	                                  "a@[1.2.3.4]", "a@b.mx-"};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(mail_address_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mail_address_valid(bad[i]))
			fail_msg("taken: %s", bad[i]);
	memset(longest, 'a', sizeof longest);
	memcpy(longest + 65, "@b.mx", 6);
	assert_false(mail_address_valid(longest));
	memcpy(longest + 64, "@b.mx", 6);
	assert_true(mail_address_valid(longest));
	assert_string_equal(mail_domain("a@b.mx"), "b.mx");
}

static void numbers(void **state)
{
	static const struct {
		const char *phone, *prefix;
	} cases[] = {
	        {"+525550000000", "+52"}, {"+12135550100", "+1"},    {"+447700900000", "+44"}, {"+79161234567", "+7"},
	        {"+85212345678", "+852"}, {"+353209100000", "+353"}, {"+34600000000", "+34"},  {"+59891234567", "+598"},
	        {"525550000000", "?"},    {"+0525550000", "?"},      {"+52555", "?"},          {"", "?"},
	        {"+1234567890123456", "?"}, {"+52555000000a", "?"},  {"+", "?"},
	};
	char out[5];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		sms_country_prefix(out, cases[i].phone);
		assert_string_equal(out, cases[i].prefix);
		assert_int_equal(sms_phone_valid(cases[i].phone), cases[i].prefix[0] != '?');
	}
}

struct text {
	struct secret *s;
	struct room room;
};

static struct text text_new(size_t size)
{
	struct text t = {.s = secret_new(size)};

	t.room = room_of(t.s);
	return t;
}

static const char *text_of(struct text *t)
{
	room_put(&t->room, "", 1);
	assert_false(t->room.bad);
	return (const char *)t->room.at;
}

static void quoted_printable(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	        {"plain", "plain"},
	        {"año\n", "a=C3=B1o\r\n"},
	        {"a=b", "a=3Db"},
	        {"end \nnext", "end=20\r\nnext"},
	        {"end ", "end=20"},
	        {".dot\n.", "=2Edot\r\n=2E"},
	        {"a\tb", "a=09b"},
	        {"1234567890123456789012345678901234567890123456789012345678901234567890123456",
	         "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n6"},
	        {"12345678901234567890123456789012345678901234567890123456789012345678901234ñ",
	         "12345678901234567890123456789012345678901234567890123456789012345678901234=\r\n=C3=B1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text t = text_new(400);

		mime_quoted_printable(&t.room, cases[i].in, strlen(cases[i].in));
		assert_string_equal(text_of(&t), cases[i].out);
		secret_free(t.s);
	}
}

static void header_words(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	        {"Plain subject", "Plain subject"},
	        {"=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?="},
	        {"Año", "=?UTF-8?B?QcOxbw==?="},
	        {"x\r\nBcc: y@z.mx", "=?UTF-8?B?eCAgQmNjOiB5QHoubXg=?="},
	        /* 41 bytes and then a letter of two: not cut within it */
	        {"12345678901234567890123456789012345678901ñx",
	         "=?UTF-8?B?MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=?=\r\n =?UTF-8?B?w7F4?="},
	};
	struct text t;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		t = text_new(400);
		mime_header_text(&t.room, cases[i].in);
		assert_string_equal(text_of(&t), cases[i].out);
		secret_free(t.s);
	}
	t = text_new(400);
	mime_header_name(&t.room, "O, A <x>");
	assert_string_equal(text_of(&t), "=?UTF-8?B?TywgQSA8eD4=?=");
	secret_free(t.s);
}

static void urls_html_dates(void **state)
{
	struct text t = text_new(200);
	char date[40];

	(void)state;
	room_url(&t.room, "+52 é&x=1~", strlen("+52 é&x=1~"));
	mime_html(&t.room, "<a href=\"x\">&");
	assert_string_equal(text_of(&t), "%2B52%20%C3%A9%26x%3D1~&lt;a href=&quot;x&quot;&gt;&amp;");
	secret_free(t.s);
	t = text_new(4);
	room_text(&t.room, "12345");
	assert_true(t.room.bad);
	secret_free(t.s);
	mime_date(date, sizeof date, 1810432800);
	assert_string_equal(date, "Sun, 16 May 2027 02:00:00 +0000"); /* date -ud @1810432800 -R */
}

/* A hostile name or title neither adds a header nor a tag. */
static void letters_escape(void **state)
{
	struct secret *password = secret_copy("0123456789ABCDEFGHJK", 20), *message = NULL;
	struct letter l = {
	        .from = "voto@instituto.example", .from_name = "", .to = "a@example.org",
	        .to_name = "Eva\r\nBcc: x@y.mx <b>", .message_id = "<1@instituto.example>", .date = 1810432800,
	        .title = "Elección <script>", .site = "https://voto.example", .help_phone = "+52", .zone = "America/Mexico_City",
	        .district = "Puebla", .opens = 1810432800, .closes = 1812326400, .simulation = false, .username = "ABC",
	        .credential_code = "C", .phone = "+447700900042", .password = password,
	};
	char *text, *html;

	(void)state;
	assert_int_equal(letter_compose(&message, &l), OK);
	text = strndup((const char *)secret_bytes(message), secret_len(message));
	assert_null(strstr(text, "\nBcc:"));
	html = strstr(text, "text/html");
	assert_non_null(html);
	assert_null(strstr(html, "<script>"));
	assert_null(strstr(html, "<b>:")); /* the name's */
	assert_non_null(strstr(html, "&lt;script&gt;"));
	assert_non_null(strstr(text, "Usuario: ABC\r\n"));
	assert_non_null(strstr(text, "a: 01234-56789-ABCDE-FGHJK\r\n"));
	assert_non_null(strstr(text, "Abre: 15 de mayo de 2027, 20:00 (America/Mexico_City, UTC-06:00)\r\n"));
	assert_non_null(strstr(text, "terminado en 42"));
	assert_null(strstr(text, "90004"));
	assert_null(strstr(text, "SIMULACRO"));
	for (char *line = strtok(text, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
		assert_true(strlen(line) <= 78);
	free(text);
	secret_free(password);
	secret_free(message);
}

/* ---- sms_send against a socket that answers what it is told ---- */

struct listener {
	int fd;
	char answer; /* 0: hangs up */
	uint8_t got[600];
	size_t n;
};

static void *answer_one(void *ctx)
{
	struct listener *l = ctx;
	int c = accept(l->fd, NULL, NULL);
	size_t want = 1 + 13 + 4 + 5;

	while (l->n < want) {
		ssize_t n = recv(c, l->got + l->n, sizeof l->got - l->n, 0);

		if (n <= 0)
			break;
		l->n += (size_t)n;
	}
	if (l->answer != 0)
		(void)!send(c, &l->answer, 1, MSG_NOSIGNAL);
	close(c);
	return NULL;
}

static void handing_over(void **state)
{
	static const struct {
		char answer;
		enum status status;
	} cases[] = {{'A', OK}, {'R', E_REFUSED}, {'x', E_FAILED}, {0, E_FAILED}};
	struct secret *text = secret_copy("12345", 5), *big = secret_new(SMS_TEXT_MAX + 1);
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	(void)state;
	snprintf(a.sun_path, sizeof a.sun_path, "/tmp/test-sms-%d", (int)getpid());
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct listener l = {.fd = socket(AF_UNIX, SOCK_STREAM, 0), .answer = cases[i].answer};
		pthread_t t;

		unlink(a.sun_path);
		assert_int_equal(bind(l.fd, (const struct sockaddr *)&a, sizeof a), 0);
		assert_int_equal(listen(l.fd, 1), 0);
		pthread_create(&t, NULL, answer_one, &l);
		assert_int_equal(sms_send(a.sun_path, "+525550000000", text), cases[i].status);
		pthread_join(t, NULL);
		close(l.fd);
		assert_memory_equal(l.got, "\x0d+525550000000\0\0\0\x05" "12345", 23);
	}
	unlink(a.sun_path);
	assert_int_equal(sms_send(a.sun_path, "+525550000000", text), E_FAILED);
	assert_int_equal(sms_send(a.sun_path, "525550000000", text), E_EVIDENCE);
	assert_int_equal(sms_send(a.sun_path, "+525550000000", big), E_EVIDENCE);
	secret_free(text);
	secret_free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(addresses),       cmocka_unit_test(numbers),      cmocka_unit_test(quoted_printable),
	        cmocka_unit_test(header_words),    cmocka_unit_test(urls_html_dates), cmocka_unit_test(letters_escape),
	        cmocka_unit_test(handing_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
