/* See rights.h. */
#include "election/rights.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/signature.h"
#include <stdlib.h>
#include <string.h>

static int by_credential(const void *a, const void *b)
{
	return memcmp(((const struct right *)a)->credential.octets, ((const struct right *)b)->credential.octets,
	              POINT_BYTES);
}

/* Lines in strictly ascending order of bytes? prev NULL: the first. */
static bool ascends(const char *prev, size_t prev_len, const char *line, size_t len)
{
	int c;

	if (prev == NULL)
		return true;
	c = memcmp(prev, line, prev_len < len ? prev_len : len);
	return c < 0 || (c == 0 && prev_len < len);
}

/* How many lines of at least `least` bytes there can be; a file of line feeds alone asks for no more room than that. */
static size_t count_lines(const uint8_t *data, size_t len, size_t least)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += data[i] == '\n';
	return n < len / least ? n : len / least;
}

/* Bytes of the shortest lines, with their LF: "d,credential,v", "old,new,signature". */
enum { CREDENTIAL_LINE = 1 + 1 + 2 * POINT_BYTES + 2 + 1, REISSUE_LINE = 2 * (2 * POINT_BYTES + 1) + 2 + 1 };

static enum status bad(const char *name, uint64_t line, const char *what)
{
	return fault(E_EVIDENCE, NULL, _("%s: línea %llu: %s"), name, (unsigned long long)line, what);
}

static enum status read_line(struct right *out, const char *name, uint64_t number, const char *line, size_t len,
                             const struct definition *d)
{
	const char *comma = memchr(line, ',', len);
	size_t district_len = comma != NULL ? (size_t)(comma - line) : 0;
	uint8_t octets[POINT_BYTES];
	int district;

	if (comma == NULL || len != district_len + 1 + 2 * POINT_BYTES + 2 || line[len - 2] != ',' ||
	    (line[len - 1] != 'v' && line[len - 1] != 's'))
		return bad(name, number, _("no es entidad,credencial,tipo"));
	if ((district = definition_district(d, line, district_len)) < 0)
		return bad(name, number, _("entidad desconocida"));
	if (!hex_decode_vartime(octets, POINT_BYTES, comma + 1, 2 * POINT_BYTES) ||
	    !point_read(&out->credential, octets))
		return bad(name, number, _("la credencial no es un punto de la curva"));
	out->district = (unsigned)district;
	out->spare = line[len - 1] == 's';
	return OK;
}

enum status rights_read(struct rights **out, const char *name, const uint8_t *data, size_t len,
                        const struct definition *d)
{
	struct reader r = reader_of(data, len);
	struct rights *x = calloc(1, sizeof *x);
	const char *line, *prev = NULL;
	size_t line_len, prev_len = 0;
	enum status s = OK;

	*out = NULL;
	if (x == NULL || (x->rights = calloc(count_lines(data, len, CREDENTIAL_LINE) + 1, sizeof *x->rights)) == NULL) {
		s = fault(E_FAILED, NULL, _("%s: no hay memoria"), name);
		goto done;
	}
	while (r.left > 0) {
		if (!reader_until(&r, '\n', &line, &line_len)) {
			s = bad(name, x->n + 1, _("la última línea está cortada"));
			goto done;
		}
		if (!ascends(prev, prev_len, line, line_len)) {
			s = bad(name, x->n + 1, _("las líneas no están en orden, o hay una repetida"));
			goto done;
		}
		if ((s = read_line(&x->rights[x->n], name, x->n + 1, line, line_len, d)) != OK)
			goto done;
		x->voters += !x->rights[x->n++].spare;
		prev = line;
		prev_len = line_len;
	}
	if (x->n > 0)
		qsort(x->rights, x->n, sizeof *x->rights, by_credential);
	for (size_t i = 1; i < x->n; i++)
		if (by_credential(&x->rights[i - 1], &x->rights[i]) == 0) {
			s = fault(E_EVIDENCE, NULL, _("%s: una credencial está dos veces"), name);
			goto done;
		}
	if (x->voters > d->max_voters) {
		s = fault(E_EVIDENCE, NULL, _("%s: %llu votantes, más del máximo de %llu"), name,
		          (unsigned long long)x->voters, (unsigned long long)d->max_voters);
		goto done;
	}
	*out = x;
	x = NULL;
done:
	rights_free(x);
	return s;
}

void rights_free(struct rights *r)
{
	if (r == NULL)
		return;
	free(r->rights);
	free(r);
}

