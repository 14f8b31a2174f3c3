/* What the files of enrolment share among themselves. Not for others. */
#ifndef CEREMONY_ENROL_PARTS_H
#define CEREMONY_ENROL_PARTS_H

#include "ceremony/enrol.h"
#include "election/definition.h"

/* ---- enrol_send.c */
/* Mails the password of a spare to whom it was given; the same states as any entry's. E_FAILED, said: not sent. */
MUST_USE enum status enrol_mail_spare(struct enrolment *e, struct settings *s, const struct definition *d,
                                      struct spool *spool, uint32_t index, const struct spool_person *to);
/* ---- enrol_renew.c */
/* What a renewal that was cut short left: finished, or taken away. */
MUST_USE enum status enrol_finish_renewal(const struct enrolment *e);

#endif
