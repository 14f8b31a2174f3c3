/* What card_reader.c and card.c share. Private to hsm/. */
#ifndef HSM_CARD_READER_H
#define HSM_CARD_READER_H

#include "base/buffer.h"
#include "hsm/card.h"
#include "hsm/module.h"
#include "hsm/token.h"
#include <limits.h>

#define CARD_LABEL_OBJECT "vemre-tarjeta"
#define CARD_SHARE_OBJECT "vemre-parte"
#define CARD_APPLICATION "VEMRE-V1"

struct card_reader {
	char *module, *where;
	bool softhsm;
	unsigned max_cards;
	size_t min_password;
	struct module *m;     /* SoftHSM: while a card is taken */
	char store[PATH_MAX]; /* SoftHSM: the folder of the card taken */
	struct token token;   /* of the card taken */
};

/* The card that is in, its token read; let go of after use. E_DEVICE, said. */
MUST_USE enum status card_take(struct card_reader *r);
void card_let_go(struct card_reader *r);
/* Is the card taken still the one in the reader? E_DEVICE, said: removed too early. */
MUST_USE enum status card_still_in(struct card_reader *r);
/* E_REFUSED (nothing said): none, or more than one. */
MUST_USE enum status card_find_data(CK_OBJECT_HANDLE *out, struct card_reader *r, CK_SESSION_HANDLE session,
                                    const char *label);
/* E_REFUSED (nothing said): it has none of ours. */
MUST_USE enum status card_get_label(struct card_label *out, struct card_reader *r, CK_SESSION_HANDLE session);
MUST_USE enum status card_label_text(struct buffer *out, const struct card_label *label);

#endif
