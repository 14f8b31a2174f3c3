/* See safe.h. Looks into secrets: the passphrase, both keys. */
#include "ceremony/safe.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/gcm.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <string.h>

/* 128 MiB and about half a second: RFC 7914's figure for files, doubled twice since it was written. */
enum { SCRYPT_N = 1 << 17, SCRYPT_R = 8, SCRYPT_P = 1, SALT = 16, SCALAR = 32, SEALED = SCALAR + GCM_MORE };

static enum status wrapping_key(struct secret **out, const struct secret *passphrase, const uint8_t salt[SALT],
                                uint64_t n, uint64_t r, uint64_t p)
{
	struct secret *key = secret_new(SAFE_KEY);

	*out = NULL;
	if (key == NULL)
		return E_FAILED;
	if (EVP_PBE_scrypt((const char *)secret_bytes(passphrase), secret_len(passphrase), salt, SALT, n, r, p,
	                   UINT64_C(1) << 30, secret_bytes(key), SAFE_KEY) != 1) {
		secret_free(key);
		return fault(E_FAILED, NULL, _("no se pudo derivar la clave de la frase de acceso (scrypt)"));
	}
	*out = key;
	return OK;
}

/* A private scalar of P-256 by OpenSSL's own generator (constant-time point). */
static enum status new_registrar(struct secret **scalar, struct point *key)
{
	struct scalar k = SCALAR_ZERO;
	enum status r;

	*scalar = NULL;
	do
		if ((r = scalar_random(&k)) != OK)
			goto done;
	while (scalar_is_zero(&k));
	if ((r = point_mul_base(key, &k)) != OK)
		goto done;
	r = E_FAILED;
	if ((*scalar = secret_new(SCALAR)) == NULL)
		goto done;
	scalar_write(secret_bytes(*scalar), &k);
	r = OK;
done:
	scalar_wipe(&k, 1);
	return r;
}

static enum status write_safe(const char *path, const uint8_t salt[SALT], const uint8_t key[SEALED],
                              const uint8_t registrar[SEALED], const struct point *registrar_key)
{
	struct buffer b = BUFFER_INIT;
	json_t *root = NULL;
	enum status r = E_FAILED;

	root = json_pack("{s:s, s:{s:i, s:i, s:i, s:o}, s:o, s:o, s:o}", "format", "VEMRE-V1", "scrypt", "n",
	                 (int)SCRYPT_N, "r", (int)SCRYPT_R, "p", (int)SCRYPT_P, "salt", json_hex(salt, SALT), "key",
	                 json_hex(key, SEALED), "registrar", json_hex(registrar, SEALED), "registrar_key",
	                 json_hex(registrar_key->octets, POINT_BYTES));
	if (root == NULL)
		r = fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	else if ((r = json_write(&b, root)) == OK)
		r = file_create(path, b.data, b.len, 0600);
	json_decref(root);
	buffer_free(&b);
	return r;
}

enum status safe_create(const char *path, const struct secret *passphrase, struct point *registrar_key)
{
	struct secret *wrap = NULL, *key = NULL, *scalar = NULL;
	uint8_t salt[SALT], sealed_key[SEALED], sealed_scalar[SEALED];
	enum status r = E_FAILED;

	if (file_exists(path))
		return fault(E_STATE, NULL, _("%s: ya existe: la clave de la oficina de registro ya está hecha"), path);
	if ((key = secret_new(SAFE_KEY)) == NULL)
		goto done;
	if (RAND_bytes(salt, SALT) != 1 || RAND_priv_bytes(secret_bytes(key), SAFE_KEY) != 1) {
		fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
		goto done;
	}
	if ((r = wrapping_key(&wrap, passphrase, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)) != OK ||
	    (r = new_registrar(&scalar, registrar_key)) != OK ||
	    (r = gcm_seal(sealed_key, wrap, "key", 3, secret_bytes(key), SAFE_KEY)) != OK ||
	    (r = gcm_seal(sealed_scalar, key, "registrar", 9, secret_bytes(scalar), SCALAR)) != OK)
		goto done;
	r = write_safe(path, salt, sealed_key, sealed_scalar, registrar_key);
done:
	secret_free(wrap);
	secret_free(key);
	secret_free(scalar);
	return r;
}

struct safe_file {
	int64_t n, r, p;
	uint8_t salt[SALT], key[SEALED], registrar[SEALED];
	struct point registrar_key;
};

static enum status read_safe(struct safe_file *f, const char *path)
{
	json_t *root = NULL, *s;
	enum status r;

