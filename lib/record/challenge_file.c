/* See challenge_file.h. u and v are the observer's secret until revealed; they never reach the venue before. */
#include "record/challenge_file.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/challenge.h"
#include "record/votes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 16, CHALLENGES_FILE_MAX = 8 << 20, OBSERVER_MAX = 256 };

/* ---- the vote that is challenged */

static const struct contest *contest_of(const struct record *r, const char *list)
{
	char id[LIST_NAME_MAX];

	snprintf(id, sizeof id, "%.*s", (int)strcspn(list, "."), list);
	return definition_contest(r->definition, id);
}

/* The line that begins with "list,idx,". */
static const uint8_t *find_line(const uint8_t *data, size_t len, const char *list, uint64_t idx)
{
	const uint8_t *end = data + len, *at = data, *lf;
	char head[LIST_NAME_MAX + 32];
	size_t n = (size_t)snprintf(head, sizeof head, "%s,%llu,", list, (unsigned long long)idx);

	for (; at != NULL && at < end; at = lf + 1) {
		if ((size_t)(end - at) > n && memcmp(at, head, n) == 0)
			return at;
		if ((lf = memchr(at, '\n', (size_t)(end - at))) == NULL)
			break;
	}
	return NULL;
}

/* R and W of a mismatch vote. */
static enum status challenged(struct point *big_r, struct point *w, const struct record *r, const char *list, uint64_t idx)
{
	const struct contest *c = contest_of(r, list);
	char *path = file_path(r->folder, "decrypted-votes.csv", NULL);
	const uint8_t *data = NULL, *line;
	struct opened_vote vote;
	struct reader csv;
	size_t len = 0;
	enum status s = path != NULL ? file_map(&data, &len, path) : E_FAILED;

	free(path);
	if (s != OK)
		return s;
	line = c != NULL ? find_line(data, len, list, idx) : NULL;
	if (line != NULL) {
		csv = reader_of(line, len - (size_t)(line - data));
		s = votes_read(&vote, &csv, list, idx, c->w);
	}
	if (s == OK && (line == NULL || vote.status != VOTE_MISMATCH || !envelope_inner_point(big_r, vote.inner)))
		s = fault(E_REFUSED, _("los retos son para esos votos y ningún otro"),
		          _("el voto %llu de «%s» no es un voto no coincidente"), (unsigned long long)idx, list);
	else if (s == OK)
		*w = vote.w;
	file_unmap(data, len);
	return s;
}

/* ---- what the files share */

