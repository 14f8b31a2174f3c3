// One voter's doings against the running server, for server.bats: node server.mjs CASE. Exits 0 where the server
// answers as doc/api.md says; else prints what it said. From the environment: SITE, SITE_MEXICO, SITE_DIRECT, CA,
// ELECTION (folder), PHONES (the gateway's telephones).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { trackerCode } from '../../fcgi/site/src/protocol/code.js';
import { contestsOf, shapeOf } from '../../fcgi/site/src/protocol/election.js';
import { verifyBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { widthOf } from '../../fcgi/site/src/protocol/vote.js';
import { Client, Refused, exchange, getStatus, loadElection } from '../tools/client.mjs';
import { Phones, readSms } from '../tools/phones.mjs';

const { env } = process;
const ca = readFileSync(env.CA);
const siteOf = (url) => ({ site: url, agent: new Agent({ keepAlive: true }), ca });
const site = siteOf(env.SITE);
const voters = JSON.parse(readFileSync(`${env.ELECTION}/voters.json`, 'utf8'));
const phones = new Phones(env.PHONES);
const SLUG = 'simulacro';

const refused = async (code, status, work) => {
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    assert.equal(fault.error.code, code, fault.message);
    assert.equal(fault.status, status);
    assert.match(fault.error.reference, /^[0-9A-HJKMNP-TV-Z]{8}$/i);
    assert.ok(fault.error.message.es && fault.error.message.en && fault.error.next.es && fault.error.next.en);
    assert.ok(['none', 'stored', 'unknown'].includes(fault.error.vote));
    for (const field of ['retry_after', 'receipt', 'tries_left']) assert.ok(field in fault.error, field);
    return fault.error;
  }
  throw new Error(`not refused; expected ${code}`);
};

async function codeOf(client, i) {
  const mark = phones.mark();
  const step = await client.login(SLUG, voters[i].username, voters[i].password);
  assert.equal(step.step, 'code');
  assert.equal(step.phone, voters[i].phone.slice(-2));
  return { step, code: await phones.waitCode(voters[i].phone, step.sent ? mark : 0, 20) };
}
async function entered(i, where = site) {
  const client = new Client(where);
  await client.enter((await codeOf(client, i)).code);
  return client;
}
const blank = (election, client) => contestsOf(election.definition, client.session.district)
  .map((c) => new Uint8Array(30 * widthOf(c) - 48));
const ballotOf = (election, client) => client.sign(election, client.seal(election, blank(election, client)));
const wrong = (code) => String((Number(code) + 7) % 1000000).padStart(6, '0');