	if (!file_exists(path))
		return fault(E_STATE, _("haga primero enroll-voters --init"),
		             _("%s: no existe: falta hacer la clave de la oficina de registro"), path);
	if ((r = json_read(&root, path, 65536)) != OK ||
	    (r = json_fields(root, path, "format", "scrypt", "key", "registrar", "registrar_key", NULL)) != OK ||
	    (r = json_format_of(root, path)) != OK)
		goto done;
	s = json_object_get(root, "scrypt");
	if ((r = json_fields(s, path, "n", "r", "p", "salt", NULL)) != OK ||
	    (r = json_int_of(&f->n, 2, 1 << 20, s, path, "n")) != OK ||
	    (r = json_int_of(&f->r, 1, 64, s, path, "r")) != OK ||
	    (r = json_int_of(&f->p, 1, 16, s, path, "p")) != OK ||
	    (r = json_hex_of(f->salt, SALT, s, path, "salt")) != OK ||
	    (r = json_hex_of(f->key, SEALED, root, path, "key")) != OK ||
	    (r = json_hex_of(f->registrar, SEALED, root, path, "registrar")) != OK ||
	    (r = json_hex_of(f->registrar_key.octets, POINT_BYTES, root, path, "registrar_key")) != OK)
		goto done;
	if (!point_valid(f->registrar_key.octets))
		r = fault(E_EVIDENCE, NULL, _("%s: registrar_key no es un punto de la curva"), path);
done:
	json_decref(root);
	return r;
}

/* Is the scalar the private half of the point in the file? */
static enum status check_pair(const char *path, const struct secret *scalar, const struct point *key)
{
	struct scalar k;
	struct point p;
	enum status r;

	if (!scalar_read(&k, secret_bytes(scalar)) || scalar_is_zero(&k))
		return fault(E_EVIDENCE, NULL, _("%s: la clave de la oficina de registro no es válida"), path);
	r = point_mul_base(&p, &k);
	scalar_wipe(&k, 1);
	if (r == OK && !point_equal(&p, key))
		r = fault(E_EVIDENCE, NULL, _("%s: registrar y registrar_key no son un par"), path);
	return r;
}

enum status safe_open(struct secret **key, struct secret **registrar, struct point *registrar_key, const char *path,
                      const struct secret *passphrase)
{
	struct safe_file f = {0};
	struct secret *wrap = NULL, *opened = NULL, *scalar = NULL;
	enum status r;

	*key = NULL;
	if (registrar != NULL)
		*registrar = NULL;
	if ((r = read_safe(&f, path)) != OK ||
	    (r = wrapping_key(&wrap, passphrase, f.salt, (uint64_t)f.n, (uint64_t)f.r, (uint64_t)f.p)) != OK)
		goto done;
	r = E_FAILED;
	if ((opened = secret_new(SAFE_KEY)) == NULL || (scalar = secret_new(SCALAR)) == NULL)
		goto done;
	if (!gcm_open(secret_bytes(opened), wrap, "key", 3, f.key, SAFE_KEY)) {
		r = fault(E_REFUSED, _("escríbala otra vez; no hay modo de recuperarla"),
		          _("la frase de acceso no es la de %s"), path);
		goto done;
	}
	if (!gcm_open(secret_bytes(scalar), opened, "registrar", 9, f.registrar, SCALAR)) {
		r = fault(E_EVIDENCE, NULL, _("%s: el archivo fue alterado"), path);
		goto done;
	}
	if ((r = check_pair(path, scalar, &f.registrar_key)) != OK)
		goto done;
	if (registrar_key != NULL)
		*registrar_key = f.registrar_key;
	*key = opened;
	opened = NULL;
	if (registrar != NULL) {
		*registrar = scalar;
		scalar = NULL;
	}
done:
	secret_free(wrap);
	secret_free(opened);
	secret_free(scalar);
	return r;
}

static EVP_PKEY *key_pair(const struct secret *scalar, const struct point *key)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *d = BN_secure_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *pair = NULL;

	if (bld == NULL || d == NULL || c == NULL || BN_bin2bn(secret_bytes(scalar), SCALAR, d) == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, key->octets, POINT_BYTES) != 1 ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1 ||
	    (params = OSSL_PARAM_BLD_to_param(bld)) == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &pair, EVP_PKEY_KEYPAIR, params) != 1)
		pair = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(c);
	BN_clear_free(d);
	return pair;
}

enum status safe_sign(uint8_t der[SIGNATURE_MAX], size_t *len, const struct secret *registrar,
                      const struct point *registrar_key, const void *msg, size_t msg_len)
{
	EVP_PKEY *pair = key_pair(registrar, registrar_key);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	enum status r;

	*len = SIGNATURE_MAX;
	if (pair == NULL || c == NULL || EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, pair) != 1 ||
	    EVP_DigestSign(c, der, len, msg, msg_len) != 1)
		r = fault(E_FAILED, NULL, _("no se pudo firmar con la clave de la oficina de registro"));
	else
		r = signature_normalise(der, len);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(pair);
	return r;
}
