/*
 * Writing, reading and erasing the share of a card (card.h). Secret here: the share, the password, the SO PIN that
 * nobody is to know.
 */
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/card_reader.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

enum { SHARE_BYTES = 32, SO_PIN_CHARS = 16 };

static enum status put_data(struct card_reader *r, CK_SESSION_HANDLE session, const char *label, bool private,
                            const void *data, size_t len)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE, hidden = private ? CK_TRUE : CK_FALSE;
	CK_ATTRIBUTE what[] = {
	        {CKA_CLASS, &class, sizeof class},
	        {CKA_TOKEN, &yes, sizeof yes},
	        {CKA_PRIVATE, &hidden, sizeof hidden},
	        {CKA_APPLICATION, (void *)(uintptr_t)CARD_APPLICATION, strlen(CARD_APPLICATION)},
	        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	        {CKA_VALUE, (void *)(uintptr_t)data, len},
	};
	CK_OBJECT_HANDLE object;
	CK_RV rv = r->token.f->C_CreateObject(session, what, sizeof what / sizeof *what, &object);

	return rv == CKR_OK ? OK : module_fault(rv, _("escritura de la tarjeta"));
}

static enum status put_label(struct card_reader *r, CK_SESSION_HANDLE session, const struct card_label *label)
{
	struct buffer text = BUFFER_INIT;
	enum status e = card_label_text(&text, label);

	if (e == OK)
		e = put_data(r, session, CARD_LABEL_OBJECT, false, text.data, text.len);
	buffer_free(&text);
	return e;
}

static enum status get_share(struct secret **out, struct card_reader *r, CK_SESSION_HANDLE session)
{
	struct secret *share = NULL;
	CK_OBJECT_HANDLE object;
	CK_ATTRIBUTE value = {CKA_VALUE, NULL, SHARE_BYTES};
	enum status e;
	CK_RV rv;

	*out = NULL;
	if ((e = card_find_data(&object, r, session, CARD_SHARE_OBJECT)) == E_REFUSED)
		return fault(E_DEVICE, NULL, _("la tarjeta no contiene su parte de la clave"));
	if (e != OK)
		return e;
	if ((share = secret_new(SHARE_BYTES)) == NULL)
		return E_FAILED;
	value.pValue = secret_bytes(share);
	rv = r->token.f->C_GetAttributeValue(session, object, &value, 1);
	if (rv == CKR_OK && value.ulValueLen == SHARE_BYTES) {
		*out = share;
		return OK;
	}
	secret_free(share);
	return rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL
	               ? fault(E_DEVICE, NULL, _("la parte de la clave en la tarjeta está dañada"))
	               : module_fault(rv, _("la tarjeta no se puede leer"));
}

/* ---- the password */

static enum status wrong_password(struct card_reader *r, enum card_tries *tries)
{
	enum card_tries left = CARD_TRIES_UNKNOWN;
	struct token now;

	if (token_read(&now, r->token.f, r->token.slot) == CKR_OK) {
		if ((now.flags & CKF_USER_PIN_LOCKED) != 0)
			left = CARD_TRIES_LOCKED;
		else if ((now.flags & CKF_USER_PIN_FINAL_TRY) != 0)
			left = CARD_TRIES_LAST;
		else if ((now.flags & CKF_USER_PIN_COUNT_LOW) != 0)
			left = CARD_TRIES_LOW;
	}
	if (tries != NULL)
		*tries = left;
	switch (left) {
	case CARD_TRIES_LOCKED:
		return fault(E_REFUSED, NULL, _("contraseña incorrecta: la tarjeta quedó bloqueada"));
	case CARD_TRIES_LAST:
		return fault(E_REFUSED, NULL, _("contraseña incorrecta: queda un solo intento"));
	case CARD_TRIES_LOW:
		return fault(E_REFUSED, NULL, _("contraseña incorrecta: quedan pocos intentos"));
	case CARD_TRIES_UNKNOWN:
		break;
	}
	return fault(E_REFUSED, NULL, _("contraseña incorrecta"));
}

static enum status login(CK_SESSION_HANDLE *session, struct card_reader *r, bool write, const struct secret *password,
                         enum card_tries *tries)
{
	CK_RV rv;
	enum status e = token_login(session, &r->token, write, password, &rv);

