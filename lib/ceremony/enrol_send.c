/*
 * enrol_send (enrol.h): the mails of the spool, over several connections at once. An entry is marked under way before
 * its mail is handed over and accepted, its password overwritten, after: one found under way was cut short, may have
 * gone out, and goes again under the same Message-ID, by which mail programs know it for the same mail.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/enrol_parts.h"
#include "ceremony/safe.h"
#include "ceremony/spool.h"
#include "notify/letter.h"
#include "notify/mail.h"
#include "record/folder.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	CONNECTIONS_MAX = 32,
	SETBACKS_MAX = 8, /* mails in a row that the relay would not take now: it is not to be had */
	PASSES = 2,
	SAID_MAX = 20,
};

struct mailing {
	struct enrolment *e;
	struct settings *settings;
	const struct definition *definition;
	struct spool *spool;
	int64_t interval;     /* nanoseconds from mail to mail, over all connections; 0: as fast as may be */
	pthread_mutex_t lock; /* for what follows */
	int64_t turn;         /* when the next mail may go, by the monotonic clock */
	uint32_t next;
	uint64_t done, total, accepted, refused, doubts;
	unsigned setbacks;
	bool stop;
	char reason[MAIL_REASON]; /* of the stop */
	const struct spool_person *to; /* a spare's mail: whose it is now; NULL: the entry's own */
};

/* What a run that was cut short left under way. */
static enum status list_doubts(struct mailing *m)
{
	struct spool_person p;
	enum status r = OK;

	for (uint32_t i = 0; r == OK && i < spool_entries(m->spool); i++) {
		if (spool_kind(m->spool, i) != 'v' || spool_state(m->spool, i) != SPOOL_UNDER_WAY ||
		    spool_password_gone(m->spool, i))
			continue;
		if ((r = spool_person(&p, m->spool, i)) != OK || (r = enrol_add_line(m->e->in_doubt, &p, NULL)) != OK)
			break;
		if (m->doubts++ < SAID_MAX)
			report_warning(NULL, _("en duda: el correo de %s (%s) pudo haber salido; se envía otra vez con el "
			                       "mismo Message-ID"), p.voter, p.email);
	}
	if (r == OK && m->doubts > 0)
		report_warning(NULL, _("%llu correos en duda, en %s"), (unsigned long long)m->doubts, m->e->in_doubt);
	return r;
}

/* ---- one mail ---- */

static const char *district_name(const struct definition *d, const char *id)
{
	int i = definition_district(d, id, strlen(id));

	return i >= 0 ? d->districts[i].name : id;
}

static enum status compose(struct secret **out, const struct mailing *m, const struct mail_relay *relay, uint32_t i,
                           const struct spool_person *p)
{
	const struct definition *d = m->definition;
	struct secret *password = NULL;
	char id[320], code[24];
	struct letter l = {
	        .from = mail_relay_from(relay), .from_name = mail_relay_from_name(relay), .to = p->email,
	        .to_name = p->name, .message_id = id, .date = moment_now(), .title = d->title, .site = d->site,
	        .help_phone = d->help_phone, .zone = d->zone, .district = district_name(d, p->district),
	        .opens = d->opens, .closes = d->closes, .simulation = d->simulation, .username = p->username,
	        .credential_code = code, .phone = p->phone,
	};
	enum status r;

	*out = NULL;
	if ((r = spool_message_id(id, sizeof id, m->spool, i, mail_domain(l.from))) != OK ||
	    (r = credential_code(code, &p->credential)) != OK || (r = spool_password(&password, m->spool, i)) != OK)
		return r;
	l.password = password;
	r = letter_compose(out, &l);
	secret_free(password);
	return r;
}

static void set_stop(struct mailing *m, const char *reason)
{
	pthread_mutex_lock(&m->lock);
	if (!m->stop)
		snprintf(m->reason, sizeof m->reason, "%s", reason);
	m->stop = true;
	pthread_mutex_unlock(&m->lock);
}

/* What the relay's answer means for the entry and for the run. */
static enum status settle(struct mailing *m, uint32_t i, enum spool_state before, const struct spool_person *p,
                          enum mail_outcome outcome, const char *reason)
{
	enum status r = OK;