const struct right *rights_find(const struct rights *r, const struct point *credential)
{
	const struct right key = {.credential = *credential};

	return r->n > 0 ? bsearch(&key, r->rights, r->n, sizeof key, by_credential) : NULL;
}

bool rights_may_vote(const struct right *r)
{
	return !r->old && (!r->spare || r->given);
}

struct reissue {
	struct right *old, *new;
};

static enum status read_reissue(struct reissue *out, struct rights *rights, const char *name, uint64_t number,
                                const char *line, size_t len, const uint8_t eid[32], const struct point *registrar)
{
	enum { HEX = 2 * POINT_BYTES };
	struct buffer message = BUFFER_INIT;
	struct point old = {{0}}, new = {{0}};
	uint8_t der[SIGNATURE_MAX];
	size_t der_len = len > 2 * HEX + 2 ? (len - 2 * HEX - 2) / 2 : 0;
	bool good;

	if (der_len == 0 || der_len > SIGNATURE_MAX || line[HEX] != ',' || line[2 * HEX + 1] != ',' ||
	    !hex_decode_vartime(old.octets, POINT_BYTES, line, HEX) ||
	    !hex_decode_vartime(new.octets, POINT_BYTES, line + HEX + 1, HEX) ||
	    !hex_decode_vartime(der, der_len, line + 2 * HEX + 2, len - 2 * HEX - 2))
		return bad(name, number, _("no es credencial,credencial,firma en hexadecimal minúsculo"));
	out->old = (struct right *)(uintptr_t)rights_find(rights, &old);
	out->new = (struct right *)(uintptr_t)rights_find(rights, &new);
	if (out->old == NULL || out->new == NULL)
		return bad(name, number, _("una credencial no está en credentials.csv"));
	if (!out->new->spare || out->new->district != out->old->district)
		return bad(name, number, _("la nueva no es una credencial de reserva de la misma entidad"));
	if (out->old->old)
		return bad(name, number, _("la credencial anterior ya fue repuesta"));
	if (out->new->given)
		return bad(name, number, _("la credencial de reserva ya fue entregada"));
	signature_reissue_message(&message, eid, &old, &new);
	good = buffer_ok(&message) && signature_verify(registrar, message.data, message.len, der, der_len);
	buffer_free(&message);
	if (!good)
		return bad(name, number, _("la firma no es de la llave del registro"));
	out->old->old = true;
	out->new->given = true;
	return OK;
}

static int by_old(const void *a, const void *b)
{
	const struct right *x = ((const struct reissue *)a)->old, *y = ((const struct reissue *)b)->old;

	return (x > y) - (x < y);
}

/* Every line is reached from a line whose old is a voter's: no rings, no chain that starts at a spare. */
static bool chains_start_at_voters(struct reissue *list, size_t n)
{
	size_t reached = 0;

	if (n > 0)
		qsort(list, n, sizeof *list, by_old);
	for (size_t i = 0; i < n; i++) {
		const struct reissue *x = list[i].old->spare ? NULL : &list[i];

		while (x != NULL) {
			struct reissue key = {.old = x->new};

			reached++;
			x = bsearch(&key, list, n, sizeof *list, by_old);
		}
	}
	return reached == n;
}

enum status rights_reissues(struct rights *rights, const char *name, const uint8_t *data, size_t len,
                            const uint8_t eid[32], const struct point *registrar)
{
	struct reader r = reader_of(data, len);
	struct reissue *list;
	const char *line, *prev = NULL;
	size_t line_len, prev_len = 0, n = 0, room = count_lines(data, len, REISSUE_LINE);
	enum status s = OK;

	if ((list = calloc(room + 1, sizeof *list)) == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), name);
	while (s == OK && r.left > 0) {
		if (!reader_until(&r, '\n', &line, &line_len))
			s = bad(name, n + 1, _("la última línea está cortada"));
		else if (!ascends(prev, prev_len, line, line_len))
			s = bad(name, n + 1, _("las líneas no están en orden, o hay una repetida"));
		else
			s = read_reissue(&list[n], rights, name, n + 1, line, line_len, eid, registrar);
		n++;
		prev = line;
		prev_len = line_len;
	}
	if (s == OK && !chains_start_at_voters(list, n))
		s = fault(E_EVIDENCE, NULL, _("%s: una cadena de reposiciones no empieza en un votante"), name);
	free(list);
	return s;
}