	if (e != E_REFUSED)
		return e;
	switch (rv) {
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
		return wrong_password(r, tries);
	case CKR_PIN_LOCKED:
		if (tries != NULL)
			*tries = CARD_TRIES_LOCKED;
		return fault(E_REFUSED, NULL, _("la tarjeta está bloqueada por intentos fallidos"));
	default:
		return module_fault(rv, _("la tarjeta no se puede leer"));
	}
}

static void logout(struct card_reader *r, CK_SESSION_HANDLE session)
{
	r->token.f->C_Logout(session);
	r->token.f->C_CloseSession(session);
}

/* ---- what a holder does */

static enum status set_up(struct card_reader *r, const struct card_label *label, const struct secret *password)
{
	struct secret *so_pin = NULL;
	char name[33];
	enum status e;

	snprintf(name, sizeof name, "VEMRE %.22s %02u", label->election, label->card % 100);
	if ((e = token_random_pin(&so_pin, SO_PIN_CHARS)) == OK && (e = token_init(&r->token, so_pin, name)) == OK)
		e = token_set_pins(&r->token, so_pin, NULL, password);
	secret_free(so_pin);
	return e;
}

static enum status label_of(struct card_label *out, struct card_reader *r, CK_SESSION_HANDLE session)
{
	enum status e = card_get_label(out, r, session);

	return e == E_REFUSED ? fault(E_DEVICE, NULL, _("la tarjeta no tiene su etiqueta")) : e;
}

static enum status same_share(struct card_reader *r, CK_SESSION_HANDLE session, const struct secret *share)
{
	struct secret *back = NULL;
	enum status e = get_share(&back, r, session);

	if (e == OK && CRYPTO_memcmp(secret_bytes(back), secret_bytes(share), SHARE_BYTES) != 0)
		e = fault(E_DEVICE, NULL, _("la tarjeta no devuelve lo que se le escribió"));
	secret_free(back);
	return e;
}

/* A card that is set up and has nothing of ours gets its share and label, read back in a new log-in: what is on the
 * card, not what the module still holds. */
static enum status fill(struct card_reader *r, struct card_label *label, const struct secret *share,
                        const struct secret *password)
{
	CK_SESSION_HANDLE session = 0;
	struct card_label back;
	bool in = false;
	enum status e;

	if ((e = login(&session, r, true, password, NULL)) != OK)
		goto done;
	in = true;
	if ((e = put_data(r, session, CARD_SHARE_OBJECT, true, secret_bytes(share), SHARE_BYTES)) != OK ||
	    (e = put_label(r, session, label)) != OK)
		goto done;
	logout(r, session);
	in = false;
	if ((e = login(&session, r, false, password, NULL)) != OK)
		goto done;
	in = true;
	if ((e = same_share(r, session, share)) != OK || (e = label_of(&back, r, session)) != OK)
		goto done;
	if (strcmp(back.election, label->election) != 0 || strcmp(back.member, label->member) != 0 ||
	    back.card != label->card || !point_equal(&back.commitment, &label->commitment)) {
		e = fault(E_DEVICE, NULL, _("la tarjeta no devuelve lo que se le escribió"));
		goto done;
	}
	if ((e = card_still_in(r)) != OK)
		goto done;
	*label = back;
done:
	if (in)
		logout(r, session);
	return e;
}

enum status card_write(struct card_reader *r, struct card_label *label, const struct secret *share,
                       const struct secret *password)
{
	enum status e;

	if (secret_len(share) != SHARE_BYTES)
		return fault(E_FAILED, NULL, _("la parte de la clave no mide %d bytes"), SHARE_BYTES);
	if ((e = card_take(r)) != OK)
		return e;
	if ((r->token.flags & CKF_TOKEN_INITIALIZED) != 0)
		e = fault(E_REFUSED, NULL, _("la tarjeta no está en blanco"));
	else if ((e = set_up(r, label, password)) == OK)
		e = fill(r, label, share, password);
	card_let_go(r);
	return e;
}

/* ---- a card used again */

/* Our objects, however many a broken-off write has left. */
static enum status clear(struct card_reader *r, CK_SESSION_HANDLE session)
{
	static const char *const ours[] = {CARD_SHARE_OBJECT, CARD_LABEL_OBJECT};
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_OBJECT_HANDLE found;
	CK_ULONG n = 1;
	CK_RV rv = CKR_OK;

