/* Vault, spare, cards, system key and signer on a real SoftHSM, in a folder of the test's own. */
#include "base/file.h"
#include "base/report.h"
#include "hsm/card_reader.h"
#include "hsm/module.h"
#include "hsm/signer.h"
#include "hsm/signer_server.h"
#include "hsm/spare.h"
#include "hsm/system_key.h"
#include "hsm/token.h"
#include "hsm/vault.h"
#include "protocol/shares.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test-hsm-XXXXXX";
static char said[1024]; /* the last thing the library said */

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level >= REPORT_WARNING)
		snprintf(said, sizeof said, "%s", text);
}

#define assert_said(part) \
	do { \
		if (strstr(said, part) == NULL) \
			fail_msg("said «%s», not «%s»", said, part); \
	} while (0)

static char *inside(const char *name)
{
	char *path = file_path(folder, name, NULL);

	assert_non_null(path);
	return path;
}

static struct settings *settings(const char *more)
{
	struct settings *s = NULL;
	char *path = inside("vemre.conf"), text[1024];

	snprintf(text, sizeof text,
	         "hsm: { vault_store = \"vault\"; system_store = \"system\"; spare_store = \"spare\"; };\n"
	         "cards: { reader = \"reader\"; };\n%s",
	         more);
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	assert_int_equal(settings_open(&s, path), OK);
	free(path);
	return s;
}

static struct secret *some_k(uint8_t last)
{
	uint8_t bytes[32] = {[31] = last};

	return secret_copy(bytes, sizeof bytes);
}

/* x(r A) = x(a R) for R = r G: what the HSM gives, without knowing a. */
static void expected_x(uint8_t z[32], struct point *big_r, const struct point *a)
{
	struct scalar r;
	struct point shared;

	assert_int_equal(scalar_random(&r), OK);
	assert_int_equal(point_mul_base(big_r, &r), OK);
	assert_int_equal(point_mul(&shared, &r, a), OK);
	memcpy(z, shared.octets + 1, 32);
}

