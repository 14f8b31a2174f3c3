// From the user name and the password of the voter's mail to the two secrets of the log-in
// (protocol, section 4): `auth`, which the server checks, and the signing key, which it never sees.

import { ascii, toBigInt } from './bytes.js';
import { G, mod } from './group.js';
import { Hb, derive, sha256 } from './hash.js';

/**
 * slug: the definition's id; username and password as typed.js gives them.
 * Gives { auth, secret, credential }: 32 bytes, a scalar, a point.
 */
export function deriveCredential(slug, username, password) {
  const salt = Hb('credential', ascii(slug), ascii(username));
  const ikm = ascii(password);
  const auth = derive(ikm, salt, 'auth', 32);
  const secret = mod(toBigInt(derive(ikm, salt, 'sign', 48)));
  if (secret === 0n) throw new RangeError('signing key is zero');
  return { auth, secret, credential: G.multiply(secret) };
}

/** What the server keeps of `auth`. */
export const storedAuth = (auth) => sha256(auth);
