/* See tarball.h. */
#include "ceremony/tarball.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, RECORD = 10240 };

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2],
	    uname[32], gname[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "ustar header");

/* Up to 100 bytes, or prefix/name cut at a slash. */
static bool set_name(struct header *h, const char *path)
{
	size_t len = strlen(path);
	const char *cut = NULL;

	if (len <= sizeof h->name) {
		memcpy(h->name, path, len);
		return true;
	}
	for (const char *p = path; (p = strchr(p, '/')) != NULL; p++)
		if (strlen(p + 1) <= sizeof h->name && (size_t)(p - path) <= sizeof h->prefix)
			cut = p;
	if (cut == NULL)
		return false;
	memcpy(h->prefix, path, (size_t)(cut - path));
	memcpy(h->name, cut + 1, strlen(cut + 1));
	return true;
}

static bool set_header(struct header *h, const char *path, size_t size, moment when)
{
	unsigned sum = 0;

	memset(h, 0, sizeof *h);
	if (!set_name(h, path) || size > 077777777777)
		return false;
	memcpy(h->mode, "0000644", 8);
	memcpy(h->uid, "0000000", 8);
	memcpy(h->gid, "0000000", 8);
	snprintf(h->size, sizeof h->size, "%011llo", (unsigned long long)size);
	snprintf(h->mtime, sizeof h->mtime, "%011llo", (unsigned long long)when);
	h->type = '0';
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->checksum, ' ', sizeof h->checksum);
	for (size_t i = 0; i < sizeof *h; i++)
		sum += ((const unsigned char *)h)[i];
	snprintf(h->checksum, sizeof h->checksum, "%06o", sum & 0777777);
	return true;
}

static enum status add(FILE *f, uint64_t *written, const char *folder, const char *top, const char *path, moment when)
{
	static const char zeros[BLOCK];
	char *full = file_path(folder, path, NULL), *name = file_path(top, path, NULL);
	const uint8_t *data = NULL;
	struct header h;
	size_t len = 0, pad;
	enum status r = E_FAILED;

	if (full == NULL || name == NULL || (r = file_map(&data, &len, full)) != OK)
		goto done;
	if (!set_header(&h, name, len, when)) {
		r = fault(E_EVIDENCE, NULL, _("%s: el nombre no cabe en un archivo tar"), path);
		goto done;
	}
	pad = (BLOCK - len % BLOCK) % BLOCK;
	fwrite(&h, 1, sizeof h, f);
	if (len > 0)
		fwrite(data, 1, len, f);
	fwrite(zeros, 1, pad, f);
	*written += sizeof h + len + pad;
done:
	file_unmap(data, len);
	free(full);
	free(name);
	return r;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum status tarball_write(const char *to, const char *folder, const char *top, const char **paths, size_t n, moment when)
{
	struct file_writer w;
	uint64_t written = 0;
	enum status r;

	if ((r = file_writer_open(&w, to, 0644)) != OK)
		return r;
	qsort(paths, n, sizeof *paths, by_bytes);
	for (size_t i = 0; r == OK && i < n; i++)
		r = add(w.f, &written, folder, top, paths[i], when);
	/* Two blocks of zeros at least, to a whole record. */
	for (uint64_t end = (written + 2 * BLOCK + RECORD - 1) / RECORD * RECORD; written < end; written++)
		fputc(0, w.f);
	if (r == OK)
		r = file_writer_commit(&w, false);
	else
		file_writer_abandon(&w);
	return r;
}
