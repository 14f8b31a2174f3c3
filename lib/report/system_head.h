/* What system_reports.c and configuration.c share: the title block and the two signers. */
#ifndef REPORT_SYSTEM_HEAD_H
#define REPORT_SYSTEM_HEAD_H

#include "report/document.h"
#include "report/system_reports.h"

MUST_USE enum status system_document(struct document **d, const struct report_heading *h, const char *title,
                                     const char *kind, const uint8_t content[32]);
void system_signatures(struct document *d, const struct report_heading *h, const char *intro);

#endif
