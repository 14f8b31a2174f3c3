/* See chain.h. */
#include "record/chain.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/shuffle.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIXES_MAX = 999 };

char *chain_path(const char *record_folder, const char *list, const char *file)
{
	return file_path(record_folder, "lists", list, file, NULL);
}

char *chain_numbered(const char *record_folder, const char *list, unsigned index, const char *ending)
{
	char name[32];

	snprintf(name, sizeof name, "%u.%s", index, ending);
	return chain_path(record_folder, list, name);
}

/* "J.list" or "J.proof" with J in canonical decimal. */
static bool numbered(unsigned *j, const char *name, const char *ending)
{
	char again[32];

	if (sscanf(name, "%3u", j) != 1)
		return false;
	snprintf(again, sizeof again, "%u.%s", *j, ending);
	return strcmp(again, name) == 0;
}

enum status chain_files(unsigned *mixes, bool *decrypted, const char *record_folder, const char *list)
{
	bool lists[MIXES_MAX + 1] = {false}, proofs[MIXES_MAX + 1] = {false};
	char *folder = file_path(record_folder, "lists", list, NULL);
	struct dirent *e;
	unsigned j, top = 0;
	enum status r = OK;
	DIR *dir;

	*mixes = 0;
	*decrypted = false;
	if (folder == NULL)
		return E_FAILED;
	if ((dir = opendir(folder)) == NULL) {
		r = fault(errno == ENOENT ? E_INCOMPLETE : E_EVIDENCE, NULL, _("%s: no está o no es una carpeta"), folder);
		goto done;
	}
	while (r == OK && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (numbered(&j, e->d_name, "list"))
			lists[j] = true;
		else if (numbered(&j, e->d_name, "proof") && j > 0)
			proofs[j] = true;
		else if (strcmp(e->d_name, "decryption") == 0)
			*decrypted = true;
		else
			r = fault(E_EVIDENCE, NULL, _("%s: sobra el archivo «%s»"), folder, e->d_name);
	}
	closedir(dir);
	if (r == OK && !lists[0])
		r = fault(E_INCOMPLETE, NULL, _("%s: falta 0.list"), folder);
	while (top < MIXES_MAX && lists[top + 1] && proofs[top + 1])
		top++;
	for (j = top + 1; r == OK && j <= MIXES_MAX; j++)
		if (lists[j] || proofs[j])
			r = fault(E_EVIDENCE, NULL, _("%s: la mezcla %u no tiene su lista, su prueba o la mezcla anterior"),
			          folder, j);
	*mixes = top;
done:
	free(folder);
	return r;
}

enum status chain_no_others(const char *record_folder, const struct election_lists *lists)
{
	char *folder = file_path(record_folder, "lists", NULL);
	struct dirent *e;
	enum status r = OK;
	DIR *dir;

	if (folder == NULL)
		return E_FAILED;
	dir = opendir(folder);
	if (dir == NULL && errno != ENOENT)
		r = fault(E_EVIDENCE, NULL, _("%s: no es una carpeta"), folder);
	while (dir != NULL && r == OK && (e = readdir(dir)) != NULL) {
		bool known = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;

		for (size_t l = 0; !known && l < lists->n; l++)
			known = strcmp(lists->lists[l].name, e->d_name) == 0 && lists->lists[l].total > 0 &&
			        !lists->lists[l].withheld;
		if (!known)
			r = fault(E_EVIDENCE, NULL, _("%s: «%s» no es una lista que deba tener archivos"), folder, e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	free(folder);
	return r;
}

enum status chain_check_mix(const struct record *r, const char *list, unsigned w, unsigned j, const struct list *in,
                            const struct list *out)
{
	struct shuffle_statement st = {.eid = r->eid, .name = list, .w = w, .n = in->n,
	                               .committee_key = r->keys->committee_key, .in = in->points, .out = out->points,
	                               .hin = in->sha256, .hout = out->sha256};
	char *path = chain_numbered(r->folder, list, j, "proof"), which[32] = "", why[512];
	const uint8_t *data = NULL;
	unsigned failed = 0;
	size_t len = 0;
	enum status s = path != NULL ? file_map(&data, &len, path) : E_FAILED;

	if (s != OK)
		goto done;
	report_capture_begin(why, sizeof why);
	s = shuffle_check(&failed, &st, data, len);
	report_capture_end();
	if (s != OK) {
		s = fault(s, NULL, "lists/%s/%u.proof: %s", list, j, why);
	} else if (failed != 0) {
		for (unsigned c = 0; c < 6; c++)
			if (failed >> c & 1)
				snprintf(which + strlen(which), sizeof which - strlen(which), " (%u)", c + 1);
		s = fault(E_EVIDENCE, NULL, _("lists/%s/%u.proof: la mezcla no se cumple; fallan las comprobaciones%s"),
		          list, j, which);
	}
	file_unmap(data, len);
done:
	free(path);
	return s;
}
