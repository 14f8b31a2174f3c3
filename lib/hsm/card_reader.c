/*
 * The reader and what a card says of itself (card.h, card_reader.h). A card of SoftHSM is a folder with a token
 * store; the reader is a symbolic link to the folder of the card that is in.
 */
#include "hsm/card_reader.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status card_reader_open(struct card_reader **out, struct settings *s)
{
	const char *module = settings_path(s, "cards.module", MODULE_DEFAULT), *where;
	struct card_reader *r = NULL;
	long max, least;
	enum status e;

	*out = NULL;
	if (module == NULL || (r = calloc(1, sizeof *r)) == NULL)
		return module == NULL ? E_USAGE : fault(E_FAILED, NULL, _("no hay memoria"));
	r->softhsm = module_is_softhsm(module);
	where = r->softhsm ? settings_path(s, "cards.reader", NULL) : settings_text(s, "cards.reader", "");
	if (where == NULL) {
		e = E_USAGE;
		goto done;
	}
	if ((e = settings_int(&max, s, "cards.max_cards", 20, 2, 64)) != OK ||
	    (e = settings_int(&least, s, "cards.min_password", 8, 4, CARD_PASSWORD_MAX)) != OK)
		goto done;
	r->max_cards = (unsigned)max;
	r->min_password = (size_t)least;
	if ((r->module = strdup(module)) == NULL || (r->where = strdup(where)) == NULL) {
		e = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	/* A real reader's module stays loaded: its cards come and go. */
	if (!r->softhsm && (e = module_open(&r->m, r->module, NULL)) != OK)
		goto done;
	*out = r;
	r = NULL;
done:
	card_reader_free(r);
	return e;
}

void card_reader_free(struct card_reader *r)
{
	if (r == NULL)
		return;
	module_close(r->m);
	free(r->module);
	free(r->where);
	free(r);
}

unsigned card_reader_max_cards(const struct card_reader *r)
{
	return r->max_cards;
}

/* The slot of the reader that was named, or of the first one with a card in. */
static bool slot_with_card(CK_SLOT_ID *out, struct card_reader *r)
{
	CK_SLOT_ID ids[64];
	CK_ULONG n = 0;
	CK_SLOT_INFO info;
	char name[65];

	if (r->m->f->C_GetSlotList(CK_FALSE, NULL, &n) != CKR_OK || n > 64 ||
	    r->m->f->C_GetSlotList(CK_FALSE, ids, &n) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < n; i++) {
		if (r->m->f->C_GetSlotInfo(ids[i], &info) != CKR_OK || (info.flags & CKF_TOKEN_PRESENT) == 0)
			continue;
		snprintf(name, sizeof name, "%.64s", (const char *)info.slotDescription);
		if (strstr(name, r->where) != NULL) {
			*out = ids[i];
			return true;
		}
	}
	return false;
}

bool card_present(struct card_reader *r)
{
	CK_SLOT_ID slot;

	return r->softhsm ? access(r->where, F_OK) == 0 : slot_with_card(&slot, r);
}

/* SoftHSM passes over what it cannot read and offers a blank token instead: a damaged card must not look new. */
static bool folder_is_card(const char *store, bool *has_tokens)
{
	char path[PATH_MAX + 16];
	struct dirent *e;
	bool card = true;
	DIR *d;

	*has_tokens = false;
	if ((d = opendir(store)) == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && strcmp(e->d_name, "tokens") != 0 && strcmp(e->d_name, "softhsm2.conf") != 0 &&
		    strcmp(e->d_name, "store.lock") != 0)
			card = false;
	closedir(d);
	snprintf(path, sizeof path, "%s/tokens", store);
	if ((d = opendir(path)) != NULL) {
		while ((e = readdir(d)) != NULL)
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
				*has_tokens = true;
		closedir(d);
	}
	return card;
}

static enum status softhsm_take(struct card_reader *r)
{
	CK_SLOT_ID ids[8];
	CK_ULONG n = 0;
	unsigned written = 0;
	struct token t;
	bool has_tokens;
	enum status e;

	if (realpath(r->where, r->store) == NULL)
		return fault(E_DEVICE, NULL, _("no hay ninguna tarjeta en el lector"));
	if (!folder_is_card(r->store, &has_tokens))
		return fault(E_DEVICE, NULL, _("lo que hay en el lector no es una tarjeta"));
	if ((e = module_open(&r->m, r->module, r->store)) != OK)
		return e;
	if (r->m->f->C_GetSlotList(CK_TRUE, NULL, &n) != CKR_OK || n > 8 ||
	    r->m->f->C_GetSlotList(CK_TRUE, ids, &n) != CKR_OK)
		return fault(E_DEVICE, NULL, _("la tarjeta no se puede leer"));
	for (CK_ULONG i = 0; i < n; i++) {
		if (token_read(&t, r->m->f, ids[i]) != CKR_OK)
			return fault(E_DEVICE, NULL, _("la tarjeta no se puede leer"));
		if ((t.flags & CKF_TOKEN_INITIALIZED) != 0)
			written++;
		if ((t.flags & CKF_TOKEN_INITIALIZED) != 0 || !has_tokens)
			r->token = t;
	}
	if (written > 1 || (has_tokens && written == 0) || n == 0)
		return fault(E_DEVICE, NULL, _("la tarjeta está dañada: no se puede leer"));
	return OK;
}

enum status card_take(struct card_reader *r)
{
	CK_SLOT_ID slot;
	enum status e;
	CK_RV rv;

	if (r->softhsm) {
		if ((e = softhsm_take(r)) != OK)
			card_let_go(r);
		return e;
	}
	if (!slot_with_card(&slot, r))
		return fault(E_DEVICE, NULL, _("no hay ninguna tarjeta en el lector"));
	rv = token_read(&r->token, r->m->f, slot);
	return rv == CKR_OK ? OK : module_fault(rv, _("la tarjeta no se puede leer"));
}

void card_let_go(struct card_reader *r)
{
	if (!r->softhsm)
		return;
	module_close(r->m);
	r->m = NULL;
}

enum status card_still_in(struct card_reader *r)
{
	char now[PATH_MAX];
	CK_SLOT_ID slot = 0;
	struct token there;
	bool in = r->softhsm ? realpath(r->where, now) != NULL && strcmp(now, r->store) == 0
	                     : slot_with_card(&slot, r) && slot == r->token.slot &&
	                               token_read(&there, r->token.f, slot) == CKR_OK &&
	                               strcmp(there.serial, r->token.serial) == 0;

	return in ? OK : fault(E_DEVICE, NULL, _("la tarjeta se retiró antes de tiempo"));
}

/* At most `most` data objects of that label. */
static enum status find_data(CK_OBJECT_HANDLE *found, CK_ULONG *n, CK_ULONG most, struct card_reader *r,
                             CK_SESSION_HANDLE session, const char *label)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE which[] = {
	        {CKA_CLASS, &class, sizeof class},
	        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	};
	CK_RV rv;

	*n = 0;
	if ((rv = r->token.f->C_FindObjectsInit(session, which, 2)) != CKR_OK)
		return module_fault(rv, _("la tarjeta no se puede leer"));
	rv = r->token.f->C_FindObjects(session, found, most, n);
	r->token.f->C_FindObjectsFinal(session);
	return rv == CKR_OK ? OK : module_fault(rv, _("la tarjeta no se puede leer"));
}

