/* Who may vote (PROTOCOL 4): credentials.csv and reissues.csv, good and bad. */
#include "base/buffer.h"
#include "base/report.h"
#include "election/rights.h"
#include "unit/sample.h"
#include "unit/signing.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 12 };

/* Credentials in ascending order of their bytes: 0-5 of district 09, 6-11 of 14; v where even, s where odd. */
static struct point people[PEOPLE];
static struct definition *d;
static EVP_PKEY *registrar, *stranger;
static struct point registrar_key, stranger_key;
static const uint8_t eid[32] = {5};

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, POINT_BYTES);
}

static int set_up(void **state)
{
	json_t *root = sample_load("simulacro.json");
	struct scalar s;

	(void)state;
	sample_set(root, "max_voters", json_integer(6));
	assert_int_equal(sample_read(&d, root), OK);
	json_decref(root);
	for (int i = 0; i < PEOPLE; i++) {
		assert_int_equal(scalar_random(&s), OK);
		assert_int_equal(point_mul_base(&people[i], &s), OK);
	}
	qsort(people, PEOPLE, sizeof *people, by_bytes);
	assert_non_null(registrar = signing_new(&registrar_key));
	assert_non_null(stranger = signing_new(&stranger_key));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	definition_free(d);
	EVP_PKEY_free(registrar);
	EVP_PKEY_free(stranger);
	return 0;
}

static void line(struct buffer *b, const char *district, const struct point *p, const char *kind)
{
	buffer_text(b, district);
	buffer_text(b, ",");
	buffer_hex(b, p->octets, POINT_BYTES);
	buffer_text(b, kind);
}

static void everybody(struct buffer *b)
{
	for (int i = 0; i < PEOPLE; i++)
		line(b, i < 6 ? "09" : "14", &people[i], i % 2 == 0 ? ",v\n" : ",s\n");
}

static enum status read_rights(struct rights **out, char why[512], const struct buffer *b)
{
	enum status r;

	report_capture_begin(why, 512);
	r = rights_read(out, "credentials.csv", b->data, b->len, d);
	report_capture_end();
	return r;
}

static void test_read(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct rights *r;
	char why[512];

	(void)state;
	everybody(&b);
	assert_int_equal(read_rights(&r, why, &b), OK);
	assert_int_equal(r->n, PEOPLE);
	assert_int_equal(r->voters, 6);
	for (int i = 0; i < PEOPLE; i++) {
		const struct right *x = rights_find(r, &people[i]);

		assert_non_null(x);
		assert_int_equal(x->district, i < 6 ? 0 : 1);
		assert_int_equal(x->spare, i % 2);
		assert_int_equal(rights_may_vote(x), i % 2 == 0);
	}
	assert_null(rights_find(r, &POINT_GENERATOR));
	rights_free(r);
	buffer_free(&b);
	assert_int_equal(read_rights(&r, why, &b), OK); /* none at all */
	assert_int_equal(r->n, 0);
	assert_null(rights_find(r, &people[0]));
	rights_free(r);
}

static void refused(struct buffer *b, const char *about, const char *what)
{
	struct rights *r;
	char why[512];

	if (read_rights(&r, why, b) != E_EVIDENCE || r != NULL)
		fail_msg("%s: taken", what);
	vectors_about(why, about, what);
	vectors_about(why, "credentials.csv", what);
	buffer_free(b);
}

