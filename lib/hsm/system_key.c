/* See system_key.h. Made by raw calls (libp11 has no EC key generation that asks for attributes), used by libp11. */
#include "hsm/system_key.h"
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/token.h"
#include <libp11.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LABEL "llave del sistema"
enum { SO_PIN_CHARS = 24 };

struct system_key {
	PKCS11_CTX *ctx;
	PKCS11_SLOT *slots;
	unsigned n_slots;
	bool loaded;
	EVP_PKEY *key;
	struct point public_key;
	struct signature_key *check; /* the same: what the token signs is looked at before it is given out */
};

struct place {
	const char *module, *store, *label, *serial;
};

static enum status place_of(struct place *p, struct settings *s)
{
	p->module = settings_path(s, "hsm.module", MODULE_DEFAULT);
	p->store = settings_path(s, "hsm.system_store", "");
	p->label = settings_text(s, "hsm.system_label", "VEMRE-SISTEMA");
	p->serial = settings_text(s, "hsm.system_serial", "");
	return p->module != NULL && p->store != NULL && p->label != NULL && p->serial != NULL ? OK : E_USAGE;
}

/* ---- making */

static enum status make_in(struct point *public_key, struct token *t, const struct secret *pin)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	enum status r;
	CK_RV rv;

	if ((r = token_login(&session, t, true, pin, &rv)) != OK)
		return r == E_REFUSED ? module_fault(rv, _("sesión con el token")) : r;
	if ((r = token_make_pair(t, session, KEY_LABEL, CKA_SIGN)) == OK &&
	    (r = token_private_key(&key, t, session, KEY_LABEL)) == OK &&
	    (r = token_check_key(NULL, t, session, key, CKA_SIGN)) == OK)
		r = token_public_point(public_key, t, session, KEY_LABEL);
	t->f->C_Logout(session);
	t->f->C_CloseSession(session);
	return r;
}

enum status system_key_make(struct point *public_key, struct settings *s, const struct secret *pin)
{
	struct module *m = NULL;
	struct secret *so_pin = NULL;
	struct place where;
	struct token t;
	unsigned n;
	enum status r;

	if ((r = place_of(&where, s)) != OK || (r = module_open(&m, where.module, where.store)) != OK)
		return r;
	if ((r = token_count(&n, m, where.label)) != OK)
		goto done;
	if (n > 0) {
		r = fault(E_STATE, _("la llave del sistema se hace una sola vez; para otra, use otra etiqueta o carpeta"),
		          _("ya hay un token «%s» en el HSM"), where.label);
		goto done;
	}
	/* Nobody needs to be security officer of this token again: its SO PIN is forgotten. */
	if ((r = token_blank(&t, m)) != OK || (r = token_random_pin(&so_pin, SO_PIN_CHARS)) != OK ||
	    (r = token_init(&t, so_pin, where.label)) != OK || (r = token_set_pins(&t, so_pin, NULL, pin)) != OK)
		goto done;
	r = make_in(public_key, &t, pin);
done:
	secret_free(so_pin);
	module_close(m);
	return r;
}

/* ---- using */

static enum status p11_fault(const char *what)
{
	unsigned long e = ERR_get_error();
	const char *reason = e != 0 ? ERR_reason_error_string(e) : NULL;

	ERR_clear_error();
	return fault(E_DEVICE, NULL, "%s: %s", what, reason != NULL ? reason : _("error del módulo PKCS#11"));
}

static enum status find_slot(PKCS11_SLOT **out, struct system_key *k, const struct place *where)
{
	unsigned found = 0;

	if (PKCS11_enumerate_slots(k->ctx, &k->slots, &k->n_slots) != 0)
		return p11_fault(_("lista de ranuras"));
	for (unsigned i = 0; i < k->n_slots; i++) {
		const PKCS11_TOKEN *t = k->slots[i].token;

		if (t == NULL || !t->initialized || strcmp(t->label, where->label) != 0 ||
		    (where->serial[0] != '\0' && strcmp(t->serialnr, where->serial) != 0))
			continue;
		*out = &k->slots[i];
		found++;
	}
	if (found == 1)
		return OK;
	return fault(E_DEVICE, found == 0 ? _("system-signer --init la hace") : _("ajuste hsm.system_serial"),
	             found == 0 ? _("no hay ningún token «%s» en el HSM") : _("hay más de un token «%s» en el HSM"),
	             where->label);
}

