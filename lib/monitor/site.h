/*
 * The site as anybody outside sees it: HTTPS to the setting monitor.site (default: the definition's), by libcurl, the
 * certificate verified against monitor.site_ca (default: the system's).
 */
#ifndef MONITOR_SITE_H
#define MONITOR_SITE_H

#include "base/buffer.h"
#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"

enum { SITE_SECONDS = 8, SITE_ANSWER_MAX = 64 * 1024 };

struct site;
MUST_USE enum status site_open(struct site **out, struct settings *s, const struct definition *d);
void site_close(struct site *v);

struct site_answer {
	long status;        /* of HTTP */
	double seconds;
	struct buffer body; /* ends in zero */
};
/* From now on: cookies are kept and sent back, and so many seconds are waited for an answer. */
void site_as_browser(struct site *v, long seconds);
/* POST of JSON (no zero at its end), with this token against forged requests where it is not "". As site_get. */
MUST_USE enum status site_post(struct site *v, struct site_answer *answer, const char *path, const char *csrf, const void *body,
                               size_t len);
/* GET path. E_FAILED, said: no answer. The caller frees answer->body in every case. */
MUST_USE enum status site_get(struct site *v, struct site_answer *answer, const char *path);

/* Host and port of the site's URL. E_USAGE, said. */
MUST_USE enum status site_place(char host[256], char port[8], struct settings *s, const struct definition *d);

#endif