static void test_bad_credentials(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct point bent = people[1];

	(void)state;
	line(&b, "09", &people[1], ",v\n");
	line(&b, "09", &people[0], ",v\n");
	refused(&b, "línea 2: las líneas no están en orden", "out of order");
	line(&b, "14", &people[0], ",v\n");
	line(&b, "09", &people[1], ",v\n");
	refused(&b, "línea 2: las líneas no están en orden", "districts out of order");
	line(&b, "09", &people[0], ",v\n");
	line(&b, "09", &people[0], ",v\n");
	refused(&b, "línea 2", "a line twice");
	line(&b, "09", &people[0], ",s\n");
	line(&b, "09", &people[0], ",v\n");
	refused(&b, "una credencial está dos veces", "both kinds");
	line(&b, "09", &people[0], ",v\n");
	line(&b, "14", &people[0], ",v\n");
	refused(&b, "una credencial está dos veces", "in two districts");
	line(&b, "15", &people[0], ",v\n");
	refused(&b, "entidad desconocida", "an unknown district");
	line(&b, "", &people[0], ",v\n");
	refused(&b, "entidad desconocida", "no district");
	line(&b, "09", &people[0], ",x\n");
	refused(&b, "no es entidad,credencial,tipo", "an unknown kind");
	line(&b, "09", &people[0], ",v\r\n");
	refused(&b, "no es entidad,credencial,tipo", "CR LF");
	line(&b, "09", &people[0], ",v");
	refused(&b, "cortada", "no LF at the end");
	line(&b, "09", &people[0], ",v\n");
	buffer_text(&b, "\n");
	refused(&b, "línea 2", "an empty line");
	bent.octets[64] ^= 1;
	line(&b, "09", &bent, ",v\n");
	refused(&b, "no es un punto de la curva", "off the curve");
	line(&b, "09", &people[0], ",v\n");
	for (size_t i = 3; i < b.len; i++)
		if (b.data[i] >= 'a' && b.data[i] <= 'f') {
			b.data[i] = (uint8_t)(b.data[i] - 'a' + 'A');
			break;
		}
	refused(&b, "no es un punto de la curva", "upper-case hex");
	for (int i = 0; i < 7; i++)
		line(&b, "09", &people[i], ",v\n");
	refused(&b, "más del máximo", "more voters than max_voters");
}

/* from -> to, signed by key over this eid; at most eight. */
struct wish {
	int from, to;
	EVP_PKEY *key;
	const uint8_t *eid;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void reissues(struct buffer *out, const struct wish *wishes, int n)
{
	char *lines[8];

	for (int i = 0; i < n; i++) {
		struct buffer m = BUFFER_INIT, b = BUFFER_INIT;
		const struct point *old = &people[wishes[i].from], *new = &people[wishes[i].to];
		uint8_t der[SIGNATURE_MAX];
		size_t len;

		signature_reissue_message(&m, wishes[i].eid != NULL ? wishes[i].eid : eid, old, new);
		assert_int_equal(signing_sign(der, &len, wishes[i].key != NULL ? wishes[i].key : registrar, m.data, m.len),
		                 OK);
		buffer_hex(&b, old->octets, POINT_BYTES);
		buffer_text(&b, ",");
		buffer_hex(&b, new->octets, POINT_BYTES);
		buffer_text(&b, ",");
		buffer_hex(&b, der, len);
		buffer_text(&b, "\n");
		lines[i] = strdup(buffer_str(&b));
		buffer_free(&b);
		buffer_free(&m);
	}
	qsort(lines, (size_t)n, sizeof *lines, by_text);
	for (int i = 0; i < n; i++) {
		buffer_text(out, lines[i]);
		free(lines[i]);
	}
}

static enum status apply(struct rights **out, char why[512], const struct buffer *lines)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	everybody(&b);
	assert_int_equal(read_rights(out, why, &b), OK);
	buffer_free(&b);
	report_capture_begin(why, 512);
	r = rights_reissues(*out, "reissues.csv", lines->data, lines->len, eid, &registrar_key);
	report_capture_end();
	return r;
}

static void test_reissues(void **state)
{
	/* 0 -> 1; 2 -> 3 -> 5, a chain; 6 -> 7 in the other district; 4 keeps its own */
	const struct wish wishes[] = {{0, 1, NULL, NULL}, {2, 5, NULL, NULL}, {5, 3, NULL, NULL}, {6, 7, NULL, NULL}};
	static const bool may[PEOPLE] = {false, true, false, true, true, false, false, true, true, false, true, false};
	struct buffer b = BUFFER_INIT;
	struct rights *r;
	char why[512];

	(void)state;
	reissues(&b, wishes, 4);
	if (apply(&r, why, &b) != OK)
		fail_msg("%s", why);
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(rights_may_vote(rights_find(r, &people[i])), may[i]);
	rights_free(r);
	buffer_free(&b);
	assert_int_equal(apply(&r, why, &b), OK); /* an empty file */
	rights_free(r);
}

