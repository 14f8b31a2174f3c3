/* See mail.h. Looks into secrets: the message, the relay's password. */
#include "notify/mail.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/transfer.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mail_relay {
	CURL *curl;
	char *from, *from_name;
	struct secret *password;
	char said[CURL_ERROR_SIZE];
};

/* ---- addresses ---- */

static bool dot_atom(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '.' ? i == 0 || i + 1 == len || text[i - 1] == '.'
		             : c >= 128 || (!isalnum(c) && strchr("!#$%&'*+-/=?^_`{|}~", c) == NULL))
			return false;
	}
	return len > 0 && len <= 64;
}

static bool host_name(const char *text)
{
	size_t label = 0, labels = 1;

	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '.') {
			if (label == 0 || p[-1] == '-')
				return false;
			label = 0;
			labels++;
			continue;
		}
		if (c >= 128 || (!isalnum(c) && (c != '-' || label == 0)) || ++label > 63)
			return false;
	}
	return label > 0 && labels >= 2 && text[strlen(text) - 1] != '-';
}

const char *mail_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : "";
}

bool mail_address_valid(const char *address)
{
	const char *at = strchr(address, '@');

	return at != NULL && strlen(address) <= MAIL_ADDRESS_MAX && dot_atom(address, (size_t)(at - address)) &&
	       host_name(at + 1);
}

/* ---- the relay ---- */

void mail_relay_free(struct mail_relay *m)
{
	if (m == NULL)
		return;
	curl_easy_cleanup(m->curl);
	secret_free(m->password);
	free(m->from);
	free(m->from_name);
	free(m);
}

const char *mail_relay_from(const struct mail_relay *m)
{
	return m->from;
}

const char *mail_relay_from_name(const struct mail_relay *m)
{
	return m->from_name;
}

/* The name we greet with is the URL's path (libcurl). */
static enum status set_url(struct mail_relay *m, const char *url, const char *hello)
{
	const char *host = strstr(url, "://");
	char full[512];

	if ((strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0) || strchr(host + 3, '/') != NULL ||
	    strchr(host, '@') != NULL)
		return fault(E_USAGE, NULL, _("mail.url: «%s» no es smtp://servidor:puerto"), url);
	if (snprintf(full, sizeof full, "%s/%s", url, hello) >= (int)sizeof full || !host_name(hello))
		return fault(E_USAGE, NULL, _("mail.hello: «%s» no es el nombre de un servidor"), hello);
	if (curl_easy_setopt(m->curl, CURLOPT_URL, full) != CURLE_OK)
		return fault(E_FAILED, NULL, _("libcurl no arranca"));
	return OK;
}

static enum status set_access(struct mail_relay *m, struct settings *s)
{
	const char *ca = settings_path(s, "mail.ca", ""), *user = settings_text(s, "mail.user", ""), *file;
	long timeout = 60;
	bool starttls = true;
	enum status r;

