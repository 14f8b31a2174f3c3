/* The backend's settings, read and checked before anything is served (backend_open; --check-config stops there). */
#include "backend/backend.h"
#include "backend/token.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "ceremony/opening.h"
#include "notify/sms.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status read_place(struct backend *b)
{
	const char *database = settings_path(b->settings, "place.database", NULL);
	const char *unknown = settings_text(b->settings, "place.unknown", "refuse");

	if (database == NULL || unknown == NULL)
		return E_USAGE;
	b->admit_unknown_place = strcmp(unknown, "admit") == 0;
	if (!b->admit_unknown_place && strcmp(unknown, "refuse") != 0)
		return fault(E_USAGE, NULL, _("place.unknown: «%s» no es refuse ni admit"), unknown);
	return place_open(&b->place, database);
}

static enum status read_allow_list(struct backend *b)
{
	const uint8_t any[16] = {0};
	const char *network;
	bool known;

	while ((network = settings_item(b->settings, "login.allow", b->n_allow)) != NULL) {
		place_in_network(any, network, &known);
		if (!known || b->n_allow == BACKEND_ALLOW_MAX)
			return fault(E_USAGE, NULL, _("login.allow: «%s» no es una red, o hay demasiadas"), network);
		b->allow[b->n_allow++] = network;
	}
	return OK;
}

static enum status read_settings(struct backend *b)
{
	const char *key;
	long wait;
	enum status r;

	if ((b->listen = settings_path(b->settings, "backend.socket", "/run/vemre/backend/backend.sock")) == NULL ||
	    (b->signer_socket = settings_path(b->settings, "signer.socket", "/run/vemre/signer/signer.sock")) == NULL ||
	    (b->metrics = settings_text(b->settings, "backend.metrics", "")) == NULL ||
	    (b->sms_socket = settings_path(b->settings, "sms.socket", "/run/vemre/sms/sms.sock")) == NULL ||
	    (key = settings_path(b->settings, "backend.code_key_file", "/etc/vemre/code.key")) == NULL)
		return E_USAGE;
	if ((r = settings_int(&b->threads, b->settings, "backend.threads", 32, 1, 512)) != OK ||
	    (r = settings_int(&b->refusal_ms, b->settings, "login.refusal_ms", 100, 0, 5000)) != OK ||
	    (r = settings_int(&wait, b->settings, "sms.wait", SMS_WAIT_DEFAULT, SMS_WAIT_MIN, SMS_WAIT_MAX)) != OK ||
	    (r = settings_bool(&b->totp, b->settings, "login.totp", false)) != OK ||
	    (r = token_key_open(&b->code_key, key)) != OK || (r = read_place(b)) != OK)
		return r;
	sms_set_wait(wait);
	return read_allow_list(b);
}

static enum status read_election(struct backend *b, const char *election)
{
	const struct definition *d;
	const char *host;
	char folder[4096], opens[40];
	enum status r;

	if (election == NULL && (election = settings_path(b->settings, "election.folder", NULL)) == NULL)
		return E_USAGE;
	snprintf(folder, sizeof folder, "%s/record", election);
	if ((r = record_open(&b->record, folder)) != OK)
		return r;
	d = b->record->definition;
	if ((b->forms = calloc(d->n_districts, sizeof *b->forms)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (unsigned i = 0; i < d->n_districts; i++)
		definition_form(&b->forms[i], d, i);
	moment_rfc3339(opens, sizeof opens, d->opens, d->zone);
	snprintf(b->opens_text, sizeof b->opens_text, "%.10s %.8s (%.64s)", opens, opens + 11, d->zone);
	host = strstr(d->site, "://");
	host = host != NULL ? host + 3 : d->site;
	snprintf(b->site_host, sizeof b->site_host, "%.*s", (int)strcspn(host, "/:"), host);
	return OK;
}

enum status backend_open(struct backend **out, const char *config, const char *election)
{
	struct backend *b;
	enum status r = E_FAILED;

	*out = NULL;
	if ((b = calloc(1, sizeof *b)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = settings_open(&b->settings, config)) != OK || (r = read_election(b, election)) != OK ||
	    (r = read_settings(b)) != OK ||
	    (r = opening_check_web(b->settings, b->record->definition)) != OK)
		goto done;
	*out = b;
	b = NULL;
	r = OK;
done:
	backend_free(b);
	return r;
}

void backend_free(struct backend *b)
{
	if (b == NULL)
		return;
	place_close(b->place);
	secret_free(b->code_key);
	free(b->forms);
	record_free(b->record);
	settings_free(b->settings);
	free(b);
}
