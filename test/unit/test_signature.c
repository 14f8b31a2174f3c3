/* ECDSA as the record has it (PROTOCOL 2, 4, 8, 11): strict DER, s in the lower half, the exact messages. */
#include "protocol/signature.h"
#include "unit/signing.h"
#include "unit/vectors.h"
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *file;
static uint8_t eid[32];

static int set_up(void **state)
{
	(void)state;
	file = vectors_load("credentials.json");
	vectors_field(eid, 32, file, "eid");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(file);
	return 0;
}

static void receipt(struct point *key, struct buffer *message)
{
	const json_t *v = vectors_get(file, "receipt");
	uint8_t tracker[32];

	vectors_point(key, vectors_get(v, "system_key"));
	vectors_field(tracker, 32, v, "tracker");
	signature_receipt_message(message, eid, tracker);
}

static void test_receipt(void **state)
{
	const json_t *v = vectors_get(file, "receipt"), *list = vectors_get(v, "rejected"), *bad;
	struct buffer message = BUFFER_INIT;
	struct signature_key *once;
	struct point key;
	uint8_t *der;
	size_t len, i;

	(void)state;
	receipt(&key, &message);
	der = vectors_bytes(&len, vectors_get(v, "signature"));
	assert_true(signature_verify(&key, message.data, message.len, der, len));
	for (i = 0; i < message.len; i++) { /* every byte of the message is signed */
		message.data[i] ^= 1;
		assert_false(signature_verify(&key, message.data, message.len, der, len));
		message.data[i] ^= 1;
	}
	assert_false(signature_verify(&key, message.data, message.len - 1, der, len));
	assert_false(signature_verify(&POINT_GENERATOR, message.data, message.len, der, len));
	assert_null(signature_key_new(&POINT_INFINITY));
	assert_non_null(once = signature_key_new(&key)); /* the same key, time and again */
	for (i = 0; i < 3; i++) {
		assert_true(signature_verify_by(once, message.data, message.len, der, len));
		assert_false(signature_verify_by(once, message.data, message.len - 1, der, len));
	}
	signature_key_free(once);
	free(der);
	assert_true(json_array_size(list) >= 2);
	json_array_foreach((json_t *)(uintptr_t)list, i, bad) {
		der = vectors_bytes(&len, vectors_get(bad, "signature"));
		if (signature_verify(&key, message.data, message.len, der, len))
			fail_msg("taken although %s", vectors_text(bad, "why"));
		free(der);
	}
	buffer_free(&message);
}

/* The vector with the higher s is the same signature: normalised, it is the good one. */
static void test_normalise(void **state)
{
	const json_t *v = vectors_get(file, "receipt");
	uint8_t *good, *high, der[SIGNATURE_MAX];
	size_t good_len, len;

	(void)state;
	good = vectors_bytes(&good_len, vectors_get(v, "signature"));
	high = vectors_bytes(&len, vectors_get(json_array_get(vectors_get(v, "rejected"), 0), "signature"));
	memcpy(der, high, len < sizeof der ? len : sizeof der);
	if (len <= sizeof der) {
		assert_int_equal(signature_normalise(der, &len), OK);
		assert_int_equal(len, good_len);
		assert_memory_equal(der, good, len);
	}
	memcpy(der, good, good_len); /* what is low stays */
	len = good_len;
	assert_int_equal(signature_normalise(der, &len), OK);
	assert_int_equal(len, good_len);
	assert_memory_equal(der, good, len);
	der[0] = 0x31;
	assert_int_equal(signature_normalise(der, &len), E_EVIDENCE);
	free(good);
	free(high);
}

/* Bytes added, cut, or said in another way than DER's own are refused. */
static void test_strict_der(void **state)
{
	const json_t *v = vectors_get(file, "receipt");
	struct buffer message = BUFFER_INIT;
	uint8_t *good, bent[128];
	struct point key;
	size_t len;

	(void)state;
	receipt(&key, &message);
	good = vectors_bytes(&len, vectors_get(v, "signature"));
	for (size_t cut = 0; cut < len; cut++)
		assert_false(signature_verify(&key, message.data, message.len, good, cut));
	memcpy(bent, good, len);
	bent[len] = 0; /* a byte more */
	assert_false(signature_verify(&key, message.data, message.len, bent, len + 1));
	memcpy(bent + 1, good, len); /* the length in the long form */
	bent[0] = 0x30;
	bent[1] = 0x81;
	bent[2] = good[1];
	memcpy(bent + 3, good + 2, len - 2);
	assert_false(signature_verify(&key, message.data, message.len, bent, len + 1));
	memcpy(bent, good, 4); /* r with a zero too many */
	assert_int_equal(good[2], 0x02);
	bent[1] = (uint8_t)(good[1] + 1);
	bent[3] = (uint8_t)(good[3] + 1);
	bent[4] = 0;
	memcpy(bent + 5, good + 4, len - 4);
	assert_false(signature_verify(&key, message.data, message.len, bent, len + 1));
	memset(bent, 0, sizeof bent); /* r = s = 0 */
	memcpy(bent, "\x30\x06\x02\x01\x00\x02\x01\x00", 8);
	assert_false(signature_verify(&key, message.data, message.len, bent, 8));
	assert_false(signature_verify(&key, message.data, message.len, bent, 0));
	for (size_t i = 0; i < len; i++) { /* every byte counts */
		good[i] ^= 0x40;
		assert_false(signature_verify(&key, message.data, message.len, good, len));
		good[i] ^= 0x40;
	}
	free(good);
	buffer_free(&message);
}

