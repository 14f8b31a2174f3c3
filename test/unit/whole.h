/*
 * A whole election record made from nothing, every secret in our hands: the committee's K, the opening key a (in
 * software, in tests alone), the registrar's and the system's keys, every voter's. So that any file of it can be
 * altered and everything after it made again by the right keys.
 */
#ifndef UNIT_WHOLE_H
#define UNIT_WHOLE_H

#include "election/lists.h"
#include "record/folder.h"
#include "record/list.h"
#include "record/votes.h"
#include <jansson.h>
#include <openssl/evp.h>

enum { WHOLE_PEOPLE = 160, WHOLE_LISTS = 16, WHOLE_MIXES = 4, WHOLE_REISSUES = 16, WHOLE_DISTRICTS = 8,
       SIGNATURE_TAIL = POINT_BYTES + 32 };

/* How a vote is made: as it should be, or so that it opens as malformed. */
enum whole_kind { KIND_GOOD, KIND_MISMATCH, KIND_MINUS_G, KIND_OFF_CURVE, KIND_UNDECODABLE };

struct whole_shape {
	const char *name;
	void (*edit)(json_t *root);         /* of simulacro.json; NULL: as it is */
	unsigned voters[WHOLE_DISTRICTS];   /* who vote, per district; as many spares and one abstainer more */
	bool reissues;                      /* the first two voters of district 0 by reissued credentials */
	bool odd;                           /* the first four votes of the first contest malformed, one of each kind */
	bool challenged;                    /* mismatches have a good challenge */
	unsigned more_mixes;                /* beyond the definition's */
};

struct whole_person {
	unsigned district;
	bool spare;
	struct scalar sk;
	struct point credential;
};
struct whole_ballot {
	unsigned district, person;
	struct buffer bytes;
	uint8_t tracker[32];
};
struct whole_list {
	struct election_list plan;
	unsigned mixes;
	struct list *chain[WHOLE_MIXES + 1]; /* 0.list and the mixes; owned. [0] NULL: no files */
	struct point *factors;               /* of the decryption */
	struct opened_vote *votes;
};
struct whole {
	char folder[512];
	const struct whole_shape *shape;
	struct definition *d;
	struct secret *k, *b[COMMITTEE_KEYS];
	struct scalar a;
	struct keys_file *keys;
	struct opening_file opening;
	EVP_PKEY *registrar, *system;
	uint8_t eid[32];
	struct whole_person people[WHOLE_PEOPLE];
	unsigned n_people;
	struct {
		unsigned from, to;
	} reissues[WHOLE_REISSUES];
	unsigned n_reissues;
	struct whole_ballot ballots[WHOLE_PEOPLE];
	unsigned n_ballots;
	struct election_lists *plan;
	struct whole_list lists[WHOLE_LISTS];
	json_t *challenges; /* the array; NULL: no file */
	bool borrows;       /* a copy: keys and definition are another's */
};

#define TRY(x)                                                                                                         \
	do {                                                                                                           \
		enum status try_ = (x);                                                                                \
		if (try_ != OK)                                                                                        \
			return try_;                                                                                   \
	} while (0)

/* The whole record in a new folder. */
MUST_USE enum status whole_make(struct whole **out, const char *folder, const struct whole_shape *shape);
/* A copy of the record's files in another folder, and of what may be altered of the rest; in must outlive it. */
MUST_USE enum status whole_copy(struct whole **out, const struct whole *in, const char *folder);
void whole_free(struct whole *w);

/* Files, each replaced: what memory says, signed by the keys that sign it. */
const char *whole_path(const struct whole *w, const char *name); /* static storage */
MUST_USE enum status whole_write_credentials(struct whole *w);
MUST_USE enum status whole_write_reissues(struct whole *w);
MUST_USE enum status whole_write_box(struct whole *w, bool sorted);
MUST_USE enum status whole_write_seal(struct whole *w, EVP_PKEY *key, const char *closed, uint64_t ballots);
MUST_USE enum status whole_reseal(struct whole *w); /* the two above as they should be */
/* eid from the four files as they are now. */
MUST_USE enum status whole_eid(struct whole *w);

/* A ballot of this person for a district (its contests), in the place of ballot i (i == n_ballots: a new one). */
MUST_USE enum status whole_vote(struct whole *w, unsigned i, unsigned person, unsigned district, enum whole_kind kind,
                                bool same_t);
/* Signs ballot i's bytes again by this person's key, its credential as it is; the tracker follows. */
MUST_USE enum status whole_sign(struct whole *w, unsigned i, unsigned person);
void whole_drop_ballot(struct whole *w, unsigned i);
unsigned whole_find(const struct whole *w, unsigned district, bool spare, unsigned nth); /* index in people */

/* After the box: lists and their mixes by the library, then decryption, votes, challenges, results. */
MUST_USE enum status whole_mix(struct whole *w);
MUST_USE enum status whole_decrypt(struct whole *w, unsigned list);
MUST_USE enum status whole_open(struct whole *w, unsigned list); /* memory alone */
MUST_USE enum status whole_write_votes(struct whole *w);
MUST_USE enum status whole_challenge(struct whole *w, unsigned list, uint64_t idx);
MUST_USE enum status whole_write_challenges(struct whole *w);
MUST_USE enum status whole_write_results(struct whole *w);
/* Decryption of this list and all that follows. */
MUST_USE enum status whole_finish(struct whole *w, unsigned list);
/* The k-th vote with this status, its list in *list: its index; UINT64_MAX: none. */
uint64_t whole_vote_with(const struct whole *w, enum vote_status status, unsigned k, unsigned *list);
unsigned whole_list(const struct whole *w, const char *name);

extern const struct whole_shape WHOLE_SHAPES[];
extern const unsigned WHOLE_SHAPES_COUNT;
const struct whole_shape *whole_shape(const char *name);

#endif
