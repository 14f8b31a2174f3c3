/*
 * Writing the shares to the members' cards (cards.h; PROCESS 9, 11). Secret here: the shares (borrowed) and the
 * passwords, each freed where it was asked for.
 */
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/cards_desk.h"
#include <stdio.h>

/* Asks until a blank card is in. */
static enum status await_blank(struct cards_desk *d, unsigned card)
{
	struct card_label label;
	char why[256];
	enum cards_choice choice;
	enum status r;

	for (;;) {
		report_step(_("Inserte la tarjeta %u (%s), en blanco"), card, cards_holder(d, card));
		if (!cards_wait_for(d, true)) {
			if ((r = cards_complain(d, card, "no-card", NULL, _("no llegó ninguna tarjeta"))) != OK ||
			    (r = cards_what_now(&choice, d, card, false)) != OK)
				return r;
			continue;
		}
		switch (card_look(d->reader, d->keys->election, &d->keys->commitments[0], &label, why, sizeof why)) {
		case CARD_BLANK:
			return cards_tell(d, card, "inserted", _("tarjeta en blanco insertada"));
		case CARD_NONE:
			continue;
		case CARD_UNREADABLE:
			r = cards_complain(d, card, "unreadable", _("use otra tarjeta"), "%s", why);
			break;
		case CARD_OURS:
			r = cards_complain(d, card, "same-card", _("use una tarjeta en blanco"),
			             _("esta tarjeta ya se escribió en esta sesión: es la %u, de %s"), label.card,
			             label.member);
			break;
		default:
			r = cards_complain(d, card, "not-blank", _("use una tarjeta en blanco"),
			             _("esta tarjeta no está en blanco: es la %u de la elección «%s», de %s"), label.card,
			             label.election, label.member);
			break;
		}
		if (r != OK || (r = cards_wait_removed(d, card)) != OK)
			return r;
	}
}

static enum status write_one(struct cards_desk *d, struct card_label *label, const struct secret *share)
{
	struct secret *password = NULL;
	char question[256];
	enum cards_choice choice;
	size_t min, max;
	enum status r;

	for (;;) {
		if ((r = await_blank(d, label->card)) != OK)
			return r;
		if ((r = card_password_range(d->reader, &min, &max)) == OK) {
			snprintf(question, sizeof question, _("%s: contraseña nueva de la tarjeta %u (de %zu a %zu bytes):"),
			         label->member, label->card, min, max);
			if ((r = prompt_new_secret(&password, min, max, question)) != OK)
				return r;
			r = card_write(d->reader, label, share, password);
			secret_free(password);
			password = NULL;
		}
		if (r == OK)
			break;
		/* A card half written is no longer blank: another one has to do. */
		if (r != E_DEVICE && r != E_REFUSED)
			return r;
		r = card_present(d->reader)
		            ? cards_complain(d, label->card, "unreadable", _("use otra tarjeta"),
		                       _("la tarjeta %u no quedó escrita"), label->card)
		            : cards_complain(d, label->card, "removed-early", _("use otra tarjeta"),
		                       _("la tarjeta %u se retiró antes de quedar escrita"), label->card);
		if (r != OK || (r = cards_wait_removed(d, label->card)) != OK ||
		    (r = cards_what_now(&choice, d, label->card, false)) != OK)
			return r;
	}
	report_info(_("tarjeta %u escrita y leída de vuelta (serie %s)"), label->card, label->serial);
	if ((r = cards_tell(d, label->card, "written", label->serial)) != OK)
		return r;
	return cards_wait_removed(d, label->card);
}

enum status cards_write(struct cards_desk *d, struct secret *const *shares, char (*serials)[17])
{
	for (unsigned i = 0; i < d->keys->cards; i++) {
		struct card_label label = {.card = i + 1, .cards = d->keys->cards, .threshold = d->keys->threshold,
		                           .commitment = d->keys->commitments[0]};
		enum status r;

		snprintf(label.election, sizeof label.election, "%s", d->keys->election);
		snprintf(label.member, sizeof label.member, "%s", cards_holder(d, i + 1));
		if ((r = write_one(d, &label, shares[i])) != OK)
			return r;
		snprintf(serials[i], 17, "%s", label.serial);
	}
	return OK;
}
