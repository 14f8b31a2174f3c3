/* See site.h. */
#include "monitor/site.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/transfer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct site {
	CURL *curl;
	char url[512];
	const char *ca; /* NULL: the system's */
	long seconds;
};

static const char *setting_url(const struct settings *s, const struct definition *d)
{
	const char *url = settings_text(s, "monitor.site", "");

	return url != NULL && url[0] == '\0' ? d->site : url;
}

enum status site_open(struct site **out, struct settings *s, const struct definition *d)
{
	struct site *v = NULL;
	const char *url, *ca;
	size_t len;
	enum status r;

	*out = NULL;
	if ((url = setting_url(s, d)) == NULL || (ca = settings_path(s, "monitor.site_ca", "")) == NULL)
		return E_USAGE;
	if ((r = transfer_init()) != OK)
		return r;
	if ((v = calloc(1, sizeof *v)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	snprintf(v->url, sizeof v->url, "%s", url);
	for (len = strlen(v->url); len > 0 && v->url[len - 1] == '/'; len--)
		v->url[len - 1] = '\0';
	v->ca = ca[0] != '\0' ? ca : NULL;
	v->seconds = SITE_SECONDS;
	if ((v->curl = transfer_new("https")) == NULL) {
		free(v);
		return E_FAILED;
	}
	*out = v;
	return OK;
}

void site_close(struct site *v)
{
	if (v == NULL)
		return;
	curl_easy_cleanup(v->curl);
	free(v);
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct buffer *body = ctx;

	if (body->len + size * n > SITE_ANSWER_MAX)
		return 0;
	buffer_put(body, data, size * n);
	return size * n;
}

static enum status perform(struct site *v, struct site_answer *answer, const char *path)
{
	char url[640];
	CURLcode c;

	memset(answer, 0, sizeof *answer);
	snprintf(url, sizeof url, "%s%s", v->url, path);
	curl_easy_setopt(v->curl, CURLOPT_URL, url);
	curl_easy_setopt(v->curl, CURLOPT_TIMEOUT, v->seconds);
	curl_easy_setopt(v->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(v->curl, CURLOPT_WRITEDATA, &answer->body);
	if (v->ca != NULL)
		curl_easy_setopt(v->curl, CURLOPT_CAINFO, v->ca);
	c = curl_easy_perform(v->curl);
	curl_easy_getinfo(v->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_getinfo(v->curl, CURLINFO_TOTAL_TIME, &answer->seconds);
	if (c != CURLE_OK)
		return fault(E_FAILED, NULL, "%s: %s", v->url, curl_easy_strerror(c));
	return buffer_str(&answer->body) != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

enum status site_get(struct site *v, struct site_answer *answer, const char *path)
{
	curl_easy_setopt(v->curl, CURLOPT_HTTPGET, 1L);
	return perform(v, answer, path);
}

void site_as_browser(struct site *v, long seconds)
{
	v->seconds = seconds;
	curl_easy_setopt(v->curl, CURLOPT_COOKIEFILE, "");
}

enum status site_post(struct site *v, struct site_answer *answer, const char *path, const char *csrf, const void *body, size_t len)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json"), *more;
	char line[160];
	enum status r;

	snprintf(line, sizeof line, "X-Vemre-CSRF: %s", csrf);
	if (headers != NULL && csrf[0] != '\0' && (more = curl_slist_append(headers, line)) != NULL)
		headers = more;
	curl_easy_setopt(v->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(v->curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(v->curl, CURLOPT_POSTFIELDSIZE, (long)len);
	curl_easy_setopt(v->curl, CURLOPT_HTTPHEADER, headers);
	r = perform(v, answer, path);
	curl_easy_setopt(v->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return r;
}

enum status site_place(char host[256], char port[8], struct settings *s, const struct definition *d)
{
	const char *text = setting_url(s, d);
	CURLU *url = curl_url();
	char *h = NULL, *p = NULL;
	enum status r = E_USAGE;

	if (text != NULL && url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_HOST, &h, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) == CURLUE_OK && strlen(h) < 256 && strlen(p) < 8) {
		strcpy(host, h);
		strcpy(port, p);
		r = OK;
	}
	curl_free(h);
	curl_free(p);
	curl_url_cleanup(url);
	return r == OK ? OK : fault(r, NULL, _("«%s» no es la dirección de un sitio"), text != NULL ? text : "monitor.site");
}
