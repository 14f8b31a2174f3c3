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

/* The emblem's bytes, and what kind they are. i: the party's place. */
static enum status read_one(struct buffer *b, const char **kind, const struct party *p, unsigned i, const char *folder)
{
	char *from = NULL;
	uint8_t hash[32];
	enum status r = E_FAILED;

	if ((*kind = kind_of(p->emblem_file)) == NULL || p->emblem_file[0] == '/' || strstr(p->emblem_file, "..") != NULL)
		return fault(E_EVIDENCE, _("un archivo .svg, .png o .webp, junto a la definición"),
		             _("parties[%u].emblem: «%s» no sirve de emblema de «%s»"), i, p->emblem_file, p->id);
	if ((from = file_path(folder, p->emblem_file, NULL)) == NULL)
		return r;
	if (!file_exists(from))
		r = fault(E_EVIDENCE, _("póngalo junto a la definición"), _("parties[%u].emblem: falta %s, de «%s»"), i, from, p->id);
	else if ((r = file_read(b, from, EMBLEM_MAX_FILE)) == OK && (r = hash_sha256(hash, b->data, b->len)) == OK &&
	         memcmp(hash, p->emblem_sha256, 32) != 0)
		r = fault(E_EVIDENCE, _("sha256sum EMBLEMA lo calcula"),
		          _("parties[%u].emblem: %s no tiene el SHA-256 que dice la definición"), i, from);
	free(from);
	return r;
}

static enum status take_one(const struct party *p, unsigned i, const char *folder, const char *election)
{
	struct buffer b = BUFFER_INIT;
	const char *kind;
	char *to = NULL, name[80];
	enum status r = read_one(&b, &kind, p, i, folder);

	if (r == OK) {
		hex_encode(name, p->emblem_sha256, 32);
		strcpy(name + 64, kind);
		r = E_FAILED;
		if ((to = file_path(election, "emblems", name, NULL)) != NULL)
			r = file_exists(to) ? OK : file_create(to, b.data, b.len, 0644);
	}
	buffer_free(&b);
	free(to);
	return r;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

enum status emblems_check(const struct definition *d, const char *path)
{
	char *folder = folder_of(path);
	enum status r = folder == NULL ? fault(E_FAILED, NULL, _("no hay memoria")) : OK;

	for (unsigned i = 0; folder != NULL && i < d->n_parties; i++) {
		struct buffer b = BUFFER_INIT;
		const char *kind;
		enum status one = d->parties[i].emblem_file == NULL ? OK : read_one(&b, &kind, &d->parties[i], i, folder);

		r = one != OK ? one : r;
		buffer_free(&b);
	}
	free(folder);
	return r;
}

enum status emblems_take(const char *definition, const char *beside, const char *election)
{
	char *folder = folder_of(beside), *target = file_path(election, "emblems", NULL);
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
			r = take_one(&d->parties[i], i, folder, election);
done:
	definition_free(d);
	free(folder);
	free(target);
	return r;
}
