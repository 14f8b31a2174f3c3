/* The definition of an election (datos de la elección, DESIGN 6): election.json. */
#ifndef ELECTION_DEFINITION_H
#define ELECTION_DEFINITION_H

#include "base/moment.h"
#include "base/status.h"
#include "protocol/ballot.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEFINITION_OPTIONS_MAX = 63, DEFINITION_ID_MAX = 40, DEFINITION_MAX_FILE = 1 << 20 };

enum option_kind { OPTION_PARTY, OPTION_COMMON, OPTION_INDEPENDENT };

struct district {
	const char *id, *name;
};
struct party {
	const char *id, *short_name, *name, *colour;
	const char *emblem_file; /* NULL: none */
	uint8_t emblem_sha256[32];
};
struct candidate {
	const char *id, *name;
};
struct coalition {
	const char *id, *name;
	uint64_t options; /* bits */
};
struct option {
	const char *id;
	enum option_kind kind;
	unsigned n_parties;
	const struct party **parties;
	unsigned *shares; /* percent per party, OPTION_COMMON only; else NULL */
	unsigned candidate; /* index */
};
struct contest {
	const char *id, *office;
	bool federal;         /* level: federal or local */
	bool by_district;     /* count_by: district */
	bool everywhere;      /* districts: ["*"] */
	bool *in_district;    /* per district of the definition */
	unsigned write_in_bytes, w;
	unsigned n_candidates, n_coalitions, n_options;
	struct candidate *candidates;
	struct coalition *coalitions;
	struct option *options;
};
struct definition {
	const char *id, *title, *zone, *national_territory, *site, *help_phone;
	const char *opens_text, *closes_text, *tally_not_before_text;
	moment opens, closes, tally_not_before;
	uint64_t max_voters;
	unsigned session_minutes, mixes, min_list;
	bool simulation, erase_shares; /* after_tally: erase or keep */
	unsigned n_districts, n_parties, n_contests;
	struct district *districts;
	struct party *parties;
	struct contest *contests;
	void *owned; /* what the texts live in */
};

/* Reads and checks; every fault found is said, each with its place ("contests[1].options[3].candidate"), before
 * E_EVIDENCE is returned. `name` is the file's, for messages. */
MUST_USE enum status definition_read(struct definition **out, const char *name, const void *data, size_t len);
MUST_USE enum status definition_open(struct definition **out, const char *path);
/* What the record's readers need not ask but an opening must: the zone is known here, the tally not before the
 * closing, a site by https, no repeated names, districts in the definition's order, a contest in every district.
 * Every fault is said; E_EVIDENCE if there is one. */
MUST_USE enum status definition_advise(const struct definition *d);
/* Both at once, for who writes a definition: what a reader refuses, and then what an opening asks of the parts that could
 * be read. E_EVIDENCE after the last fault. */
MUST_USE enum status definition_check(const char *name, const void *data, size_t len);
void definition_free(struct definition *d);

/* Index of a district, or -1. */
int definition_district(const struct definition *d, const char *id, size_t len);
const struct contest *definition_contest(const struct definition *d, const char *id);
/* What a ballot of this district must hold. Names are borrowed from d. */
void definition_form(struct ballot_form *out, const struct definition *d, unsigned district);

#endif
