/* See folder.h. */
#include "record/folder.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <stdlib.h>
#include <string.h>

static enum status bad(const char *path, const char *what)
{
	return fault(E_EVIDENCE, NULL, "%s: %s", path, what);
}

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para el expediente"));
}

static enum status slug_of(char out[DEFINITION_ID_MAX + 1], const json_t *o, const char *path)
{
	const char *s;
	enum status r;

	if ((r = json_string_of(&s, o, path, "election")) != OK)
		return r;
	if (strlen(s) > DEFINITION_ID_MAX)
		return bad(path, _("el nombre de la elección es demasiado largo"));
	strcpy(out, s);
	return OK;
}

static enum status point_of(struct point *out, const json_t *v, const char *path, const char *field)
{
	uint8_t octets[POINT_BYTES];

	if (!json_is_string(v) ||
	    !hex_decode_vartime(octets, POINT_BYTES, json_string_value(v), json_string_length(v)) ||
	    !point_read(out, octets))
		return fault(E_EVIDENCE, NULL, _("%s: «%s» no es un punto de la curva en hexadecimal"), path, field);
	return OK;
}

static enum status points_of(struct point *out, size_t *n, size_t min, size_t max, const json_t *o, const char *path,
                             const char *field)
{
	const json_t *list = json_object_get(o, field), *v;
	enum status r;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) < min || json_array_size(list) > max)
		return fault(E_EVIDENCE, NULL, _("%s: «%s» no es una lista de %zu a %zu puntos"), path, field, min, max);
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
		if ((r = point_of(&out[i], v, path, field)) != OK)
			return r;
	*n = json_array_size(list);
	return OK;
}

static json_t *points_json(const struct point *p, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_hex(p[i].octets, POINT_BYTES)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* Takes root. */
static enum status write_json(json_t *root, const char *path)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	if (root == NULL)
		return no_memory();
	if ((r = json_write(&b, root)) == OK)
		r = file_create(path, b.data, b.len, 0644);
	buffer_free(&b);
	json_decref(root);
	return r;
}

static enum status read_members(struct keys_file *k, const json_t *o, const char *path)
{
	const json_t *list = json_object_get(o, "members"), *m;
	int64_t card;
	const char *name;
	enum status r;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) < 2 || json_array_size(list) > SHARES_MAX)
		return bad(path, _("«members» no es una lista de integrantes"));
	json_array_foreach((json_t *)(uintptr_t)list, i, m) {
		if ((r = json_fields(m, path, "card", "name", NULL)) != OK ||
		    (r = json_int_of(&card, (int64_t)i + 1, (int64_t)i + 1, m, path, "card")) != OK ||
		    (r = json_string_of(&name, m, path, "name")) != OK)
			return r;
		if ((k->members[i].name = strdup(name)) == NULL)
			return no_memory();
	}
	k->cards = (unsigned)json_array_size(list);
	return OK;
}

static enum status read_keys(struct keys_file *k, const json_t *o, const char *path)
{
	int64_t threshold;
	size_t n;
	enum status r;

	if ((r = json_fields(o, path, "format", "election", "threshold", "members", "commitments", "committee_key",
	                     "election_key", NULL)) != OK ||
	    (r = json_format_of(o, path)) != OK || (r = slug_of(k->election, o, path)) != OK ||
	    (r = read_members(k, o, path)) != OK ||
	    (r = json_int_of(&threshold, 2, k->cards, o, path, "threshold")) != OK ||
	    (r = points_of(k->commitments, &n, (size_t)threshold, (size_t)threshold, o, path, "commitments")) != OK ||
	    (r = points_of(k->committee_key, &n, COMMITTEE_KEYS, COMMITTEE_KEYS, o, path, "committee_key")) != OK ||
	    (r = point_of(&k->election_key, json_object_get(o, "election_key"), path, "election_key")) != OK)
		return r;
	k->threshold = (unsigned)threshold;
	for (int i = 0; i < COMMITTEE_KEYS; i++)
		for (int j = 0; j < i; j++)
			if (point_equal(&k->committee_key[i], &k->committee_key[j]))
				return bad(path, _("las llaves del comité no son distintas"));
	return OK;
}

enum status keys_file_open(struct keys_file **out, const char *path)
{
	struct keys_file *k = calloc(1, sizeof *k);
	json_t *o = NULL;
	enum status r;

