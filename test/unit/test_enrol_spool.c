/* The safe and the spool: right passphrase, each field altered, entries moved, passwords overwritten. */
#include "base/file.h"
#include "base/hex.h"
#include "base/secret.h"
#include "ceremony/safe.h"
#include "ceremony/spool.h"
#include "protocol/signature.h"
#include "unit/folder.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void safe_opens_by_its_passphrase_alone(void **state)
{
	struct secret *right = secret_copy("correcta y larga", 16), *wrong = secret_copy("correcta y largA", 16);
	struct secret *key = NULL, *again = NULL, *registrar = NULL;
	struct point made, read;
	uint8_t der[SIGNATURE_MAX];
	size_t len;
	char path[320];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("safe.json"));
	assert_int_equal(safe_open(&key, NULL, NULL, path, right), E_STATE);
	assert_int_equal(safe_create(path, right, &made), OK);
	assert_int_equal(safe_create(path, right, &made), E_STATE);
	assert_int_equal(safe_open(&key, &registrar, &read, path, wrong), E_REFUSED);
	assert_null(key);
	assert_null(registrar);
	assert_int_equal(safe_open(&key, &registrar, &read, path, right), OK);
	assert_true(point_equal(&made, &read));
	assert_int_equal(safe_open(&again, NULL, NULL, path, right), OK);
	assert_memory_equal(secret_bytes(key), secret_bytes(again), SAFE_KEY);
	assert_int_equal(safe_sign(der, &len, registrar, &read, "message", 7), OK);
	assert_true(signature_verify(&made, "message", 7, der, len));
	assert_false(signature_verify(&made, "massage", 7, der, len));
	secret_free(right);
	secret_free(wrong);
	secret_free(key);
	secret_free(again);
	secret_free(registrar);
}

/* Each hex digit of the safe's sealed fields changed in turn (a few places of each). */
static void an_altered_safe_is_refused(void **state)
{
	static const char *const fields[] = {"\"key\": \"", "\"registrar\": \"", "\"registrar_key\": \"04",
	                                     "\"salt\": \""};
	struct secret *right = secret_copy("correcta y larga", 16), *key, *registrar;
	struct buffer b = BUFFER_INIT;
	struct point p;
	char path[320], hex[2 * POINT_BYTES + 1], whole[2 * POINT_BYTES], *place;

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("safe.json"));
	assert_int_equal(file_read(&b, path, 65536), OK);
	for (size_t i = 0; i < 4; i++) {
		char *at = strstr(buffer_str(&b), fields[i]) + strlen(fields[i]) + 5, was = *at;

		*at = was == '0' ? '1' : '0';
		assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
		assert_int_not_equal(safe_open(&key, &registrar, &p, path, right), OK);
		*at = was;
	}
	/* A point of the curve, but another's. */
	hex_encode(hex, POINT_GENERATOR.octets, POINT_BYTES);
	place = strstr(buffer_str(&b), fields[2]) + strlen(fields[2]) - 2;
	memcpy(whole, place, sizeof whole);
	memcpy(place, hex, sizeof whole);
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	assert_int_equal(safe_open(&key, &registrar, &p, path, right), E_EVIDENCE);
	memcpy(place, whole, sizeof whole);
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	assert_int_equal(safe_open(&key, NULL, NULL, path, right), OK);
	secret_free(key);
	buffer_free(&b);
	secret_free(right);
}

static struct secret *spool_key(uint8_t fill)
{
	struct secret *key = secret_new(SAFE_KEY);

	memset(secret_bytes(key), fill, SAFE_KEY);
	return key;
}

enum { ENTRIES = 5 };
static const uint8_t credentials[32] = {7};

/* Entries 0…3 are voters', 4 a spare; passwords "0000…", "1111…", … */
static void make_spool(const char *path, const struct secret *key)
{
	struct spool_writer *w = NULL;

	assert_int_equal(spool_writer_open(&w, path, ENTRIES, key), OK);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct spool_person p = {.voter = "V", .name = "Íñigo", .email = "i@example.org", .phone = "+447700900000"};
		struct secret *password = secret_new(PASSWORD_SYMBOLS);

		snprintf(p.username, sizeof p.username, "USER%u", i);
		p.credential = POINT_GENERATOR;
		memset(secret_bytes(password), (int)('0' + i), PASSWORD_SYMBOLS);
		assert_int_equal(spool_writer_put(w, i, i == 4 ? 's' : 'v', &p, password), OK);
		secret_free(password);
	}
	assert_int_equal(spool_writer_commit(w, credentials), OK);
	spool_writer_free(w);
}

