/* See journal.h. Nothing here is secret. */
#include "journal/journal.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct journal {
	char *path, *program;
	int fd;
	off_t size;       /* of the file when `last` was its last line's hash; -1: not known */
	uint8_t last[32];
};

static enum status sha256(uint8_t out[32], const void *data, size_t len)
{
	if (EVP_Digest(len > 0 ? data : "", len, out, NULL, EVP_sha256(), NULL) != 1)
		return fault(E_FAILED, NULL, _("no se pudo calcular SHA-256"));
	return OK;
}

static enum status broken(const struct journal *j)
{
	return fault(E_FAILED, _("¿hay espacio en el disco?"), _("bitácora %s: no se pudo escribir: %s"), j->path,
	             strerror(errno));
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* What stands after the last LF before `end`: its bytes, appended to out. */
static enum status read_line_before(struct buffer *out, const struct journal *j, off_t end)
{
	size_t len = end < JOURNAL_LINE_MAX ? (size_t)end : JOURNAL_LINE_MAX;
	const uint8_t *lf;
	uint8_t *bytes;
	enum status r = OK;

	if ((bytes = malloc(len + 1)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if (pread(j->fd, bytes, len, end - (off_t)len) != (ssize_t)len) {
		r = fault(E_FAILED, NULL, _("bitácora %s: no se puede leer: %s"), j->path, strerror(errno));
	} else if ((lf = memrchr(bytes, '\n', len)) != NULL) {
		buffer_put(out, lf + 1, len - (size_t)(lf + 1 - bytes));
	} else if ((off_t)len == end) {
		buffer_put(out, bytes, len);
	} else {
		r = fault(E_EVIDENCE, NULL, _("bitácora %s: su última línea pasa de %d bytes"), j->path,
		          JOURNAL_LINE_MAX);
	}
	free(bytes);
	if (r == OK && !buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	return r;
}

static void utc_now(char *out, size_t size)
{
	time_t now = (time_t)moment_now();
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* The line's bytes with its LF, appended to out. Steals detail. */
static enum status format_line(struct buffer *out, const struct journal *j, const char *event, const char *who,
                               json_t *detail)
{
	char time_text[32], previous[65];
	json_t *line = NULL;
	char *text = NULL;
	size_t before = out->len;
	enum status r;

	utc_now(time_text, sizeof time_text);
	hex_encode(previous, j->last, 32);
	line = json_pack("{s:s, s:s, s:s, s:s?, s:o, s:s}", "time", time_text, "program", j->program, "event", event,
	                 "who", who, "detail", detail != NULL ? detail : json_object(), "previous", previous);
	if (line == NULL || (text = json_dumps(line, JSON_COMPACT)) == NULL) {
		r = fault(E_FAILED, NULL, _("bitácora %s: el suceso «%s» no se puede escribir como JSON"), j->path, event);
		goto done;
	}
	buffer_text(out, text);
	buffer_u8(out, '\n');
	if (!buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	else if (out->len - before > JOURNAL_LINE_MAX)
		r = fault(E_FAILED, NULL, _("bitácora %s: el suceso «%s» no cabe en una línea"), j->path, event);
	else
		r = OK;
done:
	free(text);
	json_decref(line);
	return r;
}

/* One write(2) for the whole line: with O_APPEND it is either there or cut by a crash, never mixed. */
static enum status append(struct journal *j, const struct buffer *bytes, size_t line_from)
{
	off_t size = j->size;

	j->size = -1;
	if (!write_all(j->fd, bytes->data, bytes->len) || fsync(j->fd) != 0)
		return broken(j);
	j->size = size + (off_t)bytes->len;
	return sha256(j->last, bytes->data + line_from, bytes->len - line_from - 1);
}

static enum status count_lines(uint64_t *lines, const struct journal *j)
{
	const uint8_t *data;
	size_t len;
	enum status r;

	*lines = 0;
	if ((r = file_map(&data, &len, j->path)) != OK)
		return r;
	for (size_t i = 0; i < len; i++)
		*lines += data[i] == '\n';
	file_unmap(data, len);
	return OK;
}

/* Under the lock: the last line is `tail`, without an LF. Ends it and records that. */
static enum status repair(struct journal *j, const struct buffer *tail)
{
	struct buffer bytes = BUFFER_INIT;
	char hash[65];
	uint64_t lines;
	enum status r;

	if ((r = sha256(j->last, tail->data, tail->len)) != OK || (r = count_lines(&lines, j)) != OK)
		goto done;
	hex_encode(hash, j->last, 32);
	report_warning(NULL, _("bitácora %s: la línea %llu quedó a medias (%zu bytes); se deja y se hace constar"),
	               j->path, (unsigned long long)lines + 1, tail->len);
	buffer_u8(&bytes, '\n');
	if ((r = format_line(&bytes, j, JOURNAL_REPAIRED, NULL,
	                     json_pack("{s:I, s:I, s:s}", "line", (json_int_t)lines + 1, "bytes",
	                               (json_int_t)tail->len, "sha256", hash))) != OK)
		goto done;
	r = append(j, &bytes, 1);
done:
	buffer_free(&bytes);
	return r;
}

/* Under the lock: j->last is the hash of the file's last line, whoever wrote it, and the file ends with an LF. */
static enum status catch_up(struct journal *j)
{
	struct buffer tail = BUFFER_INIT;
	struct stat st;
	uint8_t end = '\n';
	enum status r;

	if (fstat(j->fd, &st) != 0)
		return fault(E_FAILED, NULL, _("bitácora %s: no se puede leer: %s"), j->path, strerror(errno));
	if (st.st_size == j->size)
		return OK;
	j->size = st.st_size;
	if (st.st_size == 0)
		return sha256(j->last, "", 0);
	if (pread(j->fd, &end, 1, st.st_size - 1) != 1)
		return fault(E_FAILED, NULL, _("bitácora %s: no se puede leer: %s"), j->path, strerror(errno));
	if ((r = read_line_before(&tail, j, end == '\n' ? st.st_size - 1 : st.st_size)) != OK)
		goto done;
	r = end == '\n' ? sha256(j->last, tail.data, tail.len) : repair(j, &tail);
done:
	if (r != OK)
		j->size = -1;
	buffer_free(&tail);
	return r;
}

static enum status lock(struct journal *j)
{
	while (flock(j->fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return fault(E_FAILED, NULL, _("bitácora %s: no se puede bloquear: %s"), j->path,
			             strerror(errno));
	return OK;
}

enum status journal_open(struct journal **out, const char *path, const char *program)
{
	struct journal *j;
	struct stat st;
	enum status r;

	*out = NULL;
	if ((j = calloc(1, sizeof *j)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	j->size = -1;
	j->fd = -1;
	if ((j->path = strdup(path)) == NULL || (j->program = strdup(program)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	j->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	if (j->fd < 0 || fstat(j->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		r = fault(E_FAILED, NULL, _("bitácora %s: no se puede abrir: %s"), path,
		          j->fd < 0 ? strerror(errno) : _("no es un archivo regular"));
		goto done;
	}
	if ((r = lock(j)) != OK)
		goto done;
	r = catch_up(j);
	flock(j->fd, LOCK_UN);
	if (r != OK)
		goto done;
	*out = j;
	j = NULL;
done:
	journal_close(j);
	return r;
}

void journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->path);
	free(j->program);
	free(j);
}

enum status journal_write(struct journal *j, const char *event, const char *who, json_t *detail)
{
	struct buffer bytes = BUFFER_INIT;
	enum status r;

	if ((r = lock(j)) != OK) {
		json_decref(detail);
		return r;
	}
	if ((r = catch_up(j)) != OK)
		json_decref(detail);
	else if ((r = format_line(&bytes, j, event, who, detail)) == OK)
		r = append(j, &bytes, 0);
	flock(j->fd, LOCK_UN);
	buffer_free(&bytes);
	return r;
}