	switch (outcome) {
	case MAIL_ACCEPTED:
		r = spool_mark(m->spool, i, SPOOL_ACCEPTED);
		break;
	case MAIL_REFUSED:
		if ((r = spool_mark(m->spool, i, SPOOL_REFUSED)) == OK)
			r = enrol_add_line(m->e->refused, p, reason);
		report_warning(NULL, _("rechazado: %s (%s): %s"), p->voter, p->email, reason);
		break;
	case MAIL_DOUBT:
		r = enrol_add_line(m->e->in_doubt, p, NULL); /* stays under way: the next pass sends it again */
		break;
	case MAIL_LATER:
	case MAIL_USELESS:
		/* Nothing went out now; whether it had before is as unknown as it was. */
		r = spool_mark(m->spool, i, before);
		break;
	}
	pthread_mutex_lock(&m->lock);
	m->accepted += outcome == MAIL_ACCEPTED;
	m->refused += outcome == MAIL_REFUSED;
	m->doubts += outcome == MAIL_DOUBT;
	m->setbacks = outcome == MAIL_LATER || outcome == MAIL_DOUBT ? m->setbacks + 1 : 0;
	if (outcome == MAIL_USELESS || m->setbacks >= SETBACKS_MAX) {
		if (!m->stop)
			snprintf(m->reason, sizeof m->reason, "%s", reason);
		m->stop = true;
	}
	report_progress(_("correos"), ++m->done, m->total);
	pthread_mutex_unlock(&m->lock);
	return r;
}

static enum status send_one(struct mailing *m, struct mail_relay *relay, uint32_t i)
{
	enum spool_state before = spool_state(m->spool, i);
	struct spool_person p;
	struct secret *message = NULL;
	char reason[MAIL_REASON] = "";
	enum mail_outcome outcome;
	enum status r;

	if ((r = spool_person(&p, m->spool, i)) != OK)
		return r;
	if (m->to != NULL) {
		memcpy(p.voter, m->to->voter, sizeof p.voter);
		memcpy(p.name, m->to->name, sizeof p.name);
		memcpy(p.email, m->to->email, sizeof p.email);
		memcpy(p.phone, m->to->phone, sizeof p.phone);
	}
	if (spool_password_gone(m->spool, i)) /* killed between overwriting and marking: it was accepted */
		return settle(m, i, before, &p, MAIL_ACCEPTED, "");
	if ((r = compose(&message, m, relay, i, &p)) != OK ||
	    (before != SPOOL_UNDER_WAY && (r = spool_mark(m->spool, i, SPOOL_UNDER_WAY)) != OK))
		goto done;
	outcome = mail_send(relay, p.email, message, reason);
	r = settle(m, i, before, &p, outcome, reason);
done:
	secret_free(message);
	return r;
}

/* ---- threads ---- */

static bool to_send(const struct spool *s, uint32_t i)
{
	return spool_kind(s, i) == 'v' &&
	       (spool_state(s, i) == SPOOL_WAITING || spool_state(s, i) == SPOOL_UNDER_WAY);
}

static bool next_entry(struct mailing *m, uint32_t *i)
{
	bool found = false;

	pthread_mutex_lock(&m->lock);
	while (!m->stop && !found && m->next < spool_entries(m->spool)) {
		*i = m->next++;
		found = to_send(m->spool, *i);
	}
	pthread_mutex_unlock(&m->lock);
	return found;
}

