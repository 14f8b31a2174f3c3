/* Breakages of lists, mixes and decryption: proofs bent in one place and made again from there, all that follows too. */
#include "base/file.h"
#include "unit/breakage.h"
#include "unit/prover.h"
#include <stdlib.h>
#include <string.h>

#define F VERIFY_FAILS
#define LISTS(n, s, f) {.name = n, .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = s, .alter = f}
#define MIX(n, s, f) {.name = "mix-" n, .shape = "whole", .check = CHECK_SHUFFLES, .outcome = F, .about = s, .alter = f}
#define OPEN(n, s, f) {.name = "decryption-" n, .shape = "whole", .check = CHECK_DECRYPTION, .outcome = F, .about = s, .alter = f}

/* In the last mix of presidencia; what follows is made again, so that nothing else is wrong. */
static enum status mixed(struct whole *w, enum twist twist)
{
	TRY(prover_mix(w, 0, twist));
	return whole_finish(w, 0);
}

#define TWISTED(name, twist)                                                                                           \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return mixed(w, twist);                                                                                \
	}
TWISTED(mix_good, TWIST_NONE)
TWISTED(mix_1, TWIST_1)
TWISTED(mix_2, TWIST_2)
TWISTED(mix_3, TWIST_3)
TWISTED(mix_4, TWIST_4)
TWISTED(mix_5, TWIST_5)
TWISTED(mix_6, TWIST_6)
TWISTED(mix_answer, TWIST_ANSWER)
TWISTED(mix_copy, TWIST_COPY)
TWISTED(mix_shift, TWIST_SHIFT)
TWISTED(mix_rows, TWIST_ROWS)
TWISTED(mix_linear, TWIST_LINEAR)
TWISTED(mix_replace, TWIST_REPLACE)
TWISTED(mix_hash, TWIST_HASH)
TWISTED(mix_zero, TWIST_ZERO)

static enum status opened(struct whole *w, enum bend bend)
{
	TRY(prover_decrypt(w, 0, bend));
	TRY(whole_open(w, 0));
	TRY(whole_write_votes(w));
	return whole_write_results(w);
}

#define BENT(name, bend)                                                                                               \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return opened(w, bend);                                                                                \
	}
BENT(open_good, BEND_NONE)
BENT(open_first, BEND_FIRST)
BENT(open_second, BEND_SECOND)
BENT(open_factor, BEND_FACTOR)
BENT(open_swap, BEND_SWAP)
BENT(open_rows, BEND_ROWS)
BENT(open_columns, BEND_COLUMNS)
BENT(open_key, BEND_KEY)
BENT(open_answer, BEND_ANSWER)

/* The file of this list with rows 0 and 1 exchanged. */
static enum status rows_exchanged(struct whole *w)
{
	struct list *l = w->lists[0].chain[0];
	struct point row[OUTER_POINTS_MAX];
	size_t width = l->w + 1;
	char path[1024];

	memcpy(row, l->points, width * sizeof *row);
	memcpy(l->points, l->points + width, width * sizeof *row);
	memcpy(l->points + width, row, width * sizeof *row);
	strcpy(path, whole_path(w, "lists/presidencia/0.list"));
	TRY(breakage_edit(w, EDIT_REMOVE, "lists/presidencia/0.list", NULL, NULL, 0));
	return list_write(l, path, w->eid, "presidencia");
}

static enum status last_mix_gone(struct whole *w)
{
	TRY(breakage_edit(w, EDIT_REMOVE, "lists/presidencia/2.list", NULL, NULL, 0));
	return breakage_edit(w, EDIT_REMOVE, "lists/presidencia/2.proof", NULL, NULL, 0);
}

/* Fewer mixes than the definition's, and the record made whole from there. */
static enum status one_mix_short(struct whole *w)
{
	TRY(last_mix_gone(w));
	w->lists[0].mixes = 1;
	return whole_finish(w, 0);
}

static enum status gap(struct whole *w)
{
	TRY(breakage_edit(w, EDIT_ADD, "lists/presidencia/3.list", NULL, "", 0));
	TRY(breakage_edit(w, EDIT_ADD, "lists/presidencia/3.proof", NULL, "", 0));
	TRY(breakage_edit(w, EDIT_COPY, "lists/presidencia/3.list", NULL, "lists/presidencia/2.list", 0));
	TRY(breakage_edit(w, EDIT_COPY, "lists/presidencia/3.proof", NULL, "lists/presidencia/2.proof", 0));
	return last_mix_gone(w);
}

/* The first mix handed in again as the second. */
static enum status mix_again(struct whole *w)
{
	struct list *last = w->lists[0].chain[2];

	memcpy(last->points, w->lists[0].chain[1]->points, last->n * (last->w + 1) * sizeof *last->points);
	memcpy(last->sha256, w->lists[0].chain[1]->sha256, 32);
	TRY(breakage_edit(w, EDIT_COPY, "lists/presidencia/2.list", NULL, "lists/presidencia/1.list", 0));
	TRY(breakage_edit(w, EDIT_COPY, "lists/presidencia/2.proof", NULL, "lists/presidencia/1.proof", 0));
	return whole_finish(w, 0);
}