	*out = NULL;
	if (k == NULL)
		return no_memory();
	if ((r = json_read(&o, path, 1 << 20)) == OK)
		r = read_keys(k, o, path);
	json_decref(o);
	if (r == OK)
		*out = k;
	else
		keys_file_free(k);
	return r;
}

enum status keys_file_write(const struct keys_file *k, const char *path)
{
	json_t *members = json_array();

	for (unsigned i = 0; i < k->cards; i++)
		if (json_array_append_new(members, json_pack("{s:i, s:s}", "card", (int)i + 1, "name",
		                                             k->members[i].name)) != 0) {
			json_decref(members);
			return no_memory();
		}
	return write_json(json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o}", "format", "VEMRE-V1", "election", k->election,
	                            "threshold", (int)k->threshold, "members", members, "commitments",
	                            points_json(k->commitments, k->threshold), "committee_key",
	                            points_json(k->committee_key, COMMITTEE_KEYS), "election_key",
	                            json_hex(k->election_key.octets, POINT_BYTES)),
	                  path);
}

void keys_file_free(struct keys_file *k)
{
	if (k == NULL)
		return;
	for (unsigned i = 0; i < SHARES_MAX; i++)
		free(k->members[i].name);
	free(k);
}

static enum status moment_of(char out[40], const json_t *o, const char *path, const char *field)
{
	const char *s;
	moment when;
	enum status r;

	if ((r = json_string_of(&s, o, path, field)) != OK)
		return r;
	if (strlen(s) >= 40 || !moment_parse(&when, s))
		return fault(E_EVIDENCE, NULL, _("%s: «%s» no es una fecha y hora RFC 3339"), path, field);
	strcpy(out, s);
	return OK;
}

enum status opening_file_open(struct opening_file *out, const char *path)
{
	json_t *o = NULL;
	size_t n = 0;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = json_read(&o, path, 1 << 20)) == OK &&
	    (r = json_fields(o, path, "format", "election", "system_keys", "registrar_key", "system_hash", "opened",
	                     NULL)) == OK &&
	    (r = json_format_of(o, path)) == OK && (r = slug_of(out->election, o, path)) == OK &&
	    (r = points_of(out->system_keys, &n, 1, SYSTEM_KEYS_MAX, o, path, "system_keys")) == OK &&
	    (r = point_of(&out->registrar_key, json_object_get(o, "registrar_key"), path, "registrar_key")) == OK &&
	    (r = json_hex_of(out->system_hash, 32, o, path, "system_hash")) == OK)
		r = moment_of(out->opened, o, path, "opened");
	out->n_system_keys = (unsigned)n;
	json_decref(o);
	return r;
}

enum status opening_file_write(const struct opening_file *o, const char *path)
{
	return write_json(json_pack("{s:s, s:s, s:o, s:o, s:o, s:s}", "format", "VEMRE-V1", "election", o->election,
	                            "system_keys", points_json(o->system_keys, o->n_system_keys), "registrar_key",
	                            json_hex(o->registrar_key.octets, POINT_BYTES), "system_hash",
	                            json_hex(o->system_hash, 32), "opened", o->opened),
	                  path);
}

enum status seal_file_open(struct seal_file *out, const char *path)
{
	json_t *o = NULL;
	const char *signature = NULL;
	int64_t ballots = 0;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = json_read(&o, path, 1 << 20)) == OK &&
	    (r = json_fields(o, path, "format", "eid", "box_sha256", "reissues_sha256", "ballots", "closed", "signature",
	                     NULL)) == OK &&
	    (r = json_format_of(o, path)) == OK && (r = json_hex_of(out->eid, 32, o, path, "eid")) == OK &&
	    (r = json_hex_of(out->box_sha256, 32, o, path, "box_sha256")) == OK &&
	    (r = json_hex_of(out->reissues_sha256, 32, o, path, "reissues_sha256")) == OK &&
	    (r = json_int_of(&ballots, 0, INT64_MAX, o, path, "ballots")) == OK &&
	    (r = moment_of(out->closed, o, path, "closed")) == OK &&
	    (r = json_string_of(&signature, o, path, "signature")) == OK) {
		out->signature_len = strlen(signature) / 2;
		if (out->signature_len > SIGNATURE_MAX ||
		    !hex_decode_vartime(out->signature, out->signature_len, signature, strlen(signature)))
			r = bad(path, _("«signature» no es una firma en hexadecimal minúsculo"));
	}
	out->ballots = (uint64_t)ballots;
	json_decref(o);
	return r;
}

