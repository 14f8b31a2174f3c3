/*
 * Reading and erasing the members' cards (cards.h; PROCESS 31, 37). Secret here: passwords and shares, each freed
 * in the function that took it. The order of what is read from stdin is part of the contract.
 */
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/cards_desk.h"
#include <stdio.h>
#include <string.h>

enum { WRONG_IN_A_ROW = 3 };

/* What one card is wanted for. */
enum task { TASK_READ, TASK_ERASE };

/* Which cards are wanted and which have been; indices are card numbers. */
struct round {
	enum task task;
	bool wanted[SHARES_MAX + 1], done[SHARES_MAX + 1];
	bool may_drop;
};

/* How a card's turn ended. */
struct turn {
	unsigned card;
	bool dropped, erased;
	struct secret *share;
};

static unsigned next_wanted(const struct round *round, unsigned cards)
{
	for (unsigned i = 1; i <= cards; i++)
		if (round->wanted[i] && !round->done[i])
			return i;
	return 0;
}

/* Is the card in the reader one that is wanted now? *fits false: said and noted. */
static enum status judge(bool *fits, struct cards_desk *d, const struct round *round, enum card_state state,
                         const struct card_label *label, const char *why)
{
	*fits = false;
	switch (state) {
	case CARD_NONE:
		return cards_complain(d, 0, "removed-early", NULL, N_("la tarjeta se retiró antes de tiempo"));
	case CARD_BLANK:
		return cards_complain(d, 0, "unreadable", NULL, N_("esta tarjeta está en blanco"));
	case CARD_READY:
	case CARD_UNREADABLE:
		return cards_complain(d, 0, "unreadable", NULL, N_("la tarjeta no se puede leer: %s"), why);
	case CARD_OTHER_ELECTION:
		return cards_complain(d, 0, "other-election", NULL, N_("esta tarjeta es de otra elección: «%s», de %s"),
		                label->election, label->member);
	case CARD_OTHER_SESSION:
		return cards_complain(d, 0, "other-session", NULL,
		                N_("esta tarjeta es de otra sesión de llaves de la misma elección (la %u, de %s)"),
		                label->card, label->member);
	case CARD_OURS:
	case CARD_ERASED:
		break;
	}
	if (label->card > d->keys->cards)
		return cards_complain(d, 0, "unreadable", NULL, N_("la tarjeta dice ser la %u, que no existe"), label->card);
	if (round->done[label->card])
		return cards_complain(d, label->card, "same-card", NULL, N_("la tarjeta %u (%s) ya se leyó"), label->card,
		                cards_holder(d, label->card));
	if (!round->wanted[label->card])
		return cards_complain(d, label->card, "not-drawn", NULL, N_("la tarjeta %u (%s) no fue sorteada"), label->card,
		                cards_holder(d, label->card));
	if (state == CARD_ERASED && round->task == TASK_READ)
		return cards_complain(d, label->card, "already-erased", NULL,
		                N_("la parte de la tarjeta %u (%s) ya fue borrada"), label->card, cards_holder(d, label->card));
	*fits = true;
	return OK;
}

/* One try with one password. *told: what went wrong has been noted, `ask` says whether what_now follows at once. */
static enum status try_password(bool *good, bool *ask, struct cards_desk *d, const struct round *round,
                                struct turn *turn)
{
	struct secret *password = NULL;
	enum card_tries tries = CARD_TRIES_UNKNOWN;
	char question[256];
	enum status r;

