/* See gateway.h. Looks into secrets: the gateways' passwords, the text. */
#include "notify/gateway.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/sms.h"
#include "notify/transfer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GATEWAYS_MAX = 8, TEMPLATE_MAX = 1024, REPLY_MAX = 256, URL_ROOM = 8192 };

static const char kannel[] = "http://127.0.0.1:13013/cgi-bin/sendsms?username=vemre&password={password}&from={from}"
                             "&to={to}&coding=2&charset=UTF-8&text={text}";

struct gateways {
	unsigned n;
	char *template[GATEWAYS_MAX];
	struct secret *password[GATEWAYS_MAX];
	char *from, *accepted, *ca;
	long timeout;
	struct figures *by_gateway; /* NULL: not counted */
};
struct gateway_sender {
	const struct gateways *gateways;
	CURL *curl;
};

void gateways_count(struct gateways *g, struct figures *by_gateway)
{
	g->by_gateway = by_gateway;
}

void gateways_free(struct gateways *g)
{
	if (g == NULL)
		return;
	for (unsigned i = 0; i < g->n; i++) {
		free(g->template[i]);
		secret_free(g->password[i]);
	}
	free(g->from);
	free(g->accepted);
	free(g->ca);
	free(g);
}

static enum status check_template(const char *t, unsigned number, bool has_password)
{
	bool wants = strstr(t, "{password}") != NULL;

	if (strlen(t) > TEMPLATE_MAX || (strncmp(t, "http://", 7) != 0 && strncmp(t, "https://", 8) != 0))
		return fault(E_USAGE, NULL, _("sms.gateways: la pasarela %u no es una URL http o https"), number);
	if (strstr(t, "{to}") == NULL || strstr(t, "{text}") == NULL)
		return fault(E_USAGE, NULL, _("sms.gateways: a la pasarela %u le falta {to} o {text}"), number);
	if (wants != has_password)
		return fault(E_USAGE, _("cada pasarela con {password} tiene su archivo en sms.password_files"),
		             _("sms.gateways: la pasarela %u y sms.password_files no concuerdan"), number);
	return OK;
}

static enum status add_gateway(struct gateways *g, struct settings *s, const char *template, unsigned i)
{
	const char *file = settings_item_path(s, "sms.password_files", i);
	enum status r;

	if (file != NULL && file[0] == '\0')
		file = NULL;
	if ((r = check_template(template, i + 1, file != NULL)) != OK)
		return r;
	if ((g->template[i] = strdup(template)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	g->n = i + 1;
	return file != NULL ? transfer_password(&g->password[i], file) : OK;
}

enum status gateways_open(struct gateways **out, struct settings *s)
{
	struct gateways *g = calloc(1, sizeof *g);
	const char *template, *from, *accepted, *ca;
	enum status r;
	unsigned i = 0;

	*out = NULL;
	if (g == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = transfer_init()) != OK || (r = settings_int(&g->timeout, s, "sms.timeout", 10, 1, 60)) != OK)
		goto done;
	r = E_USAGE;
	if ((from = settings_text(s, "sms.from", "VEMRE")) == NULL ||
	    (accepted = settings_text(s, "sms.accepted", "")) == NULL || (ca = settings_path(s, "sms.ca", "")) == NULL)
		goto done;
	r = E_FAILED;
	if ((g->from = strdup(from)) == NULL || (g->accepted = strdup(accepted)) == NULL ||
	    (ca[0] != '\0' && (g->ca = strdup(ca)) == NULL))
		goto done;
	for (; (template = settings_item(s, "sms.gateways", i)) != NULL && i < GATEWAYS_MAX; i++)
		if ((r = add_gateway(g, s, template, i)) != OK)
			goto done;
	if (i == 0 && (r = add_gateway(g, s, kannel, 0)) != OK)
		goto done;
	r = OK;
	*out = g;
	g = NULL;
done:
	gateways_free(g);
	return r;
}

enum status gateway_sender_new(struct gateway_sender **out, const struct gateways *g)
{
	struct gateway_sender *s = calloc(1, sizeof *s);