static enum status log_in(PKCS11_SLOT *slot, const struct secret *pin)
{
	struct secret *text = secret_new(secret_len(pin) + 1);
	enum status r = OK;

	if (text == NULL)
		return E_FAILED;
	memcpy(secret_bytes(text), secret_bytes(pin), secret_len(pin));
	if (PKCS11_open_session(slot, 0) != 0)
		r = p11_fault(_("sesión con el token"));
	else if (PKCS11_login(slot, 0, (const char *)secret_bytes(text)) != 0)
		r = p11_fault(_("el token del sistema no se abre"));
	secret_free(text);
	return r;
}

static enum status find_key(struct system_key *k, PKCS11_SLOT *slot)
{
	PKCS11_KEY *keys = NULL;
	unsigned n = 0, found = 0, at = 0;
	uint8_t *spki = NULL;
	int len;
	bool good;

	if (PKCS11_enumerate_keys(slot->token, &keys, &n) != 0)
		return p11_fault(_("búsqueda en el token"));
	for (unsigned i = 0; i < n; i++)
		if (keys[i].label != NULL && strcmp(keys[i].label, KEY_LABEL) == 0) {
			at = i;
			found++;
		}
	if (found != 1)
		return fault(E_DEVICE, NULL, _("el token del sistema no tiene su llave «%s», o tiene varias"), KEY_LABEL);
	if ((k->key = PKCS11_get_private_key(&keys[at])) == NULL)
		return p11_fault(_("la llave del sistema"));
	/* libp11's keys are OpenSSL's older kind, without parameters to ask for: the point ends the
	 * SubjectPublicKeyInfo (RFC 5480 2). */
	len = i2d_PUBKEY(k->key, &spki);
	good = len > POINT_BYTES && point_read(&k->public_key, spki + len - POINT_BYTES) &&
	       (k->check = signature_key_new(&k->public_key)) != NULL;
	OPENSSL_free(spki);
	if (!good)
		return fault(E_DEVICE, NULL, _("la llave pública «%s» del token no es un punto de P-256"), KEY_LABEL);
	return OK;
}

enum status system_key_open(struct system_key **out, struct settings *s, const struct secret *pin)
{
	struct system_key *k = NULL;
	PKCS11_SLOT *slot = NULL;
	struct place where;
	enum status r;

	*out = NULL;
	if ((r = place_of(&where, s)) != OK)
		return r;
	if ((k = calloc(1, sizeof *k)) == NULL || (k->ctx = PKCS11_CTX_new()) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if (where.store[0] != '\0' && (r = module_point_at(where.store)) != OK)
		goto done;
	if (PKCS11_CTX_load(k->ctx, where.module) != 0) {
		r = p11_fault(where.module);
		goto done;
	}
	k->loaded = true;
	if ((r = find_slot(&slot, k, &where)) != OK || (r = log_in(slot, pin)) != OK || (r = find_key(k, slot)) != OK)
		goto done;
	*out = k;
	k = NULL;
done:
	system_key_close(k);
	return r;
}

void system_key_close(struct system_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->key);
	signature_key_free(k->check);
	if (k->slots != NULL)
		PKCS11_release_all_slots(k->ctx, k->slots, k->n_slots);
	if (k->loaded)
		PKCS11_CTX_unload(k->ctx);
	if (k->ctx != NULL)
		PKCS11_CTX_free(k->ctx);
	free(k);
}

enum status system_key_public(const struct system_key *k, struct point *out)
{
	*out = k->public_key;
	return OK;
}

enum status system_key_sign(struct system_key *k, uint8_t der[SIGNATURE_MAX], size_t *len, const void *msg,
                            size_t msg_len)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	enum status r;

	*len = SIGNATURE_MAX;
	if (md == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if (EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, k->key) != 1 ||
	    EVP_DigestSign(md, der, len, msg, msg_len) != 1)
		r = p11_fault(_("firma con la llave del sistema"));
	else if ((r = signature_normalise(der, len)) == OK && !signature_verify_by(k->check, msg, msg_len, der, *len))
		r = fault(E_DEVICE, NULL, _("el token del sistema dio una firma que no vale"));
	EVP_MD_CTX_free(md);
	return r;
}
