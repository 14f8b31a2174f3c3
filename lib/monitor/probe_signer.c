/* The system key: system-signer signs, and with a key of this election. What is signed is the head of an empty journal of
 * the election whose identifier is zero: of no election, so that the signature says nothing anywhere. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/signer.h"
#include "monitor/probes.h"
#include "protocol/hash.h"
#include "record/folder.h"
#include <stdlib.h>

static enum status sign(const char *socket, struct buffer *message, uint8_t der[SIGNATURE_MAX], size_t *len)
{
	const uint8_t nobody[32] = {0};
	struct signer *s = NULL;
	uint8_t last[32];
	enum status r;

	if ((r = hash_sha256(last, "", 0)) == OK && (r = signer_connect(&s, socket)) == OK &&
	    (r = signer_journal(s, der, len, nobody, 0, last)) == OK)
		signature_journal_message(message, nobody, 0, last);
	signer_free(s);
	return r;
}

static enum status keys_of(struct opening_file *out, const char *election)
{
	char *path = file_path(election, "record", "opening.json", NULL);
	enum status r = path != NULL ? opening_file_open(out, path) : E_FAILED;

	free(path);
	return r;
}

static bool ours(const struct opening_file *opening, const struct buffer *message, const uint8_t *der, size_t len)
{
	for (unsigned i = 0; i < opening->n_system_keys; i++)
		if (signature_verify(&opening->system_keys[i], message->data, message->len, der, len))
			return true;
	return false;
}

void probe_signer(struct components *all, struct component *c)
{
	const char *socket = settings_path(all->s, "signer.socket", "/run/vemre/signer/signer.sock");
	struct opening_file *opening = calloc(1, sizeof *opening);
	struct buffer message = BUFFER_INIT;
	double began = components_clock();
	uint8_t der[SIGNATURE_MAX];
	char said[300] = "";
	size_t len = 0;
	enum status r;

	report_capture_begin(said, sizeof said);
	r = opening == NULL || socket == NULL ? E_FAILED : sign(socket, &message, der, &len);
	if (r != OK)
		component_problem(c, COMPONENT_RED, r == E_DEVICE ? _("revise el HSM y reinicie vemre-signer")
		                                                  : _("en el servidor: systemctl restart vemre-signer, y su bitácora"),
		                  "%s", said);
	else if ((r = keys_of(opening, all->election)) != OK)
		component_problem(c, COMPONENT_RED, _("restituya record/opening.json del medio de la apertura"), "%s", said);
	else if (!ours(opening, &message, der, len))
		component_problem(c, COMPONENT_RED, _("system-signer usa otro token: revise hsm.system_label y su carpeta"),
		                  _("firma con una llave que no es de esta elección"));
	else
		component_fact(c, _("firma en %.0f ms"), (components_clock() - began) * 1000);
	report_capture_end();
	component_number(c, "seconds", components_clock() - began);
	buffer_free(&message);
	free(opening);
}
