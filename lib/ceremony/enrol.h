/*
 * Enrolment (numeral 19, PROTOCOL 4, DESIGN 4): the registrar's key, the voters' user names and passwords, what
 * of them the public and the server get, and the spool of mails that keeps the rest under the registrar's
 * passphrase.
 *
 * An election's folder on the enrolment machine:
 *
 *   record/keys.json            from the key session; must be there before the roll is loaded
 *   record/credentials.csv      made here (PROTOCOL 4)
 *   enrolment/safe.json         the registrar's private key and the spool's key, under the passphrase
 *   enrolment/registrar.pub     the registrar's public key: 130 hex digits and LF
 *   enrolment/spool             user names, names, addresses, phones, passwords: encrypted (ceremony/spool.h)
 *   enrolment/server-load.csv   for the servers, below
 *   enrolment/rejected.csv      the roll's bad lines: line,reason,text
 *   enrolment/in-doubt.csv      mails that may have gone out twice: time,voter,email
 *   enrolment/refused.csv       addresses that the relay refused: time,voter,email,answer
 *   enrolment/reissues.json     who was given which spare: {"format", "reissues": [{"voter", "old", "new", "signature",
 *                               "acknowledged"}]}
 *   enrolment/reissue-XXXXXXXX.csv  a signed line on its way to the servers (ceremony/reissue.h)
 *   enrolment/mail-figures.json accepted, refused, waiting per mail domain, for the servers' monitor
 *   journal/enroll-voters.jsonl (journal/journal.h): counts and hashes, nobody's name
 *
 * server-load.csv: UTF-8, LF, this header line first, then a line per user name, sorted by it, no quotes (no field
 * can hold a comma):
 *
 *   username,auth_sha256,phone,district,credential,kind
 *
 *   username     PROTOCOL 4; here 10 symbols of Crockford base32, no two alike in the election
 *   auth_sha256  64 hex digits: SHA-256 of the 32 bytes auth
 *   phone        E.164 with its '+'; empty for a spare
 *   district     id of the definition
 *   credential   130 hex digits
 *   kind         v a voter's, s a sealed spare (cannot log in until a reissue gives it a phone)
 *
 * Passwords are made here, go into the encrypted spool and from there into one mail each; the spool's copy is
 * overwritten as soon as the relay has taken the mail.
 */
#ifndef CEREMONY_ENROL_H
#define CEREMONY_ENROL_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "ceremony/spool.h"
#include "journal/journal.h"
#include <stdbool.h>

enum { ENROL_USERNAME = 10, ENROL_PASSPHRASE_MIN = 12, ENROL_PASSPHRASE_MAX = 256 };

/* The paths of an election's enrolment. */
struct enrolment {
	char *record, *keys, *credentials;              /* record/ */
	char *folder, *safe, *registrar, *spool, *load; /* enrolment/ */
	char *rejected, *in_doubt, *refused, *figures, *reissues;
	struct journal *journal; /* NULL when open for a look */
	int lock;
};
/* Makes enrolment/ (0700) and journal/ where missing and takes the enrolment's lock: one program at a time, E_STATE
 * where another has it. look: changes nothing, needs no lock. */
MUST_USE enum status enrol_open(struct enrolment **out, const char *election_folder, bool look);
void enrol_close(struct enrolment *e);

/* The registrar's key and the safe. E_STATE if there is one already. */
MUST_USE enum status enrol_init(struct enrolment *e, const struct secret *passphrase);

/* Reads the roll, makes everything, or nothing: on any fault no file of the election is there afterwards
 * (rejected.csv apart). E_STATE: no safe, no keys.json, loaded before; E_EVIDENCE: bad lines in the roll (unless
 * leave_out, which loads the rest) or above max_voters. Settings enrolment.spare_percent (5),
 * enrolment.repeated_mail (false), enrolment.threads (0: one per processor). */
MUST_USE enum status enrol_load(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                                const char *roll, const char *definition, bool leave_out);

/* Mails what is waiting, several connections at once (mail.connections, 2). E_STATE before a load. OK: nothing is
 * left waiting, though addresses may have been refused (said, listed). E_FAILED: the relay is not to be had;
 * called again it goes on where it was. */
MUST_USE enum status enrol_send(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                                const char *definition);

/* What the roll says of a voter and is no longer so; NULL: it is. */
struct enrol_correction {
	const char *email, *phone;
};

/* A lost mail before the opening, or a corrected address or telephone: another password and credential for the same user
 * name; credentials.csv and server-load.csv are made anew (all three files or none, whenever it is cut short). Its mail
 * waits for enrol_send. E_STATE, said: opened already, no such voter, not mailed yet (and nothing to correct). E_USAGE,
 * E_EVIDENCE: what is corrected is not of its form, or is another voter's. */
MUST_USE enum status enrol_renew(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                                 const char *definition, const char *voter, const struct enrol_correction *c);

/* A lost mail after the opening, until the closing (PROTOCOL 4, DESIGN 4). _reissue takes a spare of the voter's entidad
 * and signs the line for the servers; asked again before the acknowledgement it gives the same line. _acknowledged takes
 * the servers' acknowledgement and only then mails the spare's password; repeated, it mails what was not mailed. email:
 * the voter's new address, or NULL. */
MUST_USE enum status enrol_reissue(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                                   const char *voter, const char *email);
MUST_USE enum status enrol_acknowledged(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                                        const char *acknowledgement, const char *email);

/* How many entries of each kind, and voters' mails of each state. */
struct enrol_counts {
	uint64_t voters, spares, states[SPOOL_STATES];
};
void enrol_count(struct enrol_counts *out, const struct spool *s);
/* Says how many are loaded, mailed, waiting, in doubt, refused. Needs no passphrase. */
MUST_USE enum status enrol_status(struct enrolment *e);

#endif
