/*
 * See spare.h. What is packed is public in the sense that SoftHSM keeps it on its disk, under PINs that K alone
 * yields; the key of the packing is secret.
 */
#include "hsm/spare.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/shares.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MAGIC[5] = {'V', 'M', 'S', 'P', '1'};
enum { NONCE = 12, TAG = 16, FILE_MAX_BYTES = 1 << 20, SPARE_MAX_BYTES = 16 << 20, DEPTH_MAX = 4 };

/* ---- packing */

static enum status pack(struct buffer *out, const char *store, const char *inside, unsigned depth);

static enum status pack_entry(struct buffer *out, const char *store, const char *name, unsigned depth)
{
	char *path = file_path(store, name, NULL);
	struct buffer bytes = BUFFER_INIT;
	struct stat st;
	enum status r = E_FAILED;

	if (path == NULL)
		goto done;
	if (lstat(path, &st) != 0)
		r = fault(E_FAILED, NULL, "%s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		r = pack(out, store, name, depth + 1);
	else if (!S_ISREG(st.st_mode))
		r = fault(E_EVIDENCE, NULL, _("%s: no es un archivo regular"), path);
	else if ((r = file_read(&bytes, path, FILE_MAX_BYTES)) == OK) {
		buffer_lp(out, name, strlen(name));
		buffer_lp(out, bytes.data, bytes.len);
	}
done:
	buffer_free(&bytes);
	free(path);
	return r;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Every file of a token store below `inside`, in the order of names. */
static enum status pack(struct buffer *out, const char *store, const char *inside, unsigned depth)
{
	char *path = file_path(store, inside, NULL), *name;
	struct dirent **list = NULL;
	int n = -1;
	enum status r = OK;

	if (path == NULL)
		return E_FAILED;
	if (depth > DEPTH_MAX || (n = scandir(path, &list, NULL, by_name)) < 0)
		r = fault(E_FAILED, NULL, "%s: %s", path, depth > DEPTH_MAX ? strerror(ELOOP) : strerror(errno));
	for (int i = 0; i < n; i++) {
		if (r == OK && strcmp(list[i]->d_name, ".") != 0 && strcmp(list[i]->d_name, "..") != 0) {
			name = file_path(inside, list[i]->d_name, NULL);
			r = name != NULL ? pack_entry(out, store, name, depth) : E_FAILED;
			free(name);
		}
		free(list[i]);
	}
	free(list);
	free(path);
	return r;
}

/* ---- AES-256-GCM */

static enum status seal(struct buffer *out, const struct secret *key, const struct buffer *plain)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t nonce[NONCE], *to;
	enum status r = E_FAILED;
	int n, last;

	if (c == NULL || RAND_bytes(nonce, NONCE) != 1 || !buffer_ok(plain))
		goto done;
	buffer_put(out, MAGIC, sizeof MAGIC);
	buffer_put(out, nonce, NONCE);
	if (!buffer_reserve(out, plain->len + TAG))
		goto done;
	to = out->data + out->len;
	if (EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, secret_bytes(key), nonce) != 1 ||
	    EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)MAGIC, sizeof MAGIC) != 1 ||
	    EVP_EncryptUpdate(c, to, &n, plain->data, (int)plain->len) != 1 ||
	    EVP_EncryptFinal_ex(c, to + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, to + plain->len) != 1)
		goto done;
	out->len += plain->len + TAG;
	r = OK;
done:
	EVP_CIPHER_CTX_free(c);
	return r == OK ? OK : fault(E_FAILED, NULL, _("no se pudo cifrar la copia de la bóveda"));
}

static enum status unseal(struct buffer *out, const struct secret *key, const char *path, const struct buffer *sealed)
{
	struct reader in = reader_of(sealed->data, sealed->len);
	const uint8_t *magic = reader_take(&in, sizeof MAGIC), *nonce = reader_take(&in, NONCE), *from, *tag;
	EVP_CIPHER_CTX *c = NULL;
	size_t len;
	int n, last;
	enum status r;

	if (in.bad || in.left < TAG || memcmp(magic, MAGIC, sizeof MAGIC) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: no es una copia de una bóveda"), path);
	len = in.left - TAG;
	from = reader_take(&in, len);
	tag = reader_take(&in, TAG);
	if ((c = EVP_CIPHER_CTX_new()) == NULL || !buffer_reserve(out, len + 1)) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if (EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, secret_bytes(key), nonce) == 1 &&
	    EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)MAGIC, sizeof MAGIC) == 1 &&
	    EVP_DecryptUpdate(c, out->data, &n, from, (int)len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(uintptr_t)tag) == 1 &&
	    EVP_DecryptFinal_ex(c, out->data + n, &last) == 1) {
		out->len = len;
		r = OK;
	} else {
		r = fault(E_EVIDENCE, NULL, _("%s: la copia de la bóveda está alterada o es de otra sesión de llaves"), path);
	}
