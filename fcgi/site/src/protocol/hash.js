// The labelled hashes of the protocol, section 2: Hb to 32 bytes, Hs to a scalar, Hp to a point.

import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { p256_hasher } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

import { ascii, concat, lp, toBigInt } from './bytes.js';
import { ORDER } from './group.js';

export { sha256 };

export const FORMAT = 'VEMRE-V1';

/** V‖label */
export const labelled = (label) => ascii(`${FORMAT}:${label}`);

/** Hb(label, x1, …) = SHA-256( lp(V‖label) ‖ lp(x1) ‖ … ) */
export const Hb = (label, ...parts) => sha256(concat(lp(labelled(label)), ...parts.map(lp)));

/** Hs(label, x1, …) = OS2IP(expand_message_xmd(SHA-256, lp(x1) ‖ …, DST = V‖label, 48)) mod n */
export const Hs = (label, ...parts) =>
  toBigInt(expand_message_xmd(concat(...parts.map(lp)), labelled(label), 48, sha256)) % ORDER;

/** Hp(label, m): P256_XMD:SHA-256_SSWU_RO_ (RFC 9380, section 8.2) with DST = V‖label */
export const Hp = (label, message) => p256_hasher.hashToCurve(message, { DST: labelled(label) });

/** HKDF-SHA-256 (RFC 5869), info = V‖label‖more */
export const derive = (ikm, salt, label, length, more = new Uint8Array(0)) =>
  hkdf(sha256, ikm, salt, concat(labelled(label), more), length);
