/* See spool.h. Looks into secrets: the passwords on their way to and from the disk. */
#include "ceremony/spool.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ID = 32,
	AT_ID = 8,
	AT_CREDENTIALS = AT_ID + ID,
	AT_PERSON = 4, /* in an entry */
	AT_PASSWORD = AT_PERSON + SPOOL_PERSON + GCM_MORE,
	PASSWORD_SEALED = PASSWORD_SYMBOLS + GCM_MORE,
	AAD = ID + 4 + 1 + 1,
};
static const char MAGIC[4] = {'V', 'M', 'S', '1'};

static void additional_data(uint8_t out[AAD], const uint8_t *header, uint32_t index, char what, char kind)
{
	memcpy(out, header + AT_ID, ID);
	put_u32(out + ID, index);
	out[ID + 4] = (uint8_t)what;
	out[ID + 5] = (uint8_t)kind;
}

static size_t entry_at(uint32_t index)
{
	return SPOOL_HEADER + (size_t)index * SPOOL_ENTRY;
}

/* The fields one after another, each of its whole size. */
static void person_walk(uint8_t *bytes, struct spool_person *p, bool out)
{
	struct {
		void *field;
		size_t size;
	} fields[] = {
	        {p->voter, sizeof p->voter},       {p->name, sizeof p->name},
	        {p->email, sizeof p->email},       {p->phone, sizeof p->phone},
	        {p->username, sizeof p->username}, {p->district, sizeof p->district},
	        {p->credential.octets, POINT_BYTES},
	};
	_Static_assert(sizeof p->voter + sizeof p->name + sizeof p->email + sizeof p->phone + sizeof p->username +
	                               sizeof p->district + POINT_BYTES <=
	                       SPOOL_PERSON,
	               "a person fits");

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (out)
			memcpy(bytes, fields[i].field, fields[i].size);
		else
			memcpy(fields[i].field, bytes, fields[i].size);
		bytes += fields[i].size;
	}
}

/* ---- writing ---- */

struct spool_writer {
	struct file_writer file;
	const struct secret *key;
	uint8_t *map;
	size_t size;
};

enum status spool_writer_open(struct spool_writer **out, const char *path, uint32_t entries, const struct secret *key)
{
	struct spool_writer *w = calloc(1, sizeof *w);
	enum status r;

	*out = NULL;
	if (w == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	w->key = key;
	w->size = entry_at(entries);
	if ((r = file_writer_open(&w->file, path, 0600)) != OK)
		goto done;
	/* The blocks are taken now: a full disk is an error here, not a SIGBUS later. */
	if ((errno = posix_fallocate(fileno(w->file.f), 0, (off_t)w->size)) != 0 ||
	    (w->map = mmap(NULL, w->size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(w->file.f), 0)) == MAP_FAILED) {
		w->map = NULL;
		r = fault(E_FAILED, _("¿hay espacio en el disco?"), _("%s: no se puede escribir: %s"), path,
		          strerror(errno));
		goto done;
	}
	memcpy(w->map, MAGIC, sizeof MAGIC);
	put_u32(w->map + 4, entries);
	if (RAND_bytes(w->map + AT_ID, ID) != 1) {
		r = fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
		goto done;
	}
	*out = w;
	w = NULL;
done:
	spool_writer_free(w);
	return r;
}

/* Seals both into the entry of a spool in memory. */
static enum status seal_person(uint8_t *map, const struct secret *key, uint32_t index, char kind,
                               const struct spool_person *person)
{
	uint8_t aad[AAD], plain[SPOOL_PERSON] = {0};
	struct spool_person copy = *person;
	enum status r;

	person_walk(plain, &copy, true);
	additional_data(aad, map, index, 'p', kind);
	r = gcm_seal(map + entry_at(index) + AT_PERSON, key, aad, sizeof aad, plain, sizeof plain);
	OPENSSL_cleanse(plain, sizeof plain);
	return r;
}

static enum status seal_entry(uint8_t *map, const struct secret *key, uint32_t index, char kind,
                              const struct spool_person *person, const struct secret *password)
{
	uint8_t *e = map + entry_at(index), aad[AAD];
	enum status r;

	if ((r = seal_person(map, key, index, kind, person)) != OK)
		return r;
	additional_data(aad, map, index, 'w', kind);
	if ((r = gcm_seal(e + AT_PASSWORD, key, aad, sizeof aad, secret_bytes(password), PASSWORD_SYMBOLS)) != OK)
		return r;
	e[0] = SPOOL_WAITING;
	e[1] = (uint8_t)kind;
	return OK;
}

enum status spool_writer_put(struct spool_writer *w, uint32_t index, char kind, const struct spool_person *person,
                             const struct secret *password)
{
	return seal_entry(w->map, w->key, index, kind, person, password);
}

enum status spool_writer_commit(struct spool_writer *w, const uint8_t credentials_sha256[32])
{
	memcpy(w->map + AT_CREDENTIALS, credentials_sha256, 32);
	if (msync(w->map, w->size, MS_SYNC) != 0)
		return fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), w->file.path, strerror(errno));
	munmap(w->map, w->size);
	w->map = NULL;
	return file_writer_commit(&w->file, true);
}