/* mail.per_minute: relays that are sent more than they like stop taking anything. */
static void await_turn(struct mailing *m)
{
	struct timespec t;
	int64_t now;

	if (m->interval == 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	pthread_mutex_lock(&m->lock);
	m->turn = m->turn > now ? m->turn : now;
	t.tv_sec = (time_t)(m->turn / 1000000000);
	t.tv_nsec = (long)(m->turn % 1000000000);
	m->turn += m->interval;
	pthread_mutex_unlock(&m->lock);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static void *worker(void *ctx)
{
	struct mailing *m = ctx;
	struct mail_relay *relay = NULL;
	enum status r;
	uint32_t i;

	if ((r = mail_relay_open(&relay, m->settings)) != OK)
		set_stop(m, _("los ajustes del correo no sirven"));
	while (r == OK && next_entry(m, &i)) {
		await_turn(m);
		if ((r = send_one(m, relay, i)) != OK)
			set_stop(m, _("falla de este equipo"));
	}
	mail_relay_free(relay);
	return NULL;
}

static void one_pass(struct mailing *m, long connections)
{
	pthread_t t[CONNECTIONS_MAX];
	long n = 0;

	m->next = 0;
	while (n < connections - 1 && pthread_create(&t[n], NULL, worker, m) == 0)
		n++;
	worker(m);
	for (long i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* ---- the whole ---- */

static enum status check_order(const struct enrolment *e, const struct definition *d, const struct spool *s)
{
	struct keys_file *keys = NULL;
	uint8_t sha256[32];
	enum status r;

	if ((r = file_sha256(sha256, e->credentials)) != OK)
		return r;
	if (memcmp(sha256, spool_credentials_sha256(s), 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s y %s no son de la misma carga"), e->credentials, e->spool);
	if ((r = keys_file_open(&keys, e->keys)) != OK)
		return r;
	if (strcmp(keys->election, d->id) != 0)
		r = fault(E_EVIDENCE, NULL, _("%s es de la elección «%s» y la definición de «%s»"), e->keys,
		          keys->election, d->id);
	keys_file_free(keys);
	return r;
}

static enum status conclude(struct mailing *m)
{
	struct enrol_counts c;
	uint64_t left;
	enum status r;

	enrol_count(&c, m->spool);
	left = c.states[SPOOL_WAITING] + c.states[SPOOL_UNDER_WAY];
	if ((r = enrol_figures(m->e, m->spool)) != OK ||
	    (r = journal_write(m->e->journal, "mails-sent", NULL,
	                       json_pack("{s:I, s:I, s:I, s:I, s:I}", "accepted_now", (json_int_t)m->accepted, "accepted",
	                                 (json_int_t)c.states[SPOOL_ACCEPTED], "refused",
	                                 (json_int_t)c.states[SPOOL_REFUSED], "in_doubt", (json_int_t)m->doubts,
	                                 "left", (json_int_t)left))) != OK)
		return r;
	if (m->stop)
		return fault(E_FAILED, _("cuando esté arreglado, enroll-voters --send sigue donde quedó"),
		             _("el envío se detuvo: %s; quedan %llu correos"), m->reason, (unsigned long long)left);
	if (left > 0)
		return fault(E_FAILED, _("repita enroll-voters --send más tarde"),
		             _("el servidor de correo dejó %llu para después"), (unsigned long long)left);
	if (c.states[SPOOL_REFUSED] > 0)
		report_warning(_("corrija cada una: enroll-voters --renew PERSONA --email CORREO (desde la apertura, reissue)"),
		               _("%llu direcciones rechazadas, en %s"), (unsigned long long)c.states[SPOOL_REFUSED],
		               m->e->refused);
	return OK;
}

static enum status run(struct mailing *m)
{
	struct enrol_counts c;
	long connections = 2, per_minute = 0;
	enum status r;

	if ((r = settings_int(&connections, m->settings, "mail.connections", 2, 1, CONNECTIONS_MAX)) != OK ||
	    (r = settings_int(&per_minute, m->settings, "mail.per_minute", 0, 0, 1000000)) != OK || (r = list_doubts(m)) != OK)
		return r;
	m->interval = per_minute > 0 ? 60 * (int64_t)1000000000 / per_minute : 0;
	for (int pass = 0; pass < PASSES && !m->stop; pass++) {
		enrol_count(&c, m->spool);
		m->done = 0;
		m->total = c.states[SPOOL_WAITING] + c.states[SPOOL_UNDER_WAY];
		if (m->total == 0)
			break;
		report_info(_("correos por enviar: %llu"), (unsigned long long)m->total);
		one_pass(m, connections);
	}
	return conclude(m);
}

enum status enrol_send(struct enrolment *e, const struct secret *passphrase, struct settings *s, const char *definition)
{
	struct mailing m = {.e = e, .settings = s, .lock = PTHREAD_MUTEX_INITIALIZER};
	struct definition *d = NULL;
	struct secret *key = NULL;
	enum status r;

	report_step(_("Envío de usuarios y contraseñas por correo"));
	if (!file_exists(e->credentials) || !file_exists(e->spool))
		return fault(E_STATE, _("haga primero enroll-voters --load"),
		             _("%s: no existe: la lista nominal no se ha cargado"),
		             file_exists(e->credentials) ? e->spool : e->credentials);
	if ((r = definition_open(&d, definition)) != OK || (r = safe_open(&key, NULL, NULL, e->safe, passphrase)) != OK ||
	    (r = spool_open(&m.spool, e->spool, key)) != OK || (r = check_order(e, d, m.spool)) != OK)
		goto done;
	m.definition = d;
	r = run(&m);
done:
	spool_close(m.spool);
	secret_free(key);
	definition_free(d);
	return r;
}

enum status enrol_mail_spare(struct enrolment *e, struct settings *s, const struct definition *d, struct spool *spool,
                             uint32_t index, const struct spool_person *to)
{
	struct mailing m = {.e = e, .settings = s, .definition = d, .spool = spool, .total = 1, .to = to,
	                    .lock = PTHREAD_MUTEX_INITIALIZER};
	struct mail_relay *relay = NULL;
	enum status r;

	if (spool_state(spool, index) == SPOOL_ACCEPTED)
		return fault(E_STATE, _("si también ese correo se perdió, empiece otra reposición"),
		             _("el correo de esta reposición ya se envió"));
	if ((r = mail_relay_open(&relay, s)) == OK)
		r = send_one(&m, relay, index);
	mail_relay_free(relay);
	if (r != OK)
		return r;
	if (m.accepted == 1)
		return journal_write(e->journal, "reissue-mailed", NULL, NULL);
	return fault(E_FAILED, _("cuando esté arreglado, repita con el mismo acuse"), _("el correo no se envió%s%s"),
	             m.reason[0] != '\0' ? ": " : "", m.reason);
}