/* Objects of the vault's token as one of our sessions sees them: session objects of others in this process too. */
static unsigned objects_now(struct module *m)
{
	struct token t;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE all[64];
	CK_ULONG n = 0;

	assert_int_equal(token_find(&t, m, "VEMRE-BOVEDA", NULL), OK);
	assert_int_equal(t.f->C_OpenSession(t.slot, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
	assert_int_equal(t.f->C_FindObjectsInit(session, NULL, 0), CKR_OK);
	assert_int_equal(t.f->C_FindObjects(session, all, 64, &n), CKR_OK);
	t.f->C_FindObjectsFinal(session);
	t.f->C_CloseSession(session);
	return (unsigned)n;
}

static unsigned objects_of(const char *store)
{
	struct module *m = NULL;
	unsigned n;

	assert_int_equal(module_open(&m, MODULE_DEFAULT, store), OK);
	n = objects_now(m);
	module_close(m);
	return n;
}

/* The module's own file, loaded once more, is the first copy, which an only vault has. */
static unsigned objects_of_open_vault(void)
{
	void *handle = dlopen(MODULE_DEFAULT, RTLD_NOW | RTLD_NOLOAD);
	CK_C_GetFunctionList get;
	struct module m = {0};
	unsigned n;

	assert_non_null(handle);
	*(void **)&get = dlsym(handle, "C_GetFunctionList");
	assert_int_equal(get(&m.f), CKR_OK);
	n = objects_now(&m);
	dlclose(handle);
	return n;
}

/* ---- vault */

static struct point election_key;

static void test_vault_made(void **state)
{
	struct settings *s = settings("");
	struct secret *k = some_k(7), *random = secret_new(48), *zero = secret_new(48);
	struct vault *v = NULL, *second = NULL;
	json_t *facts;
	char *store = inside("vault");

	(void)state;
	/* Broken off before it was made: no trace, and the next session may begin. */
	assert_int_equal(vault_prepare(&v, s), OK);
	vault_close(v);
	assert_int_equal(vault_prepare(&v, s), OK);
	assert_int_equal(vault_random(v, random), OK);
	assert_memory_not_equal(secret_bytes(random), secret_bytes(zero), 48);
	assert_int_equal(vault_public_key(v, &election_key), E_STATE);
	assert_int_equal(vault_make(v, k), OK);
	assert_int_equal(vault_make(v, k), E_STATE);
	assert_int_equal(vault_public_key(v, &election_key), OK);
	facts = vault_facts(v);
	assert_non_null(facts);
	assert_true(json_is_true(json_object_get(json_object_get(facts, "attributes"), "CKA_NEVER_EXTRACTABLE")));
	assert_true(json_is_false(json_object_get(json_object_get(facts, "attributes"), "CKA_EXTRACTABLE")));
	json_decref(facts);
	vault_close(v);
	assert_int_equal(vault_prepare(&second, s), E_STATE);
	assert_said("ya hay una bóveda");
	assert_null(second);
	free(store);
	secret_free(k);
	secret_free(random);
	secret_free(zero);
	settings_free(s);
}

static void test_vault_opened(void **state)
{
	struct settings *s = settings("");
	struct secret *k = some_k(7), *other = some_k(8);
	struct vault *v = NULL;
	char *store = inside("vault");
	unsigned before = objects_of(store), in_session;
	uint8_t z[32], want[32];
	struct point r;

	(void)state;
	assert_int_equal(vault_open(&v, s, other, &election_key, 1), E_DEVICE);
	assert_said("no abre la bóveda");
	assert_null(v);
	assert_int_equal(vault_open(&v, s, k, &POINT_GENERATOR, 1), E_DEVICE);
	assert_said("no es la llave de la elección");
	assert_int_equal(vault_open(&v, s, k, &election_key, 1), OK);
	in_session = objects_of_open_vault();
	/* Enough of them that some x begin with a zero byte. */
	for (unsigned i = 0; i < 600; i++) {
		expected_x(want, &r, &election_key);
		assert_int_equal(vault_derive_x(v, z, &r), OK);
		assert_memory_equal(z, want, 32);
	}
	/* Nothing is left in the session, nothing on the token. */
	assert_int_equal(objects_of_open_vault(), in_session);
	vault_close(v);
	assert_int_equal(objects_of(store), before);
	free(store);
	secret_free(k);
	secret_free(other);
	settings_free(s);
}

/* A second program on the vault's store is turned away while it is open, and only then. */
static void test_vault_one_program(void **state)
{
	struct settings *s = settings("");
	struct secret *k = some_k(7);
	struct vault *v = NULL;
	char *path = inside("vault/store.lock");
	int other = open(path, O_RDWR | O_CLOEXEC);

	(void)state;
	assert_true(other >= 0);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(vault_open(&v, s, k, &election_key, 2), E_DEVICE);
	assert_said("otro programa está usando");
	assert_int_equal(flock(other, LOCK_UN), 0);
	assert_int_equal(vault_open(&v, s, k, &election_key, 2), OK);
	assert_int_not_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	vault_close(v);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
	free(path);
	secret_free(k);
	settings_free(s);
}

static void *derive_some(void *arg)
{
	struct vault *v = arg;
	uint8_t z[32], want[32];
	struct point r;

	for (unsigned i = 0; i < 200; i++) {
		expected_x(want, &r, &election_key);
		if (vault_derive_x(v, z, &r) != OK || memcmp(z, want, 32) != 0)
			return arg;
	}
	return NULL;
}

static void test_vault_threads(void **state)
{
	struct settings *s = settings("");
	struct secret *k = some_k(7);
	struct vault *v = NULL;
	pthread_t threads[4];
	void *bad;

	(void)state;
	assert_int_equal(vault_open(&v, s, k, &election_key, 3), OK);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, derive_some, v), 0);
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		assert_null(bad);
	}
	vault_close(v);
	secret_free(k);
	settings_free(s);
}

