/* See file.h. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/mapped.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status open_regular(int *fd, size_t *size, const char *path)
{
	struct stat st;

	/* O_NONBLOCK: a FIFO under a record's name must not make us wait. */
	if ((*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
		return fault(errno == ENOENT ? E_INCOMPLETE : errno == ELOOP || errno == ENOTDIR ? E_EVIDENCE : E_FAILED, NULL, _("%s: no se puede abrir: %s"), path,
		             strerror(errno));
	if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0) {
		close(*fd);
		*fd = -1;
		return fault(E_EVIDENCE, NULL, _("%s: no es un archivo regular"), path);
	}
	*size = (size_t)st.st_size;
	return OK;
}

enum status file_read(struct buffer *out, const char *path, size_t max)
{
	enum status r;
	size_t size, got = 0;
	int fd = -1;

	if ((r = open_regular(&fd, &size, path)) != OK)
		return r;
	if (size > max) {
		r = fault(E_EVIDENCE, NULL, _("%s: %zu bytes, más de los %zu que puede tener"), path, size, max);
		goto done;
	}
	if (!buffer_reserve(out, size + 1)) {
		r = fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
		goto done;
	}
	while (got < size) {
		ssize_t n = read(fd, out->data + out->len, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			r = n == 0 ? fault(E_INCOMPLETE, NULL, _("%s: el archivo se acortó mientras se leía"), path)
			           : fault(E_FAILED, NULL, _("%s: la lectura se interrumpió"), path);
			goto done;
		}
		out->len += (size_t)n;
		got += (size_t)n;
	}
	r = OK;
done:
	close(fd);
	return r;
}

enum status file_map(const uint8_t **data, size_t *len, const char *path)
{
	enum status r;
	void *p;
	int fd = -1;

	*data = NULL;
	*len = 0;
	if ((r = open_regular(&fd, len, path)) != OK)
		return r;
	if (*len > 0) {
		p = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), path, strerror(errno));
		else if (!mapped_add(p, *len, path)) {
			munmap(p, *len);
			r = fault(E_FAILED, NULL, _("%s: demasiados archivos abiertos a la vez"), path);
		} else {
			*data = p;
		}
	}
	close(fd);
	return r;
}

void file_unmap(const uint8_t *data, size_t len)
{
	if (data == NULL)
		return;
	mapped_remove(data);
	munmap((void *)(uintptr_t)data, len);
}

bool file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

enum status file_writer_open(struct file_writer *w, const char *path, mode_t mode)
{
	int fd = -1;

	memset(w, 0, sizeof *w);
	if ((w->path = strdup(path)) == NULL || asprintf(&w->part, "%s.part-XXXXXX", path) < 0) {
		w->part = NULL;
		file_writer_abandon(w);
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	}
	if ((fd = mkostemp(w->part, O_CLOEXEC)) < 0 || fchmod(fd, mode) != 0 || (w->f = fdopen(fd, "wb")) == NULL) {
		enum status r = fault(E_FAILED, NULL, _("%s: no se puede escribir: %s"), path, strerror(errno));

		if (fd >= 0) {
			close(fd);
			unlink(w->part);
		}
		free(w->path);
		free(w->part);
		memset(w, 0, sizeof *w);
		return r;
	}
	return OK;
}

void file_writer_abandon(struct file_writer *w)
{
	if (w->f != NULL) {
		fclose(w->f);
		unlink(w->part); /* there with the stream: NOLINT(clang-analyzer-core.NonNullParamChecker) */
	}
	free(w->path);
	free(w->part);
	memset(w, 0, sizeof *w);
}

static void sync_folder_of(const char *path)
{
	char *copy = strdup(path);
	int fd;

	if (copy == NULL)
		return;
	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

enum status file_writer_commit(struct file_writer *w, bool over)
{
	enum status r = OK;
	bool named = false;

	if (fflush(w->f) != 0 || ferror(w->f) || fsync(fileno(w->f)) != 0)
		r = fault(E_FAILED, _("¿hay espacio en el disco?"), _("%s: no se pudo escribir: %s"), w->path,
		          strerror(errno));
	else if (over)
		named = rename(w->part, w->path) == 0;
	else /* link(2) fails if the name exists: no window between looking and naming */
		named = link(w->part, w->path) == 0;
	if (r == OK && !named) {
		if (!over && errno == EEXIST)
			r = fault(E_STATE, NULL, _("%s: ya existe y no se sobrescribe"), w->path);
		else
			r = fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), w->path, strerror(errno));
	}
	if (r == OK)
		sync_folder_of(w->path);
	if (!(over && named))
		unlink(w->part);
	fclose(w->f);
	w->f = NULL;
	file_writer_abandon(w);
	return r;
}

static enum status write_whole(const char *path, const void *data, size_t len, mode_t mode, bool over)
{
	struct file_writer w;
	enum status r;

	if ((r = file_writer_open(&w, path, mode)) != OK)
		return r;
	if (len > 0)
		fwrite(data, 1, len, w.f);
	return file_writer_commit(&w, over);
}

enum status file_create(const char *path, const void *data, size_t len, mode_t mode)
{
	return write_whole(path, data, len, mode, false);
}

enum status file_replace(const char *path, const void *data, size_t len, mode_t mode)
{
	return write_whole(path, data, len, mode, true);
}

/* In pieces: what is hashed may be larger than the memory there is. */
enum status file_sha256(uint8_t out[32], const char *path)
{
	enum { CHUNK = 1 << 16 };
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t *chunk = malloc(CHUNK);
	size_t size, got = 0;
	enum status r;
	int fd = -1;

	if ((r = open_regular(&fd, &size, path)) != OK)
		goto done;
	if (hash == NULL || chunk == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		goto failed;
	while (got < size) {
		ssize_t n = read(fd, chunk, size - got < CHUNK ? size - got : CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || EVP_DigestUpdate(hash, chunk, (size_t)n) != 1)
			goto failed;
		got += (size_t)n;
	}
	if (EVP_DigestFinal_ex(hash, out, NULL) == 1)
		goto done;
failed:
	r = fault(E_FAILED, NULL, _("%s: no se pudo calcular SHA-256"), path);
done:
	if (fd >= 0)
		close(fd);
	EVP_MD_CTX_free(hash);
	free(chunk);
	return r;
}

enum status file_mkdirs(const char *path, mode_t mode)
{
	char *copy = strdup(path);
	enum status r = OK;

	if (copy == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	for (char *p = copy + (copy[0] != '\0'); r == OK; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			r = fault(E_FAILED, NULL, _("%s: no se puede crear la carpeta: %s"), copy, strerror(errno));
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return r;
}

char *file_folder(const char *path)
{
	const char *slash = path[0] == '/' ? strrchr(path, '/') : NULL;
	char *folder;

	if (slash == NULL)
		return NULL;
	if ((folder = strndup(path, slash == path ? 1 : (size_t)(slash - path))) == NULL)
		fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	return folder;
}

char *file_path(const char *folder, ...)
{
	struct buffer b = BUFFER_INIT;
	const char *part;
	va_list args;

	buffer_text(&b, folder);
	va_start(args, folder);
	while ((part = va_arg(args, const char *)) != NULL) {
		buffer_u8(&b, '/');
		buffer_text(&b, part);
	}
	va_end(args);
	buffer_u8(&b, '\0');
	if (!buffer_ok(&b)) {
		buffer_free(&b);
		fault(E_FAILED, NULL, _("%s: no hay memoria"), folder);
		return NULL;
	}
	return (char *)b.data;
}
