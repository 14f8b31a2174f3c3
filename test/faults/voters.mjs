// The voters of test/faults: sealed ballots (test/tools/seal-casts) cast over TLS at a steady pace, while somebody breaks
// the server. Each does what the page lets a voter do: no receipt came, so the very same ballot is sent again, until there is
// one or the server says that the voting is closed. What was sent and what came back is written down, a line a reply, as it
// comes: the oracle (oracle.mjs) holds the box against it.
//
//   node voters.mjs --casts FILE --record DIR --site URL --ca FILE --out FILE --from N [--rate N] [--lanes N] [--most N]
//
// Until SIGTERM no more than `most` voters (default: all) begin, `rate` a second (30), over `lanes` (16) connections; then
// those who have begun end: at most a minute more. One in four sends the ballot again after the receipt. --out, JSON lines:
//   {"begun": ms, "voter": n}                                     a voter sends the ballot for the first time
//   {"voter": n, "sent": ms, "got": ms, "receipt": {…}, "again": bool, "valid": bool, "try": n}
//   {"voter": n, "final": "closed"}
//   {"end": true, "next": N, "unheard": n, "refused": {"503 busy": n, …}}   the last line; `unheard`: begun, and neither
// Bounded: one machine's loopback.
import { createPublicKey, verify } from 'node:crypto';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parseArgs } from 'node:util';

import { unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { receiptMessage } from '../../fcgi/site/src/protocol/signature.js';

const text = { type: 'string' };
const { values: given } = parseArgs({ options: { casts: text, record: text, site: text, ca: text, out: text, from: text,
  rate: { ...text, default: '30' }, lanes: { ...text, default: '16' }, most: { ...text, default: '1000000' } } });
const PATIENCE = 15000; // ms for one reply: the page waits longer
const LAST = 60000; // ms for those under way when the time is over
const BETWEEN = 150; // ms before the same ballot goes again: a voter takes longer

const casts = readFileSync(given.casts, 'latin1').trimEnd().split('\n');
const systemKeys = JSON.parse(readFileSync(`${given.record}/opening.json`, 'utf8')).system_keys.map((key) => createPublicKey({
  key: { kty: 'EC', crv: 'P-256', x: Buffer.from(key.slice(2, 66), 'hex').toString('base64url'),
    y: Buffer.from(key.slice(66), 'hex').toString('base64url') }, format: 'jwk' }));
const ca = readFileSync(given.ca);
const out = openSync(given.out, 'a', 0o644);
const put = (line) => writeSync(out, `${JSON.stringify(line)}\n`);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const agent = new Agent({ ca, keepAlive: true, maxSockets: Number(given.lanes) });
const refused = {};
const first = Number(given.from);
const last = Math.min(casts.length, first + Number(given.most));
let next = first;
let stopped = null;
let unheard = 0;
process.on('SIGTERM', () => { stopped ??= Date.now(); });

function post(token, csrf, ballot) {
  return new Promise((resolve, reject) => {
    const req = request(new URL('/api/cast', given.site), { method: 'POST', agent, headers: {
      'Content-Type': 'application/octet-stream', 'Content-Length': ballot.length, Cookie: `__Host-vemre=${token}`,
      'X-Vemre-CSRF': csrf } }, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode, body: Buffer.concat(chunks).toString() }));
      res.on('error', reject);
    });
    req.setTimeout(PATIENCE, () => req.destroy(new Error('time-out')));
    req.on('error', reject);
    req.end(ballot);
  });
}

const signed = ({ eid, tracker, signature }) => systemKeys.some((key) =>
  verify('sha256', receiptMessage(unhex(eid, 32), unhex(tracker, 32)), key, Buffer.from(signature, 'hex')));

/** One reply: the receipt or null. */
async function once(voter, cast, attempt) {
  const sent = Date.now();
  let reply;
  let json = null;
  try {
    reply = await post(cast.token, cast.csrf, cast.ballot);
    json = JSON.parse(reply.body);
  } catch (error) {
    const why = reply ? `${reply.status} not JSON` : error.code ?? error.message;
    refused[why] = (refused[why] ?? 0) + 1;
    return null;
  }
  // Another ballot's receipt is written down too: the oracle sees that it is not this one's.
  const receipt = json.receipt ?? json.error?.receipt;
  if (receipt) {
    put({ voter, sent, got: Date.now(), receipt, again: json.again === true, valid: signed(receipt), try: attempt });
    return receipt;
  }
  const why = `${reply.status} ${json.error?.code}`;
  refused[why] = (refused[why] ?? 0) + 1;
  if (json.error?.code === 'closed') {
    put({ voter, final: 'closed' });
    return 'closed';
  }
  return null;
}

async function vote(voter) {
  const [token, csrf, , hex] = casts[voter].split('\t');
  const cast = { token, csrf, ballot: Buffer.from(hex, 'hex') };
  put({ begun: Date.now(), voter });
  for (let attempt = 1; ; attempt++) {
    const got = await once(voter, cast, attempt);
    if (got !== null) {
      if (got !== 'closed' && voter % 4 === 0) await once(voter, cast, attempt + 1);
      return;
    }
    if (stopped !== null && Date.now() - stopped > LAST) {
      unheard++;
      return;
    }
    await sleep(BETWEEN);
  }
}

// Voters do not wait for each other: at the pace they come they begin, whatever the server does (but never without bound).
const under = new Set();
const began = Date.now();
while (stopped === null && next < last) {
  if (under.size < 4 * Number(given.lanes) && Date.now() >= began + (next - first) * 1000 / Number(given.rate)) {
    const one = vote(next++).finally(() => under.delete(one));
    under.add(one);
  } else {
    await sleep(5);
  }
}
stopped ??= Date.now();
await Promise.all(under);
put({ end: true, next, unheard, refused });
agent.destroy();
