// Opens an inner envelope with the opening key itself (protocol, section 6), which outside of tests never
// leaves the HSM: for tests alone, so that what the page seals is seen to open.

import { Reader, concat, equal, hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import {
  embedAll, innerContext, sealInner, sealOuter, sealsAgain, unmask,
} from '../../fcgi/site/src/protocol/envelope.js';
import { liftX, pointBytes, readScalar, xBytes } from '../../fcgi/site/src/protocol/group.js';

/** Gives { status: 'valid' | 'mismatch' | 'off-curve', seed, plain, R, W }. */
export function openInner(electionKey, a, ctx, inner) {
  const R = liftX(inner.subarray(0, 32));
  if (!R) return { status: 'off-curve' };
  const W = R.multiply(a);
  const { seed, plain } = unmask(inner, xBytes(W), ctx);
  const status = sealsAgain(electionKey, ctx, seed, plain, inner) ? 'valid' : 'mismatch';
  return { status, seed, plain, R, W };
}

/**
 * The checker's arithmetic on an opening file (section 8): each envelope sealed again from seed, plain and t
 * is the ballot's own, and the plain votes are those marked.
 */
export function reopens(election, file, plains) {
  const ballot = new Reader(unhex(file.ballot));
  ballot.take(4 + 32 + 65);
  const contests = ballot.u8();
  if (contests !== file.contests.length || contests !== plains.length) return false;
  return file.contests.every((c, i) => {
    const name = Buffer.from(ballot.take(ballot.u8())).toString();
    const w = ballot.u8();
    const points = ballot.take(65 * (w + 1));
    ballot.take(65 + 32);
    const inner = sealInner(election.keys.election, innerContext(election.eid, name), unhex(c.seed), unhex(c.plain));
    const C = sealOuter(election.keys.committee, embedAll(inner), readScalar(unhex(c.t)));
    return name === c.contest && c.plain === hex(plains[i]) && equal(points, concat(...C.map(pointBytes)));
  });
}