	*good = *ask = false;
	snprintf(question, sizeof question, _("%s: contraseña de la tarjeta %u:"), cards_holder(d, turn->card), turn->card);
	if ((r = cards_password(&password, d, question)) != OK)
		return r;
	r = round->task == TASK_READ ? card_read(d->reader, &turn->share, password, &tries)
	                             : card_erase(d->reader, password, &tries);
	secret_free(password);
	switch (r) {
	case OK:
		break;
	case E_REFUSED:
		*ask = tries == CARD_TRIES_LOCKED;
		return cards_tell(d, turn->card, "wrong-password", "contraseña incorrecta");
	case E_DEVICE:
		if (!card_present(d->reader))
			return cards_complain(d, turn->card, "removed-early", NULL,
			                N_("la tarjeta %u se retiró antes de tiempo"), turn->card);
		*ask = true;
		return cards_tell(d, turn->card, "unreadable", "la tarjeta no se puede leer");
	default:
		return r;
	}
	if (round->task == TASK_READ &&
	    shares_check(turn->share, turn->card, d->keys->commitments, d->keys->threshold) != OK) {
		secret_free(turn->share);
		turn->share = NULL;
		*ask = true;
		return cards_complain(d, turn->card, "contradicts", NULL,
		                N_("la parte de la tarjeta %u (%s) contradice los compromisos publicados"), turn->card,
		                cards_holder(d, turn->card));
	}
	*good = true;
	return OK;
}

/* A fitting card is in: its password, as often as it takes. *over: the turn ended (done or dropped); else the wait
 * for a card begins again. */
static enum status serve_card(bool *over, struct cards_desk *d, const struct round *round, struct turn *turn)
{
	unsigned wrong = 0;
	bool good, ask;
	enum cards_choice choice;
	enum status r;

	*over = false;
	for (;;) {
		if ((r = try_password(&good, &ask, d, round, turn)) != OK)
			return r;
		if (good) {
			*over = true;
			turn->erased = round->task == TASK_ERASE;
			report_info(turn->erased ? _("tarjeta %u: parte borrada") : _("tarjeta %u leída"), turn->card);
			return cards_tell(d, turn->card, turn->erased ? "erased" : "read", "");
		}
		if (!card_present(d->reader))
			return OK;
		if (!ask && ++wrong % WRONG_IN_A_ROW != 0)
			continue;
		if ((r = cards_what_now(&choice, d, turn->card, round->may_drop)) != OK)
			return r;
		if (choice == CARDS_DROP) {
			turn->dropped = *over = true;
			return OK;
		}
		if (ask)
			return OK;
	}
}

/* The next wanted card's turn. turn->share: the caller's. */
static enum status next_turn(struct turn *turn, struct cards_desk *d, const struct round *round)
{
	unsigned expected = next_wanted(round, d->keys->cards);
	struct card_label label;
	enum card_state state;
	enum cards_choice choice;
	char why[256];
	bool fits, over = false;
	enum status r;

	memset(turn, 0, sizeof *turn);
	while (!over) {
		turn->card = expected;
		report_step(_("Inserte la tarjeta %u (%s)"), expected, cards_holder(d, expected));
		if (!cards_wait_for(d, true)) {
			if ((r = cards_complain(d, expected, "no-card", NULL, N_("no llegó la tarjeta %u"), expected)) != OK ||
			    (r = cards_what_now(&choice, d, expected, round->may_drop)) != OK)
				return r;
			turn->dropped = choice == CARDS_DROP;
			if (turn->dropped)
				return OK;
			continue;
		}
		state = card_look(d->reader, d->keys->election, &d->keys->commitments[0], &label, why, sizeof why);
		if ((r = judge(&fits, d, round, state, &label, why)) != OK)
			return r;
		if (fits) {
			turn->card = label.card;
			if ((r = cards_tell(d, turn->card, "inserted", label.serial)) != OK)
				return r;
			if (state == CARD_ERASED) {
				turn->erased = over = true;
				report_info(_("la parte de la tarjeta %u ya estaba borrada"), turn->card);
				r = cards_tell(d, turn->card, "already-erased", "");
			} else {
				r = serve_card(&over, d, round, turn);
			}
		} else if (state == CARD_UNREADABLE || state == CARD_READY) {
			if ((r = cards_what_now(&choice, d, expected, round->may_drop)) == OK)
				turn->dropped = over = choice == CARDS_DROP;
		}
		if (r == OK)
			r = cards_wait_removed(d, fits ? turn->card : 0);
		if (r != OK) {
			secret_free(turn->share);
			turn->share = NULL;
			return r;
		}
	}
	return OK;
}

