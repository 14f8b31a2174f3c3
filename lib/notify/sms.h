/*
 * A text message, handed to the `send-messages` daemon over its Unix socket (cmd/send-messages.c). The daemon
 * tries each gateway once, from memory; neither side logs the text or the whole number.
 *
 * On the socket, one exchange per connection: the client writes u8 length, the number, u32 length (big-endian),
 * the text; the daemon answers one byte, 'A' accepted by a gateway or 'R' refused by all (or not of this form). A single
 * zero byte in place of all this asks whether the daemon is there: it answers 'P'.
 */
#ifndef NOTIFY_SMS_H
#define NOTIFY_SMS_H

#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>

enum {
	SMS_PHONE_MAX = 16, /* '+' and at most 15 digits (ITU-T E.164) */
	SMS_TEXT_MAX = 480, /* bytes of UTF-8 */
	SMS_WAIT_MIN = 1,   /* seconds */
	SMS_WAIT_DEFAULT = 25,
	SMS_WAIT_MAX = 120,
};

/*
 * Hands one message over and waits until a gateway has accepted it or all have refused. text: UTF-8, no zero.
 *   OK         a gateway took it
 *   E_REFUSED  no gateway took it (said); the text is wiped everywhere: a new code is needed
 *   E_EVIDENCE phone or text not of the form above (said)
 *   E_FAILED   the daemon does not answer within the wait: whether it went out is not known (said)
 * Thread-safe. The wait is sms_set_wait's, process-wide (setting sms.wait, seconds).
 */
MUST_USE enum status sms_send(const char *socket_path, const char *phone, const struct secret *text);
void sms_set_wait(long seconds);
/* Is the daemon there, and does it take messages? E_FAILED, said. */
MUST_USE enum status sms_ping(const char *socket_path);

/* '+', a first digit 1-9, 7 to 15 digits in all: E.164. */
bool sms_phone_valid(const char *phone);
/* For logs and figures: the country calling code ("+52", "+1", "+852"), a bounded text; "?" if not E.164. */
void sms_country_prefix(char out[5], const char *phone);

#endif