const struct breakage BREAKAGES_LISTS[] = {
    LISTS("list-rows-exchanged", "no es el sobre de la urna", rows_exchanged),
    {.name = "list-last-mix-gone", .shape = "whole", .check = CHECK_LISTS, .outcome = VERIFY_MISSING,
     .about = "1 mezclas y la definición pide 2", .alter = last_mix_gone},
    {.name = "list-one-mix-short", .shape = "whole", .check = CHECK_LISTS, .outcome = VERIFY_MISSING,
     .about = "1 mezclas y la definición pide 2", .alter = one_mix_short},
    LISTS("list-gap", "mezcla 3", gap),
    {.name = "list-extra-folder", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "gubernatura",
     .edit = EDIT_ADD, .file = "lists/gubernatura/0.list", .with = "VML1"},
    {.name = "list-of-a-joined-district", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "senadurias.14",
     .edit = EDIT_ADD, .file = "lists/senadurias.14/0.list", .with = "VML1"},
    {.name = "list-of-a-withheld-contest", .shape = "withheld", .check = CHECK_LISTS, .outcome = F,
     .about = "jefatura-cdmx", .edit = EDIT_ADD, .file = "lists/jefatura-cdmx/0.list", .with = "VML1"},
    {.name = "list-of-an-empty-district", .shape = "three-mixes", .check = CHECK_LISTS, .outcome = F,
     .about = "senadurias.14", .edit = EDIT_ADD, .file = "lists/senadurias.14/0.list", .with = "VML1"},
    {.name = "list-of-no-ballots", .shape = "no-ballots", .check = CHECK_LISTS, .outcome = F, .about = "presidencia",
     .edit = EDIT_ADD, .file = "lists/presidencia/0.list", .with = "VML1"},
    {.name = "list-extra-file", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "notas",
     .edit = EDIT_ADD, .file = "lists/presidencia/notas.txt", .with = ""},
    {.name = "list-named-otherwise", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "03.list",
     .edit = EDIT_ADD, .file = "lists/presidencia/03.list", .with = ""},
    {.name = "list-file-among-folders", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "sueltas",
     .edit = EDIT_ADD, .file = "lists/sueltas", .with = ""},
    {.name = "list-third-without-proof", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "mezcla 3",
     .edit = EDIT_ADD, .file = "lists/presidencia/3.list", .with = ""},
    {.name = "list-proof-of-zero", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "0.proof",
     .edit = EDIT_ADD, .file = "lists/presidencia/0.proof", .with = ""},
    {.name = "list-of-another", .shape = "whole", .check = CHECK_LISTS, .outcome = F, .about = "no es «jefatura-cdmx»",
     .edit = EDIT_COPY, .file = "lists/jefatura-cdmx/0.list", .with = "lists/senadurias.09/0.list"},
    {.name = "good-mix", .shape = "whole", .check = VERIFY_CHECKS, .outcome = VERIFY_HOLDS, .alter = mix_good},
    MIX("fails-1", "comprobaciones (1)", mix_1),
    MIX("fails-2", "comprobaciones (2)", mix_2),
    MIX("fails-3", "comprobaciones (3)", mix_3),
    MIX("fails-4", "comprobaciones (4)", mix_4),
    MIX("fails-5", "comprobaciones (5)", mix_5),
    MIX("fails-6", "comprobaciones (6)", mix_6),
    MIX("answer", "comprobaciones (1) (2)", mix_answer),
    MIX("output-copied", "comprobaciones (2)", mix_copy),
    MIX("shifted-within-a-row", "comprobaciones (2)", mix_shift),
    MIX("shifted-between-rows", "comprobaciones (2)", mix_rows),
    MIX("sum-of-two", "comprobaciones (6)", mix_linear),
    MIX("output-replaced", "comprobaciones (2)", mix_replace),
    MIX("other-hash", "(1) (2)", mix_hash),
    MIX("all-zero", "(1)", mix_zero),
    MIX("handed-in-again", "2.proof", mix_again),
    {.name = "mix-proof-of-another-list", .shape = "whole", .check = CHECK_SHUFFLES, .outcome = F,
     .about = "otra lista", .edit = EDIT_COPY, .file = "lists/jefatura-cdmx/1.proof",
     .with = "lists/senadurias.09/1.proof"},
    {.name = "mix-proof-of-another-mix", .shape = "whole", .check = CHECK_SHUFFLES, .outcome = F, .about = "(1) (2)",
     .edit = EDIT_COPY, .file = "lists/senadurias.rest/2.proof", .with = "lists/senadurias.rest/1.proof"},
    {.name = "good-decryption", .shape = "whole", .check = VERIFY_CHECKS, .outcome = VERIFY_HOLDS, .alter = open_good},
    OPEN("fails-first", "(z·G)", open_first),
    OPEN("fails-second", "(z·C*)", open_second),
    OPEN("factor-changed", "(z·C*)", open_factor),
    OPEN("factors-exchanged", "(z·C*)", open_swap),
    OPEN("shifted-between-rows", "(z·C*)", open_rows),
    OPEN("shifted-within-a-row", "(z·C*)", open_columns),
    OPEN("other-key", "(z·G)", open_key),
    OPEN("answer", "z·G, z·C*", open_answer),
    {.name = "decryption-of-another-list", .shape = "whole", .check = CHECK_DECRYPTION, .outcome = F,
     .about = "otra lista", .edit = EDIT_COPY, .file = "lists/jefatura-cdmx/decryption",
     .with = "lists/senadurias.09/decryption"},
    {.name = NULL},
};