static void entries_come_back_and_passwords_go(void **state)
{
	struct secret *key = spool_key(1), *password = NULL;
	struct spool *s = NULL;
	struct spool_person p;
	struct buffer b = BUFFER_INIT;
	char path[320], id[320], again[320], other[320];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("spool"));
	make_spool(path, key);
	assert_int_equal(spool_open(&s, path, key), OK);
	assert_int_equal(spool_entries(s), ENTRIES);
	assert_memory_equal(spool_credentials_sha256(s), credentials, 32);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		char name[8];

		snprintf(name, sizeof name, "USER%u", i);
		assert_int_equal(spool_person(&p, s, i), OK);
		assert_string_equal(p.username, name);
		assert_string_equal(p.name, "Íñigo");
		assert_true(point_equal(&p.credential, &POINT_GENERATOR));
		assert_int_equal(spool_password(&password, s, i), OK);
		assert_int_equal(secret_bytes(password)[19], '0' + i);
		secret_free(password);
	}
	assert_int_equal(spool_message_id(id, sizeof id, s, 2, "a.example"), OK);
	assert_int_equal(spool_mark(s, 2, SPOOL_UNDER_WAY), OK);
	assert_false(spool_password_gone(s, 2));
	assert_int_equal(spool_mark(s, 2, SPOOL_ACCEPTED), OK);
	spool_close(s);

	assert_int_equal(spool_open(&s, path, key), OK);
	assert_int_equal(spool_state(s, 2), SPOOL_ACCEPTED);
	assert_int_equal(spool_state(s, 1), SPOOL_WAITING);
	assert_true(spool_password_gone(s, 2));
	assert_false(spool_password_gone(s, 1));
	assert_int_equal(spool_password(&password, s, 2), E_STATE);
	assert_int_equal(spool_person(&p, s, 2), OK);
	assert_int_equal(spool_message_id(again, sizeof again, s, 2, "a.example"), OK);
	assert_int_equal(spool_message_id(other, sizeof other, s, 3, "a.example"), OK);
	assert_string_equal(id, again);
	assert_string_not_equal(id, other);
	spool_close(s);

	/* Nothing of a person or a password stands in the file as it is. */
	assert_int_equal(file_read(&b, path, 1 << 20), OK);
	assert_null(memmem(b.data, b.len, "example.org", 11));
	assert_null(memmem(b.data, b.len, "0000000000", 10));
	buffer_free(&b);
	secret_free(key);
}

/* A person corrected: state, password and Message-ID stay, also of a password that is gone; nobody else changes. */
static void a_person_is_corrected_and_nothing_else(void **state)
{
	struct secret *key = spool_key(1), *password = NULL;
	struct spool *s = NULL;
	struct spool_person p;
	struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	char path[320], fresh[320], id[320], again[320];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("uncorrected"));
	snprintf(fresh, sizeof fresh, "%s", in_folder("corrected"));
	make_spool(path, key);
	assert_int_equal(spool_open(&s, path, key), OK);
	assert_int_equal(spool_mark(s, 2, SPOOL_UNDER_WAY), OK);
	assert_int_equal(spool_message_id(id, sizeof id, s, 2, "a.example"), OK);
	assert_int_equal(spool_person(&p, s, 2), OK);
	strcpy(p.email, "nueva@example.net");
	assert_int_equal(spool_correct(s, fresh, 2, &p), OK);
	spool_close(s);
	assert_int_equal(spool_open(&s, fresh, key), OK);
	assert_int_equal(spool_state(s, 2), SPOOL_UNDER_WAY);
	assert_int_equal(spool_person(&p, s, 2), OK);
	assert_string_equal(p.email, "nueva@example.net");
	assert_int_equal(spool_password(&password, s, 2), OK);
	assert_int_equal(secret_bytes(password)[19], '2');
	secret_free(password);
	assert_int_equal(spool_message_id(again, sizeof again, s, 2, "a.example"), OK);
	assert_string_equal(id, again);
	assert_int_equal(spool_mark(s, 2, SPOOL_ACCEPTED), OK);
	spool_close(s);
	/* but for entry 2's sealed person and its state, byte by byte */
	assert_int_equal(file_read(&before, path, 1 << 20), OK);
	assert_int_equal(file_read(&after, fresh, 1 << 20), OK);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, SPOOL_HEADER + 2 * SPOOL_ENTRY);
	assert_memory_equal(before.data + SPOOL_HEADER + 3 * SPOOL_ENTRY, after.data + SPOOL_HEADER + 3 * SPOOL_ENTRY,
	                    2 * SPOOL_ENTRY);
	assert_null(memmem(after.data, after.len, "example.net", 11));
	buffer_free(&before);
	buffer_free(&after);
	secret_free(key);
}

