/*
 * See vault.h. Secret here: the PINs (wiped as soon as they are used) and the x coordinates derived (the caller's
 * z; what the module held of them goes with its session object).
 */
#include "hsm/vault.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/token.h"
#include "protocol/shares.h"
#include <dirent.h>
#include <ftw.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_LABEL "llave de apertura"
enum { PIN_LEAST = 16 }; /* PROTOCOL 3 */

struct lane {
	struct module *module;
	struct token token;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	bool open, busy;
};

struct vault {
	struct lane lanes[VAULT_LANES_MAX];
	unsigned n;
	char *module, *store, *label;
	struct secret *so_pin; /* while it is being made: the temporary one */
	bool unfinished;       /* prepared by us and not made */
	struct point public_key;
	json_t *attributes;
	pthread_mutex_t lock;
	pthread_cond_t free_lane;
};

static enum status vault_new(struct vault **out, struct settings *s, const char *store)
{
	const char *module = settings_path(s, "hsm.module", MODULE_DEFAULT);
	const char *label = settings_text(s, "hsm.vault_label", "VEMRE-BOVEDA");
	struct vault *v;

	*out = NULL;
	if (store == NULL)
		store = settings_path(s, "hsm.vault_store", "");
	if (module == NULL || store == NULL || label == NULL)
		return E_USAGE;
	if ((v = calloc(1, sizeof *v)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	pthread_mutex_init(&v->lock, NULL);
	pthread_cond_init(&v->free_lane, NULL);
	v->module = strdup(module);
	v->store = strdup(store);
	v->label = strdup(label);
	*out = v;
	return v->module != NULL && v->store != NULL && v->label != NULL ? OK
	                                                                 : fault(E_FAILED, NULL, _("no hay memoria"));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	return at->level == 0 ? 0 : remove(path);
}

/* What a session that ended badly leaves in a SoftHSM: the folder was empty before. */
static void remove_unfinished(struct vault *v)
{
	char *tokens = file_path(v->store, "tokens", NULL);

	if (tokens != NULL)
		nftw(tokens, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(tokens);
}

void vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	for (unsigned i = 0; i < v->n; i++) {
		struct lane *l = &v->lanes[i];

		if (l->open) {
			l->token.f->C_Logout(l->session);
			l->token.f->C_CloseSession(l->session);
		}
		module_close(l->module);
	}
	if (v->unfinished && v->store != NULL && v->store[0] != '\0')
		remove_unfinished(v);
	secret_free(v->so_pin);
	json_decref(v->attributes);
	pthread_cond_destroy(&v->free_lane);
	pthread_mutex_destroy(&v->lock);
	free(v->module);
	free(v->store);
	free(v->label);
	free(v);
}

/* ---- making */

/* The PIN of K as long as the token takes (PROTOCOL 3). */
static enum status pin_of(struct secret **out, const struct token *t, const struct secret *k, const char *what)
{
	struct secret *whole = NULL;
	size_t len = t->pin_max < PIN_CHARS ? t->pin_max : PIN_CHARS;
	enum status r;

	*out = NULL;
	if (len < PIN_LEAST)
		return fault(E_DEVICE, NULL, _("el token «%s» no admite contraseñas de %d caracteres"), t->label, PIN_LEAST);
	if ((r = shares_vault_pin(&whole, k, what)) != OK)
		return r;
	*out = secret_copy(secret_bytes(whole), len);
	secret_free(whole);
	return *out != NULL ? OK : E_FAILED;
}

/* *vaults: tokens of its label; *others: a SoftHSM's further ones. */
static enum status count_tokens(unsigned *vaults, unsigned *others, const struct vault *v, struct module *m)
{
	CK_ULONG slots = 0;
	enum status r;
	CK_RV rv;

	*others = 0;
	if ((r = token_count(vaults, m, v->label)) != OK || v->store[0] == '\0')
		return r;
	/* A SoftHSM shows its tokens and one blank slot. */
	if ((rv = m->f->C_GetSlotList(CK_TRUE, NULL, &slots)) != CKR_OK)
		return module_fault(rv, _("lista de ranuras"));
	*others = slots > 1 + *vaults ? (unsigned)slots - 1 - *vaults : 0;
	return OK;
}

static enum status refuse_if_taken(struct vault *v, struct module *m)
{
	static const char *hint = N_("si es de una sesión que se interrumpió (no hay keys.json), aparte la carpeta o "
	                             "borre el token, y empiece de nuevo");
	unsigned vaults, others;
	enum status r;

	if ((r = count_tokens(&vaults, &others, v, m)) != OK)
		return r;
	if (vaults > 0)
		return fault(E_STATE, _(hint), _("ya hay una bóveda «%s» en el HSM"), v->label);
	if (others > 0)
		return fault(E_STATE, _(hint), _("la carpeta de la bóveda, %s, ya tiene tokens"), v->store);
	return OK;
}

/* SoftHSM passes over a token folder that a cut has left half made: it is there all the same. */
static bool folder_has_tokens(const struct vault *v)
{
	char *tokens = file_path(v->store, "tokens", NULL);
	DIR *d = tokens != NULL ? opendir(tokens) : NULL;
	const struct dirent *e;
	bool any = false;

	while (d != NULL && (e = readdir(d)) != NULL)
		any = any || (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0);
	if (d != NULL)
		closedir(d);
	free(tokens);
	return any;
}

enum status vault_exists(bool *there, struct settings *s)
{
	struct vault *v = NULL;
	unsigned vaults = 0, others = 0;
	enum status r;

	*there = false;
	if ((r = vault_new(&v, s, NULL)) != OK || (r = module_open(&v->lanes[0].module, v->module, v->store)) != OK)
		goto done;
	v->n = 1;
	r = count_tokens(&vaults, &others, v, v->lanes[0].module);
	*there = vaults > 0 || others > 0 || (v->store[0] != '\0' && folder_has_tokens(v));
done:
	vault_close(v);
	return r;
}

enum status vault_discard(struct settings *s)
{
	struct vault *v = NULL;
	enum status r;

	if ((r = vault_new(&v, s, NULL)) != OK)
		goto done;
	if (v->store[0] == '\0') {
		r = fault(E_DEVICE, _("bórrelo con los medios del fabricante y repita el paso"),
		          _("el token «%s» del HSM es de una sesión que no terminó"), v->label);
		goto done;
	}
	/* Opened for its lock: nobody else has the folder. */
	if ((r = module_open(&v->lanes[0].module, v->module, v->store)) != OK)
		goto done;
	v->n = 1;
	remove_unfinished(v);
	if (folder_has_tokens(v))
		r = fault(E_FAILED, NULL, _("no se puede vaciar %s"), v->store);
done:
	vault_close(v);
	return r;
}

enum status vault_prepare(struct vault **out, struct settings *s)
{
	struct vault *v = NULL;
	struct lane *l;
	enum status r;

	*out = NULL;
	if ((r = vault_new(&v, s, NULL)) != OK)
		goto done;
	l = &v->lanes[0];
	if ((r = module_open(&l->module, v->module, v->store)) != OK)
		goto done;
	v->n = 1;
	if ((r = refuse_if_taken(v, l->module)) != OK || (r = token_blank(&l->token, l->module)) != OK ||
	    (r = token_random_pin(&v->so_pin, PIN_LEAST)) != OK)
		goto done;
	v->unfinished = true;
	if ((r = token_init(&l->token, v->so_pin, v->label)) != OK)
		goto done;
	*out = v;
	v = NULL;
done:
	vault_close(v);
	return r;
}

static enum status lane_login(struct lane *l, bool write, const struct secret *pin)
{
	CK_RV rv;
	enum status r = token_login(&l->session, &l->token, write, pin, &rv);

	if (r == E_REFUSED) {
		if (rv == CKR_PIN_INCORRECT)
			return fault(E_DEVICE, _("¿es este HSM el de esta elección?"),
			             _("la clave reunida con las tarjetas no abre la bóveda «%s»"), l->token.label);
		return module_fault(rv, _("apertura de la bóveda"));
	}
	l->open = r == OK;
	return r;
}

enum status vault_make(struct vault *v, const struct secret *k)
{
	struct secret *pin = NULL, *so_pin = NULL;
	struct lane *l = &v->lanes[0];
	enum status r;

	if (!v->unfinished || v->so_pin == NULL)
		return fault(E_STATE, NULL, _("la bóveda ya está hecha"));
	if ((r = pin_of(&pin, &l->token, k, "vault-pin")) != OK ||
	    (r = pin_of(&so_pin, &l->token, k, "vault-so-pin")) != OK ||
	    (r = token_set_pins(&l->token, v->so_pin, so_pin, pin)) != OK || (r = lane_login(l, true, pin)) != OK ||
	    (r = token_make_pair(&l->token, l->session, KEY_LABEL, CKA_DERIVE)) != OK ||
	    (r = token_private_key(&l->key, &l->token, l->session, KEY_LABEL)) != OK ||
	    (r = token_check_key(&v->attributes, &l->token, l->session, l->key, CKA_DERIVE)) != OK ||
	    (r = token_public_point(&v->public_key, &l->token, l->session, KEY_LABEL)) != OK)
		goto done;
	secret_free(v->so_pin);
	v->so_pin = NULL;
	v->unfinished = false;
done:
	secret_free(pin);
	secret_free(so_pin);
	return r;
}

/* ---- opening */

static enum status lane_open(struct vault *v, struct lane *l, const char *serial, const struct secret *k,
                             const struct point *expected)
{
	struct secret *pin = NULL;
	enum status r;

	if ((r = module_open(&l->module, v->module, v->store)) != OK)
		return r;
	v->n++;
	if ((r = token_find(&l->token, l->module, v->label, serial)) != OK ||
	    (r = pin_of(&pin, &l->token, k, "vault-pin")) != OK || (r = lane_login(l, false, pin)) != OK ||
	    (r = token_private_key(&l->key, &l->token, l->session, KEY_LABEL)) != OK)
		goto done;
	if (v->n > 1)
		goto done;
	if ((r = token_check_key(&v->attributes, &l->token, l->session, l->key, CKA_DERIVE)) != OK ||
	    (r = token_public_point(&v->public_key, &l->token, l->session, KEY_LABEL)) != OK)
		goto done;
	if (!point_equal(&v->public_key, expected))
		r = fault(E_DEVICE, _("¿es este HSM el de esta elección?"),
		          _("la llave de la bóveda «%s» no es la llave de la elección de keys.json"), v->label);
done:
	secret_free(pin);
	return r;
}

/* The public half that the token shows could be another's: the private half must agree with the election key. */
static enum status answers_as(struct vault *v, const struct point *expected)
{
	struct scalar r_;
	struct point rp, shared;
	uint8_t z[32];
	enum status r;

	if ((r = scalar_random(&r_)) != OK || (r = point_mul_base(&rp, &r_)) != OK ||
	    (r = point_mul(&shared, &r_, expected)) != OK || (r = vault_derive_x(v, z, &rp)) != OK)
		goto done;
	if (CRYPTO_memcmp(z, shared.octets + 1, sizeof z) != 0)
		r = fault(E_DEVICE, NULL, _("la llave de apertura de la bóveda «%s» no responde a la llave de la elección"),
		          v->label);
done:
	OPENSSL_cleanse(z, sizeof z);
	OPENSSL_cleanse(&shared, sizeof shared);
	scalar_wipe(&r_, 1);
	return r;
}

enum status vault_open_store(struct vault **out, struct settings *s, const char *store, const struct secret *k,
                             const struct point *expected, unsigned lanes)
{
	const char *serial = settings_text(s, "hsm.vault_serial", "");
	struct vault *v = NULL;
	enum status r;

	*out = NULL;
	if (serial == NULL)
		return E_USAGE;
	if (lanes < 1 || lanes > VAULT_LANES_MAX)
		return fault(E_USAGE, NULL, _("la bóveda admite de 1 a %d conexiones"), VAULT_LANES_MAX);
	if ((r = vault_new(&v, s, store)) != OK)
		goto done;
	for (unsigned i = 0; i < lanes; i++)
		if ((r = lane_open(v, &v->lanes[i], serial, k, expected)) != OK)
			goto done;
	if ((r = answers_as(v, expected)) != OK)
		goto done;
	*out = v;
	v = NULL;
done:
	vault_close(v);
	return r;
}

enum status vault_open(struct vault **out, struct settings *s, const struct secret *k, const struct point *expected,
                       unsigned lanes)
{
	return vault_open_store(out, s, NULL, k, expected, lanes);
}

/* ---- using */

static struct lane *take_lane(struct vault *v)
{
	struct lane *l = NULL;

	pthread_mutex_lock(&v->lock);
	for (;;) {
		for (unsigned i = 0; i < v->n && l == NULL; i++)
			if (v->lanes[i].open && !v->lanes[i].busy)
				l = &v->lanes[i];
		if (l != NULL)
			break;
		pthread_cond_wait(&v->free_lane, &v->lock);
	}
	l->busy = true;
	pthread_mutex_unlock(&v->lock);
	return l;
}

static void give_lane(struct vault *v, struct lane *l)
{
	pthread_mutex_lock(&v->lock);
	l->busy = false;
	pthread_cond_signal(&v->free_lane);
	pthread_mutex_unlock(&v->lock);
}

/* PKCS#11 2.40, 2.3.6: the shared secret is the x coordinate, taken whole by CKD_NULL. To be read it has to be an
 * extractable session object, which does not outlive this call. */
static CK_RV derive(struct lane *l, uint8_t z[32], const struct point *r)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG length = 32;
	unsigned char other[POINT_BYTES];
	CK_ECDH1_DERIVE_PARAMS params = {.kdf = CKD_NULL, .ulPublicDataLen = sizeof other, .pPublicData = other};
	CK_MECHANISM how = {CKM_ECDH1_DERIVE, &params, sizeof params};
	CK_ATTRIBUTE what[] = {
	        {CKA_CLASS, &class, sizeof class},   {CKA_KEY_TYPE, &type, sizeof type},
	        {CKA_TOKEN, &no, sizeof no},         {CKA_SENSITIVE, &no, sizeof no},
	        {CKA_EXTRACTABLE, &yes, sizeof yes}, {CKA_VALUE_LEN, &length, sizeof length},
	};
	CK_ATTRIBUTE value = {CKA_VALUE, z, 32};
	CK_OBJECT_HANDLE secret;
	CK_RV rv, gone;

	memcpy(other, r->octets, sizeof other);
	rv = l->token.f->C_DeriveKey(l->session, &how, l->key, what, sizeof what / sizeof *what, &secret);
	if (rv != CKR_OK)
		return rv;
	rv = l->token.f->C_GetAttributeValue(l->session, secret, &value, 1);
	if (rv == CKR_OK && value.ulValueLen != 32)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	gone = l->token.f->C_DestroyObject(l->session, secret);
	return rv != CKR_OK ? rv : gone;
}

enum status vault_derive_x(struct vault *v, uint8_t z[32], const struct point *r)
{
	struct lane *l;
	CK_RV rv;

