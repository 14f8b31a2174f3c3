// The code that people read aloud: the first 100 bits of a hash in Crockford's base32, four groups of
// five (protocol, section 8). Programs compare all 256 bits; this is for eyes.

import { sha256 } from '@noble/hashes/sha2.js';

import { ALPHABET } from './alphabet.js';
import { toBigInt } from './bytes.js';

/** Of a tracker (32 bytes). */
export function trackerCode(hash) {
  let bits = toBigInt(hash.subarray(0, 13)) >> 4n; // 104 bits less 4
  let text = '';
  for (let i = 0; i < 20; i++, bits >>= 5n) text = ALPHABET[Number(bits & 31n)] + text;
  return text.replace(/(.{5})(?=.)/g, '$1-');
}

/** Of a credential (65 bytes), as it stands in the voter's mail (section 4). */
export const credentialCode = (credential) => trackerCode(sha256(credential));