enum status card_find_data(CK_OBJECT_HANDLE *out, struct card_reader *r, CK_SESSION_HANDLE session, const char *label)
{
	CK_OBJECT_HANDLE found[2];
	CK_ULONG n;
	enum status e;

	if ((e = find_data(found, &n, 2, r, session, label)) != OK)
		return e;
	if (n != 1)
		return E_REFUSED;
	*out = found[0];
	return OK;
}

enum status card_label_text(struct buffer *out, const struct card_label *label)
{
	json_t *o = json_pack("{s:s,s:s,s:i,s:i,s:i,s:s,s:o,s:b}", "format", "VEMRE-V1", "election", label->election,
	                      "card", (int)label->card, "cards", (int)label->cards, "threshold",
	                      (int)label->threshold, "member", label->member, "commitment",
	                      json_hex(label->commitment.octets, POINT_BYTES), "erased", label->erased ? 1 : 0);
	enum status r = o != NULL ? json_write(out, o) : fault(E_FAILED, NULL, _("no hay memoria"));

	json_decref(o);
	return r;
}

static enum status label_parse(struct card_label *out, const uint8_t *text, size_t len)
{
	static const char *where = N_("etiqueta de la tarjeta");
	const char *election, *member;
	int64_t card, cards, threshold;
	uint8_t point[POINT_BYTES];
	json_t *o = NULL;
	enum status r;

