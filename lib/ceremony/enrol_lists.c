/* What the sending of mails leaves for the registrar: addresses in doubt and refused, figures by mail domain (enrol.h). */
#include "base/file.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "ceremony/enrol_parts.h"
#include "ceremony/roll.h"
#include "notify/figures.h"
#include "notify/mail.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum status enrol_add_line(const char *path, const struct spool_person *p, const char *answer)
{
	struct buffer b = BUFFER_INIT;
	enum status r = OK;
	char now[32];
	bool good;
	FILE *f;

	moment_rfc3339(now, sizeof now, moment_now(), "UTC");
	buffer_text(&b, now);
	buffer_u8(&b, ',');
	roll_csv(&b, p->voter);
	buffer_u8(&b, ',');
	roll_csv(&b, p->email);
	if (answer != NULL) {
		buffer_u8(&b, ',');
		roll_csv(&b, answer);
	}
	buffer_u8(&b, '\n');
	good = buffer_ok(&b) && (f = fopen(path, "ae")) != NULL;
	if (good) {
		good = fchmod(fileno(f), 0600) == 0 && fwrite(b.data, 1, b.len, f) == b.len;
		good = fclose(f) == 0 && good;
	}
	if (!good)
		r = fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), path, strerror(errno));
	buffer_free(&b);
	return r;
}

enum status enrol_figures(struct enrolment *e, const struct spool *s)
{
	struct figures *f = NULL;
	struct spool_person p;
	enum status r;

	if ((r = figures_new(&f)) != OK)
		return r;
	for (uint32_t i = 0; r == OK && i < spool_entries(s); i++) {
		enum spool_state state = spool_state(s, i);

		if (spool_kind(s, i) != 'v' || (r = spool_person(&p, s, i)) != OK)
			continue;
		for (char *c = p.email; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		figures_add(f, mail_domain(p.email),
		            state == SPOOL_ACCEPTED  ? FIGURES_ACCEPTED
		            : state == SPOOL_REFUSED ? FIGURES_REFUSED
		                                     : FIGURES_WAITING);
	}
	if (r == OK) {
		figures_report(f, _("Correos por dominio"));
		r = figures_write(f, NULL, e->figures);
	}
	figures_free(f);
	return r;
}
