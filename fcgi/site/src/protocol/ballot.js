// The ballot (protocol, section 8): sealed, then either signed and cast, or opened for checking, never
// both. Secret here: the signing key, and seeds and t of a ballot that is not given away for checking.

import { Reader, ascii, concat, equal, hex, u8 } from './bytes.js';
import { embedAll, innerContext, sealInner, sealOuter } from './envelope.js';
import { FORMAT, Hb, Hs, sha256 } from './hash.js';
import {
  G, mod, multiplyVartime, pointBytes, randomScalar, randomSeed, readPoint, readScalar, scalarBytes,
} from './group.js';

const MAGIC = ascii('VMB1');

const joined = (points) => concat(...points.map(pointBytes));

/** e = Hs("ballot-pok", Hb("ballot", eid, credential), name, C_0‖…‖C_w, A') */
const proofChallenge = (eid, credential, name, C, A) =>
  Hs('ballot-pok', Hb('ballot', eid, credential), ascii(name), C, A);

/** A' = α·G, z = α + e·t: knowledge of t, bound to the election and the credential. */
export function proveEnvelope({ eid, credential, name, C, t, alpha }) {
  const A = pointBytes(G.multiply(alpha));
  const e = proofChallenge(eid, credential, name, joined(C), A);
  return concat(A, scalarBytes(mod(alpha + e * t)));
}

/** u8 len ‖ name ‖ u8 w ‖ C_0…C_w ‖ A' ‖ z */
export function contestPart({ eid, credential, name, C, t, alpha }) {
  const proof = proveEnvelope({ eid, credential, name, C, t, alpha });
  return concat(u8(name.length), ascii(name), u8(C.length - 1), joined(C), proof);
}

/** All bytes before the signature. */
export const unsignedBallot = (eid, credential, parts) =>
  concat(MAGIC, eid, credential, u8(parts.length), ...parts);

const system = { seed: randomSeed, scalar: randomScalar };

/**
 * Seals every contest's plain vote: { eid, credential (65 bytes), contests: [{ name, w, plain }],
 * keys: { election: A, committee: [B_1…B_4] } }. `draw` gives fresh seeds and scalars (tests replay
 * given ones). Gives { unsigned, tracker, contests: [{ contest, seed, plain, t }] }.
 */
export function sealBallot({ eid, credential, contests, keys }, draw = system) {
  const secrets = [];
  const parts = contests.map(({ name, w, plain }) => {
    const seed = draw.seed();
    const inner = sealInner(keys.election, innerContext(eid, name), seed, plain);
    if (inner.length !== 30 * w) throw new RangeError(`contest ${name}: plain vote of a wrong length`);
    const t = draw.scalar();
    const C = sealOuter(keys.committee, embedAll(inner), t);
    secrets.push({ contest: name, seed, plain, t });
    return contestPart({ eid, credential, name, C, t, alpha: draw.scalar() });
  });
  const unsigned = unsignedBallot(eid, credential, parts);
  return { unsigned, tracker: sha256(unsigned), contests: secrets };
}

const signatureChallenge = (credential, A, tracker) => Hs('ballot-signature', credential, A, tracker);

/** The whole ballot: A_s = β·G, z_s = β + e·sk. Only for a ballot the voter has chosen to cast. */
export function signBallot(unsigned, credential, secret, draw = system) {
  const beta = draw.scalar();
  const A = pointBytes(G.multiply(beta));
  const e = signatureChallenge(credential, A, sha256(unsigned));
  return concat(unsigned, A, scalarBytes(mod(beta + e * secret)));
}

/** The opening file of a ballot that is checked instead of cast. */
export const openingFile = (sealed) => ({
  format: FORMAT,
  ballot: hex(sealed.unsigned),
  contests: sealed.contests.map(({ contest, seed, plain, t }) => ({
    contest, seed: hex(seed), plain: hex(plain), t: hex(scalarBytes(t)),
  })),
});

function readContest(reader) {
  const name = new TextDecoder().decode(reader.take(reader.u8()));
  if (!/^[a-z0-9-]{1,40}$/.test(name)) throw new RangeError('contest name');
  const w = reader.u8();
  if (w < 2 || w > 4) throw new RangeError(`width ${w}`);
  const C = [];
  for (let k = 0; k <= w; k++) C.push(readPoint(reader.take(65)));
  return { name, w, C, A: readPoint(reader.take(65)), z: readScalar(reader.take(32)) };
}

/** Bytes → fields, every point and scalar valid, no byte too many; throws otherwise. */
export function parseBallot(bytes) {
  const reader = new Reader(bytes);
  if (!equal(reader.take(4), MAGIC)) throw new RangeError('no ballot: VMB1 expected');
  const eid = reader.take(32);
  const credential = readPoint(reader.take(65));
  const contests = [];
  for (let n = reader.u8(); n > 0; n--) contests.push(readContest(reader));
  const tracker = sha256(bytes.subarray(0, reader.at));
  const signature = { A: readPoint(reader.take(65)), z: readScalar(reader.take(32)) };
  reader.end();
  return { eid, credential, contests, tracker, signature };
}

// z·G = A + e·P, all of it public
const holds = (z, A, e, P) => multiplyVartime(G, z).equals(A.add(multiplyVartime(P, e)));

/**
 * Every check of section 8 that needs no roll: expected = { eid, contests: [{ name, w }] } (contests of
 * the credential's district, in the definition's order). Gives the parsed ballot; throws with the reason.
 */
export function verifyBallot(bytes, expected) {
  const ballot = parseBallot(bytes);
  if (!equal(ballot.eid, expected.eid)) throw new RangeError('another election');
  const wanted = expected.contests.map((c) => `${c.name}/${c.w}`).join();
  const found = ballot.contests.map((c) => `${c.name}/${c.w}`).join();
  if (wanted !== found) throw new RangeError(`contests ${found}, expected ${wanted}`);
  const credential = pointBytes(ballot.credential);
  const heads = new Set(ballot.contests.map((c) => hex(pointBytes(c.C[0]))));
  if (heads.size !== ballot.contests.length) throw new RangeError('two contests with the same C_0');
  for (const { name, C, A, z } of ballot.contests) {
    const e = proofChallenge(ballot.eid, credential, name, joined(C), pointBytes(A));
    if (!holds(z, A, e, C[0])) throw new RangeError(`contest ${name}: proof of knowledge`);
  }
  const { A, z } = ballot.signature;
  const e = signatureChallenge(credential, pointBytes(A), ballot.tracker);
  if (!holds(z, A, e, ballot.credential)) throw new RangeError('signature');
  return ballot;
}