const cases = {
  async status() {
    const s = await getStatus(site);
    assert.equal(s.state, 'open');
    assert.equal(s.simulation, true);
    await loadElection(site); // eid of the files = eid of the server
  },
  async headers() {
    const page = await exchange(site, 'GET', '/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-security-policy'], /default-src 'none'/);
    assert.match(page.headers['strict-transport-security'], /max-age=\d+/);
    const api = await exchange(site, 'GET', '/api/status');
    assert.equal(api.headers['cache-control'], 'no-store');
    for (const path of ['/record/', '/record/../voters.json', '/voters.json', '/record/server-load.csv', '/.made',
      '/record/lists/../../voters.json', '/record/%2e%2e/enrolment/server-load.csv'])
      assert.ok((await exchange(site, 'GET', path)).status >= 400, path);
  },
  async 'before-opening'() {
    const e = await refused('not-open', 403, () => new Client(site).login(SLUG, voters[0].username, voters[0].password));
    assert.equal(e.vote, 'none');
    assert.match(e.message.es, /^La votación todavía no abre\. Abre el \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(America\/Mexico_City\)\.$/);
    const { definition } = await loadElection(site); // the test moves the database's hours only
    const there = new Date(definition.opens).toLocaleString('sv-SE', { timeZone: 'America/Mexico_City' });
    assert.ok(e.message.es.includes(there), `${e.message.es} ${there}`);
  },
  async 'wrong-password'() {
    const times = [];
    const words = new Set();
    for (const name of [voters[0].username, 'NOBODY', voters[voters.length - 1].username]) {
      const from = Date.now();
      const password = name === voters[voters.length - 1].username ? voters[voters.length - 1].password : 'Z'.repeat(20);
      const e = await refused('bad-login', 401, () => new Client(site).login(SLUG, name, password));
      times.push(Date.now() - from);
      words.add(JSON.stringify([e.message, e.next, e.vote]));
    }
    assert.equal(words.size, 1);
    assert.ok(times.every((t) => t >= 100), `answers after ${times} ms`);
  },
  // The monitor's account: well-made ballots of another voter, and of its own password, which nobody registered.
  async synthetic() {
    const name = 'ENTRADA-DE-PRUEBA';
    const election = await loadElection(site);
    const other = new Client(site);
    const mine = new Client(site);
    const mark = phones.mark();
    other.derive(SLUG, voters[0].username, voters[0].password);
    await mine.login(SLUG, name, env.PROBE_PASSWORD);
    const code = await phones.waitCode('+15559999999', mark, 20);
    mine.session = await mine.call('POST', '/api/code', { code });
    assert.equal(mine.session.credential, null);
    assert.equal(mine.session.receipt, null);
    other.session = mine.session;
    for (const ballot of [ballotOf(election, other), ballotOf(election, mine)]) {
      const e = await refused('not-yours', 403, () => mine.cast(ballot));
      assert.equal(e.vote, 'none');
    }
    await mine.call('POST', '/api/logout', {});
  },
  async 'bad-request'() {
    const c = new Client(site);
    await refused('bad-request', 400, () => c.call('POST', '/api/login', { username: 'X' }));
    await refused('bad-request', 400, () => c.call('POST', '/api/login', Buffer.from('{"username":"A","username":"B"}')));
    await refused('bad-request', 400, () => c.call('POST', '/api/login', { username: 'X', auth: '00' }, 'text/plain'));
    await refused('bad-request', 400, () => c.call('POST', '/api/login', Buffer.alloc(70000, 32)));
    await refused('bad-request', 400, () => c.call('POST', '/api/login', Buffer.alloc(200000, 32)));
    await refused('bad-request', 400, () => c.call('GET', '/api/box/xyz'));
    await refused('bad-request', 400, () => c.call('GET', '/api/box/00000-00000-00000-0000U'));
    await refused('not-found', 404, () => c.call('GET', '/api/nothing'));
    await refused('not-found', 404, () => c.call('POST', '/api/totp', {})); // off by default
    await refused('not-found', 404, () => c.call('POST', '/api/totp/confirm', { code: '123456' }));
    await refused('not-found', 404, () => c.call('GET', '/api/login'));
    await refused('no-session', 401, () => c.call('GET', '/api/session'));
    await refused('no-session', 401, () => c.call('POST', '/api/code', { code: '123456' }));
  },
  async 'wrong-code'() {
    const c = new Client(site);
    const { step, code } = await codeOf(c, 1);
    assert.equal(step.sent, true);
    assert.equal(step.tries_left, 3);
    const e = await refused('bad-code', 401, () => c.enter(wrong(code)));
    assert.equal(e.tries_left, 2);
    await refused('slow-down', 429, () => c.call('POST', '/api/code/resend', {})).then((f) => assert.ok(f.retry_after > 0));
    // a tab lost: logging in again takes the live code, and counts what was tried
    const again = new Client(site);
    const second = await codeOf(again, 1);
    assert.equal(second.step.sent, false);
    assert.equal(second.step.tries_left, 2);
    await refused('no-session', 401, () => c.enter(code)); // the other log-in took its place
    await refused('bad-code', 401, () => again.enter(wrong(code)));
    await refused('code-dead', 401, () => again.enter(wrong(code)));
    await refused('code-dead', 401, () => again.enter(code));
  },
  async csrf() {
    const me = new Client(site);
    const body = Buffer.from(JSON.stringify(me.derive(SLUG, voters[2].username, voters[2].password)));
    const login = await exchange(site, 'POST', '/api/login', { 'Content-Type': 'application/json' }, body);
    assert.equal(login.status, 200, String(login.body));
    const [cookie] = login.headers['set-cookie'];
    assert.match(cookie, /^__Host-vemre=[0-9a-f]{64}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const code = await phones.waitCode(voters[2].phone);
    const post = async (csrf) => {
      const headers = { Cookie: cookie.split(';')[0], 'Content-Type': 'application/json', ...csrf };
      const reply = await exchange(site, 'POST', '/api/code', headers, Buffer.from(JSON.stringify({ code })));
      if (reply.status !== 200) throw new Refused(reply.status, JSON.parse(reply.body).error);
      return reply;
    };
    await refused('bad-csrf', 403, () => post({}));
    await refused('bad-csrf', 403, () => post({ 'X-Vemre-CSRF': '0'.repeat(64) }));
    const reply = await post({ 'X-Vemre-CSRF': JSON.parse(login.body).csrf });
    assert.notEqual(reply.headers['set-cookie'][0], cookie); // a new token
  },
  async logout() {
    const c = await entered(9);
    assert.equal((await c.call('GET', '/api/session')).step, 'in');
    await c.call('POST', '/api/logout', {});
    await refused('no-session', 401, () => c.call('GET', '/api/session'));
  },
  async 'inside-mexico'() {
    const c = new Client(siteOf(env.SITE_MEXICO));
    const { code } = await codeOf(c, 3);
    await refused('inside-territory', 403, () => c.enter(code));
    await refused('inside-territory', 403, () => c.enter(code));
  },
  async 'unknown-place'() {
    const c = new Client(siteOf(env.SITE_DIRECT));
    const { code } = await codeOf(c, 4);
    await refused('place-unknown', 403, () => c.enter(code));
    // what a client says of itself changes nothing
    const abroad = '81.2.69.142';
    const said = { 'X-Forwarded-For': abroad, 'X-Real-IP': abroad, Forwarded: `for=${abroad}`, 'Remote-Addr': abroad };
    const forged = new Client({ ...siteOf(env.SITE_DIRECT), said });
    const again = await codeOf(forged, 4);
    await refused('place-unknown', 403, () => forged.enter(again.code));
    const home = new Client({ ...siteOf(env.SITE_MEXICO), said });
    const third = await codeOf(home, 4);
    await refused('inside-territory', 403, () => home.enter(third.code));
  },
  async 'a-vote'() {
    const election = await loadElection(site);
    const c = await entered(5);
    assert.equal(c.session.username, voters[5].username);
    assert.equal(c.session.district, voters[5].district);
    assert.equal(c.session.receipt, null);
    const ballot = ballotOf(election, c);
    const tampered = Uint8Array.from(ballot);
    tampered[ballot.length - 1] ^= 1;
    let e = await refused('bad-ballot', 422, () => c.cast(tampered));
    assert.equal(e.vote, 'none');
    const proof = Uint8Array.from(ballot);
    proof[ballot.length - 64 - 33 - 20] ^= 1;
    await refused('bad-ballot', 422, () => c.cast(proof));
    await refused('bad-ballot', 422, () => c.cast(ballot.slice(0, -1)));
    await refused('bad-ballot', 422, () => c.cast(new Uint8Array(0)));
    await refused('bad-ballot', 422, () => c.cast(ballotOf({ ...election, eid: new Uint8Array(32) }, c)));
    const first = await c.cast(ballot);
    assert.equal(first.again, false);
    assert.ok(c.goodReceipt(election, first.receipt, first.receipt.tracker));
    const again = await c.cast(ballot);
    assert.equal(again.again, true);
    assert.deepEqual(again.receipt, first.receipt);
    e = await refused('already-voted', 409, () => c.cast(ballotOf(election, c)));
    assert.equal(e.vote, 'stored');
    assert.deepEqual(e.receipt, first.receipt);
    assert.equal((await c.call('GET', `/api/box/${first.receipt.tracker}`)).in_box, true);
    assert.equal((await c.call('GET', `/api/box/${'0'.repeat(64)}`)).in_box, false);
    const code = trackerCode(unhex(first.receipt.tracker));
    const byCode = await c.call('GET', `/api/box/${code.toLowerCase().replace(/0/g, 'o').replaceAll('-', '')}`);
    assert.deepEqual(byCode, { code, tracker: first.receipt.tracker, in_box: true });
    const noCode = await c.call('GET', `/api/box/${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`);
    assert.deepEqual([noCode.tracker, noCode.in_box], [null, false]);
    const back = await c.call('GET', '/api/session');
    assert.deepEqual(back.receipt, first.receipt);
  },
  async 'foreign-ballot'() {
    const election = await loadElection(site);
    const c = await entered(6);
    const other = new Client(site);
    other.derive(SLUG, voters[9].username, voters[9].password);
    other.session = { district: voters[9].district };
    await refused('not-yours', 403, () => c.cast(ballotOf(election, other)));
    assert.equal((await c.call('GET', '/api/session')).receipt, null);
  },
  async 'two-at-once'() {
    const election = await loadElection(site);
    const c = await entered(7);
    const ballots = Array.from({ length: 6 }, () => ballotOf(election, c));
    const ends = await Promise.allSettled(ballots.map((b) => c.cast(b)));
    const good = ends.filter((e) => e.status === 'fulfilled');
    assert.equal(good.length, 1);
    for (const e of ends.filter((x) => x.status === 'rejected')) {
      assert.equal(e.reason.error?.code, 'already-voted', String(e.reason));
      assert.deepEqual(e.reason.error.receipt, good[0].value.receipt);
    }
  },
  async 'one-session'() {
    const first = await entered(8);
    const second = await entered(8);
    await refused('no-session', 401, () => first.call('GET', '/api/session'));
    assert.equal((await second.call('GET', '/api/session')).step, 'in');
  },
  async 'slow-down'() {
    const c = () => new Client(site).login(SLUG, 'NOBODY', 'Z'.repeat(20));
    for (let i = 0; i < 60; i++) {
      try {
        await c();
      } catch (e) {
        if (e.error.code === 'slow-down') {
          assert.ok(e.error.retry_after > 0);
          return;
        }
        assert.equal(e.error.code, 'bad-login');
      }
    }
    throw new Error('never slowed down');
  },
  // $3: the test's folder, with the servers' pid files. SIGSTOP, not a kill: the others must not wait for ever.
  async 'helpers-away'() {
    const election = await loadElection(site);
    const c = await entered(9);
    const ballot = ballotOf(election, c);
    const pid = (name) => Number(readFileSync(`${process.argv[3]}/${name}`, 'utf8').split('\n')[0]);
    const signer = pid('web/run/signer.pid');
    process.kill(signer, 'SIGSTOP');
    try {
      const e = await refused('failed', 503, () => c.cast(ballot));
      assert.equal(e.vote, 'none');
    } finally {
      process.kill(signer, 'SIGCONT');
    }
    assert.equal((await c.call('GET', '/api/session')).receipt, null);
    execFileSync('psql', ['-X', '-q', '-h', env.DB_SOCKET, '-U', 'postgres', '-d', 'postgres', '-c',
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vemre_web'"]);
    const first = await c.cast(ballot); // the backend's connections were cut: opened again, the ballot stored once
    assert.equal(first.again, false);
    assert.equal((await c.cast(ballot)).again, true);
  },
  async codes() {
    const texts = readFileSync(env.PHONES, 'latin1').split('\n').map(readSms).filter(Boolean).map((m) => m.text);
    for (const text of texts) console.log(/(?<![0-9])[0-9]{6}(?![0-9])/.exec(text)[0]);
  },
  async box() {
    const box = readFileSync(`${env.ELECTION}/record/encrypted-votes.box`);
    const seal = JSON.parse(readFileSync(`${env.ELECTION}/record/seal.json`, 'utf8'));
    const election = await loadElection(site);
    assert.equal(box.toString('latin1', 0, 4), 'VMX1');
    assert.equal(hex(box.subarray(4, 36)), hex(election.eid));
    assert.equal(Number(box.readBigUInt64BE(36)), seal.ballots);
    assert.equal(hex(sha256(box)), seal.box_sha256);
    assert.ok(Date.parse(seal.closed) >= Date.parse(election.definition.closes));
    let last = '';
    let at = 44;
    for (let i = 0; i < seal.ballots; i++) {
      const district = box.toString('latin1', at + 1, at + 1 + box[at]);
      at += 1 + box[at];
      const ballot = box.subarray(at + 4, at + 4 + box.readUInt32BE(at));
      at += 4 + ballot.length;
      verifyBallot(new Uint8Array(ballot), { eid: election.eid, contests: shapeOf(election.definition, district) });
      const tracker = hex(sha256(ballot.subarray(0, ballot.length - 65 - 32)));
      assert.ok(tracker > last);
      last = tracker;
      assert.equal((await new Client(site).call('GET', `/api/box/${tracker}`)).in_box, true);
    }
    assert.equal(at, box.length);
  },
  async 'after-closing'() {
    await refused('closed', 403, () => new Client(site).login(SLUG, voters[0].username, voters[0].password));
    assert.equal((await getStatus(site)).state, 'closed');
  },
  async 'cast-across-closing'() {
    const election = await loadElection(site);
    const c = await entered(0);
    const ballot = ballotOf(election, c);
    console.log('ready');
    const late = Date.parse((await getStatus(site)).closes) + 20000; // the page's countdown would be wrong by as much
    while ((await getStatus(site)).state !== 'closed') {
      assert.ok(Date.now() < late, 'the server never says that it is closed');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const e = await refused('closed', 403, () => c.cast(ballot));
    assert.notEqual(e.vote, 'stored');
    await refused('no-session', 401, () => c.call('GET', '/api/session'));
  },
};

const work = cases[process.argv[2]];
if (!work) throw new Error(`no case ${process.argv[2]}`);
try {
  await work();
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
process.exit(0);
