// ECDSA over P-256 and SHA-256, DER, s in the lower half, and the messages that are signed so:
// receipts (protocol, section 8), reissues (section 4), seals (section 11).

import { p256 } from '@noble/curves/nist.js';

import { ascii, concat, u64, unhex } from './bytes.js';
import { FORMAT, labelled, sha256 } from './hash.js';

/** publicKey, signature, message: bytes. False for a higher s, for DER that is not canonical. */
export function verifySignature(publicKey, message, signature) {
  try {
    return p256.verify(signature, sha256(message), publicKey, { lowS: true, prehash: false, format: 'der' });
  } catch {
    return false;
  }
}

/** For test programs that act as registrar or server; a voter never signs so. */
export function makeSignature(secret, message) {
  return p256.sign(sha256(message), secret, { lowS: true, prehash: false }).toBytes('der');
}

export const receiptMessage = (eid, tracker) => concat(labelled('receipt'), eid, tracker);

export const reissueMessage = (eid, before, after) => concat(labelled('reissue'), eid, before, after);

/** hashes raw, ballots a count, closed as ASCII */
export const sealMessage = (eid, boxHash, reissuesHash, ballots, closed) =>
  concat(labelled('seal'), eid, boxHash, reissuesHash, u64(ballots), ascii(closed));

const FIELDS = 'eid,format,signature,tracker';

/** Whether this receipt is of this election and tracker and signed by one of the system's keys (hex). */
export function verifyReceipt(receipt, { eid, tracker, systemKeys }) {
  try {
    if (Object.keys(receipt).sort().join() !== FIELDS || receipt.format !== FORMAT) return false;
    if (receipt.eid !== eid || receipt.tracker !== tracker) return false;
    const message = receiptMessage(unhex(eid, 32), unhex(tracker, 32));
    const signature = unhex(receipt.signature);
    return systemKeys.some((key) => verifySignature(unhex(key, 65), message, signature));
  } catch {
    return false;
  }
}
