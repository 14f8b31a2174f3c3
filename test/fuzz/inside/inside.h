/* Readers that a source keeps to itself: each file of this folder includes that source and opens its reader to targets. */
#ifndef INSIDE_H
#define INSIDE_H

#include "fuzz.h"

void inside_card(const uint8_t *data, size_t size);      /* a card's label (hsm/card_reader.c) */
void inside_dispatch(const uint8_t *data, size_t size);  /* what comes over send-messages' socket (notify/dispatch.c) */
void inside_events(const char *election);                /* the journals of an election's folder (monitor/operation_events.c) */
void inside_load(const uint8_t *data, size_t size);      /* a line of server-load.csv (store/setup.c) */
void inside_safe(const char *path);                      /* the enrolment's safe (ceremony/safe.c) */
void inside_sntp(const uint8_t *data, size_t size);      /* a time server's answer (monitor/sntp.c) */
/* What a vault's copy unpacks, into a store below a folder that it makes and takes away (hsm/spare.c). */
void inside_spare(const uint8_t *data, size_t size, const char *folder);
void inside_unsent(const uint8_t *data, size_t size);    /* a line that waits for the database (monitor/unsent.c) */

#endif