	if (ca == NULL || user == NULL)
		return E_USAGE;
	if ((r = settings_int(&timeout, s, "mail.timeout", 60, 1, 600)) != OK ||
	    (r = settings_bool(&starttls, s, "mail.starttls", true)) != OK)
		return r;
	curl_easy_setopt(m->curl, CURLOPT_TIMEOUT, timeout);
	curl_easy_setopt(m->curl, CURLOPT_CONNECTTIMEOUT, timeout < 20 ? timeout : 20L);
	curl_easy_setopt(m->curl, CURLOPT_USE_SSL, (long)(starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(m->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca[0] != '\0')
		curl_easy_setopt(m->curl, CURLOPT_CAINFO, ca);
	if (user[0] == '\0')
		return OK;
	if (!starttls)
		return fault(E_USAGE, NULL, _("mail.user: no se manda una contraseña sin cifrar (mail.starttls)"));
	if ((file = settings_path(s, "mail.password_file", NULL)) == NULL)
		return E_USAGE;
	if ((r = transfer_password(&m->password, file)) != OK)
		return r;
	curl_easy_setopt(m->curl, CURLOPT_USERNAME, user);
	/* libcurl wants a zero at the end and copies it. */
	char *zeroed = strndup((const char *)secret_bytes(m->password), secret_len(m->password));

	if (zeroed == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	curl_easy_setopt(m->curl, CURLOPT_PASSWORD, zeroed);
	explicit_bzero(zeroed, strlen(zeroed));
	free(zeroed);
	return OK;
}

enum status mail_relay_open(struct mail_relay **out, struct settings *s)
{
	const char *url = settings_text(s, "mail.url", NULL), *from = settings_text(s, "mail.from", NULL), *name, *hello;
	struct mail_relay *m = NULL;
	char angle[MAIL_ADDRESS_MAX + 3];
	enum status r = E_USAGE;

	*out = NULL;
	if (url == NULL || from == NULL || (name = settings_text(s, "mail.from_name", "")) == NULL)
		goto done;
	if (!mail_address_valid(from)) {
		fault(r, NULL, _("mail.from: «%s» no es una dirección de correo"), from);
		goto done;
	}
	if ((hello = settings_text(s, "mail.hello", mail_domain(from))) == NULL)
		goto done;
	if ((r = transfer_init()) != OK)
		goto done;
	r = E_FAILED;
	if ((m = calloc(1, sizeof *m)) == NULL || (m->curl = transfer_new("smtp,smtps")) == NULL ||
	    (m->from = strdup(from)) == NULL || (m->from_name = strdup(name)) == NULL)
		goto done;
	if ((r = set_url(m, url, hello)) != OK || (r = set_access(m, s)) != OK)
		goto done;
	snprintf(angle, sizeof angle, "<%s>", from);
	curl_easy_setopt(m->curl, CURLOPT_MAIL_FROM, angle);
	curl_easy_setopt(m->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(m->curl, CURLOPT_ERRORBUFFER, m->said);
	*out = m;
	m = NULL;
done:
	mail_relay_free(m);
	return r;
}

enum status mail_relay_try(struct mail_relay *m)
{
	CURLcode c;

	m->said[0] = '\0';
	curl_easy_setopt(m->curl, CURLOPT_CONNECT_ONLY, 1L);
	c = curl_easy_perform(m->curl);
	return c == CURLE_OK ? OK
	                     : fault(E_FAILED, _("hable con quien atiende el relevo; vea mail.url, mail.ca, mail.user"),
	                             _("el relevo de correo: %s"), m->said[0] != '\0' ? m->said : curl_easy_strerror(c));
}

/* ---- a message ---- */

struct upload {
	const struct secret *message;
	size_t at;
	bool ended; /* libcurl has been told that there is no more: it sends the final dot */
};

static size_t give(char *out, size_t size, size_t n, void *ctx)
{
	struct upload *u = ctx;
	size_t left = secret_len(u->message) - u->at, len = size * n < left ? size * n : left;

	memcpy(out, secret_bytes(u->message) + u->at, len);
	u->at += len;
	if (len == 0)
		u->ended = true;
	return len;
}

static enum mail_outcome judge(const struct mail_relay *m, CURLcode c, long code, bool ended)
{
	if (c == CURLE_OK)
		return MAIL_ACCEPTED;
	if (c == CURLE_PEER_FAILED_VERIFICATION || c == CURLE_USE_SSL_FAILED || c == CURLE_SSL_CACERT_BADFILE ||
	    c == CURLE_SSL_CONNECT_ERROR || c == CURLE_LOGIN_DENIED)
		return MAIL_USELESS;
	if (ended) /* 354 let the message through; what came after it, if anything did, is the verdict */
		return code >= 500 ? MAIL_REFUSED : code >= 400 ? MAIL_LATER : MAIL_DOUBT;
	if (code < 500)
		return MAIL_LATER;
	/* A refused addressee is the voter's affair, a refused sender the relay's. */
	return strncmp(m->said, "RCPT", 4) == 0 ? MAIL_REFUSED : MAIL_USELESS;
}

enum mail_outcome mail_send(struct mail_relay *m, const char *to, const struct secret *message,
                            char reason[MAIL_REASON])
{
	struct upload u = {.message = message};
	struct curl_slist *rcpt = NULL;
	char angle[MAIL_ADDRESS_MAX + 3];
	enum mail_outcome outcome;
	long code = 0;
	CURLcode c;

	reason[0] = '\0';
	m->said[0] = '\0';
	if (!mail_address_valid(to)) {
		snprintf(reason, MAIL_REASON, _("no es una dirección de correo"));
		return MAIL_REFUSED;
	}
	snprintf(angle, sizeof angle, "<%s>", to);
	if ((rcpt = curl_slist_append(NULL, angle)) == NULL) {
		snprintf(reason, MAIL_REASON, _("no hay memoria"));
		return MAIL_LATER;
	}
	curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, rcpt);
	curl_easy_setopt(m->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(m->curl, CURLOPT_READDATA, &u);
	curl_easy_setopt(m->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)secret_len(message));
	c = curl_easy_perform(m->curl);
	curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(rcpt);
	outcome = judge(m, c, code, u.ended || u.at == secret_len(message));
	if (outcome != MAIL_ACCEPTED)
		snprintf(reason, MAIL_REASON, "%s", m->said[0] != '\0' ? m->said : curl_easy_strerror(c));
	return outcome;
}
