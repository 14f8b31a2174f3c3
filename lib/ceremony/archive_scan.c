/* archive_scan of archive.h: the walk and the hashes. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/archive_files.h"
#include "journal/journal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, DEPTH_MAX = 16 };

static const char *const folders[] = {"record", "documents", "journal"};

void archive_free(struct archive *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		free(a->files[i].path);
	free(a->files);
	free(a->journals);
	free(a);
}

static enum status hash_descriptor(struct archive_file *f, int fd, const char *full)
{
	EVP_MD_CTX *sha2 = EVP_MD_CTX_new(), *sha3 = EVP_MD_CTX_new();
	uint8_t *chunk = malloc(CHUNK);
	ssize_t n = 1;
	enum status r = E_FAILED;

	if (chunk == NULL || sha2 == NULL || sha3 == NULL || EVP_DigestInit_ex(sha2, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestInit_ex(sha3, EVP_sha3_256(), NULL) != 1)
		goto done;
	while (n > 0) {
		if ((n = read(fd, chunk, CHUNK)) < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0 || EVP_DigestUpdate(sha2, chunk, (size_t)n) != 1 ||
		    EVP_DigestUpdate(sha3, chunk, (size_t)n) != 1)
			goto done;
		f->bytes += (uint64_t)n;
	}
	if (EVP_DigestFinal_ex(sha2, f->sha256, NULL) == 1 && EVP_DigestFinal_ex(sha3, f->sha3_256, NULL) == 1)
		r = OK;
done:
	if (r != OK)
		fault(r, NULL, _("%s: no se pudo calcular su huella digital"), full);
	EVP_MD_CTX_free(sha2);
	EVP_MD_CTX_free(sha3);
	free(chunk);
	return r;
}

static enum status hash_file(struct archive_file *f, const char *full)
{
	enum status r;
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), full, strerror(errno));
	r = hash_descriptor(f, fd, full);
	close(fd);
	return r;
}

static enum status add_file(struct archive *a, char *path)
{
	struct archive_file *more = realloc(a->files, (a->n + 1) * sizeof *more);

	if (more == NULL) {
		free(path);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	a->files = more;
	memset(&a->files[a->n], 0, sizeof *more);
	a->files[a->n++].path = path;
	return OK;
}

static bool printable(const char *name)
{
	for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || *p == '\\')
			return false;
	return true;
}

static enum status walk(struct archive *a, const char *root, const char *path, unsigned depth);

static enum status entry(struct archive *a, const char *root, const char *folder, const char *name, unsigned depth)
{
	char *path = NULL, *full = NULL;
	struct stat st;
	enum status r;

	if (!printable(name))
		return fault(E_EVIDENCE, NULL, _("%s/%s: hay un nombre de archivo con caracteres que no se admiten"), root,
		             folder);
	if ((path = file_path(folder, name, NULL)) == NULL || (full = file_path(root, path, NULL)) == NULL) {
		r = E_FAILED;
	} else if (lstat(full, &st) != 0) {
		r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), full, strerror(errno));
	} else if (S_ISREG(st.st_mode)) {
		r = add_file(a, path);
		path = NULL;
	} else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
		r = walk(a, root, path, depth + 1);
	} else {
		r = fault(E_EVIDENCE, _("el archivo de la elección solo admite archivos y carpetas"),
		          _("%s: no es un archivo regular ni una carpeta"), full);
	}
	free(path);
	free(full);
	return r;
}

static enum status walk(struct archive *a, const char *root, const char *path, unsigned depth)
{
	char *full = file_path(root, path, NULL);
	struct dirent *e;
	enum status r = OK;
	DIR *dir;

	if (full == NULL)
		return E_FAILED;
	if ((dir = opendir(full)) == NULL) {
		/* no documents/ or journal/ yet: nothing to hash there */
		if (errno != ENOENT || depth > 0)
			r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), full, strerror(errno));
		free(full);
		return r;
	}
	while (r == OK && (errno = 0, e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = entry(a, root, path, e->d_name, depth);
	if (r == OK && errno != 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), full, strerror(errno));
	closedir(dir);
	free(full);
	return r;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct archive_file *)x)->path, ((const struct archive_file *)y)->path);
}

/* journal/NAME.jsonl is a journal; its signed head or an export beside it is not. */
static bool is_journal(const char *path)
{
	size_t len = strlen(path);

	return strncmp(path, "journal/", 8) == 0 && len > 6 && strcmp(path + len - 6, ".jsonl") == 0;
}

static enum status check_journals(struct archive *a, const char *root)
{
	if ((a->journals = calloc(a->n + 1, sizeof *a->journals)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t i = 0; i < a->n; i++) {
		struct archive_journal *j = &a->journals[a->n_journals];
		char *full;
		enum status r;

		if (!is_journal(a->files[i].path))
			continue;
		if ((full = file_path(root, a->files[i].path, NULL)) == NULL)
			return E_FAILED;
		r = journal_check(full, &j->lines, j->head);
		free(full);
		j->path = a->files[i].path;
		j->chain = r == OK;
		a->n_journals++;
		if (r == E_FAILED)
			return r;
		if (r != OK)
			report_warning(_("hágase constar en el acta"), _("la huella de %s se toma de todos modos"),
			               a->files[i].path);
	}
	return OK;
}

enum status archive_scan(struct archive **out, const char *election_folder)
{
	struct archive *a;
	enum status r = OK;

	*out = NULL;
	if ((a = calloc(1, sizeof *a)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t i = 0; r == OK && i < sizeof folders / sizeof *folders; i++)
		r = walk(a, election_folder, folders[i], 0);
	if (r != OK)
		goto done;
	if (a->n > 0)
		qsort(a->files, a->n, sizeof *a->files, by_path);
	for (size_t i = 0; r == OK && i < a->n; i++) {
		char *full = file_path(election_folder, a->files[i].path, NULL);

		r = full != NULL ? hash_file(&a->files[i], full) : E_FAILED;
		free(full);
		report_progress(_("huellas digitales"), i + 1, a->n);
	}
	if (r != OK || (r = check_journals(a, election_folder)) != OK)
		goto done;
	*out = a;
	a = NULL;
done:
	archive_free(a);
	return r;
}

enum status archive_sums(struct buffer *out, const struct archive *a)
{
	for (size_t i = 0; i < a->n; i++) {
		buffer_hex(out, a->files[i].sha256, 32);
		buffer_printf(out, "  %s\n", a->files[i].path);
	}
	return buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}
