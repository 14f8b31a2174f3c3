/* Key pairs of a token: made, found, their attributes read back. See token.h. */
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/token.h"
#include <string.h>

/* OBJECT IDENTIFIER prime256v1 (RFC 5480 2.1.1.1) */
static const unsigned char P256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

#define ATTR(t, v) \
	{ \
		(t), (void *)&(v), sizeof(v) \
	}

enum status token_make_pair(struct token *t, CK_SESSION_HANDLE session, const char *label, CK_ATTRIBUTE_TYPE use)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_BBOOL sign = use == CKA_SIGN ? CK_TRUE : CK_FALSE, derive = use == CKA_DERIVE ? CK_TRUE : CK_FALSE;
	CK_KEY_TYPE ec = CKK_EC;
	unsigned char id[] = {1};
	CK_MECHANISM how = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
	CK_ATTRIBUTE public_half[] = {
	        ATTR(CKA_KEY_TYPE, ec),
	        {CKA_EC_PARAMS, (void *)(uintptr_t)P256, sizeof P256},
	        ATTR(CKA_TOKEN, yes),
	        ATTR(CKA_PRIVATE, no),
	        ATTR(CKA_VERIFY, sign),
	        ATTR(CKA_ENCRYPT, no),
	        ATTR(CKA_WRAP, no),
	        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	        ATTR(CKA_ID, id),
	};
	CK_ATTRIBUTE private_half[] = {
	        ATTR(CKA_KEY_TYPE, ec),
	        ATTR(CKA_TOKEN, yes),
	        ATTR(CKA_PRIVATE, yes),
	        ATTR(CKA_SENSITIVE, yes),
	        ATTR(CKA_EXTRACTABLE, no),
	        ATTR(CKA_SIGN, sign),
	        ATTR(CKA_DERIVE, derive),
	        ATTR(CKA_DECRYPT, no),
	        ATTR(CKA_UNWRAP, no),
	        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	        ATTR(CKA_ID, id),
	};
	CK_OBJECT_HANDLE pub, priv;
	CK_RV rv = t->f->C_GenerateKeyPair(session, &how, public_half, sizeof public_half / sizeof *public_half,
	                                   private_half, sizeof private_half / sizeof *private_half, &pub, &priv);

	return rv == CKR_OK ? OK : module_fault(rv, _("creación del par de llaves en el token"));
}

static enum status one_object(CK_OBJECT_HANDLE *out, struct token *t, CK_SESSION_HANDLE session,
                              CK_OBJECT_CLASS class, const char *label)
{
	CK_ATTRIBUTE which[] = {
	        ATTR(CKA_CLASS, class),
	        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	};
	CK_OBJECT_HANDLE found[2];
	CK_ULONG n = 0;
	CK_RV rv;

	if ((rv = t->f->C_FindObjectsInit(session, which, 2)) != CKR_OK)
		return module_fault(rv, _("búsqueda en el token"));
	rv = t->f->C_FindObjects(session, found, 2, &n);
	t->f->C_FindObjectsFinal(session);
	if (rv != CKR_OK)
		return module_fault(rv, _("búsqueda en el token"));
	if (n != 1)
		return fault(E_DEVICE, NULL,
		             n == 0 ? _("el token «%s» no tiene la llave «%s»")
		                    : _("el token «%s» tiene más de una llave «%s»"),
		             t->label, label);
	*out = found[0];
	return OK;
}

enum status token_private_key(CK_OBJECT_HANDLE *key, struct token *t, CK_SESSION_HANDLE session, const char *label)
{
	return one_object(key, t, session, CKO_PRIVATE_KEY, label);
}

enum status token_public_point(struct point *out, struct token *t, CK_SESSION_HANDLE session, const char *label)
{
	unsigned char der[2 + POINT_BYTES + 8];
	CK_ATTRIBUTE value = {CKA_EC_POINT, der, sizeof der};
	CK_OBJECT_HANDLE key;
	enum status r;
	CK_RV rv;

	if ((r = one_object(&key, t, session, CKO_PUBLIC_KEY, label)) != OK)
		return r;
	if ((rv = t->f->C_GetAttributeValue(session, key, &value, 1)) != CKR_OK)
		return module_fault(rv, _("lectura de la llave pública"));
	/* PKCS#11 2.40, 2.3.3: a DER OCTET STRING around the point. */
	if (value.ulValueLen != 2 + POINT_BYTES || der[0] != 0x04 || der[1] != POINT_BYTES || !point_read(out, der + 2))
		return fault(E_DEVICE, NULL, _("la llave pública «%s» del token no es un punto de P-256"), label);
	return OK;
}

enum status token_check_key(json_t **facts, struct token *t, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                            CK_ATTRIBUTE_TYPE use)
{
	const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *name;
		bool wanted;
	} rules[] = {
	        {CKA_TOKEN, "CKA_TOKEN", true},
	        {CKA_PRIVATE, "CKA_PRIVATE", true},
	        {CKA_LOCAL, "CKA_LOCAL", true},
	        {CKA_SENSITIVE, "CKA_SENSITIVE", true},
	        {CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE", true},
	        {CKA_EXTRACTABLE, "CKA_EXTRACTABLE", false},
	        {CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE", true},
	        {CKA_DERIVE, "CKA_DERIVE", use == CKA_DERIVE},
	        {CKA_SIGN, "CKA_SIGN", use == CKA_SIGN},
	        {CKA_DECRYPT, "CKA_DECRYPT", false},
	        {CKA_UNWRAP, "CKA_UNWRAP", false},
	};
	CK_KEY_TYPE type = 0;
	unsigned char params[64];
	CK_ATTRIBUTE curve[] = {ATTR(CKA_KEY_TYPE, type), {CKA_EC_PARAMS, params, sizeof params}};
	json_t *seen = json_object();
	enum status r = OK;
	CK_RV rv;

	if (seen == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t i = 0; i < sizeof rules / sizeof *rules && r == OK; i++) {
		CK_BBOOL value = CK_FALSE;
		CK_ATTRIBUTE a = ATTR(rules[i].type, value);

		if ((rv = t->f->C_GetAttributeValue(session, key, &a, 1)) != CKR_OK || a.ulValueLen != sizeof value)
			r = module_fault(rv, rules[i].name);
		else if ((value == CK_TRUE) != rules[i].wanted)
			r = fault(E_DEVICE, _("la llave no está confinada en el HSM: no se usa"),
			          _("la llave del token «%s» tiene %s = %s"), t->label, rules[i].name,
			          value == CK_TRUE ? "TRUE" : "FALSE");
		else if (json_object_set_new(seen, rules[i].name, json_boolean(value == CK_TRUE)) != 0)
			r = fault(E_FAILED, NULL, _("no hay memoria"));
	}
	if (r == OK && (rv = t->f->C_GetAttributeValue(session, key, curve, 2)) != CKR_OK)
		r = module_fault(rv, "CKA_EC_PARAMS");
	if (r == OK && (type != CKK_EC || curve[1].ulValueLen != sizeof P256 || memcmp(params, P256, sizeof P256) != 0))
		r = fault(E_DEVICE, NULL, _("la llave del token «%s» no es de la curva P-256"), t->label);
	if (r == OK && facts != NULL) {
		*facts = seen;
		seen = NULL;
	}
	json_decref(seen);
	return r;
}
