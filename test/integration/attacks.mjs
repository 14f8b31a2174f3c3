// What an attacker with a browser, a script or a neighbour's ballot can try on the running server, and what it answers.
//
//   node attacks.mjs CASE      SITE, SITE_DIRECT, CA, ELECTION, PHONES, DB_SOCKET from the environment

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:tls';

import { contestsOf } from '../../fcgi/site/src/protocol/election.js';
import { widthOf } from '../../fcgi/site/src/protocol/vote.js';
import { Client, exchange, loadElection, Refused } from '../tools/client.mjs';
import { Phones } from '../tools/phones.mjs';

const { env } = process;
const ca = readFileSync(env.CA);
const siteOf = (url) => ({ site: url, agent: new Agent({ keepAlive: true }), ca });
const site = siteOf(env.SITE);
const voters = JSON.parse(readFileSync(`${env.ELECTION}/voters.json`, 'utf8'));
const phones = new Phones(env.PHONES);
const sql = (statement) => execFileSync('psql', ['-X', '-q', '-At', '-h', env.DB_SOCKET, '-U', 'postgres', '-d',
  'vemre-simulacro', '-c', statement], { encoding: 'utf8' }).trim();

const refused = async (code, work) => {
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    assert.equal(fault.error?.code, code, fault.message);
    return fault.error;
  }
  throw new Error(`not refused; expected ${code}`);
};
async function codeOf(client, i) {
  const mark = phones.mark();
  const step = await client.login('simulacro', voters[i].username, voters[i].password);
  return phones.waitCode(voters[i].phone, step.sent ? mark : 0, 20);
}
async function entered(i) {
  const client = new Client(site);
  await client.enter(await codeOf(client, i));
  return client;
}
const ballotOf = (election, client) => client.sign(election, client.seal(election,
  contestsOf(election.definition, client.session.district).map((c) => new Uint8Array(30 * widthOf(c) - 48))));
const json = { 'Content-Type': 'application/json' };
const tokenOf = (reply) => /^__Host-vemre=([0-9a-f]{64})/.exec(reply.headers['set-cookie']?.[0] ?? '')?.[1];
const post = (path, cookie, csrf, body) => exchange(site, 'POST', path,
  { ...json, Cookie: cookie, ...(csrf ? { 'X-Vemre-CSRF': csrf } : {}) }, Buffer.from(JSON.stringify(body)));

/** Bytes as they are, on a connection of their own; the first line of the answer, or '' where it is cut. */
const raw = (text) => new Promise((resolve) => {
  const { hostname, port } = new URL(env.SITE);
  const socket = connect({ host: hostname, port, ca, servername: 'localhost' }, () => socket.write(text));
  let all = '';
  const end = () => resolve(all.split('\r\n')[0]);
  socket.setTimeout(15000, () => { socket.destroy(); end(); });
  socket.on('data', (d) => { all += d; });
  socket.on('end', end);
  socket.on('error', end);
});
const status = (line) => Number(line.split(' ')[1] ?? 0);