static void not_taken(const struct wish *wishes, int n, const char *about)
{
	struct buffer b = BUFFER_INIT;
	struct rights *r;
	char why[512];

	reissues(&b, wishes, n);
	if (apply(&r, why, &b) != E_EVIDENCE)
		fail_msg("%s: taken", about);
	vectors_about(why, about, "a reissue");
	vectors_about(why, "reissues.csv", about);
	rights_free(r);
	buffer_free(&b);
}

static void test_bad_reissues(void **state)
{
	static const uint8_t other[32] = {6};

	(void)state;
	not_taken((const struct wish[]){{0, 1, NULL, NULL}, {0, 3, NULL, NULL}}, 2, "ya fue repuesta");
	not_taken((const struct wish[]){{0, 1, NULL, NULL}, {2, 1, NULL, NULL}}, 2, "ya fue entregada");
	not_taken((const struct wish[]){{0, 2, NULL, NULL}}, 1, "no es una credencial de reserva");
	not_taken((const struct wish[]){{0, 7, NULL, NULL}}, 1, "de la misma entidad");
	not_taken((const struct wish[]){{0, 1, stranger, NULL}}, 1, "la firma");
	not_taken((const struct wish[]){{0, 1, NULL, other}}, 1, "la firma");
	/* a chain that begins at a spare, alone and beside a good one */
	not_taken((const struct wish[]){{1, 3, NULL, NULL}}, 1, "no empieza en un votante");
	not_taken((const struct wish[]){{0, 1, NULL, NULL}, {3, 5, NULL, NULL}}, 2, "no empieza en un votante");
	/* rings, of one, two and three */
	not_taken((const struct wish[]){{1, 1, NULL, NULL}}, 1, "no empieza en un votante");
	not_taken((const struct wish[]){{1, 3, NULL, NULL}, {3, 1, NULL, NULL}}, 2, "no empieza en un votante");
	not_taken((const struct wish[]){{1, 3, NULL, NULL}, {3, 5, NULL, NULL}, {5, 1, NULL, NULL}}, 3,
	          "no empieza en un votante");
}

/* The lines themselves: order, repetition, hex, lengths, strangers. */
static void test_bad_lines(void **state)
{
	const struct wish two[] = {{0, 1, NULL, NULL}, {2, 3, NULL, NULL}}, alone[] = {{0, 1, NULL, NULL}};
	struct buffer b = BUFFER_INIT, c = BUFFER_INIT, e = BUFFER_INIT;
	struct rights *r;
	char why[512];
	size_t half;

	(void)state;
	reissues(&b, two, 2);
	half = (size_t)((uint8_t *)memchr(b.data, '\n', b.len) - b.data) + 1;
	buffer_put(&c, b.data + half, b.len - half);
	buffer_put(&c, b.data, half);
	assert_int_equal(apply(&r, why, &c), E_EVIDENCE);
	vectors_about(why, "línea 2: las líneas no están en orden", "order");
	rights_free(r);
	reissues(&e, alone, 1);
	for (size_t cut = 1; cut < e.len; cut++) { /* no prefix is a file */
		struct buffer part = {.data = e.data, .len = cut, .cap = e.len};

		assert_int_equal(apply(&r, why, &part), E_EVIDENCE);
		rights_free(r);
	}
	for (size_t i = 0; i < e.len; i++) { /* every byte counts */
		e.data[i] ^= 0x20;
		assert_int_equal(apply(&r, why, &e), E_EVIDENCE);
		rights_free(r);
		e.data[i] ^= 0x20;
	}
	assert_int_equal(apply(&r, why, &e), OK);
	rights_free(r);
	buffer_free(&b);
	buffer_free(&c);
	buffer_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),         cmocka_unit_test(test_bad_credentials), cmocka_unit_test(test_reissues),
	    cmocka_unit_test(test_bad_reissues), cmocka_unit_test(test_bad_lines),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
