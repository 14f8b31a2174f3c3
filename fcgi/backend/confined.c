/* See backend.h: what is left to the backend when it has started. It reaches the database again by itself; over a network
 * that takes names and certificates. */
#include "backend/backend.h"
#include "base/confine.h"
#include "base/file.h"
#include <stdlib.h>

enum status backend_confine(const struct backend *b)
{
	/* Of itself, for the metrics and the language; zones; and for names and certificates. */
	static const char *const always[] = {"/proc/self", "/usr/share/zoneinfo", "/usr/share/locale"};
	static const char *const network[] = {"/etc", "/run/systemd/resolve", "/usr/lib/ssl", "/usr/share/ca-certificates"};
	const char *read[sizeof always / sizeof *always + sizeof network / sizeof *network + CONNECTION_FILES_MAX + 1] = {0};
	char *listen = file_folder(b->listen), *metrics = file_folder(b->metrics);
	const char *const remove[] = {listen, metrics, NULL};
	struct confine c = {.read = read, .remove = remove};
	struct connection_reach reach;
	size_t n = 0;
	enum status r;

	if ((r = connection_reach(&reach, b->settings)) != OK)
		goto done;
	c.internet = reach.internet;
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		read[n++] = always[i];
	for (size_t i = 0; c.internet && i < sizeof network / sizeof *network; i++)
		read[n++] = network[i];
	for (size_t i = 0; reach.files[i] != NULL; i++) /* a socket of this host may ask for a password too */
		read[n++] = reach.files[i];
	r = listen == NULL ? E_FAILED : confine_process(&c);
done:
	connection_reach_free(&reach);
	free(listen);
	free(metrics);
	return r;
}