	*out = NULL;
	if (s == NULL || (s->curl = transfer_new("http,https")) == NULL) {
		free(s);
		return E_FAILED;
	}
	s->gateways = g;
	*out = s;
	return OK;
}

void gateway_sender_free(struct gateway_sender *s)
{
	if (s == NULL)
		return;
	curl_easy_cleanup(s->curl);
	free(s);
}

/* The template with its holes filled; ends in zero. */
static enum status fill(struct secret **out, const struct gateways *g, unsigned i, const char *phone,
                        const struct secret *text)
{
	struct secret *url = secret_new(URL_ROOM);
	struct room room;

	*out = NULL;
	if (url == NULL)
		return E_FAILED;
	room = room_of(url);
	for (const char *p = g->template[i]; *p != '\0';) {
		if (strncmp(p, "{to}", 4) == 0) {
			room_url(&room, phone, strlen(phone));
			p += 4;
		} else if (strncmp(p, "{from}", 6) == 0) {
			room_url(&room, g->from, strlen(g->from));
			p += 6;
		} else if (strncmp(p, "{text}", 6) == 0) {
			room_url(&room, secret_bytes(text), secret_len(text));
			p += 6;
		} else if (strncmp(p, "{password}", 10) == 0 && g->password[i] != NULL) {
			room_url(&room, secret_bytes(g->password[i]), secret_len(g->password[i]));
			p += 10;
		} else {
			room_put(&room, p++, 1);
		}
	}
	room_put(&room, "", 1);
	if (room.bad) {
		secret_free(url);
		return fault(E_EVIDENCE, NULL, _("el mensaje no cabe en la URL de la pasarela %u"), i + 1);
	}
	*out = url;
	return OK;
}

struct reply {
	char text[REPLY_MAX];
	size_t len;
};

static size_t take_reply(char *data, size_t size, size_t n, void *ctx)
{
	struct reply *reply = ctx;
	size_t room = sizeof reply->text - reply->len, len = size * n;

	memcpy(reply->text + reply->len, data, len < room ? len : room);
	reply->len += len < room ? len : room;
	return len;
}

/* One GET. What a gateway says in its body may quote the message: only its status is told. */
static bool try_gateway(struct gateway_sender *s, unsigned i, const struct secret *url)
{
	const struct gateways *g = s->gateways;
	struct reply reply = {.len = 0};
	size_t wanted = strlen(g->accepted);
	long status = 0;
	CURLcode c;

	curl_easy_setopt(s->curl, CURLOPT_URL, (const char *)secret_bytes(url));
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, g->timeout);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, &reply);
	if (g->ca != NULL)
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, g->ca);
	c = curl_easy_perform(s->curl);
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_setopt(s->curl, CURLOPT_URL, NULL);
	if (c == CURLE_OK && status >= 200 && status < 300 && reply.len >= wanted &&
	    memcmp(reply.text, g->accepted, wanted) == 0)
		return true;
	if (c != CURLE_OK)
		report_warning(NULL, _("pasarela de SMS %u: %s"), i + 1, curl_easy_strerror(c));
	else
		report_warning(NULL, _("pasarela de SMS %u: no aceptó el mensaje (HTTP %ld)"), i + 1, status);
	return false;
}

static void count(const struct gateways *g, unsigned i, bool taken)
{
	char number[12];

	snprintf(number, sizeof number, "%u", i + 1);
	if (g->by_gateway != NULL)
		figures_add(g->by_gateway, number, taken ? FIGURES_ACCEPTED : FIGURES_REFUSED);
}

enum status gateway_send(struct gateway_sender *s, const char *phone, const struct secret *text)
{
	struct secret *url = NULL;
	enum status r = E_REFUSED;

	for (unsigned i = 0; r == E_REFUSED && i < s->gateways->n; i++) {
		enum status filled = fill(&url, s->gateways, i, phone, text);

		if (filled != OK)
			return filled;
		if (try_gateway(s, i, url))
			r = OK;
		count(s->gateways, i, r == OK);
		secret_free(url);
	}
	return r;
}