static enum status read_head(char list[LIST_NAME_MAX], uint64_t *idx, const struct record *r, const json_t *root,
                             const char *path)
{
	const char *name;
	uint8_t eid[32];
	int64_t number;
	enum status s;

	if ((s = json_format_of(root, path)) != OK || (s = json_hex_of(eid, 32, root, path, "eid")) != OK ||
	    (s = json_string_of(&name, root, path, "list")) != OK ||
	    (s = json_int_of(&number, 0, INT64_MAX, root, path, "idx")) != OK)
		return s;
	if (memcmp(eid, r->eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: el reto es de otra elección"), path);
	if (strlen(name) >= LIST_NAME_MAX)
		return fault(E_EVIDENCE, NULL, _("%s: no hay una lista con ese nombre"), path);
	snprintf(list, LIST_NAME_MAX, "%s", name);
	*idx = (uint64_t)number;
	return OK;
}

static enum status read_scalar(struct scalar *out, const json_t *root, const char *path, const char *field)
{
	uint8_t bytes[32];
	enum status s = json_hex_of(bytes, 32, root, path, field);

	if (s == OK && !scalar_read(out, bytes))
		s = fault(E_EVIDENCE, NULL, _("%s: %s no es menor que n"), path, field);
	return s;
}

static json_t *scalar_hex(const struct scalar *k)
{
	uint8_t bytes[32];

	scalar_write(bytes, k);
	return json_hex(bytes, 32);
}

/* root: taken. */
static enum status write_file(json_t *root, const char *path, mode_t mode, bool over)
{
	struct buffer b = BUFFER_INIT;
	enum status s = root != NULL ? json_write(&b, root) : fault(E_FAILED, NULL, _("no hay memoria"));

	if (s == OK)
		s = over ? file_replace(path, b.data, b.len, mode) : file_create(path, b.data, b.len, mode);
	json_decref(root);
	buffer_free(&b);
	return s;
}

static json_t *head(const struct record *r, const char *list, uint64_t idx)
{
	return json_pack("{s:s, s:o, s:s, s:I}", "format", "VEMRE-V1", "eid", json_hex(r->eid, 32), "list", list, "idx",
	                 (json_int_t)idx);
}

static json_t *with(json_t *object, const char *field, json_t *value)
{
	if (object != NULL && json_object_set_new(object, field, value) == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* ---- the observer */

enum status challenge_ask(const struct record *r, const char *list, uint64_t idx, const char *folder)
{
	char *request = file_path(folder, "request.json", NULL), *secret = file_path(folder, "secret.json", NULL);
	struct point big_r, w, q;
	struct scalar u = SCALAR_ZERO, v = SCALAR_ZERO;
	enum status s = E_FAILED;

	if (request == NULL || secret == NULL || (s = file_mkdirs(folder, 0700)) != OK ||
	    (s = challenged(&big_r, &w, r, list, idx)) != OK)
		goto done;
	do {
		if ((s = scalar_random(&u)) != OK || (s = scalar_random(&v)) != OK ||
		    (s = challenge_question(&q, &big_r, &u, &v)) != OK)
			goto done;
	} while (scalar_is_zero(&u) || point_is_infinity(&q));
	if ((s = write_file(with(with(head(r, list, idx), "u", scalar_hex(&u)), "v", scalar_hex(&v)), secret, 0600,
	                    false)) == OK)
		s = write_file(with(head(r, list, idx), "Q", json_hex(q.octets, POINT_BYTES)), request, 0644, false);
done:
	scalar_wipe(&u, 1);
	scalar_wipe(&v, 1);
	free(request);
	free(secret);
	return s;
}

static enum status judge(const struct record *r, const char *observer, const json_t *secret, const char *secret_path,
                         const json_t *answer, const char *answer_path, const char *reveal)
{
	char list[LIST_NAME_MAX], list2[LIST_NAME_MAX];
	struct point big_r, w, q;
	struct scalar u, v;
	uint64_t idx, idx2;
	uint8_t x[32], asked[POINT_BYTES];
	bool holds = false;
	enum status s;

	if ((s = json_fields(secret, secret_path, "format", "eid", "list", "idx", "u", "v", NULL)) != OK ||
	    (s = json_fields(answer, answer_path, "format", "eid", "list", "idx", "Q", "answer", NULL)) != OK ||
	    (s = read_head(list, &idx, r, secret, secret_path)) != OK ||
	    (s = read_head(list2, &idx2, r, answer, answer_path)) != OK ||
	    (s = read_scalar(&u, secret, secret_path, "u")) != OK || (s = read_scalar(&v, secret, secret_path, "v")) != OK ||
	    (s = json_hex_of(asked, POINT_BYTES, answer, answer_path, "Q")) != OK ||
	    (s = json_hex_of(x, 32, answer, answer_path, "answer")) != OK ||
	    (s = challenged(&big_r, &w, r, list, idx)) != OK ||
	    (s = challenge_question(&q, &big_r, &u, &v)) != OK)
		return s;
	if (strcmp(list, list2) != 0 || idx != idx2 || memcmp(asked, q.octets, POINT_BYTES) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: no responde a este reto"), answer_path);
	if ((s = challenge_holds(&holds, &big_r, &w, &r->keys->election_key, &u, &v, x)) != OK)
		return s;
	if (!holds)
		return fault(E_EVIDENCE, _("diga lo que vio a los presentes: no entregue u ni v hasta que conste"),
		             _("el reto al voto %llu de «%s» NO se cumple: su W no es a·R"), (unsigned long long)idx, list);
	return write_file(with(with(with(with(head(r, list, idx), "observer", json_string(observer)), "u", scalar_hex(&u)),
	                            "v", scalar_hex(&v)),
	                       "answer", json_hex(x, 32)),
	                  reveal, 0644, false);
}

enum status challenge_judge(const struct record *r, const char *observer, const char *folder)
{
	char *secret_path = file_path(folder, "secret.json", NULL), *answer_path = file_path(folder, "answer.json", NULL),
	     *reveal = file_path(folder, "reveal.json", NULL);
	json_t *secret = NULL, *answer = NULL;
	enum status s = E_FAILED;

	if (secret_path != NULL && answer_path != NULL && reveal != NULL &&
	    (s = json_read(&secret, secret_path, FILE_MAX)) == OK && (s = json_read(&answer, answer_path, FILE_MAX)) == OK)
		s = judge(r, observer, secret, secret_path, answer, answer_path, reveal);
	json_decref(secret);
	json_decref(answer);
	free(secret_path);
	free(answer_path);
	free(reveal);
	return s;
}

/* ---- the venue */

enum status challenge_read_request(struct challenge_request *out, const struct record *r, const char *path)
{
	struct point big_r, w;
	uint8_t q[POINT_BYTES];
	json_t *root = NULL;
	enum status s;

	if ((s = json_read(&root, path, FILE_MAX)) != OK ||
	    (s = json_fields(root, path, "format", "eid", "list", "idx", "Q", NULL)) != OK ||
	    (s = read_head(out->list, &out->idx, r, root, path)) != OK ||
	    (s = json_hex_of(q, POINT_BYTES, root, path, "Q")) != OK)
		goto done;
	if (!point_read(&out->q, q))
		s = fault(E_EVIDENCE, NULL, _("%s: Q no es un punto de la curva"), path);
	else
		s = challenged(&big_r, &w, r, out->list, out->idx);
done:
	json_decref(root);
	return s;
}

enum status challenge_write_answer(const struct challenge_request *q, const struct record *r, const uint8_t answer[32],
                                   const char *path)
{
	return write_file(with(with(head(r, q->list, q->idx), "Q", json_hex(q->q.octets, POINT_BYTES)), "answer",
	                       json_hex(answer, 32)),
	                  path, 0644, false);
}

/* Does the revealed challenge hold? *entry: as challenges.json has it. */
static enum status check_reveal(json_t **entry, const struct record *r, const json_t *root, const char *path)
{
	char list[LIST_NAME_MAX];
	const char *observer;
	struct point big_r, w;
	struct scalar u, v;
	uint8_t x[32];
	uint64_t idx;
	bool holds = false;
	enum status s;

	if ((s = json_fields(root, path, "format", "eid", "list", "idx", "observer", "u", "v", "answer", NULL)) != OK ||
	    (s = read_head(list, &idx, r, root, path)) != OK ||
	    (s = json_string_of(&observer, root, path, "observer")) != OK || (s = read_scalar(&u, root, path, "u")) != OK ||
	    (s = read_scalar(&v, root, path, "v")) != OK || (s = json_hex_of(x, 32, root, path, "answer")) != OK ||
	    (s = challenged(&big_r, &w, r, list, idx)) != OK ||
	    (s = challenge_holds(&holds, &big_r, &w, &r->keys->election_key, &u, &v, x)) != OK)
		return s;
	/* So that the most there can be are a file that verify-election reads. */
	if (strlen(observer) > OBSERVER_MAX)
		return fault(E_EVIDENCE, NULL, _("%s: el nombre del observador pasa de %d bytes"), path, OBSERVER_MAX);
	if (!holds)
		return fault(E_EVIDENCE, NULL, _("%s: el reto no se cumple; no se asienta"), path);
	*entry = json_pack("{s:s, s:I, s:s, s:o, s:o, s:o}", "list", list, "idx", (json_int_t)idx, "observer", observer,
	                   "u", scalar_hex(&u), "v", scalar_hex(&v), "answer", json_hex(x, 32));
	return *entry != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

static bool holds_entry(const json_t *list, const json_t *entry)
{
	const json_t *there;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, there)
		if (json_equal(there, entry))
			return true;
	return false;
}

enum status challenge_record(const struct record *r, const char *path)
{
	char *to = file_path(r->folder, "challenges.json", NULL);
	json_t *root = NULL, *entry = NULL, *all = NULL, *list;
	enum status s = E_FAILED;

	if (to == NULL || (s = json_read(&root, path, FILE_MAX)) != OK || (s = check_reveal(&entry, r, root, path)) != OK)
		goto done;
	if (file_exists(to))
		s = json_read(&all, to, CHALLENGES_FILE_MAX);
	else if ((all = json_pack("{s:s, s:[]}", "format", "VEMRE-V1", "challenges")) == NULL)
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	if (s != OK)
		goto done;
	list = json_object_get(all, "challenges");
	if (holds_entry(list, entry))
		goto done;
	if (!json_is_array(list) || json_array_size(list) >= CHALLENGES_ANSWERED_MAX)
		s = fault(E_REFUSED, NULL, _("%s: no caben más de %d retos"), to, CHALLENGES_ANSWERED_MAX);
	else if (json_array_append(list, entry) != 0)
		s = fault(E_FAILED, NULL, _("no hay memoria"));
	else
		s = write_file(json_incref(all), to, 0644, true);
done:
	json_decref(root);
	json_decref(entry);
	json_decref(all);
	free(to);
	return s;
}
