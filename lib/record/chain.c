/* See chain.h. */
#include "record/chain.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/shuffle.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* lists/NAME itself, no link to another place: what is taken away here is never anybody else's. -1, and OK: not there. */
static enum status open_own(int *fd, int above, const char *name, const char *path)
{
	if ((*fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) >= 0 || errno == ENOENT)
		return OK;
	return fault(E_EVIDENCE, NULL, _("%s: no es una carpeta propia del expediente"), path);
}

/* A list without its proof or a proof without its list, after all that was proved. */
static void remove_half(int folder, const char *list, bool (*have)[2])
{
	char name[32];

	for (unsigned j = 1; j <= MIXES_MAX; j++) {
		if (have[j][0] == have[j][1] || have[j + 1][0] || have[j + 1][1])
			continue;
		snprintf(name, sizeof name, have[j][0] ? "%u.list" : "%u.proof", j);
		report_warning(NULL, _("lists/%s/%s quedó a medias y se retira"), list, name);
		unlinkat(folder, name, 0);
	}
}

/* What a mixer that was cut off left: parts of files, half a mix. Nothing that was proved is touched. */
static enum status clean(const char *folder, const char *list)
{
	char *path = file_path(folder, "lists", list, NULL), *lists = file_path(folder, "lists", NULL);
	bool have[MIXES_MAX + 2][2] = {{false}};
	struct dirent *e;
	unsigned j;
	int fd = -1, above = -1;
	DIR *dir = NULL;
	enum status s = E_FAILED;

	if (path == NULL || lists == NULL || (s = open_own(&above, AT_FDCWD, lists, lists)) != OK || above < 0 ||
	    (s = open_own(&fd, above, list, path)) != OK || fd < 0)
		goto done;
	if ((dir = fdopendir(fd)) == NULL) {
		s = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), path, strerror(errno));
		goto done;
	}
	while ((e = readdir(dir)) != NULL) {
		if (strstr(e->d_name, ".part-") != NULL)
			unlinkat(fd, e->d_name, 0);
		else if (numbered(&j, e->d_name, "list"))
			have[j][0] = true;
		else if (numbered(&j, e->d_name, "proof"))
			have[j][1] = true;
	}
	remove_half(fd, list, have);
done:
	if (dir != NULL)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	if (above >= 0)
		close(above);
	free(path);
	free(lists);
	return s;
}

static enum status write_zero(const struct record *r, const char *name, struct list *zero)
{
	char *folder = file_path(r->folder, "lists", name, NULL), *path = chain_numbered(r->folder, name, 0, "list");
	enum status s = E_FAILED;

	if (folder != NULL && path != NULL && (s = file_mkdirs(folder, 0755)) == OK && !file_exists(path))
		s = list_write(zero, path, r->eid, name);
	free(folder);
	free(path);
	return s;
}

static enum status open_list(struct list **out, const struct record *r, const char *name, unsigned j,
                             const struct list *like)
{
	char *path = chain_numbered(r->folder, name, j, "list");
	enum status s = path != NULL ? list_open(out, path, r->eid, name, like->w, like->n) : E_FAILED;

	free(path);
	return s;
}

enum status chain_follow(struct list **last, unsigned *mixes, const struct record *r, const char *name,
                         struct list *zero)
{
	struct list *list = NULL, *next = NULL;
	bool decrypted;
	enum status s;

	*last = NULL;
	if ((s = clean(r->folder, name)) != OK || (s = write_zero(r, name, zero)) != OK ||
	    (s = chain_files(mixes, &decrypted, r->folder, name)) != OK ||
	    (s = open_list(&list, r, name, 0, zero)) != OK)
		goto done;
	if (memcmp(list->points, zero->points, zero->n * (zero->w + 1) * sizeof *zero->points) != 0) {
		s = fault(E_EVIDENCE, NULL, _("lists/%s/0.list no es lo que da la urna"), name);
		goto done;
	}
	list_forget(zero);
	for (unsigned j = 1; j <= *mixes; j++) {
		if ((s = open_list(&next, r, name, j, zero)) != OK ||
		    (s = chain_check_mix(r, name, zero->w, j, list, next)) != OK)
			goto done;
		list_free(list);
		list = next;
		next = NULL;
	}
	*last = list;
	list = NULL;
done:
	list_free(list);
	list_free(next);
	return s;
}

/* The new list's file and its proof's, in memory: nothing is written before its own proof has been checked. */
static enum status make_mix(struct buffer *file, struct buffer *proof, struct list *out, const struct list *in,
                            const struct record *r, const char *name)
{
	struct shuffle_statement st = {.eid = r->eid, .name = name, .w = in->w, .n = in->n,
	                               .committee_key = r->keys->committee_key, .in = in->points, .out = out->points,
	                               .hin = in->sha256, .hout = out->sha256};
	struct shuffle_secret *secret = NULL;
	unsigned failed = 0;
	enum status s;

	if ((s = shuffle_mix(&secret, out->points, in->points, in->n, in->w, r->keys->committee_key)) == OK &&
	    (s = list_render(file, out, r->eid, name)) == OK && (s = shuffle_prove(proof, &st, secret)) == OK &&
	    (s = shuffle_check(&failed, &st, proof->data, proof->len)) == OK && failed != 0)
		s = fault(E_FAILED, NULL, _("«%s»: la prueba recién hecha no se cumple; no se escribe nada"), name);
	shuffle_secret_free(secret);
	return s;
}

enum status chain_mix(struct list **last, unsigned *mixes, const struct record *r, const char *name)
{
	const struct list *in = *last;
	struct list *out = calloc(1, sizeof *out);
	struct buffer file = BUFFER_INIT, proof = BUFFER_INIT;
	char *list_path = chain_numbered(r->folder, name, *mixes + 1, "list"),
	     *proof_path = chain_numbered(r->folder, name, *mixes + 1, "proof"),
	     *decryption = chain_path(r->folder, name, "decryption");
	enum status s = E_FAILED;

	if (decryption != NULL && file_exists(decryption)) { /* it is of the last list, which would no longer be last */
		s = fault(E_STATE, NULL, _("lists/%s ya está descifrada: no se mezcla más"), name);
		goto done;
	}
	if (out == NULL || list_path == NULL || proof_path == NULL || decryption == NULL ||
	    (out->points = calloc(in->n * (in->w + 1), sizeof *out->points)) == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria para la mezcla"));
		goto done;
	}
	out->w = in->w;
	out->n = in->n;
	if ((s = make_mix(&file, &proof, out, in, r, name)) != OK ||
	    (s = file_create(proof_path, proof.data, proof.len, 0644)) != OK ||
	    (s = file_create(list_path, file.data, file.len, 0644)) != OK)
		goto done;
	list_free(*last);
	*last = out;
	out = NULL;
	(*mixes)++;
done:
	list_free(out);
	buffer_free(&file);
	buffer_free(&proof);
	free(list_path);
	free(proof_path);
	free(decryption);
	return s;
}
