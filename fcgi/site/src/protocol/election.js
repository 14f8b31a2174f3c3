// What a voter's program needs of the election's public files (protocol, sections 2 and 11).

import { unhex } from './bytes.js';
import { readPoint } from './group.js';
import { FORMAT, Hb, sha256 } from './hash.js';
import { readJson } from './json.js';
import { widthOf } from './vote.js';

/** eid; the files as bytes, the credentials by their SHA-256. */
export const electionId = (definition, keys, credentialsHash, opening) =>
  Hb('election', sha256(definition), sha256(keys), credentialsHash, sha256(opening));

/** The keys of keys.json (bytes): the election key A and the committee key B_1…B_4, as points. */
export function readKeys(bytes) {
  const file = readJson(bytes);
  if (file.format !== FORMAT || file.committee_key.length !== 4) throw new RangeError('keys.json');
  return {
    slug: file.election,
    election: readPoint(unhex(file.election_key, 65)),
    committee: file.committee_key.map((key) => readPoint(unhex(key, 65))),
  };
}

/** Contests of a district, in the definition's order. */
export const contestsOf = (definition, district) =>
  definition.contests.filter((c) => c.districts.includes('*') || c.districts.includes(district));

/** The same as a ballot names them: [{ name, w }]. */
export const shapeOf = (definition, district) =>
  contestsOf(definition, district).map((c) => ({ name: c.id, w: widthOf(c) }));