enum status seal_file_write(const struct seal_file *s, const char *path)
{
	return write_json(json_pack("{s:s, s:o, s:o, s:o, s:I, s:s, s:o}", "format", "VEMRE-V1", "eid",
	                            json_hex(s->eid, 32), "box_sha256", json_hex(s->box_sha256, 32), "reissues_sha256",
	                            json_hex(s->reissues_sha256, 32), "ballots", (json_int_t)s->ballots, "closed",
	                            s->closed, "signature", json_hex(s->signature, s->signature_len)),
	                  path);
}

bool seal_signed(const struct seal_file *s, const struct opening_file *o)
{
	struct buffer message = BUFFER_INIT;
	bool good = false;

	signature_seal_message(&message, s->eid, s->box_sha256, s->reissues_sha256, s->ballots, s->closed);
	for (unsigned i = 0; !good && buffer_ok(&message) && i < o->n_system_keys; i++)
		good = signature_verify(&o->system_keys[i], message.data, message.len, s->signature, s->signature_len);
	buffer_free(&message);
	return good;
}

/* path: malloc'd, freed here. */
static enum status hash_of(uint8_t out[32], char *path)
{
	enum status r = path != NULL ? file_sha256(out, path) : E_FAILED;

	free(path);
	return r;
}

static enum status open_all(struct record *r, const char *definition_at, const char *opening_at)
{
	char *election = definition_at != NULL ? strdup(definition_at) : file_path(r->folder, "election.json", NULL),
	     *keys = file_path(r->folder, "keys.json", NULL),
	     *opening = opening_at != NULL ? strdup(opening_at) : file_path(r->folder, "opening.json", NULL);
	enum status s = E_FAILED;

	if (election == NULL || keys == NULL || opening == NULL)
		goto done;
	if ((s = definition_open(&r->definition, election)) != OK || (s = keys_file_open(&r->keys, keys)) != OK ||
	    (s = opening_file_open(&r->opening, opening)) != OK || (s = file_sha256(r->election_sha256, election)) != OK ||
	    (s = file_sha256(r->keys_sha256, keys)) != OK || (s = file_sha256(r->opening_sha256, opening)) != OK ||
	    (s = hash_of(r->credentials_sha256, file_path(r->folder, "credentials.csv", NULL))) != OK)
		goto done;
	if (strcmp(r->definition->id, r->keys->election) != 0)
		s = bad(keys, _("las llaves son de otra elección"));
	else if (strcmp(r->definition->id, r->opening.election) != 0)
		s = bad(opening, _("la apertura es de otra elección"));
	else
		s = hash_eid(r->eid, r->election_sha256, r->keys_sha256, r->credentials_sha256, r->opening_sha256);
done:
	free(election);
	free(keys);
	free(opening);
	return s;
}

enum status record_open(struct record **out, const char *folder)
{
	return record_open_with(out, folder, NULL, NULL);
}

enum status record_open_with(struct record **out, const char *folder, const char *definition, const char *opening)
{
	struct record *r = calloc(1, sizeof *r);
	enum status s;

	*out = NULL;
	if (r == NULL || (r->folder = strdup(folder)) == NULL) {
		free(r);
		return no_memory();
	}
	if ((s = open_all(r, definition, opening)) == OK)
		*out = r;
	else
		record_free(r);
	return s;
}

void record_free(struct record *r)
{
	if (r == NULL)
		return;
	definition_free(r->definition);
	keys_file_free(r->keys);
	free(r->folder);
	free(r);
}

enum status record_rights(struct rights **out, const struct record *r, bool reissues)
{
	char *credentials = file_path(r->folder, "credentials.csv", NULL),
	     *reissued = file_path(r->folder, "reissues.csv", NULL);
	const uint8_t *data = NULL;
	size_t len = 0;
	enum status s = E_FAILED;

	*out = NULL;
	if (credentials == NULL || reissued == NULL || (s = file_map(&data, &len, credentials)) != OK)
		goto done;
	s = rights_read(out, credentials, data, len, r->definition);
	file_unmap(data, len);
	if (s != OK || !(reissues || file_exists(reissued)))
		goto done;
	if ((s = file_map(&data, &len, reissued)) == OK) {
		s = rights_reissues(*out, reissued, data, len, r->eid, &r->opening.registrar_key);
		file_unmap(data, len);
	}
	if (s != OK) {
		rights_free(*out);
		*out = NULL;
	}
done:
	free(credentials);
	free(reissued);
	return s;
}
