/*
 * See secret.h. Small ones live in OpenSSL's secure heap (guarded, locked); what does not fit there
 * (a mixer's scalars: 32 bytes a ballot) in pages of its own, locked where the limits allow.
 */
#include "base/secret.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { SMALL = 4096, HEAP = 1 << 18 };

struct secret {
	size_t len;
	size_t mapped; /* 0: in the secure heap */
	uint8_t *bytes;
};

void secret_protect_process(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* Best effort where the memory-lock limit is small: the heap is then unlocked but still guarded. */
	CRYPTO_secure_malloc_init(HEAP, 32);
}

struct secret *secret_new(size_t len)
{
	struct secret *s;

	if (len == 0 || (s = calloc(1, sizeof *s)) == NULL)
		goto out_of_memory;
	s->len = len;
	if (len <= SMALL) {
		s->bytes = OPENSSL_secure_zalloc(len);
	} else {
		void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED) {
			(void)mlock(p, len);
			madvise(p, len, MADV_DONTDUMP);
			madvise(p, len, MADV_WIPEONFORK);
			s->bytes = p;
			s->mapped = len;
		}
	}
	if (s->bytes != NULL)
		return s;
	free(s);
out_of_memory:
	fault(E_FAILED, NULL, _("no hay memoria para un secreto de %zu bytes"), len);
	return NULL;
}

struct secret *secret_copy(const void *bytes, size_t len)
{
	struct secret *s = secret_new(len);

	if (s != NULL)
		memcpy(s->bytes, bytes, len);
	return s;
}

void secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	OPENSSL_cleanse(s->bytes, s->len);
	if (s->mapped > 0)
		munmap(s->bytes, s->mapped);
	else
		OPENSSL_secure_clear_free(s->bytes, s->len);
	free(s);
}

uint8_t *secret_bytes(const struct secret *s)
{
	return s->bytes;
}

size_t secret_len(const struct secret *s)
{
	return s->len;
}