void spool_writer_free(struct spool_writer *w)
{
	if (w == NULL)
		return;
	if (w->map != NULL)
		munmap(w->map, w->size);
	file_writer_abandon(&w->file);
	free(w);
}

/* ---- reading and marking ---- */

struct spool {
	char *path;
	const struct secret *key;
	uint8_t *map;
	size_t size;
	int fd;
	uint32_t entries;
};

static enum status check_form(const struct spool *s)
{
	struct reader in = reader_of(s->map, SPOOL_HEADER);
	const uint8_t *magic = reader_take(&in, sizeof MAGIC);

	if (magic == NULL || memcmp(magic, MAGIC, sizeof MAGIC) != 0 || entry_at(reader_u32(&in)) != s->size)
		return fault(E_EVIDENCE, NULL, _("%s: no es un archivo de correos por enviar, o está incompleto"),
		             s->path);
	for (uint32_t i = 0; i < s->entries; i++) {
		const uint8_t *e = s->map + entry_at(i);

		if (e[0] >= SPOOL_STATES || (e[1] != 'v' && e[1] != 's'))
			return fault(E_EVIDENCE, NULL, _("%s: entrada %u: su estado no es ninguno de los conocidos"),
			             s->path, i + 1);
	}
	return OK;
}

enum status spool_open(struct spool **out, const char *path, const struct secret *key)
{
	struct spool *s = calloc(1, sizeof *s);
	struct stat st;
	enum status r = E_FAILED;

	*out = NULL;
	if (s == NULL || (s->path = strdup(path)) == NULL) {
		free(s);
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	}
	s->key = key;
	if ((s->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)) < 0 || fstat(s->fd, &st) != 0) {
		r = fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), path, strerror(errno));
		goto done;
	}
	s->size = (size_t)st.st_size;
	if (!S_ISREG(st.st_mode) || s->size < SPOOL_HEADER) {
		r = fault(E_EVIDENCE, NULL, _("%s: no es un archivo de correos por enviar, o está incompleto"), path);
		goto done;
	}
	if ((s->map = mmap(NULL, s->size, PROT_READ, MAP_SHARED, s->fd, 0)) == MAP_FAILED) {
		s->map = NULL;
		r = fault(E_FAILED, NULL, _("%s: no se puede leer: %s"), path, strerror(errno));
		goto done;
	}
	s->entries = (uint32_t)((s->size - SPOOL_HEADER) / SPOOL_ENTRY);
	if ((r = check_form(s)) != OK)
		goto done;
	*out = s;
	s = NULL;
done:
	spool_close(s);
	return r;
}

void spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->map != NULL)
		munmap(s->map, s->size);
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s);
}

uint32_t spool_entries(const struct spool *s)
{
	return s->entries;
}

const uint8_t *spool_credentials_sha256(const struct spool *s)
{
	return s->map + AT_CREDENTIALS;
}

enum spool_state spool_state(const struct spool *s, uint32_t index)
{
	return (enum spool_state)s->map[entry_at(index)];
}

char spool_kind(const struct spool *s, uint32_t index)
{
	return (char)s->map[entry_at(index) + 1];
}

static enum status altered(const struct spool *s, uint32_t index)
{
	return fault(E_EVIDENCE, NULL, _("%s: la entrada %u fue alterada o no es de esta clave"), s->path, index + 1);
}

enum status spool_person(struct spool_person *out, const struct spool *s, uint32_t index)
{
	const uint8_t *e = s->map + entry_at(index);
	uint8_t aad[AAD], plain[SPOOL_PERSON];

