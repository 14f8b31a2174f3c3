/*
 * A voter's new address or telephone (enrol.h), given to the registrar after the roll was loaded: the same rules as for the
 * roll's lines. Nothing of it goes to the journal but that it happened.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/enrol_parts.h"
#include "notify/mail.h"
#include "notify/sms.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Settings: enrolment.repeated_mail. */
static enum status not_repeated(const struct spool *s, uint32_t own, const char *email, struct settings *settings)
{
	struct spool_person other;
	bool repeated = false;
	enum status r = settings_bool(&repeated, settings, "enrolment.repeated_mail", false);

	for (uint32_t i = 0; r == OK && !repeated && i < spool_entries(s); i++) {
		if (spool_kind(s, i) != 'v' || i == own || (r = spool_person(&other, s, i)) != OK)
			continue;
		if (strcasecmp(other.email, email) == 0)
			r = fault(E_EVIDENCE, _("un correo por persona, o el ajuste enrolment.repeated_mail"),
			          _("%s ya es el correo de otra persona de la lista nominal"), email);
	}
	return r;
}

enum status enrol_correct_person(struct spool_person *p, const struct enrol_correction *c, const struct spool *s,
                                 uint32_t index, struct settings *settings)
{
	enum status r;

	if (c->email != NULL) {
		if (strlen(c->email) >= sizeof p->email || !mail_address_valid(c->email))
			return fault(E_USAGE, _("p. ej. nombre@example.org"), _("--email %s: no es una dirección de correo"), c->email);
		if ((r = not_repeated(s, index, c->email, settings)) != OK)
			return r;
		snprintf(p->email, sizeof p->email, "%s", c->email);
	}
	if (c->phone != NULL) {
		if (strlen(c->phone) >= sizeof p->phone || !sms_phone_valid(c->phone))
			return fault(E_USAGE, _("p. ej. +12135550123"),
			             _("--phone %s: no tiene la forma internacional, + y de 7 a 15 cifras"), c->phone);
		snprintf(p->phone, sizeof p->phone, "%s", c->phone);
	}
	return OK;
}

enum status enrol_correct_spool(struct enrolment *e, struct spool **s, const struct secret *key, uint32_t index,
                                const struct spool_person *p)
{
	char *fresh = file_path(e->folder, "spool.new", NULL);
	enum status r = E_FAILED;

	if (fresh == NULL || (r = spool_correct(*s, fresh, index, p)) != OK)
		goto done;
	spool_close(*s);
	*s = NULL;
	if (rename(fresh, e->spool) != 0)
		r = fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), e->spool, strerror(errno));
	else if ((r = spool_open(s, e->spool, key)) == OK)
		r = journal_write(e->journal, "address-corrected", NULL, NULL);
done:
	free(fresh);
	return r;
}