/* A key that is not a prisoner of its token is refused. */
static void test_key_attributes(void **state)
{
	CK_BBOOL yes = CK_TRUE;
	unsigned char p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
	CK_ATTRIBUTE pub[] = {{CKA_EC_PARAMS, p256, sizeof p256}, {CKA_TOKEN, &yes, 1}};
	CK_ATTRIBUTE priv[] = {{CKA_TOKEN, &yes, 1}, {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1},
	                       {CKA_EXTRACTABLE, &yes, 1}, {CKA_DERIVE, &yes, 1}};
	CK_MECHANISM how = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE a, b;
	CK_RV rv;
	struct secret *pin = secret_copy("12345678", 8);
	struct module *m = NULL;
	struct token t;
	char *store = inside("loose");

	(void)state;
	assert_int_equal(module_open(&m, MODULE_DEFAULT, store), OK);
	assert_int_equal(token_blank(&t, m), OK);
	assert_int_equal(token_init(&t, pin, "loose"), OK);
	assert_int_equal(token_set_pins(&t, pin, NULL, pin), OK);
	assert_int_equal(token_login(&session, &t, true, pin, &rv), OK);
	assert_int_equal(t.f->C_GenerateKeyPair(session, &how, pub, 2, priv, 5, &a, &b), CKR_OK);
	assert_int_equal(token_check_key(NULL, &t, session, b, CKA_DERIVE), E_DEVICE);
	assert_said("CKA_EXTRACTABLE = TRUE");
	module_close(m);
	secret_free(pin);
	free(store);
}

static void test_spare(void **state)
{
	struct settings *s = settings("");
	struct secret *k = some_k(7), *other = some_k(8);
	struct vault *v = NULL, *first = NULL;
	struct buffer b = BUFFER_INIT;
	char *path = NULL, *store = inside("restored"), *bad = inside("bad.spare");
	uint8_t sha[32], z[32], want[32];
	struct point r;

	(void)state;
	assert_int_equal(spare_write(&path, sha, s, "prueba", k), OK);
	assert_int_equal(spare_restore(path, other, store), E_EVIDENCE);
	assert_false(access(store, F_OK) == 0);
	assert_int_equal(file_read(&b, path, 1 << 24), OK);
	b.data[b.len / 2] ^= 1;
	assert_int_equal(file_create(bad, b.data, b.len, 0600), OK);
	assert_int_equal(spare_restore(bad, k, store), E_EVIDENCE);
	assert_said("alterada");
	assert_int_equal(spare_restore(path, k, store), OK);
	/* Vault and spare at once. */
	assert_int_equal(vault_open(&first, s, k, &election_key, 1), OK);
	assert_int_equal(vault_open_store(&v, s, store, k, &election_key, 1), OK);
	expected_x(want, &r, &election_key);
	assert_int_equal(vault_derive_x(v, z, &r), OK);
	assert_memory_equal(z, want, 32);
	assert_int_equal(vault_derive_x(first, z, &r), OK);
	assert_memory_equal(z, want, 32);
	vault_close(v);
	vault_close(first);
	spare_forget(store);
	assert_false(access(store, F_OK) == 0);
	buffer_free(&b);
	free(path);
	free(store);
	free(bad);
	secret_free(k);
	secret_free(other);
	settings_free(s);
}

/* ---- cards */