static void another_key_or_place_is_refused(void **state)
{
	struct secret *key = spool_key(1), *other = spool_key(2), *password = NULL;
	struct buffer b = BUFFER_INIT;
	struct spool *s = NULL;
	struct spool_person p;
	char path[320];
	uint8_t entry[SPOOL_ENTRY];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("moved"));
	make_spool(path, key);
	assert_int_equal(spool_open(&s, path, other), OK);
	assert_int_equal(spool_person(&p, s, 0), E_EVIDENCE);
	assert_int_equal(spool_password(&password, s, 0), E_EVIDENCE);
	spool_close(s);

	/* Entries 0 and 1 change places; a spare becomes a voter; one bit of a password. */
	assert_int_equal(file_read(&b, path, 1 << 20), OK);
	memcpy(entry, b.data + SPOOL_HEADER, SPOOL_ENTRY);
	memcpy(b.data + SPOOL_HEADER, b.data + SPOOL_HEADER + SPOOL_ENTRY, SPOOL_ENTRY);
	memcpy(b.data + SPOOL_HEADER + SPOOL_ENTRY, entry, SPOOL_ENTRY);
	b.data[SPOOL_HEADER + 4 * SPOOL_ENTRY + 1] = 'v';
	b.data[SPOOL_HEADER + 3 * SPOOL_ENTRY - 1] ^= 1;
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	assert_int_equal(spool_open(&s, path, key), OK);
	assert_int_equal(spool_person(&p, s, 0), E_EVIDENCE);
	assert_int_equal(spool_person(&p, s, 1), E_EVIDENCE);
	assert_int_equal(spool_person(&p, s, 2), OK);
	assert_int_equal(spool_password(&password, s, 2), E_EVIDENCE);
	assert_int_equal(spool_person(&p, s, 4), E_EVIDENCE);
	spool_close(s);

	/* Forms: cut, a state there is none of, another magic. */
	assert_int_equal(file_replace(path, b.data, b.len - 1, 0600), OK);
	assert_int_equal(spool_open(&s, path, key), E_EVIDENCE);
	b.data[SPOOL_HEADER] = SPOOL_STATES;
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	assert_int_equal(spool_open(&s, path, key), E_EVIDENCE);
	b.data[SPOOL_HEADER] = 0;
	b.data[0] ^= 1;
	assert_int_equal(file_replace(path, b.data, b.len, 0600), OK);
	assert_int_equal(spool_open(&s, path, key), E_EVIDENCE);
	assert_int_equal(file_replace(path, b.data, 20, 0600), OK);
	assert_int_equal(spool_open(&s, path, key), E_EVIDENCE);
	buffer_free(&b);
	secret_free(key);
	secret_free(other);
}

static void an_abandoned_spool_leaves_no_file(void **state)
{
	struct secret *key = spool_key(1);
	struct spool_writer *w = NULL;
	char path[320];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("abandoned"));
	assert_int_equal(spool_writer_open(&w, path, 3, key), OK);
	spool_writer_free(w);
	assert_false(file_exists(path));
	secret_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(safe_opens_by_its_passphrase_alone), cmocka_unit_test(an_altered_safe_is_refused),
	        cmocka_unit_test(entries_come_back_and_passwords_go), cmocka_unit_test(another_key_or_place_is_refused),
	        cmocka_unit_test(a_person_is_corrected_and_nothing_else),
	        cmocka_unit_test(an_abandoned_spool_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