done:
	EVP_CIPHER_CTX_free(c);
	return r;
}

/* ---- */

enum status spare_path(char **out, struct settings *s, const char *slug)
{
	const char *store = settings_path(s, "hsm.vault_store", ""), *folder = settings_path(s, "hsm.spare_store", "");
	char *name = NULL;

	*out = NULL;
	if (store == NULL || folder == NULL)
		return E_USAGE;
	if (store[0] == '\0')
		return OK;
	if (folder[0] == '\0')
		return fault(E_USAGE, _("la copia de la bóveda va a otro medio"), _("falta el ajuste «hsm.spare_store»"));
	if (asprintf(&name, "%s.spare", slug) < 0)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	*out = file_path(folder, name, NULL);
	free(name);
	return *out != NULL ? OK : E_FAILED;
}

enum status spare_write(char **out_path, uint8_t sha256[32], struct settings *s, const char *slug,
                        const struct secret *k)
{
	const char *store = settings_path(s, "hsm.vault_store", ""), *folder = settings_path(s, "hsm.spare_store", NULL);
	struct buffer plain = BUFFER_INIT, sealed = BUFFER_INIT;
	struct secret *key = NULL;
	char *path = NULL;
	enum status r;

	*out_path = NULL;
	if (store == NULL || folder == NULL)
		return E_USAGE;
	if ((r = spare_path(&path, s, slug)) != OK)
		goto done;
	if (path == NULL) {
		r = fault(E_STATE, NULL, _("la copia de un HSM se hace con los medios de su fabricante"));
		goto done;
	}
	if ((r = file_mkdirs(folder, 0700)) != OK || (r = pack(&plain, store, "tokens", 0)) != OK ||
	    (r = shares_spare_key(&key, k)) != OK || (r = seal(&sealed, key, &plain)) != OK ||
	    (r = file_create(path, sealed.data, sealed.len, 0600)) != OK || (r = file_sha256(sha256, path)) != OK)
		goto done;
	*out_path = path;
	path = NULL;
done:
	secret_free(key);
	buffer_free(&plain);
	buffer_free(&sealed);
	free(path);
	return r;
}

/* A name of the packing stays within its folder. */
static bool name_is_plain(const char *name, size_t len)
{
	if (len < 7 || len > 512 || strncmp(name, "tokens/", 7) != 0 || memchr(name, '\0', len) != NULL)
		return false;
	for (size_t i = 0; i + 1 < len; i++)
		if (name[i] == '/' && (name[i + 1] == '.' || name[i + 1] == '/'))
			return false;
	return name[len - 1] != '/';
}

static enum status unpack_file(const char *store, struct reader *in)
{
	uint32_t name_len = reader_u32(in), len;
	const uint8_t *name_bytes = reader_take(in, name_len), *bytes;
	char *name = NULL, *path = NULL, *slash;
	enum status r = E_EVIDENCE;

	len = reader_u32(in);
	bytes = reader_take(in, len);
	if (in->bad || !name_is_plain((const char *)name_bytes, name_len))
		return fault(E_EVIDENCE, NULL, _("la copia de la bóveda no se puede leer"));
	if ((name = strndup((const char *)name_bytes, name_len)) == NULL ||
	    (path = file_path(store, name, NULL)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	slash = strrchr(path, '/');
	*slash = '\0';
	if ((r = file_mkdirs(path, 0700)) != OK)
		goto done;
	*slash = '/';
	r = file_create(path, bytes, len, 0600);
done:
	free(name);
	free(path);
	return r;
}

enum status spare_restore(const char *path, const struct secret *k, const char *store)
{
	struct buffer sealed = BUFFER_INIT, plain = BUFFER_INIT;
	struct secret *key = NULL;
	struct reader in;
	enum status r;

	if ((r = file_read(&sealed, path, SPARE_MAX_BYTES)) != OK || (r = shares_spare_key(&key, k)) != OK ||
	    (r = unseal(&plain, key, path, &sealed)) != OK)
		goto done;
	if (mkdir(store, 0700) != 0) {
		r = fault(E_FAILED, NULL, "%s: %s", store, strerror(errno));
		goto done;
	}
	in = reader_of(plain.data, plain.len);
	while (in.left > 0 && r == OK)
		r = unpack_file(store, &in);
	if (r != OK)
		spare_forget(store);
done:
	secret_free(key);
	buffer_free(&sealed);
	buffer_free(&plain);
	return r;
}

static int forget_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	static const char zeros[4096];
	int fd;

	(void)at;
	if (kind == FTW_F && (fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)) >= 0) {
		for (off_t left = st->st_size; left > 0; left -= (off_t)sizeof zeros)
			if (write(fd, zeros, left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros) < 0)
				break;
		fsync(fd);
		close(fd);
	}
	return remove(path);
}

void spare_forget(const char *store)
{
	nftw(store, forget_one, 8, FTW_DEPTH | FTW_PHYS);
}