static void test_reissue(void **state)
{
	const json_t *v = vectors_get(file, "reissue");
	struct point registrar, old, new;
	struct buffer message = BUFFER_INIT;
	uint8_t *der;
	size_t len;

	(void)state;
	vectors_point(&registrar, vectors_get(v, "registrar_key"));
	vectors_point(&old, vectors_get(v, "old"));
	vectors_point(&new, vectors_get(v, "new"));
	der = vectors_bytes(&len, vectors_get(v, "signature"));
	signature_reissue_message(&message, eid, &old, &new);
	assert_true(signature_verify(&registrar, message.data, message.len, der, len));
	buffer_free(&message);
	signature_reissue_message(&message, eid, &new, &old);
	assert_false(signature_verify(&registrar, message.data, message.len, der, len));
	buffer_free(&message);
	free(der);
}

/* r || s as a token gives it, for keys and signatures made here. */
static void test_from_raw(void **state)
{
	struct point key;
	EVP_PKEY *pkey = signing_new(&key);
	int turned = 0;

	(void)state;
	assert_non_null(pkey);
	for (int i = 0; i < 64; i++) {
		uint8_t raw[64], wide[SIGNATURE_MAX + 8], der[SIGNATURE_MAX], msg = (uint8_t)i;
		const uint8_t *p = wide;
		const BIGNUM *r, *s;
		ECDSA_SIG *sig;
		size_t len;

		assert_int_equal(signing_raw(wide, &len, pkey, &msg, 1), OK);
		assert_non_null(sig = d2i_ECDSA_SIG(NULL, &p, (long)len));
		ECDSA_SIG_get0(sig, &r, &s);
		BN_bn2binpad(r, raw, 32);
		BN_bn2binpad(s, raw + 32, 32);
		turned += raw[32] >> 7;
		assert_int_equal(signature_verify(&key, &msg, 1, wide, len), raw[32] >> 7 == 0);
		assert_int_equal(signature_from_raw(der, &len, raw), OK);
		assert_true(len <= SIGNATURE_MAX);
		assert_true(signature_verify(&key, &msg, 1, der, len));
		msg ^= 0x80;
		assert_false(signature_verify(&key, &msg, 1, der, len));
		ECDSA_SIG_free(sig);
	}
	assert_in_range(turned, 8, 56); /* both halves of s have come by */
	EVP_PKEY_free(pkey);
}

/* The bytes themselves, as PROTOCOL 11 and 12 write them. */
static void test_messages(void **state)
{
	uint8_t a[32], b[32];
	struct buffer m = BUFFER_INIT;

	(void)state;
	memset(a, 0xaa, 32);
	memset(b, 0xbb, 32);
	signature_seal_message(&m, a, b, a, 0x0102, "2027-06-06T18:00:00-06:00");
	assert_int_equal(m.len, 13 + 32 + 32 + 32 + 8 + 25);
	assert_memory_equal(m.data, "VEMRE-V1:seal", 13);
	assert_memory_equal(m.data + 13 + 96, "\0\0\0\0\0\0\1\2", 8);
	assert_memory_equal(m.data + 13 + 104, "2027-06-06T18:00:00-06:00", 25);
	buffer_free(&m);
	signature_journal_message(&m, a, 3, b);
	assert_int_equal(m.len, 16 + 32 + 8 + 32);
	assert_memory_equal(m.data, "VEMRE-V1:journal", 16);
	assert_memory_equal(m.data + 56, b, 32);
	buffer_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_receipt), cmocka_unit_test(test_normalise), cmocka_unit_test(test_strict_der),
	    cmocka_unit_test(test_reissue), cmocka_unit_test(test_from_raw),  cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
