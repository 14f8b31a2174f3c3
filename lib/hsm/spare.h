/*
 * The spare of a SoftHSM vault: its token folder, encrypted under the key that only K yields (PROTOCOL 3), in one
 * file for another medium (DESIGN 5). A real HSM is cloned by its vendor's own means.
 *
 * File: "VMSP1" || 12 bytes of nonce || AES-256-GCM( for each file: lp(path within the folder) || lp(bytes) ) || tag
 */
#ifndef HSM_SPARE_H
#define HSM_SPARE_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"

/* A new file (refused if there is one). The vault is closed. *out_path: settings hsm.spare_store/SLUG.spare,
 * malloc'd. sha256: of the file. */
MUST_USE enum status spare_write(char **out_path, uint8_t sha256[32], struct settings *s, const char *slug,
                                 const struct secret *k);
/* settings hsm.spare_store/SLUG.spare, malloc'd; NULL with a real HSM. E_USAGE, said: the setting is missing. */
MUST_USE enum status spare_path(char **out, struct settings *s, const char *slug);
/* Unpacks into the folder `store`, which must not exist (mode 0700). E_EVIDENCE, said: altered, or another K. */
MUST_USE enum status spare_restore(const char *path, const struct secret *k, const char *store);
/* Removes a folder so restored, overwriting its files first. */
void spare_forget(const char *store);

#endif