enum status cards_read_all(struct cards_desk *d, struct secret **shares)
{
	struct round round = {.task = TASK_READ};
	struct turn turn;
	enum status r = OK;

	for (unsigned i = 0; i < d->keys->cards; i++) {
		shares[i] = NULL;
		round.wanted[i + 1] = true;
	}
	while (next_wanted(&round, d->keys->cards) != 0) {
		if ((r = next_turn(&turn, d, &round)) != OK)
			break;
		round.done[turn.card] = true;
		shares[turn.card - 1] = turn.share;
	}
	for (unsigned i = 0; r != OK && i < d->keys->cards; i++) {
		secret_free(shares[i]);
		shares[i] = NULL;
	}
	return r;
}

/* The card dropped is replaced by the next of the lottery's order. */
static enum status substitute(struct cards_desk *d, struct round *round, const unsigned *order, unsigned n,
                              unsigned *next, unsigned dropped)
{
	char text[160];

	round->wanted[dropped] = false;
	if (*next >= n)
		return fault(E_REFUSED, _("hacen falta tantas tarjetas como el umbral"),
		             _("no quedan tarjetas bastantes para abrir la bóveda: se requieren %u"), d->keys->threshold);
	round->wanted[order[*next]] = true;
	snprintf(text, sizeof text, _("la tarjeta %u (%.80s) sustituye a la %u, según el orden del sorteo"), order[*next],
	         cards_holder(d, order[*next]), dropped);
	report_info("%s", text);
	return cards_tell(d, order[(*next)++], "substitute", text);
}

enum status cards_collect(struct secret **k, struct cards_desk *d, const unsigned *order, unsigned n, unsigned *used)
{
	struct round round = {.task = TASK_READ, .may_drop = true};
	struct secret *shares[SHARES_MAX] = {NULL};
	unsigned cards[SHARES_MAX] = {0}, got = 0, threshold = d->keys->threshold, next = threshold;
	struct turn turn;
	enum status r = OK;

	*k = NULL;
	if (n < threshold || n > d->keys->cards)
		return fault(E_REFUSED, NULL, _("se sortearon %u tarjetas; para abrir se requieren %u"), n, threshold);
	for (unsigned i = 0; i < n; i++)
		if (order[i] < 1 || order[i] > d->keys->cards)
			return fault(E_EVIDENCE, NULL, _("el sorteo nombra la tarjeta %u, que no existe"), order[i]);
	for (unsigned i = 0; i < threshold; i++)
		round.wanted[order[i]] = true;
	while (got < threshold) {
		if ((r = next_turn(&turn, d, &round)) != OK)
			goto done;
		if (turn.dropped) {
			if ((r = substitute(d, &round, order, n, &next, turn.card)) != OK)
				goto done;
			continue;
		}
		round.done[turn.card] = true;
		shares[got] = turn.share;
		cards[got++] = turn.card;
		report_info(_("%u de %u tarjetas"), got, threshold);
	}
	r = shares_combine(k, (const struct secret *const *)shares, cards, d->keys->commitments, threshold);
	if (r == OK && used != NULL)
		memcpy(used, cards, threshold * sizeof *used);
done:
	for (unsigned i = 0; i < got; i++)
		secret_free(shares[i]);
	return r;
}

enum status cards_erase(struct cards_desk *d, bool *erased)
{
	struct round round = {.task = TASK_ERASE, .may_drop = true};
	struct turn turn;
	enum status r;

	for (unsigned i = 0; i < d->keys->cards; i++) {
		erased[i] = false;
		round.wanted[i + 1] = true;
	}
	while (next_wanted(&round, d->keys->cards) != 0) {
		if ((r = next_turn(&turn, d, &round)) != OK)
			return r;
		round.done[turn.card] = true;
		erased[turn.card - 1] = turn.erased;
	}
	return OK;
}
