/* The probes, one per component (components.h), in the order in which the view shows them. */
#ifndef MONITOR_PROBES_H
#define MONITOR_PROBES_H

#include "monitor/components.h"

typedef void probe(struct components *all, struct component *c);
probe probe_site, probe_certificate;                  /* probe_site.c */
probe probe_entry;                                    /* probe_entry.c */
probe probe_backend;                                  /* probe_backend.c */
probe probe_database, probe_standbys, probe_backup;   /* probe_database.c */
probe probe_signer;                                   /* probe_signer.c */
probe probe_messages, probe_gateways, probe_mail;     /* probe_delivery.c */
probe probe_disk, probe_place, probe_integrity;       /* probe_host.c */
probe probe_clock;                                    /* probe_clock.c */
probe probe_turnout, probe_logins;                    /* probe_voting.c */

#endif
