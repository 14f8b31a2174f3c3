/* A clock asked over the network: SNTP (RFC 4330, version 4), one question, one answer. Public. */
#ifndef MONITOR_SNTP_H
#define MONITOR_SNTP_H

#include "base/status.h"
#include <stdbool.h>

/* server: "time.example", "127.0.0.1:12345", "[::1]:123" (default port 123). *offset: seconds that the server's clock is
 * ahead of ours. Waits at most 2 s. E_FAILED, said: no answer, or one that an unsynchronised server gives. */
MUST_USE enum status sntp_ask(double *offset, const char *server);

#endif
