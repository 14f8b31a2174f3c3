/* What the files of enrolment share among themselves. Not for others. */
#ifndef CEREMONY_ENROL_PARTS_H
#define CEREMONY_ENROL_PARTS_H

#include "ceremony/enrol.h"
#include "election/definition.h"

/* ---- enrol_send.c */
/* Mails the password of a spare to whom it was given; the same states as any entry's. E_FAILED, said: not sent. */
MUST_USE enum status enrol_mail_spare(struct enrolment *e, struct settings *s, const struct definition *d,
                                      struct spool *spool, uint32_t index, const struct spool_person *to);
/* ---- enrol_lists.c */
/* A line time,voter,email[,answer] more; the file is its owner's alone. answer: NULL, or what the relay said. */
MUST_USE enum status enrol_add_line(const char *path, const struct spool_person *p, const char *answer);
/* Accepted, refused, waiting per mail domain over all the spool: said, and e->figures written anew. */
MUST_USE enum status enrol_figures(struct enrolment *e, const struct spool *s);
/* ---- enrol_correct.c */
/* *p, entry `index` of s, with what is corrected. E_USAGE, said: not an address, not a number; E_EVIDENCE: another's. */
MUST_USE enum status enrol_correct_person(struct spool_person *p, const struct enrol_correction *c,
                                          const struct spool *s, uint32_t index, struct settings *settings);
/* That entry of the spool on disk is p's from now on: the whole file, or the old one. *s is opened anew; NULL on a fault. */
MUST_USE enum status enrol_correct_spool(struct enrolment *e, struct spool **s, const struct secret *key, uint32_t index,
                                         const struct spool_person *p);
/* ---- enrol_renew.c */
/* What a renewal that was cut short left: finished, or taken away. */
MUST_USE enum status enrol_finish_renewal(const struct enrolment *e);

#endif
