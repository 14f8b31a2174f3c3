/* What reaches the voters: send-messages, the SMS gateways, the delivery figures by country prefix and gateway, and those
 * of mails by domain, which come from the enrolment machine as a file. */
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "monitor/probes.h"
#include "notify/figures.h"
#include "notify/sms.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FEW = 10 /* messages that say nothing yet */, GATEWAYS_MAX = 8, CONNECT_MS = 2000 };

static double of(const json_t *one, const char *kind)
{
	return (double)json_integer_value(json_object_get(one, kind));
}

/* Each key that fails often; the fact tells the sums. */
static void judge_by(struct component *c, const json_t *by, const char *what, const char *advice)
{
	const char *key, *worst = NULL;
	double worst_share = 0, worst_all = 0;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)by, key, one) {
		double refused = of(one, "refused"), all = refused + of(one, "accepted");

		if (all >= FEW && refused / all > worst_share) {
			worst = key;
			worst_share = refused / all;
			worst_all = all;
		}
	}
	if (worst != NULL)
		component_problem(c, component_over(worst_share, 0.1, 0.5), advice, _("%s %s: se rechaza el %.0f %% de %.0f mensajes"), what,
		                  worst, worst_share * 100, worst_all);
}

/* Takes the figures over into the component's; false: there are none. */
static bool figures(struct component *c, const char *path, const char *what, const char *advice)
{
	char said[300];
	const char *time;
	json_t *root, *total;
	moment when = 0;
	enum status r;

	report_capture_begin(said, sizeof said);
	r = figures_read(&root, path);
	report_capture_end();
	if (r != OK) {
		component_problem(c, r == E_EVIDENCE ? COMPONENT_RED : COMPONENT_AMBER, advice, "%s", said);
		return false;
	}
	total = json_object_get(root, "total");
	time = json_string_value(json_object_get(root, "time"));
	component_fact(c, _("%.0f aceptados, %.0f rechazados, %.0f por enviar"), of(total, "accepted"), of(total, "refused"),
	               of(total, "waiting"));
	if (moment_parse(&when, time))
		component_number(c, "age_seconds", (double)(moment_now() - when));
	json_object_set(c->figures, "total", total);
	json_object_set(c->figures, "by", json_object_get(root, "by"));
	judge_by(c, json_object_get(root, "by"), what, advice);
	if (json_object_get(root, "gateways") != NULL) {
		json_object_set(c->figures, "gateways", json_object_get(root, "gateways"));
		judge_by(c, json_object_get(root, "gateways"), _("pasarela"), advice);
	}
	json_decref(root);
	return true;
}

void probe_messages(struct components *all, struct component *c)
{
	const char *socket = settings_path(all->s, "sms.socket", "/run/vemre/sms/sms.sock");
	const char *path = settings_path(all->s, "sms.figures", "");
	char said[300] = "";
	enum status r;

	report_capture_begin(said, sizeof said);
	r = socket == NULL ? E_USAGE : sms_ping(socket);
	report_capture_end();
	if (r != OK)
		component_problem(c, COMPONENT_RED, _("en el servidor: systemctl restart vemre-sender, y su bitácora"), "%s", said);
	else
		component_fact(c, _("en marcha"));
	/* Until the first message there is no file. */
	if (path != NULL && path[0] != '\0' && access(path, F_OK) == 0)
		figures(c, path, _("prefijo"), _("hable con el operador de la pasarela; si hay otra, póngala primero en sms.gateways"));
}

/* ---- gateways: does each take a connection? */

static bool connects(const struct addrinfo *to)
{
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof error;
	bool good;

	if (fd < 0)
		return false;
	good = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ||
	       (errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) == 1 &&
	        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0);
	close(fd);
	return good;
}

static bool reachable(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *list = NULL;
	bool good = false;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *a = list; a != NULL && !good; a = a->ai_next)
		good = connects(a);
	freeaddrinfo(list);
	return good;
}

/* A template of sms.gateways up to its path: what follows holds what is filled in. */
static bool place_of(const char *template, char host[256], char port[8])
{
	size_t len = strcspn(template, "?");
	char text[512], *h = NULL, *p = NULL;
	CURLU *url = curl_url();
	bool good;

	snprintf(text, sizeof text, "%.*s", (int)(len < 500 ? len : 500), template);
	good = url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
	       curl_url_get(url, CURLUPART_HOST, &h, 0) == CURLUE_OK &&
	       curl_url_get(url, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) == CURLUE_OK && strlen(h) < 256 && strlen(p) < 8;
	if (good) {
		strcpy(host, h);
		strcpy(port, p);
	}
	curl_free(h);
	curl_free(p);
	curl_url_cleanup(url);
	return good;
}

void probe_gateways(struct components *all, struct component *c)
{
	const char *advice = _("hable con el operador de la pasarela; si hay otra, póngala primero en sms.gateways");
	char host[256], port[8], down[256] = "";
	unsigned n = 0, up = 0;
	const char *template;

	for (; n < GATEWAYS_MAX && (template = settings_item(all->s, "sms.gateways", n)) != NULL; n++) {
		if (!place_of(template, host, port)) {
			component_bad_setting(c, _("sms.gateways: una pasarela no es una URL"));
			return;
		}
		if (reachable(host, port))
			up++;
		else
			snprintf(down + strlen(down), sizeof down - strlen(down), "%s%u (%.80s:%s)", down[0] != '\0' ? ", " : "", n + 1, host,
			         port);
	}
	if (n == 0) {
		component_off(c, "sms.gateways");
		return;
	}
	component_number(c, "gateways", n);
	component_number(c, "reachable", up);
	if (up < n)
		component_problem(c, up == 0 ? COMPONENT_RED : COMPONENT_AMBER, advice, _("no responde la pasarela %s"), down);
	component_fact(c, _("%u de %u responden"), up, n);
}

/* ---- mail */

void probe_mail(struct components *all, struct component *c)
{
	const char *path = settings_path(all->s, "monitor.mail_figures", "");

	if (path == NULL || path[0] == '\0')
		component_off(c, "monitor.mail_figures");
	else
		figures(c, path, _("dominio"), _("hable con quien atiende ese correo, y traiga las cifras nuevas del registro"));
}