	if ((r = json_parse(&o, _(where), text, len)) != OK ||
	    (r = json_fields(o, _(where), "format", "election", "card", "cards", "threshold", "member", "commitment",
	                     "erased", NULL)) != OK ||
	    (r = json_format_of(o, _(where))) != OK ||
	    (r = json_string_of(&election, o, _(where), "election")) != OK ||
	    (r = json_string_of(&member, o, _(where), "member")) != OK ||
	    (r = json_int_of(&cards, 2, 64, o, _(where), "cards")) != OK ||
	    (r = json_int_of(&card, 1, cards, o, _(where), "card")) != OK ||
	    (r = json_int_of(&threshold, 2, cards, o, _(where), "threshold")) != OK ||
	    (r = json_hex_of(point, sizeof point, o, _(where), "commitment")) != OK)
		goto done;
	if (strlen(election) > DEFINITION_ID_MAX || strlen(member) > CARD_MEMBER_MAX ||
	    !point_read(&out->commitment, point) || !json_is_boolean(json_object_get(o, "erased"))) {
		r = fault(E_EVIDENCE, NULL, _("la etiqueta de la tarjeta no es válida"));
		goto done;
	}
	snprintf(out->election, sizeof out->election, "%s", election);
	snprintf(out->member, sizeof out->member, "%s", member);
	out->card = (unsigned)card;
	out->cards = (unsigned)cards;
	out->threshold = (unsigned)threshold;
	out->erased = json_is_true(json_object_get(o, "erased"));
done:
	json_decref(o);
	return r;
}

/* One label; or two, where an erasing was cut off between them: then the one that says so (card.c). */
enum status card_get_label(struct card_label *out, struct card_reader *r, CK_SESSION_HANDLE session)
{
	CK_OBJECT_HANDLE found[3];
	CK_ULONG n;
	enum status e;

	if ((e = find_data(found, &n, 3, r, session, CARD_LABEL_OBJECT)) != OK)
		return e;
	if (n < 1 || n > 2)
		return E_REFUSED;
	for (CK_ULONG i = 0; i < n; i++) {
		uint8_t text[2048];
		CK_ATTRIBUTE value = {CKA_VALUE, text, sizeof text};
		CK_RV rv = r->token.f->C_GetAttributeValue(session, found[i], &value, 1);

		memset(out, 0, sizeof *out);
		if (rv != CKR_OK)
			return module_fault(rv, _("la tarjeta no se puede leer"));
		if ((e = label_parse(out, text, value.ulValueLen)) != OK)
			return e;
		snprintf(out->serial, sizeof out->serial, "%s", r->token.serial);
		if (n == 1 || out->erased)
			return OK;
	}
	return E_REFUSED;
}

static enum card_state look(struct card_reader *r, const char *election, const struct point *commitment,
                            struct card_label *label)
{
	CK_SESSION_HANDLE session;
	enum status e;
	CK_RV rv;

	if (card_take(r) != OK)
		return CARD_UNREADABLE;
	if ((r->token.flags & CKF_TOKEN_INITIALIZED) == 0)
		return CARD_BLANK;
	rv = r->token.f->C_OpenSession(r->token.slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
	if (rv != CKR_OK) {
		module_fault(rv, _("la tarjeta no se puede leer"));
		return CARD_UNREADABLE;
	}
	e = card_get_label(label, r, session);
	r->token.f->C_CloseSession(session);
	if (e == E_REFUSED) {
		fault(E_DEVICE, NULL, _("no tiene nada de estas elecciones, o quedó a medio escribir"));
		return CARD_READY;
	}
	if (e != OK)
		return CARD_UNREADABLE;
	if (strcmp(label->election, election) != 0)
		return CARD_OTHER_ELECTION;
	if (commitment != NULL && !point_equal(&label->commitment, commitment))
		return CARD_OTHER_SESSION;
	return label->erased ? CARD_ERASED : CARD_OURS;
}

enum card_state card_look(struct card_reader *r, const char *election, const struct point *commitment,
                          struct card_label *label, char *why, unsigned why_size)
{
	enum card_state state;

	if (why_size > 0)
		why[0] = '\0';
	if (!card_present(r))
		return CARD_NONE;
	report_capture_begin(why, why_size);
	state = look(r, election, commitment, label);
	card_let_go(r);
	report_capture_end();
	return state;
}

enum status card_keypad(bool *out, struct card_reader *r)
{
	enum status e;

	*out = false;
	if ((e = card_take(r)) != OK)
		return e;
	*out = (r->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	card_let_go(r);
	return OK;
}

enum status card_password_range(struct card_reader *r, size_t *min, size_t *max)
{
	enum status e;

	if ((e = card_take(r)) != OK)
		return e;
	*min = r->token.pin_min > r->min_password ? r->token.pin_min : r->min_password;
	*max = r->token.pin_max < CARD_PASSWORD_MAX ? r->token.pin_max : CARD_PASSWORD_MAX;
	/* A card whose PINs are shorter than the setting has its own say. */
	if (*min > *max)
		*min = *max;
	card_let_go(r);
	return OK;
}