static void insert(const char *card)
{
	char *reader = inside("reader"), *to = card != NULL ? inside(card) : NULL;

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
	struct settings *s = settings("");
	struct card_reader *r = NULL;
	struct card_label label = {.election = "prueba", .member = "Sor Juana Inés de la Cruz", .card = 2, .cards = 5,
	                           .threshold = 3, .commitment = POINT_GENERATOR},
	                  seen;
	struct secret *share = some_k(42), *back = NULL, *password = secret_copy("piedra de sol", 13),
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
	struct settings *s = settings("");
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
	struct settings *s = settings("");
	struct card_reader *r = NULL;
	struct card_label seen;
	char why[256], *path = inside("damaged/tokens/rubbish"), *stray = inside("stray"), *file = inside("stray/letter");

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

/* ---- the system key and its signer */

static volatile sig_atomic_t stop;
static char *socket_path;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void *serve(void *key)
{
	sigset_t none;
	enum status r;

	sigemptyset(&none);
	r = signer_serve(key, socket_path, &stop, &none);
	return (void *)(intptr_t)r;
}

static struct signer *connect_soon(void)
{
	struct signer *s = NULL;

	for (unsigned i = 0; i < 100 && signer_connect(&s, socket_path) != OK; i++)
		usleep(20000);
	assert_non_null(s);
	return s;
}

static void ask_everything(struct signer *c, const struct point *key)
{
	uint8_t eid[32] = {1}, hash[32] = {2}, other[32] = {3}, der[SIGNATURE_MAX];
	struct buffer msg = BUFFER_INIT;
	struct point shown;
	size_t len;

	assert_int_equal(signer_public_key(c, &shown), OK);
	assert_true(point_equal(&shown, key));
	assert_int_equal(signer_receipt(c, der, &len, eid, hash), OK);
	signature_receipt_message(&msg, eid, hash);
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	msg.len = 0;
	assert_int_equal(signer_seal(c, der, &len, eid, hash, other, 77, "2027-06-06T18:00:00-06:00"), OK);
	signature_seal_message(&msg, eid, hash, other, 77, "2027-06-06T18:00:00-06:00");
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	msg.len = 0;
	assert_int_equal(signer_journal(c, der, &len, eid, 5, hash), OK);
	signature_journal_message(&msg, eid, 5, hash);
	assert_true(signature_verify(key, msg.data, msg.len, der, len));
	assert_int_equal(signer_seal(c, der, &len, eid, hash, other, 77, "ayer por la tarde"), E_REFUSED);
	assert_said("no firma");
	/* And goes on. */
	assert_int_equal(signer_receipt(c, der, &len, eid, hash), OK);
	buffer_free(&msg);
}

static void test_signer(void **state)
{
	struct settings *s = settings("");
	struct secret *pin = secret_copy("un pin del sistema", 18), *wrong = secret_copy("otro pin del sistema", 20);
	struct sigaction act = {.sa_handler = on_signal};
	struct point key, again;
	struct system_key *k = NULL;
	struct signer *a, *b;
	pthread_t server;
	sigset_t ends;
	void *r;

	(void)state;
	assert_int_equal(system_key_open(&k, s, pin), E_DEVICE);
	assert_int_equal(system_key_make(&key, s, pin), OK);
	assert_int_equal(system_key_make(&again, s, pin), E_STATE);
	assert_int_equal(system_key_open(&k, s, wrong), E_DEVICE);
	assert_null(k);
	assert_int_equal(system_key_open(&k, s, pin), OK);
	assert_int_equal(system_key_public(k, &again), OK);
	assert_true(point_equal(&key, &again));

	socket_path = inside("signer.sock");
	sigemptyset(&ends);
	sigaddset(&ends, SIGUSR1);
	sigaction(SIGUSR1, &act, NULL);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	assert_int_equal(pthread_create(&server, NULL, serve, k), 0);
	a = connect_soon();
	b = connect_soon();
	ask_everything(a, &key);
	ask_everything(b, &key);
	pthread_kill(server, SIGUSR1);
	pthread_join(server, &r);
	assert_int_equal((intptr_t)r, OK);
	assert_int_equal(signer_public_key(a, &again), E_FAILED);
	assert_said("no responde");
	/* The client finds a signer that came back. */
	stop = 0;
	assert_int_equal(pthread_create(&server, NULL, serve, k), 0);
	signer_free(connect_soon());
	ask_everything(b, &key);
	pthread_kill(server, SIGUSR1);
	pthread_join(server, &r);
	signer_free(a);
	signer_free(b);
	system_key_close(k);
	secret_free(pin);
	secret_free(wrong);
	free(socket_path);
	settings_free(s);
}

static int begin(void **state)
{
	(void)state;
	secret_protect_process();
	report_install(listen_to, NULL, NULL);
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	spare_forget(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_vault_made),    cmocka_unit_test(test_vault_opened),
	        cmocka_unit_test(test_vault_one_program),
	        cmocka_unit_test(test_vault_threads), cmocka_unit_test(test_key_attributes),
	        cmocka_unit_test(test_spare),         cmocka_unit_test(test_card),
	        cmocka_unit_test(test_card_removed_early),
	        cmocka_unit_test(test_card_damaged),  cmocka_unit_test(test_signer),
	};

	return cmocka_run_group_tests_name("hsm", tests, begin, end);
}
