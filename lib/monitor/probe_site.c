/* The site from outside: does nginx answer over TLS, does what is behind it; and until when its certificate is good. */
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "monitor/site.h"
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The answer of /api/status (doc/api.md). */
static void judge(struct components *all, struct component *c, const struct site_answer *a)
{
	json_t *body = json_loadb((const char *)a->body.data, a->body.len, JSON_REJECT_DUPLICATES, NULL);
	const char *election = json_string_value(json_object_get(body, "election"));
	const char *state = json_string_value(json_object_get(body, "state"));

	component_number(c, "http_status", (double)a->status);
	component_number(c, "seconds", a->seconds);
	if (a->status != 200)
		component_problem(c, COMPONENT_RED, _("vea las líneas del programa de votación y de la base de datos"),
		                  _("nginx responde, pero detrás de él no (HTTP %ld)"), a->status);
	else if (election == NULL || state == NULL || strcmp(election, all->definition->id) != 0)
		component_problem(c, COMPONENT_RED, _("revise el ajuste monitor.site y la configuración de nginx"),
		                  _("responde otro sitio, no el de la elección %s"), all->definition->id);
	else
		component_fact(c, _("responde en %.0f ms"), a->seconds * 1000);
	component_problem(c, component_over(a->seconds, 2, 5), _("vea la carga del equipo y la línea del programa de votación"),
	                  _("responde, pero tarda %.1f s"), a->seconds);
	json_decref(body);
}

void probe_site(struct components *all, struct component *c)
{
	struct site_answer a = {0};
	struct site *v = NULL;
	char said[300];
	enum status r;

	report_capture_begin(said, sizeof said);
	if ((r = site_open(&v, all->s, all->definition)) == OK)
		r = site_get(v, &a, "/api/status");
	report_capture_end();
	if (r == OK)
		judge(all, c, &a);
	else
		component_problem(c, COMPONENT_RED, _("en el servidor web: nginx -t, y systemctl restart nginx"), "%s", said);
	buffer_free(&a.body);
	site_close(v);
}

/* ---- the certificate: a handshake that trusts anybody, since only the date is asked (probe_site verifies the rest) */

static X509 *certificate_of(const char *host, const char *port)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *bio = ctx != NULL ? BIO_new_ssl_connect(ctx) : NULL;
	time_t until = time(NULL) + SITE_SECONDS;
	X509 *out = NULL;
	SSL *ssl = NULL;

	if (bio != NULL) {
		BIO_get_ssl(bio, &ssl);
		BIO_set_conn_hostname(bio, host);
		BIO_set_conn_port(bio, port);
		BIO_set_nbio(bio, 1);
		SSL_set_tlsext_host_name(ssl, host);
		while (BIO_do_handshake(bio) != 1 && BIO_should_retry(bio) && time(NULL) < until)
			BIO_wait(bio, until, 20);
		out = SSL_get1_peer_certificate(ssl);
	}
	BIO_free_all(bio);
	SSL_CTX_free(ctx);
	return out;
}

static void judge_certificate(struct components *all, struct component *c, const X509 *certificate)
{
	long amber = components_int(all, c, "monitor.certificate_amber", 21, 1, 1000);
	long red = components_int(all, c, "monitor.certificate_red", 5, 0, 1000);
	const char *advice = _("renueve el certificado, póngalo en nginx y recárguelo: nginx -s reload");
	struct tm end;
	char date[32];
	int days, seconds;

	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1 ||
	    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
		component_problem(c, COMPONENT_RED, advice, _("su fecha no se puede leer"));
		return;
	}
	strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &end);
	component_number(c, "seconds_left", days * 86400.0 + seconds);
	component_text(c, "expires", date);
	if (days < 0 || seconds < 0)
		component_problem(c, COMPONENT_RED, advice, _("venció el %s"), date);
	else if (days < red)
		component_problem(c, COMPONENT_RED, advice, _("faltan %d d %d h: vence el %s"), days, seconds / 3600, date);
	else if (days < amber)
		component_problem(c, COMPONENT_AMBER, advice, _("faltan %d d %d h: vence el %s"), days, seconds / 3600, date);
	else
		component_fact(c, _("faltan %d d %d h: vence el %s"), days, seconds / 3600, date);
}

void probe_certificate(struct components *all, struct component *c)
{
	char host[256], port[8], said[300];
	X509 *certificate;
	enum status r;

	report_capture_begin(said, sizeof said);
	r = site_place(host, port, all->s, all->definition);
	report_capture_end();
	if (r != OK) {
		component_bad_setting(c, said);
		return;
	}
	if ((certificate = certificate_of(host, port)) == NULL) {
		component_problem(c, COMPONENT_RED, _("en el servidor web: nginx -t, y systemctl restart nginx"),
		                  _("%s:%s no ofrece TLS"), host, port);
		return;
	}
	judge_certificate(all, c, certificate);
	X509_free(certificate);
}