	for (unsigned i = 0; i < 2; i++, n = 1) {
		CK_ATTRIBUTE which[] = {{CKA_CLASS, &class, sizeof class},
		                        {CKA_LABEL, (void *)(uintptr_t)ours[i], strlen(ours[i])}};

		while (n > 0 && rv == CKR_OK) {
			if ((rv = r->token.f->C_FindObjectsInit(session, which, 2)) != CKR_OK)
				break;
			rv = r->token.f->C_FindObjects(session, &found, 1, &n);
			r->token.f->C_FindObjectsFinal(session);
			if (rv == CKR_OK && n > 0)
				rv = r->token.f->C_DestroyObject(session, found);
		}
	}
	return rv == CKR_OK ? OK : module_fault(rv, _("borrado de lo que la tarjeta tenía"));
}

enum status card_rewrite(struct card_reader *r, struct card_label *label, const struct secret *share,
                         const struct secret *old, const struct secret *password, enum card_tries *tries)
{
	CK_SESSION_HANDLE session;
	enum status e;
	CK_RV rv;

	if (secret_len(share) != SHARE_BYTES)
		return fault(E_FAILED, NULL, _("la parte de la clave no mide %d bytes"), SHARE_BYTES);
	if ((e = card_take(r)) != OK)
		return e;
	if ((e = login(&session, r, true, old, tries)) != OK)
		goto done;
	if ((e = clear(r, session)) == OK && (rv = token_change_pin(&r->token, session, old, password)) != CKR_OK)
		e = module_fault(rv, _("cambio de la contraseña de la tarjeta"));
	logout(r, session);
	if (e == OK)
		e = fill(r, label, share, password);
done:
	card_let_go(r);
	return e;
}

/* ---- */

enum status card_read(struct card_reader *r, struct secret **share, const struct secret *password,
                      enum card_tries *tries)
{
	CK_SESSION_HANDLE session;
	enum status e;

	*share = NULL;
	if ((e = card_take(r)) != OK)
		return e;
	if ((e = login(&session, r, false, password, tries)) == OK) {
		e = get_share(share, r, session);
		logout(r, session);
	}
	if (e == OK && (e = card_still_in(r)) != OK) {
		secret_free(*share);
		*share = NULL;
	}
	card_let_go(r);
	return e;
}

/* The share goes first; the label that says so is on the card before the one that does not say it goes, so that a card
 * cut off at any point is still known, and says no more than is true (card_get_label). */
static enum status erase(struct card_reader *r, CK_SESSION_HANDLE session)
{
	struct card_label label;
	CK_OBJECT_HANDLE object;
	enum status e;
	CK_RV rv;

	if ((e = label_of(&label, r, session)) != OK)
		return e;
	if ((e = card_find_data(&object, r, session, CARD_SHARE_OBJECT)) == OK) {
		if ((rv = r->token.f->C_DestroyObject(session, object)) != CKR_OK)
			return module_fault(rv, _("borrado de la parte de la clave"));
		if ((e = card_find_data(&object, r, session, CARD_SHARE_OBJECT)) == OK)
			return fault(E_DEVICE, NULL, _("la parte de la clave sigue en la tarjeta tras borrarla"));
	}
	if (e != E_REFUSED)
		return e;
	if (label.erased)
		return OK;
	label.erased = true;
	if ((e = card_find_data(&object, r, session, CARD_LABEL_OBJECT)) != OK ||
	    (e = put_label(r, session, &label)) != OK)
		return e;
	rv = r->token.f->C_DestroyObject(session, object);
	return rv == CKR_OK ? OK : module_fault(rv, _("escritura de la tarjeta"));
}

enum status card_erase(struct card_reader *r, const struct secret *password, enum card_tries *tries)
{
	CK_SESSION_HANDLE session;
	enum status e;

	if ((e = card_take(r)) != OK)
		return e;
	if ((e = login(&session, r, true, password, tries)) == OK) {
		e = erase(r, session);
		logout(r, session);
	}
	if (e == OK)
		e = card_still_in(r);
	card_let_go(r);
	return e;
}