	if (v->n == 0 || !v->lanes[0].open)
		return fault(E_STATE, NULL, _("la bóveda no está abierta"));
	l = take_lane(v);
	rv = derive(l, z, r);
	give_lane(v, l);
	return rv == CKR_OK ? OK : module_fault(rv, _("ECDH en la bóveda"));
}

enum status vault_public_key(struct vault *v, struct point *out)
{
	if (v->attributes == NULL)
		return fault(E_STATE, NULL, _("la bóveda no está abierta"));
	*out = v->public_key;
	return OK;
}

static enum status generate(const struct token *t, uint8_t *out, size_t len)
{
	CK_SESSION_HANDLE session;
	CK_RV rv;

	/* A session of its own: no login is needed, and a prepared vault has none. */
	if ((rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION, NULL, NULL, &session)) != CKR_OK)
		return module_fault(rv, _("sesión con el token"));
	rv = t->f->C_GenerateRandom(session, out, len);
	t->f->C_CloseSession(session);
	return rv == CKR_OK ? OK : module_fault(rv, _("números aleatorios del HSM"));
}

enum status vault_random(struct vault *v, struct secret *out)
{
	return generate(&v->lanes[0].token, secret_bytes(out), secret_len(out));
}

enum status vault_random_closed(uint8_t *out, size_t len, struct settings *s)
{
	const char *serial = settings_text(s, "hsm.vault_serial", "");
	struct vault *v = NULL;
	enum status r;

	if (serial == NULL)
		return E_USAGE;
	if ((r = vault_new(&v, s, NULL)) != OK || (r = module_open(&v->lanes[0].module, v->module, v->store)) != OK)
		goto done;
	v->n = 1;
	if ((r = token_find(&v->lanes[0].token, v->lanes[0].module, v->label, serial)) == OK)
		r = generate(&v->lanes[0].token, out, len);
done:
	vault_close(v);
	return r;
}

const char *vault_serial(const struct vault *v)
{
	return v->lanes[0].token.serial;
}

json_t *vault_facts(struct vault *v)
{
	const struct token *t = &v->lanes[0].token;

	return json_pack("{s:s,s:s,s:s,s:s,s:O?}", "label", t->label, "serial", t->serial, "manufacturer",
	                 t->manufacturer, "model", t->model, "attributes", v->attributes);
}
