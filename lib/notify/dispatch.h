/*
 * The daemon behind sms_send (notify/sms.h): takes messages from a Unix socket and gives each to the gateways, from
 * memory; the text is wiped when the answer is known. Kept of a message: its country prefix, counted.
 *
 * Settings: sms.socket ("/run/vemre/sms/sms.sock", mode 0660), sms.threads (16: messages under way at once),
 * sms.figures (file of delivery figures by country prefix, written every minute in which something was sent; "" for
 * none), and the gateways' (notify/gateway.h).
 */
#ifndef NOTIFY_DISPATCH_H
#define NOTIFY_DISPATCH_H

#include "base/settings.h"
#include "base/status.h"

/* Until SIGTERM or SIGINT: what is under way is finished, the socket taken away, the figures said. SIGUSR1: says the
 * figures and goes on. E_STATE: another one serves that socket. Call before any thread is there. */
MUST_USE enum status dispatch_run(struct settings *s);

#endif
