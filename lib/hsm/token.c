/* See token.h. */
#include "hsm/token.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

/* PKCS#11 texts are padded with blanks and have no zero. */
static void unpad(char *out, const unsigned char *in, size_t len)
{
	while (len > 0 && (in[len - 1] == ' ' || in[len - 1] == '\0'))
		len--;
	memcpy(out, in, len);
	out[len] = '\0';
}

CK_RV token_read(struct token *out, CK_FUNCTION_LIST *f, CK_SLOT_ID slot)
{
	CK_TOKEN_INFO info;
	CK_RV rv = f->C_GetTokenInfo(slot, &info);

	if (rv != CKR_OK)
		return rv;
	memset(out, 0, sizeof *out);
	out->f = f;
	out->slot = slot;
	unpad(out->label, info.label, sizeof info.label);
	unpad(out->serial, info.serialNumber, sizeof info.serialNumber);
	unpad(out->manufacturer, info.manufacturerID, sizeof info.manufacturerID);
	unpad(out->model, info.model, sizeof info.model);
	out->pin_min = info.ulMinPinLen;
	out->pin_max = info.ulMaxPinLen;
	out->flags = info.flags;
	return CKR_OK;
}

/* Slots with a token. SoftHSM shows a fresh blank one only after a call that asks for the count. */
static enum status slots(CK_SLOT_ID **out, CK_ULONG *n, struct module *m)
{
	CK_RV rv;

