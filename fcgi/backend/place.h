/* Where a peer's address is, by a MaxMind DB (libmaxminddb). Read-only once open; any thread may ask. */
#ifndef BACKEND_PLACE_H
#define BACKEND_PLACE_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

struct place;

MUST_USE enum status place_open(struct place **out, const char *database);
void place_close(struct place *p);
/* ISO 3166-1 code of the address's country; false where the database has none or the text is no address. IPv4 inside
 * IPv6 (mapped, NAT64, 6to4) counts as that IPv4. */
bool place_country(const struct place *p, char out[3], const char *address);

/* IPv6 form of an address; IPv4 as ::ffff:a.b.c.d. False: none. */
bool place_address(uint8_t out[16], const char *address);
/* The part of an address that one subscriber has: whole for IPv4, /64 for IPv6; the rest zero. */
void place_subscriber(uint8_t address[16]);
/* Does the network ("203.0.113.0/24", "2001:db8::/32", a single address) hold it? *known: it is a network at all. */
bool place_in_network(const uint8_t address[16], const char *network, bool *known);

#endif
