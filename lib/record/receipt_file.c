/* See receipt_file.h. Public: a receipt says nothing of the vote. */
#include "record/receipt_file.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "record/box.h"
#include <stdlib.h>
#include <string.h>

enum { RECEIPT_MAX = 1 << 16, TAIL = POINT_BYTES + 32 };

static enum status check_signature(const struct receipt *receipt, const struct record *r, const char *hex,
                                   const char *path)
{
	uint8_t der[SIGNATURE_MAX];
	struct buffer message = BUFFER_INIT;
	size_t len = strlen(hex) / 2;
	bool good = false;

	if (len > SIGNATURE_MAX || !hex_decode_vartime(der, len, hex, strlen(hex)))
		return fault(E_EVIDENCE, NULL, _("%s: «signature» no es una firma en hexadecimal minúsculo"), path);
	signature_receipt_message(&message, r->eid, receipt->tracker);
	for (unsigned i = 0; !good && buffer_ok(&message) && i < r->opening.n_system_keys; i++)
		good = signature_verify(&r->opening.system_keys[i], message.data, message.len, der, len);
	buffer_free(&message);
	return good ? OK : fault(E_EVIDENCE, NULL, _("%s: la firma no es de ninguna llave del sistema"), path);
}

/* By the tracker of each ballot's own bytes (PROTOCOL 8): the box's order is another check's business. */
static enum status find(struct receipt *receipt, const struct record *r)
{
	char *path = file_path(r->folder, "encrypted-votes.box", NULL);
	struct box *box = NULL;
	uint8_t tracker[32];
	enum status s = path != NULL ? OK : E_FAILED;
	bool found = false;

	receipt->box = path != NULL && file_exists(path);
	if (receipt->box && (s = box_open(&box, path, r->eid)) == OK) {
		for (uint64_t i = 0; s == OK && !found && i < box->n; i++)
			if (box->entries[i].len > TAIL &&
			    (s = hash_sha256(tracker, box->entries[i].ballot, box->entries[i].len - TAIL)) == OK)
				found = memcmp(tracker, receipt->tracker, 32) == 0;
		if (s == OK && !found)
			s = fault(E_EVIDENCE,
			          _("el sistema firmó que la guardaba: lleve el comprobante al Instituto y a su partido"),
			          _("la boleta %s no está en la urna, y su comprobante está bien firmado"), receipt->code);
	}
	box_free(box);
	free(path);
	return s;
}

enum status receipt_read(struct receipt *out, const struct record *r, const char *path)
{
	const char *signature;
	uint8_t eid[32];
	json_t *root = NULL;
	enum status s;

	memset(out, 0, sizeof *out);
	if ((s = json_read(&root, path, RECEIPT_MAX)) != OK ||
	    (s = json_fields(root, path, "format", "eid", "tracker", "signature", NULL)) != OK ||
	    (s = json_format_of(root, path)) != OK || (s = json_hex_of(eid, 32, root, path, "eid")) != OK ||
	    (s = json_hex_of(out->tracker, 32, root, path, "tracker")) != OK ||
	    (s = json_string_of(&signature, root, path, "signature")) != OK)
		goto done;
	hash_code(out->code, out->tracker);
	if (memcmp(eid, r->eid, 32) != 0)
		s = fault(E_EVIDENCE, NULL, _("%s: el comprobante es de otra elección"), path);
	else if ((s = check_signature(out, r, signature, path)) == OK)
		s = find(out, r);
done:
	json_decref(root);
	return s;
}
