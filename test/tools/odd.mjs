// Ballots that an honest page never makes and that the box must take all the same (protocol, sections 6
// and 8): the part of one contest, with an inner envelope or block points of the voter's own choosing.

import { randomBytes } from 'node:crypto';

import { contestPart } from '../../fcgi/site/src/protocol/ballot.js';
import { concat, u64 } from '../../fcgi/site/src/protocol/bytes.js';
import { embedAll, innerContext, sealInner, sealOuter } from '../../fcgi/site/src/protocol/envelope.js';
import { G, liftX, randomScalar, xBytes } from '../../fcgi/site/src/protocol/group.js';
import { Hp } from '../../fcgi/site/src/protocol/hash.js';

// An x that is, or is not, one of the curve's.
function someX(onCurve) {
  for (;;) {
    const x = randomBytes(32);
    if ((liftX(x) !== null) === onCurve) return x;
  }
}

const garbage = (w) => randomBytes(30 * w - 32);
const inner = (make) => (c) => sealOuter(c.keys.committee, embedAll(make(c)), c.t);
const outer = (change) => (c) => {
  const C = sealOuter(c.keys.committee, embedAll(sealInner(c.keys.election, c.ctx, randomBytes(16), c.plain)), c.t);
  change(C, c);
  return C;
};

/** Every kind gives C_0…C_w of a malformed vote: { name: make({ keys, ctx, w, t, plain }) }. */
export const ODD = {
  'mismatch: random bytes': inner(({ w }) => concat(someX(true), garbage(w))),
  'mismatch: another plain vote under the mask': inner(({ keys, ctx, plain }) => {
    const bytes = sealInner(keys.election, ctx, randomBytes(16), plain);
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  }),
  'mismatch: R = -G': inner(({ w }) => concat(xBytes(G), garbage(w))),
  'off-curve: X no x of the curve': inner(({ w }) => concat(someX(false), garbage(w))),
  'off-curve: X not below p': inner(({ w }) => concat(new Uint8Array(32).fill(0xff), garbage(w))),
  'undecodable: C_1 = C_2': outer((C) => (C[1] = C[2])),
  'undecodable: C_1 = -C_2': outer((C) => (C[1] = C[2].negate())),
  'undecodable: the block point is infinity': outer((C, { keys, t }) => (C[1] = keys.committee[0].multiply(t))),
  'undecodable: C_w = G': outer((C) => (C[C.length - 1] = G)),
  'undecodable: C_2 = a commitment base': outer((C) => (C[2] = Hp('commitment-base', u64(1)))),
  'undecodable: C_1 = B_1, C_2 = B_2': outer((C, { keys }) => {
    [C[1], C[2]] = keys.committee;
  }),
  'undecodable: odd y': outer((C, { keys, t }) => {
    const P = C[1].subtract(keys.committee[0].multiply(t));
    C[1] = P.negate().add(keys.committee[0].multiply(t));
  }),
};

/** The part of the ballot for one odd envelope. */
export function oddPart({ kind, eid, credential, name, w, plain, keys }) {
  const t = randomScalar();
  const C = ODD[kind]({ keys, ctx: innerContext(eid, name), w, t, plain });
  return contestPart({ eid, credential, name, C, t, alpha: randomScalar() });
}