	additional_data(aad, s->map, index, 'p', spool_kind(s, index));
	if (!gcm_open(plain, s->key, aad, sizeof aad, e + AT_PERSON, SPOOL_PERSON))
		return altered(s, index);
	person_walk(plain, out, false);
	OPENSSL_cleanse(plain, sizeof plain);
	return OK;
}

bool spool_password_gone(const struct spool *s, uint32_t index)
{
	const uint8_t *p = s->map + entry_at(index) + AT_PASSWORD;
	uint8_t any = 0;

	for (size_t i = 0; i < PASSWORD_SEALED; i++)
		any |= p[i];
	return any == 0;
}

enum status spool_password(struct secret **out, const struct spool *s, uint32_t index)
{
	const uint8_t *e = s->map + entry_at(index);
	uint8_t aad[AAD];

	*out = NULL;
	if (spool_password_gone(s, index))
		return fault(E_STATE, NULL, _("%s: entrada %u: la contraseña ya se envió y se borró"), s->path,
		             index + 1);
	if ((*out = secret_new(PASSWORD_SYMBOLS)) == NULL)
		return E_FAILED;
	additional_data(aad, s->map, index, 'w', spool_kind(s, index));
	if (gcm_open(secret_bytes(*out), s->key, aad, sizeof aad, e + AT_PASSWORD, PASSWORD_SYMBOLS))
		return OK;
	secret_free(*out);
	*out = NULL;
	return altered(s, index);
}

static bool write_at(int fd, const void *data, size_t len, size_t at)
{
	const uint8_t *p = data;

	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		at += (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

enum status spool_mark(struct spool *s, uint32_t index, enum spool_state state)
{
	static const uint8_t zeros[PASSWORD_SEALED];
	uint8_t byte = (uint8_t)state;

	/* The password goes before the mark is there: a kill in between leaves an entry in doubt without a
	 * password, which enrol_send takes for what it is, an accepted one. */
	if ((state == SPOOL_ACCEPTED && !write_at(s->fd, zeros, sizeof zeros, entry_at(index) + AT_PASSWORD)) ||
	    !write_at(s->fd, &byte, 1, entry_at(index)) || fdatasync(s->fd) != 0)
		return fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), s->path, strerror(errno));
	return OK;
}

enum status spool_renew(const struct spool *s, const char *path, uint32_t index, const struct spool_person *person,
                        const struct secret *password, const uint8_t credentials_sha256[32])
{
	uint8_t *copy = malloc(s->size), *e;
	enum status r;

	if (copy == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	memcpy(copy, s->map, s->size);
	memcpy(copy + AT_CREDENTIALS, credentials_sha256, 32);
	e = copy + entry_at(index);
	if (++e[3] == 0)
		e[2]++;
	if ((r = seal_entry(copy, s->key, index, spool_kind(s, index), person, password)) == OK)
		r = file_replace(path, copy, s->size, 0600);
	free(copy);
	return r;
}

enum status spool_correct(const struct spool *s, const char *path, uint32_t index, const struct spool_person *person)
{
	uint8_t *copy = malloc(s->size);
	enum status r;

	if (copy == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	memcpy(copy, s->map, s->size);
	if ((r = seal_person(copy, s->key, index, spool_kind(s, index), person)) == OK)
		r = file_replace(path, copy, s->size, 0600);
	free(copy);
	return r;
}

enum status spool_message_id(char *out, size_t size, const struct spool *s, uint32_t index, const char *domain)
{
	const uint8_t *e = s->map + entry_at(index);
	uint8_t msg[10 + ID + 4 + 2], mac[32];
	size_t msg_len = e[2] == 0 && e[3] == 0 ? sizeof msg - 2 : sizeof msg;
	char hex[33];
	unsigned len = sizeof mac;

	memcpy(msg, "message-id", 10);
	memcpy(msg + 10, s->map + AT_ID, ID);
	put_u32(msg + 10 + ID, index);
	memcpy(msg + 10 + ID + 4, e + 2, 2); /* the renewals: another password, another mail */
	if (HMAC(EVP_sha256(), secret_bytes(s->key), (int)secret_len(s->key), msg, msg_len, mac, &len) == NULL)
		return fault(E_FAILED, NULL, _("no se pudo calcular HMAC"));
	hex_encode(hex, mac, 16);
	snprintf(out, size, "<%s@%s>", hex, domain);
	return OK;
}
