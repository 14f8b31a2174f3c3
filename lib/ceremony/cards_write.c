/*
 * Writing the shares to the members' cards (cards.h; PROCESS 9, 11). Secret here: the shares (borrowed) and the
 * passwords, each freed where it was asked for.
 */
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/cards_desk.h"
#include <stdio.h>

/* What a card that can be written is. */
enum found { FOUND_BLANK, FOUND_READY, FOUND_USED };

/* A share of a session that is no more, or erased: the holder may give the card up for this one. */
static enum status offer_reuse(bool *taken, const struct card_label *label)
{
	char question[512];

	snprintf(question, sizeof question,
	         _("Esta tarjeta es la %u de «%s», de %s, de una sesión que ya no vale. ¿Se borra y se usa de nuevo? [s/n]"),
	         label->card, label->election, label->member);
	return prompt_yes(taken, question);
}

/* What is in the reader: *fits, or said why it does not. */
static enum status judge(bool *fits, enum found *found, struct cards_desk *d, unsigned card)
{
	struct card_label label;
	char why[256];
	enum card_state state = card_look(d->reader, d->keys->election, &d->keys->commitments[0], &label, why, sizeof why);
	enum status r;

	*fits = false;
	switch (state) {
	case CARD_BLANK:
	case CARD_READY:
		*fits = true;
		*found = state == CARD_BLANK ? FOUND_BLANK : FOUND_READY;
		return cards_tell(d, card, "inserted",
		                  state == CARD_BLANK ? "tarjeta en blanco insertada" : "tarjeta inicializada insertada");
	case CARD_NONE:
		return cards_complain(d, card, "removed-early", NULL, N_("la tarjeta se retiró antes de tiempo"));
	case CARD_UNREADABLE:
		return cards_complain(d, card, "unreadable", _("use otra tarjeta"), "%s", why);
	case CARD_OURS:
		return cards_complain(d, card, "same-card", _("use una tarjeta en blanco"),
		                      N_("esta tarjeta ya se escribió en esta sesión: es la %u, de %s"), label.card, label.member);
	default:
		break;
	}
	if ((r = cards_complain(d, card, "not-blank", _("use una tarjeta en blanco"),
	                        N_("esta tarjeta no está en blanco: es la %u de la elección «%s», de %s"), label.card,
	                        label.election, label.member)) != OK)
		return r;
	if (state != CARD_OTHER_SESSION && !label.erased)
		return OK;
	*found = FOUND_USED;
	return offer_reuse(fits, &label);
}

/* Asks until a card that can be written is in. */
static enum status await_card(enum found *found, struct cards_desk *d, unsigned card)
{
	enum cards_choice choice;
	bool fits;
	enum status r;

	for (;;) {
		report_step(_("Inserte la tarjeta %u (%s), en blanco"), card, cards_holder(d, card));
		if (!cards_wait_for(d, true)) {
			if ((r = cards_complain(d, card, "no-card", NULL, N_("no llegó ninguna tarjeta"))) != OK ||
			    (r = cards_what_now(&choice, d, card, false)) != OK)
				return r;
			continue;
		}
		if ((r = judge(&fits, found, d, card)) != OK || fits || (r = cards_wait_removed(d, card)) != OK)
			return r;
	}
}

static enum status new_password(struct secret **out, struct cards_desk *d, const struct card_label *label)
{
	char question[256];
	bool keypad = false;
	size_t min, max;
	enum status r;

	*out = NULL;
	if ((r = card_keypad(&keypad, d->reader)) != OK || (r = card_password_range(d->reader, &min, &max)) != OK)
		return r;
	snprintf(question, sizeof question, _("%s: contraseña nueva de la tarjeta %u (de %zu a %zu bytes):"), label->member,
	         label->card, min, max);
	if (!keypad)
		return prompt_new_secret(out, min, max, question);
	report_step(_("%s en el teclado del lector"), question);
	return OK;
}

/* E_REFUSED and E_DEVICE are said, and answered by the caller; *wrong: the old password. */
static enum status write_it(bool *wrong, struct cards_desk *d, struct card_label *label, const struct secret *share,
                            enum found found)
{
	struct secret *old = NULL, *password = NULL;
	enum card_tries tries = CARD_TRIES_UNKNOWN;
	enum status r;

	*wrong = false;
	if (found != FOUND_BLANK &&
	    (r = cards_password(&old, d,
	                        found == FOUND_READY ? _("Contraseña de transporte de la tarjeta (la de su fabricante):")
	                                             : _("Contraseña que la tarjeta tiene ahora:"))) != OK)
		return r;
	if ((r = new_password(&password, d, label)) != OK)
		goto done;
	if (found == FOUND_BLANK) {
		r = card_write(d->reader, label, share, password);
	} else {
		r = card_rewrite(d->reader, label, share, old, password, &tries);
		*wrong = r == E_REFUSED;
		if (r == OK)
			r = cards_tell(d, label->card, "reused", "");
	}
done:
	secret_free(old);
	secret_free(password);
	return r;
}

static enum status not_written(struct cards_desk *d, unsigned card, bool wrong)
{
	if (!card_present(d->reader))
		return cards_complain(d, card, "removed-early", _("use otra tarjeta"),
		                      N_("la tarjeta %u se retiró antes de quedar escrita"), card);
	if (wrong)
		return cards_tell(d, card, "wrong-password", "contraseña incorrecta");
	return cards_complain(d, card, "unreadable", _("use otra tarjeta"), N_("la tarjeta %u no quedó escrita"), card);
}

static enum status write_one(struct cards_desk *d, struct card_label *label, const struct secret *share)
{
	enum cards_choice choice;
	enum found found = FOUND_BLANK;
	bool wrong;
	enum status r;

	for (;;) {
		if ((r = await_card(&found, d, label->card)) != OK)
			return r;
		if ((r = write_it(&wrong, d, label, share, found)) == OK)
			break;
		/* A card half written is no longer blank: it comes again as one that is set up, with the password given. */
		if (r != E_DEVICE && r != E_REFUSED)
			return r;
		if ((r = not_written(d, label->card, wrong)) != OK || (r = cards_wait_removed(d, label->card)) != OK ||
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
