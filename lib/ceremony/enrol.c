/* See enrol.h: the folder, the registrar's key, the status. Loading is enrol_load.c's, mailing enrol_send.c's. */
#include "ceremony/enrol_parts.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/safe.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static bool name_paths(struct enrolment *e, const char *election)
{
	return (e->record = file_path(election, "record", NULL)) != NULL &&
	       (e->keys = file_path(election, "record", "keys.json", NULL)) != NULL &&
	       (e->credentials = file_path(election, "record", "credentials.csv", NULL)) != NULL &&
	       (e->folder = file_path(election, "enrolment", NULL)) != NULL &&
	       (e->safe = file_path(e->folder, "safe.json", NULL)) != NULL &&
	       (e->registrar = file_path(e->folder, "registrar.pub", NULL)) != NULL &&
	       (e->spool = file_path(e->folder, "spool", NULL)) != NULL &&
	       (e->load = file_path(e->folder, "server-load.csv", NULL)) != NULL &&
	       (e->rejected = file_path(e->folder, "rejected.csv", NULL)) != NULL &&
	       (e->in_doubt = file_path(e->folder, "in-doubt.csv", NULL)) != NULL &&
	       (e->refused = file_path(e->folder, "refused.csv", NULL)) != NULL &&
	       (e->figures = file_path(e->folder, "mail-figures.json", NULL)) != NULL &&
	       (e->reissues = file_path(e->folder, "reissues.json", NULL)) != NULL;
}

static enum status take_lock(struct enrolment *e)
{
	char *path = file_path(e->folder, "lock", NULL);
	enum status r = OK;

	if (path == NULL)
		return E_FAILED;
	if ((e->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), path, strerror(errno));
	else if (flock(e->lock, LOCK_EX | LOCK_NB) != 0)
		r = fault(E_STATE, _("espere a que termine"), _("%s: otro enroll-voters está trabajando en esta elección"),
		          e->folder);
	free(path);
	return r;
}

static enum status start_journal(struct enrolment *e, const char *election)
{
	char *folder = file_path(election, "journal", NULL),
	     *path = file_path(election, "journal", "enroll-voters.jsonl", NULL);
	enum status r = E_FAILED;

	if (folder != NULL && path != NULL && (r = file_mkdirs(folder, 0755)) == OK)
		r = journal_open(&e->journal, path, "enroll-voters");
	free(folder);
	free(path);
	return r;
}

enum status enrol_open(struct enrolment **out, const char *election_folder, bool look)
{
	struct enrolment *e = calloc(1, sizeof *e);
	enum status r = E_FAILED;

	*out = NULL;
	if (e == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	e->lock = -1;
	if (!name_paths(e, election_folder))
		goto done;
	if (!look && ((r = file_mkdirs(e->folder, 0700)) != OK || (r = take_lock(e)) != OK ||
	              (r = start_journal(e, election_folder)) != OK || (r = enrol_finish_renewal(e)) != OK))
		goto done;
	*out = e;
	e = NULL;
	r = OK;
done:
	enrol_close(e);
	return r;
}

void enrol_close(struct enrolment *e)
{
	if (e == NULL)
		return;
	journal_close(e->journal);
	if (e->lock >= 0)
		close(e->lock);
	free(e->record);
	free(e->keys);
	free(e->credentials);
	free(e->folder);
	free(e->safe);
	free(e->registrar);
	free(e->spool);
	free(e->load);
	free(e->rejected);
	free(e->in_doubt);
	free(e->refused);
	free(e->figures);
	free(e->reissues);
	free(e);
}

enum status enrol_init(struct enrolment *e, const struct secret *passphrase)
{
	struct point key;
	char line[2 * POINT_BYTES + 2];
	enum status r;

	report_step(_("Clave de la oficina de registro"));
	if ((r = safe_create(e->safe, passphrase, &key)) != OK)
		return r;
	hex_encode(line, key.octets, POINT_BYTES);
	strcat(line, "\n");
	if ((r = file_replace(e->registrar, line, strlen(line), 0644)) != OK)
		return r;
	report_info(_("clave pública: %s"), e->registrar);
	return journal_write(e->journal, "registrar-key", NULL,
	                     json_pack("{s:o}", "registrar_key", json_hex(key.octets, POINT_BYTES)));
}

void enrol_count(struct enrol_counts *out, const struct spool *s)
{
	memset(out, 0, sizeof *out);
	for (uint32_t i = 0; i < spool_entries(s); i++) {
		if (spool_kind(s, i) == 's') {
			out->spares++;
			continue;
		}
		out->voters++;
		out->states[spool_state(s, i)]++;
	}
}

enum status enrol_status(struct enrolment *e)
{
	struct enrol_counts c;
	struct spool *s = NULL;
	enum status r;

	report_step(_("Registro de votantes"));
	report_info(_("clave de la oficina de registro: %s"), file_exists(e->safe) ? _("hecha") : _("falta (--init)"));
	if (!file_exists(e->credentials) || !file_exists(e->spool)) {
		report_info(_("lista nominal: sin cargar (--load)"));
		return OK;
	}
	if ((r = spool_open(&s, e->spool, NULL)) != OK)
		return r;
	enrol_count(&c, s);
	report_info(_("votantes: %llu; credenciales de repuesto: %llu"), (unsigned long long)c.voters,
	            (unsigned long long)c.spares);
	report_info(_("correos enviados: %llu"), (unsigned long long)c.states[SPOOL_ACCEPTED]);
	report_info(_("por enviar: %llu"), (unsigned long long)c.states[SPOOL_WAITING]);
	report_info(_("en duda (a medio enviar): %llu"), (unsigned long long)c.states[SPOOL_UNDER_WAY]);
	report_info(_("direcciones rechazadas: %llu"), (unsigned long long)c.states[SPOOL_REFUSED]);
	spool_close(s);
	return OK;
}
