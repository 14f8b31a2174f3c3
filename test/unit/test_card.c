/* Cards on a real SoftHSM, one token store each, put in and taken out of a folder's reader. */
#include "base/file.h"
#include "hsm/card_reader.h"
#include "protocol/shares.h"
#include "unit/hsm_site.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void insert(const char *card)
{
	char *reader = hsm_site_path("reader"), *to = card != NULL ? hsm_site_path(card) : NULL;

	unlink(reader);
	if (to != NULL) {
		assert_int_equal(file_mkdirs(to, 0700), OK);
		assert_int_equal(symlink(to, reader), 0);
	}
	free(reader);
	free(to);
}

/* One more label on the card that is in. */
static void add_label(struct card_reader *r, const struct card_label *label, const struct secret *password)
{
	struct buffer text = BUFFER_INIT;
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE object;
	CK_RV rv;

	assert_int_equal(card_label_text(&text, label), OK);
	assert_int_equal(card_take(r), OK);
	assert_int_equal(token_login(&session, &r->token, true, password, &rv), OK);
	CK_ATTRIBUTE what[] = {{CKA_CLASS, &class, sizeof class},
	                       {CKA_TOKEN, &yes, sizeof yes},
	                       {CKA_PRIVATE, &no, sizeof no},
	                       {CKA_LABEL, (void *)(uintptr_t)CARD_LABEL_OBJECT, strlen(CARD_LABEL_OBJECT)},
	                       {CKA_VALUE, text.data, text.len}};

	assert_int_equal(r->token.f->C_CreateObject(session, what, sizeof what / sizeof *what, &object), CKR_OK);
	r->token.f->C_Logout(session);
	card_let_go(r);
	buffer_free(&text);
}

static void test_card(void **state)
{
	struct settings *s = hsm_site_settings("");
	struct card_reader *r = NULL;
	struct card_label label = {.election = "prueba", .member = "Sor Juana Inés de la Cruz", .card = 2, .cards = 5,
	                           .threshold = 3, .commitment = POINT_GENERATOR},
	                  seen;
	struct secret *share = hsm_site_k(42), *back = NULL, *password = secret_copy("piedra de sol", 13),
	              *wrong = secret_copy("primero sueño", 14);
	struct point other = POINT_GENERATOR;
	enum card_tries tries;
	char why[256];
	size_t min, max;

	(void)state;
	point_neg(&other, &POINT_GENERATOR);
	assert_int_equal(card_reader_open(&r, s), OK);
	assert_int_equal(card_reader_max_cards(r), 20);
	insert(NULL);
	assert_false(card_present(r));
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_NONE);
	assert_int_equal(card_read(r, &back, password, NULL), E_DEVICE);
	assert_said("no hay ninguna tarjeta");

	insert("card2");
	assert_true(card_present(r));
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_BLANK);
	assert_int_equal(card_password_range(r, &min, &max), OK);
	assert_int_equal(min, 8);
	assert_int_equal(card_write(r, &label, share, password), OK);
	assert_int_equal(strlen(label.serial), 16);
	assert_int_equal(card_write(r, &label, share, password), E_REFUSED);
	assert_said("no está en blanco");
	assert_int_equal(card_look(r, "prueba", &POINT_GENERATOR, &seen, why, sizeof why), CARD_OURS);
	assert_string_equal(seen.member, "Sor Juana Inés de la Cruz");
	assert_int_equal(seen.card, 2);
	assert_string_equal(seen.serial, label.serial);
	assert_int_equal(card_look(r, "otra", NULL, &seen, why, sizeof why), CARD_OTHER_ELECTION);
	assert_int_equal(card_look(r, "prueba", &other, &seen, why, sizeof why), CARD_OTHER_SESSION);

	assert_int_equal(card_read(r, &back, wrong, &tries), E_REFUSED);
	assert_said("contraseña incorrecta");
	assert_null(back);
	assert_int_equal(card_read(r, &back, password, &tries), OK);
	assert_int_equal(secret_len(back), 32);
	assert_memory_equal(secret_bytes(back), secret_bytes(share), 32);
	secret_free(back);

	assert_int_equal(card_erase(r, wrong, &tries), E_REFUSED);
	assert_int_equal(card_erase(r, password, &tries), OK);
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_ERASED);
	assert_int_equal(card_read(r, &back, password, NULL), E_DEVICE);
	assert_said("no contiene su parte");
	assert_int_equal(card_erase(r, password, &tries), OK);
	/* An erasing that was cut off after the new label and before the old one went. */
	add_label(r, &label, password);
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_ERASED);
	assert_string_equal(seen.serial, label.serial);
	assert_int_equal(card_erase(r, password, &tries), OK);
	/* Two that do not say it are no card of ours. */
	insert("card-two-labels");
	assert_int_equal(card_write(r, &label, share, password), OK);
	add_label(r, &label, password);
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_READY);
	card_reader_free(r);
	secret_free(share);
	secret_free(password);
	secret_free(wrong);
	settings_free(s);
}

/* Taken out, or changed for another, while it is being worked on. */
static void test_card_removed_early(void **state)
{
	struct settings *s = hsm_site_settings("");
	struct card_reader *r = NULL;

	(void)state;
	assert_int_equal(card_reader_open(&r, s), OK);
	insert("card8");
	assert_int_equal(card_take(r), OK);
	assert_int_equal(card_still_in(r), OK);
	insert("card9");
	assert_int_equal(card_still_in(r), E_DEVICE);
	assert_said("antes de tiempo");
	insert(NULL);
	assert_int_equal(card_still_in(r), E_DEVICE);
	card_let_go(r);
	card_reader_free(r);
	settings_free(s);
}

/* A damaged card must not look like a new one. */
static void test_card_damaged(void **state)
{
	struct settings *s = hsm_site_settings("");
	struct card_reader *r = NULL;
	struct card_label seen;
	char why[256], *path = hsm_site_path("damaged/tokens/rubbish"), *stray = hsm_site_path("stray"), *file = hsm_site_path("stray/letter");

	(void)state;
	insert("damaged");
	assert_int_equal(file_mkdirs(path, 0700), OK);
	assert_int_equal(card_reader_open(&r, s), OK);
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_UNREADABLE);
	assert_non_null(strstr(why, "dañada"));
	insert("stray");
	assert_int_equal(file_create(file, "x", 1, 0600), OK);
	assert_int_equal(card_look(r, "prueba", NULL, &seen, why, sizeof why), CARD_UNREADABLE);
	assert_non_null(strstr(why, "no es una tarjeta"));
	insert(NULL);
	card_reader_free(r);
	free(path);
	free(stray);
	free(file);
	settings_free(s);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_card),
	        cmocka_unit_test(test_card_removed_early),
	        cmocka_unit_test(test_card_damaged),
	};

	return cmocka_run_group_tests_name("card", tests, hsm_site_begin, hsm_site_end);
}
