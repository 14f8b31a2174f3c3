/* See place.h. */
#include "backend/place.h"
#include "base/i18n.h"
#include "base/report.h"
#include <arpa/inet.h>
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
	MMDB_s db;
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b}; /* 64:ff9b::/96, RFC 6052 */

enum status place_open(struct place **out, const char *database)
{
	struct place *p;
	int error;

	*out = NULL;
	if ((p = calloc(1, sizeof *p)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((error = MMDB_open(database, MMDB_MODE_MMAP, &p->db)) != MMDB_SUCCESS) {
		free(p);
		return fault(E_USAGE, _("ajuste place.database: un archivo .mmdb de países"), _("%s: %s"), database,
		             MMDB_strerror(error));
	}
	*out = p;
	return OK;
}

void place_close(struct place *p)
{
	if (p == NULL)
		return;
	MMDB_close(&p->db);
	free(p);
}

bool place_address(uint8_t out[16], const char *address)
{
	if (inet_pton(AF_INET6, address, out) == 1)
		return true;
	memcpy(out, mapped, sizeof mapped);
	return inet_pton(AF_INET, address, out + 12) == 1;
}

/* The IPv4 address inside, or NULL. */
static const uint8_t *inner_ipv4(const uint8_t address[16])
{
	if (memcmp(address, mapped, 12) == 0 || memcmp(address, nat64, 12) == 0)
		return address + 12;
	if (address[0] == 0x20 && address[1] == 0x02) /* 2002::/16, RFC 3056 */
		return address + 2;
	return NULL;
}

static bool text_at(MMDB_entry_s *entry, char out[3], const char *const *path)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
	    data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2)
		return false;
	memcpy(out, data.utf8_string, 2);
	out[2] = '\0';
	return true;
}

bool place_country(const struct place *p, char out[3], const char *address)
{
	/* ip-location-db's records, and MaxMind's own. */
	static const char *const flat[] = {"country_code", NULL};
	static const char *const nested[] = {"country", "iso_code", NULL};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	MMDB_lookup_result_s found;
	const uint8_t *inner;
	uint8_t bytes[16];
	int error;

	if (!place_address(bytes, address))
		return false;
	inner = inner_ipv4(bytes);
	if (inner != NULL)
		memcpy(&v4.sin_addr, inner, 4);
	memcpy(&v6.sin6_addr, bytes, 16);
	found = MMDB_lookup_sockaddr(&p->db, inner != NULL ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
	                             &error);
	return error == MMDB_SUCCESS && found.found_entry &&
	       (text_at(&found.entry, out, flat) || text_at(&found.entry, out, nested));
}

void place_subscriber(uint8_t address[16])
{
	if (memcmp(address, mapped, sizeof mapped) != 0)
		memset(address + 8, 0, 8);
}

bool place_in_network(const uint8_t address[16], const char *network, bool *known)
{
	uint8_t base[16];
	char text[64], *slash, *end;
	unsigned long bits = 128;

	*known = false;
	if ((size_t)snprintf(text, sizeof text, "%s", network) >= sizeof text)
		return false;
	if ((slash = strchr(text, '/')) != NULL)
		*slash = '\0';
	if (!place_address(base, text))
		return false;
	if (slash != NULL) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > 128)
			return false;
		if (strchr(text, ':') == NULL && (bits += 96) > 128)
			return false;
	}
	*known = true;
	for (unsigned i = 0; i < bits; i++)
		if (((address[i / 8] ^ base[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}