	*out = NULL;
	if ((rv = m->f->C_GetSlotList(CK_TRUE, NULL, n)) != CKR_OK)
		return module_fault(rv, _("lista de ranuras"));
	if ((*out = calloc(*n + 1, sizeof **out)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((rv = m->f->C_GetSlotList(CK_TRUE, *out, n)) != CKR_OK) {
		free(*out);
		*out = NULL;
		return module_fault(rv, _("lista de ranuras"));
	}
	return OK;
}

/* The last token of that label (and serial), and how many there are. */
static enum status look_for(struct token *out, unsigned *found, struct module *m, const char *label,
                            const char *serial)
{
	CK_SLOT_ID *ids = NULL;
	CK_ULONG n = 0;
	struct token t;
	enum status r;

	*found = 0;
	if ((r = slots(&ids, &n, m)) != OK)
		return r;
	for (CK_ULONG i = 0; i < n; i++) {
		if (token_read(&t, m->f, ids[i]) != CKR_OK || (t.flags & CKF_TOKEN_INITIALIZED) == 0 ||
		    strcmp(t.label, label) != 0 || (serial != NULL && strcmp(t.serial, serial) != 0))
			continue;
		*out = t;
		++*found;
	}
	free(ids);
	return OK;
}

enum status token_count(unsigned *n, struct module *m, const char *label)
{
	struct token t;

	return look_for(&t, n, m, label, NULL);
}

enum status token_find(struct token *out, struct module *m, const char *label, const char *serial)
{
	unsigned n;
	enum status r;

	if (serial != NULL && serial[0] == '\0')
		serial = NULL;
	if ((r = look_for(out, &n, m, label, serial)) != OK)
		return r;
	if (n == 0)
		return fault(E_DEVICE, NULL, _("no hay ningún token «%s»%s%s en el HSM"), label,
		             serial != NULL ? _(" con número de serie ") : "", serial != NULL ? serial : "");
	if (n > 1)
		return fault(E_DEVICE, _("indique el número de serie en los ajustes (hsm.vault_serial, hsm.system_serial)"),
		             _("hay %u tokens «%s» en el HSM"), n, label);
	return OK;
}

enum status token_blank(struct token *out, struct module *m)
{
	CK_SLOT_ID *ids = NULL;
	CK_ULONG n = 0;
	enum status r;

	if ((r = slots(&ids, &n, m)) != OK)
		return r;
	r = E_DEVICE;
	for (CK_ULONG i = 0; i < n && r != OK; i++)
		if (token_read(out, m->f, ids[i]) == CKR_OK && (out->flags & CKF_TOKEN_INITIALIZED) == 0)
			r = OK;
	free(ids);
	return r == OK ? OK : fault(E_DEVICE, NULL, _("no hay ningún token en blanco en el HSM"));
}

enum status token_random_pin(struct secret **out, size_t chars)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	uint8_t *p;

	if ((*out = secret_new(chars)) == NULL)
		return E_FAILED;
	p = secret_bytes(*out);
	if (RAND_priv_bytes(p, (int)chars) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
	for (size_t i = 0; i < chars; i++)
		p[i] = (uint8_t)alphabet[p[i] & 63];
	return OK;
}

enum status token_init(struct token *t, const struct secret *so_pin, const char *label)
{
	unsigned char padded[32];
	size_t len = strlen(label);
	CK_RV rv;

	if (len > sizeof padded)
		return fault(E_USAGE, NULL, _("la etiqueta «%s» pasa de 32 bytes"), label);
	memset(padded, ' ', sizeof padded);
	memcpy(padded, label, len);
	rv = t->f->C_InitToken(t->slot, secret_bytes(so_pin), secret_len(so_pin), padded);
	if (rv != CKR_OK)
		return module_fault(rv, _("preparación del token"));
	if ((rv = token_read(t, t->f, t->slot)) != CKR_OK)
		return module_fault(rv, _("preparación del token"));
	if (strcmp(t->label, label) != 0)
		return fault(E_DEVICE, NULL, _("el token no tomó su etiqueta «%s»"), label);
	return OK;
}

/* NULL goes through as it is: the reader's keypad asks (PKCS#11 2.40, CKF_PROTECTED_AUTHENTICATION_PATH). */
static CK_UTF8CHAR *pin_bytes(const struct secret *pin)
{
	return pin != NULL ? secret_bytes(pin) : NULL;
}

static CK_ULONG pin_len(const struct secret *pin)
{
	return pin != NULL ? secret_len(pin) : 0;
}

CK_RV token_change_pin(struct token *t, CK_SESSION_HANDLE session, const struct secret *from, const struct secret *to)
{
	return t->f->C_SetPIN(session, pin_bytes(from), pin_len(from), pin_bytes(to), pin_len(to));
}

enum status token_set_pins(struct token *t, const struct secret *so_pin, const struct secret *new_so_pin,
                           const struct secret *user_pin)
{
	CK_SESSION_HANDLE s = 0;
	bool open = false, in = false;
	CK_RV rv;

	if ((rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s)) != CKR_OK)
		goto done;
	open = true;
	if ((rv = t->f->C_Login(s, CKU_SO, secret_bytes(so_pin), secret_len(so_pin))) != CKR_OK)
		goto done;
	in = true;
	if ((rv = t->f->C_InitPIN(s, pin_bytes(user_pin), pin_len(user_pin))) != CKR_OK)
		goto done;
	if (new_so_pin != NULL)
		rv = t->f->C_SetPIN(s, secret_bytes(so_pin), secret_len(so_pin), secret_bytes(new_so_pin),
		                    secret_len(new_so_pin));
done:
	if (in)
		t->f->C_Logout(s);
	if (open)
		t->f->C_CloseSession(s);
	return rv == CKR_OK ? OK : module_fault(rv, _("contraseñas del token"));
}

enum status token_login(CK_SESSION_HANDLE *session, struct token *t, bool write, const struct secret *pin, CK_RV *rv)
{
	CK_SESSION_HANDLE s = 0;

	*rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | (write ? CKF_RW_SESSION : 0UL), NULL, NULL, &s);
	if (*rv != CKR_OK)
		return module_fault(*rv, _("sesión con el token"));
	*rv = t->f->C_Login(s, CKU_USER, pin_bytes(pin), pin_len(pin));
	/* The login is the token's, not the session's: a second lane finds it done. */
	if (*rv != CKR_OK && *rv != CKR_USER_ALREADY_LOGGED_IN) {
		t->f->C_CloseSession(s);
		return E_REFUSED;
	}
	*session = s;
	return OK;
}
