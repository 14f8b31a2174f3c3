/* archive_check of archive.h: the folder as it is against the archive as it was made. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/archive_files.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status archive_sha256(uint8_t out[32], const struct buffer *bytes)
{
	if (EVP_Digest(bytes->len > 0 ? bytes->data : (const uint8_t *)"", bytes->len, out, NULL, EVP_sha256(), NULL) != 1)
		return fault(E_FAILED, NULL, _("no se pudo calcular SHA-256"));
	return OK;
}

static enum status read_entry(struct archive_file *out, const json_t *file, size_t i)
{
	char where[64];
	const char *path;
	int64_t bytes;
	enum status r;

	snprintf(where, sizeof where, ARCHIVE_HUELLAS ": files[%zu]", i);
	if ((r = json_fields(file, where, "path", "bytes", "sha256", "sha3_256", NULL)) != OK ||
	    (r = json_string_of(&path, file, where, "path")) != OK ||
	    (r = json_int_of(&bytes, 0, INT64_MAX, file, where, "bytes")) != OK ||
	    (r = json_hex_of(out->sha256, 32, file, where, "sha256")) != OK ||
	    (r = json_hex_of(out->sha3_256, 32, file, where, "sha3_256")) != OK)
		return r;
	out->bytes = (uint64_t)bytes;
	if ((out->path = strdup(path)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return OK;
}

/* The archive as huellas.json has it: files, in strictly ascending order. */
static enum status read_huellas(struct archive **out, struct archive_verdict *v, const struct buffer *bytes,
                                const char *path)
{
	struct archive *a = NULL;
	json_t *root = NULL;
	const json_t *files;
	const char *made;
	enum status r;

	*out = NULL;
	if ((r = json_parse(&root, path, bytes->data, bytes->len)) != OK || (r = json_format_of(root, path)) != OK ||
	    (r = json_fields(root, path, "format", "election", "eid", "made", "files", "journals", NULL)) != OK ||
	    (r = json_string_of(&made, root, path, "made")) != OK)
		goto done;
	snprintf(v->made, sizeof v->made, "%s", made);
	files = json_object_get(root, "files");
	if ((a = calloc(1, sizeof *a)) == NULL ||
	    (a->files = calloc(json_array_size(files) + 1, sizeof *a->files)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	for (; r == OK && a->n < json_array_size(files); a->n++) {
		r = read_entry(&a->files[a->n], json_array_get(files, a->n), a->n);
		if (r == OK && a->n > 0 && strcmp(a->files[a->n - 1].path, a->files[a->n].path) >= 0)
			r = fault(E_EVIDENCE, NULL, _("%s: los archivos no están en orden"), path);
	}
	if (r != OK)
		goto done;
	*out = a;
	a = NULL;
done:
	archive_free(a);
	json_decref(root);
	return r;
}

static bool same_file(const struct archive_file *was, const struct archive_file *is)
{
	return was->bytes == is->bytes && memcmp(was->sha256, is->sha256, 32) == 0 &&
	       memcmp(was->sha3_256, is->sha3_256, 32) == 0;
}

/* Both in ascending order: one walk along the two. */
static void compare(struct archive_verdict *v, const struct archive *was, const struct archive *is)
{
	size_t i = 0, j = 0;

	while (i < was->n || j < is->n) {
		int order = i == was->n ? 1 : j == is->n ? -1 : strcmp(was->files[i].path, is->files[j].path);

		if (order < 0) {
			fault(E_EVIDENCE, NULL, _("falta: %s"), was->files[i++].path);
			v->missing++;
		} else if (order > 0) {
			fault(E_EVIDENCE, NULL, _("sobra: %s"), is->files[j++].path);
			v->extra++;
		} else if (!same_file(&was->files[i], &is->files[j])) {
			fault(E_EVIDENCE, NULL, _("cambió: %s"), was->files[i].path);
			v->changed++;
			i++, j++;
		} else {
			v->same++;
			i++, j++;
		}
	}
}

static enum status check_sums(const char *path, const struct archive *was)
{
	struct buffer there = BUFFER_INIT, right = BUFFER_INIT;
	enum status r;

	if ((r = archive_sums(&right, was)) == OK && (r = file_read(&there, path, JSON_MAX_FILE)) == OK &&
	    (there.len != right.len || memcmp(there.data != NULL ? there.data : (const uint8_t *)"",
	                                      right.data != NULL ? right.data : (const uint8_t *)"", right.len) != 0))
		r = fault(E_EVIDENCE, NULL, _("cambió: archive/%s"), ARCHIVE_SUMS);
	buffer_free(&there);
	buffer_free(&right);
	return r == E_INCOMPLETE ? E_EVIDENCE : r;
}

/* SHA256SUMS-resguardo (custody.h), where the session of safekeeping has ended: "hex  archive/NAME" a line. */
static enum status check_papers(struct archive_verdict *v, const char *folder)
{
	char *path = file_path(folder, "archive", ARCHIVE_PAPERS_SUMS, NULL), *full, name[256], hex[65], is[65];
	struct buffer sums = BUFFER_INIT;
	uint8_t sha256[32];
	enum status r = E_FAILED;
	int used;

	if (path == NULL || !file_exists(path) || (r = file_read(&sums, path, JSON_MAX_FILE)) != OK) {
		r = path != NULL && !file_exists(path) ? OK : r;
		goto done;
	}
	if (buffer_str(&sums) == NULL)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	for (const char *at = (const char *)sums.data, *end = at + sums.len; r == OK && at < end; at += used) {
		used = 0;
		if (sscanf(at, "%64[0-9a-f]  %255[^\n]\n%n", hex, name, &used) != 2 || used == 0 || strstr(name, "..") != NULL ||
		    strncmp(name, "archive/", 8) != 0) {
			r = fault(E_EVIDENCE, NULL, _("cambió: archive/%s"), ARCHIVE_PAPERS_SUMS);
			break;
		}
		if ((full = file_path(folder, name, NULL)) == NULL) {
			r = E_FAILED;
		} else if (!file_exists(full)) {
			fault(E_EVIDENCE, NULL, _("falta: %s"), name);
			v->missing++;
		} else if ((r = file_sha256(sha256, full)) == OK) {
			hex_encode(is, sha256, 32);
			if (strcmp(is, hex) != 0) {
				fault(E_EVIDENCE, NULL, _("cambió: %s"), name);
				v->changed++;
			} else {
				v->same++;
			}
		}
		free(full);
	}
done:
	buffer_free(&sums);
	free(path);
	return r;
}

enum status archive_check(struct archive_verdict *v, const char *election_folder)
{
	char *huellas = file_path(election_folder, "archive", ARCHIVE_HUELLAS, NULL),
	     *sums = file_path(election_folder, "archive", ARCHIVE_SUMS, NULL);
	struct archive *was = NULL, *is = NULL;
	struct buffer bytes = BUFFER_INIT;
	enum status r = E_FAILED, sums_status;

	memset(v, 0, sizeof *v);
	if (huellas == NULL || sums == NULL)
		goto done;
	if (!file_exists(huellas)) {
		r = fault(E_STATE, _("la elección no está archivada: archive-election"), _("no existe %s"), huellas);
		goto done;
	}
	if ((r = file_read(&bytes, huellas, JSON_MAX_FILE)) != OK || (r = archive_sha256(v->huellas_sha256, &bytes)) != OK ||
	    (r = read_huellas(&was, v, &bytes, huellas)) != OK || (r = archive_scan(&is, election_folder)) != OK)
		goto done;
	compare(v, was, is);
	if ((sums_status = check_sums(sums, was)) != OK || (sums_status = check_papers(v, election_folder)) != OK)
		r = sums_status;
	if (v->changed + v->missing + v->extra > 0)
		r = E_EVIDENCE;
done:
	archive_free(was);
	archive_free(is);
	buffer_free(&bytes);
	free(huellas);
	free(sums);
	return r;
}
