/* Delivery figures: how many were taken, refused, not delivered, by country prefix or mail domain. Thread-safe. */
#ifndef NOTIFY_FIGURES_H
#define NOTIFY_FIGURES_H

#include "base/status.h"
#include <jansson.h>
#include <stdint.h>

enum figures_kind { FIGURES_ACCEPTED, FIGURES_REFUSED, FIGURES_WAITING };
enum { FIGURES_KINDS = 3, FIGURES_KEY_MAX = 255, FIGURES_SHOWN = 30 };

struct figures;
MUST_USE enum status figures_new(struct figures **out);
void figures_free(struct figures *f);
void figures_add(struct figures *f, const char *key, enum figures_kind kind); /* out of memory: not counted */
uint64_t figures_sum(struct figures *f); /* all that was counted */
/* A line for each of the FIGURES_SHOWN largest, by key, through report_info; a last one with the sums of all. */
void figures_report(struct figures *f, const char *title);
/* {"format", "time", "total": {…}, "by": {key: {"accepted", "refused", "waiting"}}}, and "gateways" likewise where it is not
 * NULL; replaced in one step, mode 0644. */
MUST_USE enum status figures_write(struct figures *f, struct figures *gateways, const char *path);
/* Such a file, checked; the caller's reference. E_EVIDENCE, said: not of this form. */
MUST_USE enum status figures_read(json_t **out, const char *path);

#endif
