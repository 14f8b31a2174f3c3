/* See emblems.h. */
#include "ceremony/emblems.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "election/definition.h"
#include "protocol/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ".svg", ".png", ".webp", or NULL. */
static const char *kind_of(const char *name)
{
	static const char *const kinds[] = {".svg", ".png", ".webp"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(dot, kinds[i]) == 0)
			return kinds[i];
	return NULL;
}

static enum status take_one(const struct party *p, const char *folder, const char *election)
{
	struct buffer b = BUFFER_INIT;
	const char *kind = kind_of(p->emblem_file);
	char *from = NULL, *to = NULL, name[80];
	uint8_t hash[32];
	enum status r = E_FAILED;

	if (kind == NULL || p->emblem_file[0] == '/' || strstr(p->emblem_file, "..") != NULL)
		return fault(E_EVIDENCE, _("un archivo .svg, .png o .webp, junto a la definición"), _("%s: emblema «%s»"), p->id,
		             p->emblem_file);
	if ((from = file_path(folder, p->emblem_file, NULL)) == NULL)
		goto done;
	if (!file_exists(from)) {
		r = fault(E_EVIDENCE, NULL, _("%s: falta su emblema %s"), p->id, from);
		goto done;
	}
	if ((r = file_read(&b, from, EMBLEM_MAX_FILE)) != OK || (r = hash_sha256(hash, b.data, b.len)) != OK)
		goto done;
	if (memcmp(hash, p->emblem_sha256, 32) != 0) {
		r = fault(E_EVIDENCE, NULL, _("%s: el emblema %s no es el de la definición"), p->id, from);
		goto done;
	}
	hex_encode(name, hash, 32);
	strcpy(name + 64, kind);
	r = E_FAILED;
	if ((to = file_path(election, "emblems", name, NULL)) != NULL)
		r = file_exists(to) ? OK : file_create(to, b.data, b.len, 0644);
done:
	buffer_free(&b);
	free(from);
	free(to);
	return r;
}

enum status emblems_take(const char *definition, const char *beside, const char *election)
{
	const char *slash = strrchr(beside, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(beside, (size_t)(slash - beside) + 1);
	char *target = file_path(election, "emblems", NULL);
	struct definition *d = NULL;
	enum status r = E_FAILED;

	if (folder == NULL || target == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((r = definition_open(&d, definition)) != OK)
		goto done;
	for (unsigned i = 0; r == OK && i < d->n_parties; i++)
		if (d->parties[i].emblem_file != NULL && (r = file_mkdirs(target, 0755)) == OK)
			r = take_one(&d->parties[i], folder, election);
done:
	definition_free(d);
	free(folder);
	free(target);
	return r;
}
