// An election to open, for the tests of the server, without a ceremony: keys whose secrets are thrown away, so that nothing
// of it is ever counted (or those of KEYS, a keys.json that a session made), voters with passwords in a file.
//
//   node server-election.mjs ELECTION-DIR OPENS CLOSES [VOTERS [KEYS]]     (seconds from now)
//
// Writes definition.json, record/keys.json, record/credentials.csv, enrolment/server-load.csv,
// enrolment/registrar.pub, voters.json ([{voter, username, password, phone, district, credentialCode}]).

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash, randomInt } from 'node:crypto';
import { ALPHABET } from '../../fcgi/site/src/protocol/alphabet.js';
import { hex } from '../../fcgi/site/src/protocol/bytes.js';
import { credentialCode } from '../../fcgi/site/src/protocol/code.js';
import { deriveCredential, storedAuth } from '../../fcgi/site/src/protocol/credential.js';
import { G, pointBytes, randomScalar } from '../../fcgi/site/src/protocol/group.js';

const [dir, opens, closes, voters = '10', keys] = process.argv.slice(2);
const source = new URL('../elections/simulacro.json', import.meta.url);
const definition = JSON.parse(readFileSync(source, 'utf8'));
// The first party's emblem is a picture of its own, invented here.
const emblem = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="9" fill="#1b5e20"/>'
  + '<path d="M32 10l7 15 16 2-12 11 3 16-14-8-14 8 3-16L9 27l16-2z" fill="#fff"/></svg>\n';
definition.parties[0].emblem = { file: 'emblem.svg', sha256: createHash('sha256').update(emblem).digest('hex') };
const moment = (seconds) => new Date(Math.floor(Date.now() / 1000 + Number(seconds) - 6 * 3600) * 1000).toISOString().replace('.000Z', '-06:00');
definition.max_voters = Math.max(definition.max_voters, Number(voters));
definition.opens = moment(opens);
definition.closes = definition.tally_not_before = moment(closes);

const point = () => hex(pointBytes(G.multiply(randomScalar())));
const points = (n) => Array.from({ length: n }, point);
const password = () => Array.from({ length: 20 }, () => ALPHABET[randomInt(32)]).join('');
const people = Array.from({ length: Number(voters) + 2 }, (_, i) => {
  const person = {
    username: `VOTER${String(i).padStart(3, '0')}`,
    password: password(),
    phone: i < voters ? `+1555${String(1000000 + i)}` : '',
    district: definition.districts[i % 3].id,
    kind: i < voters ? 'v' : 's',
  };
  const { auth, credential } = deriveCredential(definition.id, person.username, person.password);
  return { ...person, auth: hex(storedAuth(auth)), credential: hex(pointBytes(credential)), code: credentialCode(pointBytes(credential)) };
});

mkdirSync(`${dir}/record`, { recursive: true });
mkdirSync(`${dir}/enrolment`, { recursive: true });
writeFileSync(`${dir}/emblem.svg`, emblem);
writeFileSync(`${dir}/definition.json`, `${JSON.stringify(definition, null, 2)}\n`);
writeFileSync(`${dir}/record/keys.json`, keys ? readFileSync(keys) : `${JSON.stringify({
  format: 'VEMRE-V1', election: definition.id, threshold: 2,
  members: [1, 2, 3].map((card) => ({ card, name: `Integrante ${card}` })),
  commitments: points(2), committee_key: points(4), election_key: point(),
}, null, 2)}\n`);
writeFileSync(`${dir}/record/credentials.csv`,
  people.map((p) => `${p.district},${p.credential},${p.kind}\n`).sort().join(''));
writeFileSync(`${dir}/enrolment/server-load.csv`, ['username,auth_sha256,phone,district,credential,kind',
  ...people.map((p) => [p.username, p.auth, p.phone, p.district, p.credential, p.kind].join(','))].join('\n') + '\n');
writeFileSync(`${dir}/enrolment/registrar.pub`, `${point()}\n`);
writeFileSync(`${dir}/voters.json`, JSON.stringify(people.map((p) => ({
  voter: p.username, username: p.username, password: p.password, phone: p.phone, district: p.district, credentialCode: p.code,
}))));
