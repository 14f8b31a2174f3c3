/*
 * SMS gateways by HTTP. A gateway is a URL template, a GET whose query carries the message; Kannel's sendsms form:
 *
 *   http://127.0.0.1:13013/cgi-bin/sendsms?username=vemre&password={password}&from={from}&to={to}&coding=2
 *     &charset=UTF-8&text={text}
 *
 * {password} {from} {to} {text} are filled in percent-encoded. The password comes from a file. The filled URL holds
 * the text and the password: it exists in locked memory and in libcurl's, which is wiped (notify/transfer.h), and is
 * never logged.
 *
 * Settings: sms.gateways (list of templates, tried in order, each once; a must), sms.password_files (list of files,
 * the i-th for the i-th gateway; "" where it has none), sms.from ("VEMRE"), sms.timeout (10 s, for each gateway),
 * sms.accepted ("": what a reply of status 2xx must begin with; for Kannel "0:" refuses what it would only queue),
 * sms.ca (file; default the system's).
 */
#ifndef NOTIFY_GATEWAY_H
#define NOTIFY_GATEWAY_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "notify/figures.h"

struct gateways;
MUST_USE enum status gateways_open(struct gateways **out, struct settings *s);
void gateways_free(struct gateways *g);
/* Each try is counted here too, by the gateway's number ("1"). Before any sender; borrowed. */
void gateways_count(struct gateways *g, struct figures *by_gateway);

/* One sender per thread: keeps its connections. */
struct gateway_sender;
MUST_USE enum status gateway_sender_new(struct gateway_sender **out, const struct gateways *g);
void gateway_sender_free(struct gateway_sender *s);
/* Tries each gateway once. E_REFUSED: none took it; why is said as warnings, by the gateway's number. */
MUST_USE enum status gateway_send(struct gateway_sender *s, const char *phone, const struct secret *text);

#endif
