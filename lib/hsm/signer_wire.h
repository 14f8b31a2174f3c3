/*
 * What passes between system-signer and its clients, private to hsm/.
 *
 * Request: u32 length || u8 kind || body; answer: u32 length || u8 status (enum status) || body.
 *   PUBLIC_KEY  -                                              -> point (65)
 *   RECEIPT     eid || tracker                                 -> DER
 *   SEAL        eid || box || reissues || u64 || closed (rest) -> DER
 *   JOURNAL     eid || u64 || last                             -> DER
 */
#ifndef HSM_SIGNER_WIRE_H
#define HSM_SIGNER_WIRE_H

enum signer_kind { SIGNER_PUBLIC_KEY = 1, SIGNER_RECEIPT = 2, SIGNER_SEAL = 3, SIGNER_JOURNAL = 4 };
enum { SIGNER_REQUEST_MAX = 256, SIGNER_ANSWER_MAX = 128, SIGNER_WAIT_SECONDS = 10 };

#endif
