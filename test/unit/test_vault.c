/* Vault, its key's attributes and its spare on a real SoftHSM, in a folder of the test's own. */
#include "base/file.h"
#include "hsm/module.h"
#include "hsm/spare.h"
#include "hsm/token.h"
#include "hsm/vault.h"
#include "protocol/shares.h"
#include "unit/hsm_site.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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
static struct point election_key;

static void test_vault_made(void **state)
{
	struct settings *s = hsm_site_settings("");
	struct secret *k = hsm_site_k(7), *random = secret_new(48), *zero = secret_new(48);
	struct vault *v = NULL, *second = NULL;
	json_t *facts;
	char *store = hsm_site_path("vault");

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
	struct settings *s = hsm_site_settings("");
	struct secret *k = hsm_site_k(7), *other = hsm_site_k(8);
	struct vault *v = NULL;
	char *store = hsm_site_path("vault");
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
	struct settings *s = hsm_site_settings("");
	struct secret *k = hsm_site_k(7);
	struct vault *v = NULL;
	char *path = hsm_site_path("vault/store.lock");
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
	struct settings *s = hsm_site_settings("");
	struct secret *k = hsm_site_k(7);
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
	char *store = hsm_site_path("loose");

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
	struct settings *s = hsm_site_settings("");
	struct secret *k = hsm_site_k(7), *other = hsm_site_k(8);
	struct vault *v = NULL, *first = NULL;
	struct buffer b = BUFFER_INIT;
	char *path = NULL, *store = hsm_site_path("restored"), *bad = hsm_site_path("bad.spare");
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
int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_vault_made),
	        cmocka_unit_test(test_vault_opened),
	        cmocka_unit_test(test_vault_one_program),
	        cmocka_unit_test(test_vault_threads),
	        cmocka_unit_test(test_key_attributes),
	        cmocka_unit_test(test_spare),
	};

	return cmocka_run_group_tests_name("vault", tests, hsm_site_begin, hsm_site_end);
}