const cases = {
  // A token that the attacker knows beforehand never becomes the victim's.
  async fixation() {
    const planted = randomBytes(32).toString('hex');
    assert.equal((await exchange(site, 'GET', '/api/session', { Cookie: `__Host-vemre=${planted}` })).status, 401);
    const me = new Client(site);
    const body = me.derive('simulacro', voters[0].username, voters[0].password);
    const mark = phones.mark();
    const login = await post('/api/login', `__Host-vemre=${planted}`, null, body);
    assert.equal(login.status, 200);
    const first = tokenOf(login);
    assert.ok(first && first !== planted);
    const code = await phones.waitCode(voters[0].phone, mark, 20);
    const inside = await post('/api/code', `__Host-vemre=${first}`, JSON.parse(login.body).csrf, { code });
    assert.equal(inside.status, 200, String(inside.body));
    const second = tokenOf(inside);
    assert.ok(second && second !== first);
    for (const old of [planted, first])
      assert.equal((await exchange(site, 'GET', '/api/session', { Cookie: `__Host-vemre=${old}` })).status, 401);
    assert.equal((await exchange(site, 'GET', '/api/session', { Cookie: `__Host-vemre=${second}` })).status, 200);
    // The attacker's cookie beside the voter's own, in either order, opens no third session.
    for (const both of [`__Host-vemre=${planted}; __Host-vemre=${second}`, `__Host-vemre=${second}; __Host-vemre=${planted}`])
      assert.ok([200, 401].includes((await exchange(site, 'GET', '/api/session', { Cookie: both })).status));
    assert.equal(sql('SELECT count(*) FROM vemre.session'), '1');
  },
  // From another site: the browser sends the cookie at best; without the session's own token nothing happens.
  async csrf() {
    const mine = await entered(1);
    const me = new Client(site);
    const login = await post('/api/login', 'a=b', null, me.derive('simulacro', voters[1].username, voters[1].password));
    const victim = `__Host-vemre=${tokenOf(login)}`;
    const attacker = await post('/api/login', 'a=b', null, me.derive('simulacro', voters[2].username, voters[2].password));
    const foreign = JSON.parse(attacker.body).csrf;
    for (const [path, body] of [['/api/code', { code: '123456' }], ['/api/code/resend', {}], ['/api/logout', {}], ['/api/cast', {}]])
      for (const csrf of [null, foreign, '', '0'.repeat(64), `${JSON.parse(login.body).csrf}0`]) {
        const reply = await post(path, victim, csrf, body);
        assert.equal(JSON.parse(reply.body).error?.code, 'bad-csrf', `${path} ${csrf}`);
      }
    // Who has the password and not the phone does not end the voter's own session.
    assert.equal((await mine.call('GET', '/api/session')).step, 'in');
    // A form of another site has no way to send this content type.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      await refused('bad-request', () => me.call('POST', '/api/login', me.derive('simulacro', voters[1].username, voters[1].password), type));
  },
  // The code of one voter, used codes, and guessing.
  async codes() {
    const a = new Client(site);
    const b = new Client(site);
    const codeA = await codeOf(a, 3);
    const codeB = await codeOf(b, 4);
    assert.notEqual(codeA, codeB); // one run in a million
    await refused('bad-code', () => b.enter(codeA));
    await a.enter(codeA);
    const again = new Client(site);
    const next = await codeOf(again, 3);
    if (next !== codeA) await refused('bad-code', () => again.enter(codeA)); // used up
    // A new code does not bring new tries for ever: so many an hour, whatever is guessed, and it is said how long.
    sql('UPDATE vemre.limits SET resend_seconds = 1');
    let sent = 1;
    let tries = 0;
    let last = null;
    while (sent < 30 && last?.code !== 'slow-down') {
      for (;;) {
        const fault = await b.enter(String((Number(codeB) + 1 + tries) % 1000000).padStart(6, '0')).then(() => ({ code: 'in' }), (f) => f.error);
        if (fault.code === 'in') throw new Error('a guess was right');
        if (fault.code !== 'bad-code') break;
        tries += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 1100));
      last = await b.call('POST', '/api/code/resend', {}).then(() => null, (f) => f.error);
      if (!last) sent += 1;
    }
    assert.equal(last?.code, 'slow-down');
    assert.ok(last.retry_after > 60, `${last.retry_after} s`);
    assert.equal(sent, 10); // codes_per_hour
    assert.ok(tries <= 30, `${tries} guesses of a million`);
    await refused('slow-down', () => new Client(site).login('simulacro', voters[4].username, voters[4].password));
    await entered(5); // nobody else is slowed down by it
    sql('UPDATE vemre.limits SET resend_seconds = 60');
  },
  // A ballot that lies in the box, sent by somebody else: neither stored nor answered with its receipt.
  async replay() {
    const election = await loadElection(site);
    const owner = await entered(6);
    const ballot = ballotOf(election, owner);
    const { receipt } = await owner.cast(ballot);
    const thief = await entered(7);
    const fault = await refused('not-yours', () => thief.cast(ballot));
    assert.equal(fault.receipt, null);
    assert.equal(fault.vote, 'none');
    // Its envelopes under the thief's own credential and signature are another ballot, whose proofs do not hold.
    const sealed = thief.seal(election, contestsOf(election.definition, thief.session.district).map((c) => new Uint8Array(30 * widthOf(c) - 48)));
    const copied = Buffer.from(sealed.unsigned);
    const from = Buffer.from(ballot);
    if (owner.session.district === thief.session.district) from.copy(copied, 102, 102, copied.length);
    else from.copy(copied, 102, 102, 102 + 65);
    const bytes = (() => { try { return thief.sign(election, { ...sealed, unsigned: new Uint8Array(copied) }); } catch { return null; } })();
    const forged = bytes ?? new Uint8Array(Buffer.concat([copied, from.subarray(from.length - 97)]));
    await refused('bad-ballot', () => thief.cast(forged));
    assert.equal(sql('SELECT count(*) FROM vemre.ballot'), '1');
    assert.equal((await thief.call('GET', '/api/session')).receipt, null);
    assert.equal((await owner.cast(ballot)).receipt.signature, receipt.signature);
  },
  // Guesses from one place lock nobody out who comes from another.
  async 'locked-out'() {
    const direct = siteOf(env.SITE_DIRECT);
    let slowed = false;
    for (let i = 0; i < 60 && !slowed; i++)
      slowed = await new Client(direct).login('simulacro', voters[8].username, 'Z'.repeat(20)).then(() => false, (f) => f.error.code === 'slow-down');
    assert.ok(slowed);
    await refused('slow-down', () => new Client(direct).login('simulacro', voters[8].username, voters[8].password));
    await entered(8);
  },
  // Requests that no page makes. After each the server answers as before.
  async strange() {
    const alive = async (what) => assert.equal((await exchange(site, 'GET', '/api/status')).status, 200, what);
    const host = new URL(env.SITE).host;
    const head = `Host: ${host}\r\nContent-Type: application/json\r\n`;
    const lines = {
      'a body without end': `POST /api/cast HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${'8000\r\n'.concat('x'.repeat(0x8000), '\r\n').repeat(40)}`,
      'two lengths': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}`,
      'length and chunks': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/x`,
      'a length below zero': `POST /api/login HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`,
      'a length beyond all': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 99999999999\r\n\r\n`,
      'a zero in the path': 'GET /api/box/\0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'a long cookie': `GET /api/session HTTP/1.1\r\n${head}Cookie: ${'a=b; '.repeat(4000)}\r\nConnection: close\r\n\r\n`,
      'a long path': `GET /api/box/${'A'.repeat(20000)} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
      'another method': `TRACE /api/status HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
    };
    for (const [what, text] of Object.entries(lines)) {
      const line = await raw(text);
      assert.ok(line === '' || (status(line) >= 400 && status(line) < 500), `${what}: ${line}`);
      await alive(what);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      assert.ok((await exchange(site, method, '/api/cast', json, method === 'OPTIONS' ? null : Buffer.from('{}'))).status >= 400, method);
    // Deep nesting, numbers for texts, text that is not UTF-8.
    for (const body of ['['.repeat(60000), '{"username":1,"auth":2}', '{"username":"\\u0000","auth":"00"}', '{"username":"\xff\xfe","auth":"00"}', 'null', ''])
      assert.equal((await exchange(site, 'POST', '/api/login', json, Buffer.from(body, 'latin1'))).status, 400, body.slice(0, 40));
    await alive('bodies');
  },
};

try {
  await cases[process.argv[2]]();
  process.exit(0);
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
