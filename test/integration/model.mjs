// The voter's and the election's state machine, by random sequences of calls of the real database's functions, each answer
// compared with a small model's, with invariants after every step:
//   one ballot per credential, none outside the period, a receipt for every ballot and a ballot for every receipt, one
//   session and one log-in per voter, one credential that may vote per person; of an authenticator app no code twice, no
//   secret that was not confirmed, none that comes or goes outside a session of the period.
//
//   node model.mjs SECONDS [SEED]      DB_SOCKET from the environment; the database is an opened election of the tests
//
// A sequence that fails is shrunk (steps are left out as long as it still fails) and printed with its seed. The clock passes
// by moving what is stored: before each step every time in the database is shifted so that the step happens at its own
// virtual second. Steps are multiples of 7 s, which no limit is: 60, 300, 600, 1800, 3600 s are never met to the second.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

const { env } = process;
const SLOW = 0.4; // s: with a step that took longer a difference may be the clock's; the sequence is run again
const LIMITS = { code_seconds: 300, code_tries: 3, resend_seconds: 60, codes_per_hour: 3, address_failures: 3, address_seconds: 600 };
const SESSION = 1800;

// ---- the database

class Psql {
  constructor(role) {
    this.process = spawn('psql', ['-X', '-q', '-At', '-h', env.DB_SOCKET, '-U', role, '-d', 'vemre-simulacro'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.said = '';
    this.process.stderr.on('data', (d) => { this.said += d; });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  /** The rows of one statement, columns between '|'. */
  async run(statement) {
    this.process.stdin.write(`${statement};\n\\echo ~\n`);
    const rows = [];
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`psql ended: ${this.said}`);
      if (value === '~') break;
      rows.push(value);
    }
    return rows.length === 0 && this.said !== '' ? [`! ${this.said.split('\n')[0]}`] : rows;
  }
  end() { this.process.stdin.end(); }
}
const [web, admin, root] = ['vemre_web', 'vemre_admin', 'postgres'].map((role) => new Psql(role));
const RESET = `BEGIN; ALTER TABLE vemre.ballot DISABLE TRIGGER no_truncate;
  SET LOCAL session_replication_role = replica;
  TRUNCATE vemre.ballot, vemre.reissue, vemre.closing, vemre.session, vemre.code, vemre.slow_down, vemre.participation, vemre.totp,
    vemre.journal, vemre.journal_link RESTART IDENTITY CASCADE;
  ALTER TABLE vemre.ballot ENABLE ALWAYS TRIGGER no_truncate;
  UPDATE vemre.voter v SET active = s.active, phone = s.phone FROM public.model_voter s WHERE s.username = v.username AND (v.active, v.phone) IS DISTINCT FROM (s.active, s.phone);
  UPDATE vemre.limits SET ${Object.entries(LIMITS).map(([k, v]) => `${k} = ${v}`).join(', ')}; COMMIT`;
// Everything in the past by so much more.
const shift = (by) => `BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off;
  UPDATE vemre.election SET opens = opens - ${by}, closes = closes - ${by};
  UPDATE vemre.code SET sent = sent - ${by}, expires = expires - ${by}, hour_began = hour_began - ${by};
  UPDATE vemre.session SET expires = expires - ${by}; UPDATE vemre.slow_down SET began = began - ${by}; COMMIT`;
const seconds = (s) => `interval '${s.toFixed(6)} seconds'`;

// ---- the model

class Model {
  constructor(voters, opens, closes) {
    Object.assign(this, { t: 0, opens, closes, closed: false, codes: new Map(), sessions: new Map(), ballots: new Map(),
      failures: new Map(), reissued: [], apps: new Map() });
    this.voters = voters.map((v) => ({ ...v }));
  }
  state() { return this.closed || this.t >= this.closes ? 'closed' : this.t < this.opens ? 'before' : 'open'; }
  shut() { return { closed: 'closed', before: 'not-open', open: null }[this.state()]; }
  live(token, state) {
    const s = this.sessions.get(token);
    return s && (!state || s.state === state) && s.expires > this.t && this.voters[s.voter].active ? s : null;
  }
  drop(voter, state) {
    for (const [token, s] of this.sessions) if (s.voter === voter && (!state || s.state === state)) this.sessions.delete(token);
  }
  renew(voter, value, force) {
    const c = this.codes.get(voter) ?? { value: null, sent: null, expires: null, tries: 0, began: this.t, count: 0 };
    this.codes.set(voter, c);
    if (c.value && c.expires > this.t && c.tries > 0 && !force) return ['ok', 'f'];
    if (c.sent !== null && this.t < c.sent + LIMITS.resend_seconds) return ['slow-down', 'f'];
    if (c.began + 3600 <= this.t) Object.assign(c, { began: this.t, count: 0 });
    if (c.count >= LIMITS.codes_per_hour) return ['slow-down', 'f'];
    Object.assign(c, { value, sent: this.t, expires: this.t + LIMITS.code_seconds, tries: LIMITS.code_tries, count: c.count + 1 });
    return ['ok', 't'];
  }
  kill(voter) {
    const c = this.codes.get(voter);
    if (c) Object.assign(c, { value: null, sent: null, expires: null, tries: 0 });
  }
  login({ voter, right, address }, token, value) {
    if (this.shut()) return [this.shut(), ''];
    const f = address ? this.failures.get(address) : null;
    if (f && f.count >= LIMITS.address_failures && f.began + LIMITS.address_seconds > this.t) return ['slow-down', ''];
    if (!right || !this.voters[voter].active) {
      if (address) this.failures.set(address, f && f.began + LIMITS.address_seconds > this.t ? { ...f, count: f.count + 1 } : { began: this.t, count: 1 });
      return ['bad-login', ''];
    }
    const answer = this.renew(voter, value, false);
    if (answer[0] === 'ok') {
      this.drop(voter, 'code');
      this.sessions.set(token, { voter, state: 'code', expires: this.t + SESSION });
    }
    return answer;
  }
  resend(token, voter, value) {
    if (this.shut()) return [this.shut(), ''];
    const s = this.live(token, 'code');
    return s && s.voter === voter ? this.renew(voter, value, true) : ['no-session', ''];
  }
  verify(token, value, place, fresh) {
    if (this.shut()) return [this.shut()];
    const s = this.live(token, 'code');
    if (!s) return ['no-session'];
    const c = this.codes.get(s.voter);
    if (!c?.value || c.expires <= this.t || c.tries === 0) return ['code-dead'];
    if (c.value !== value) {
      c.tries -= 1;
      return [c.tries === 0 ? 'code-dead' : 'bad-code'];
    }
    if (place !== 'ok') return [place === 'inside' ? 'inside-territory' : 'place-unknown'];
    this.kill(s.voter);
    this.drop(s.voter);
    this.sessions.set(fresh, { voter: s.voter, state: 'in', expires: Math.min(this.t + SESSION, this.closes) });
    return ['ok'];
  }
  // An app's secrets are names here; the database keeps 48 bytes that it cannot read.
  appBegin(token, pending) {
    const s = this.live(token, 'in');
    if (!s) return ['f'];
    this.apps.set(s.voter, { secret: null, last: 0, ...this.apps.get(s.voter), pending });
    return ['t'];
  }
  appConfirm(token, pending, step) {
    const s = this.live(token, 'in');
    if (!s || !pending || this.apps.get(s.voter)?.pending !== pending) return ['f'];
    this.apps.set(s.voter, { pending: null, secret: pending, last: step });
    return ['t'];
  }
  // The app's code stands for the live SMS code: what kills that one, its tries and the place hold for both.
  appVerify(token, step, place, fresh) {
    const voter = this.live(token, 'code')?.voter;
    const app = this.apps.get(voter);
    const answer = this.verify(token, app?.secret && app.last < step ? this.codes.get(voter)?.value : 'wrong', place, fresh);
    if (answer[0] === 'ok') app.last = step;
    return answer;
  }
  cast(token, voter, tracker, receipt) {
    if (this.shut()) return [this.shut(), '', ''];
    const s = this.live(token, 'in');
    if (!s) return ['no-session', '', ''];
    if (s.voter !== voter) return ['not-yours', '', ''];
    const there = this.ballots.get(voter);
    if (there) return [there.tracker === tracker ? 'again' : 'already-voted', there.tracker, there.receipt];
    this.ballots.set(voter, { tracker, receipt });
    return ['stored', tracker, receipt];
  }
  session(token) {
    const s = this.state() === 'open' ? this.live(token) : null;
    const b = s?.state === 'in' ? this.ballots.get(s.voter) : null;
    return [s?.state ?? 'none', s ? this.voters[s.voter].username : '', b?.tracker ?? '', b?.receipt ?? ''];
  }
  reissue(old, fresh) {
    if (this.state() === 'closed') return ['closed'];
    if (this.reissued.some(([a, b]) => a === old && b === fresh)) return ['again'];
    const [o, n] = [this.voters[old], this.voters[fresh]];
    if (this.ballots.has(old)) return ['voted'];
    if (!o.active) return ['old-not-active'];
    if (!n.spare || n.active || this.reissued.some(([a]) => a === fresh)) return ['new-not-spare'];
    if (n.district !== o.district) return ['other-district'];
    this.kill(old);
    this.drop(old);
    Object.assign(o, { active: false });
    Object.assign(n, { active: true });
    this.reissued.push([old, fresh]);
    return ['done'];
  }
  close() {
    if (this.closed) return ['again'];
    if (this.t < this.closes) return ['too-early'];
    this.closed = true;
    for (const voter of this.codes.keys()) this.kill(voter);
    this.sessions.clear();
    return ['closed'];
  }
}

// ---- steps: what is random is drawn beforehand, so that a shrunk sequence means the same

const pick = (random, list) => list[Math.floor(random() * list.length)];
function drawStep(random, n) {
  const voter = Math.floor(random() * n);
  const at = Math.floor(random() * 4); // which token, from the last one back
  const kinds = ['login', 'login', 'login', 'code', 'code', 'code', 'code', 'cast', 'cast', 'cast', 'resend', 'failed', 'session',
    'logout', 'reissue', 'close', 'pass', 'pass', 'pass', 'vote', 'vote', 'begin', 'confirm', 'app', 'app', 'app', 'enrol', 'enrol', 'enter', 'enter'];
  const kind = pick(random, kinds);
  return { kind, voter, at, right: random() < 0.8, address: random() < 0.3 ? 'a' : null, other: Math.floor(random() * n),
    own: random() < 0.8, which: Math.floor(random() * 2), place: pick(random, ['ok', 'ok', 'ok', 'inside', 'unknown']),
    code: pick(random, ['live', 'live', 'live', 'wrong', 'old', 'foreign']), step: pick(random, [-1, 0, 0, 1]),
    app: pick(random, ['mine', 'mine', 'mine', 'used', 'pending', 'foreign', 'unasked']), pass: pick(random, [7, 7, 63, 63, 301, 1806, 3605]) };
}
const drawSequence = (random, n) => ({ opens: pick(random, [-2, -2, -2, 30]), closes: pick(random, [690, 4003, 9003]),
  steps: Array.from({ length: 12 + Math.floor(random() * 50) }, () => drawStep(random, n)) });

const h = (text) => `sha256('${text}')`;
const sealed = (name) => `${h(name)} || substring(${h(name)} for 16)`; // 48 bytes, as of a secret
const sealedHex = (name) => { const d = createHash('sha256').update(name).digest('hex'); return d + d.slice(0, 32); };
const trackerOf = (voter, which) => `ballot ${voter} ${which}`;

async function compare(what, expected, got) {
  if (got !== expected.join('|')) throw new Error(`${what}: the model says ${expected.join('|')}, the database ${got}`);
}

/** One sequence from an empty election. Throws where the database and the model part; slow: a step took long. */
async function run(sequence, voters, status) {
  await root.run(RESET);
  await root.run(`BEGIN; SET LOCAL session_replication_role = replica; UPDATE vemre.election SET opens = clock_timestamp() + ${seconds(sequence.opens)},
    closes = clock_timestamp() + ${seconds(sequence.closes)}; COMMIT`);
  const m = new Model(voters, sequence.opens, sequence.closes);
  const tokens = [];
  const codes = [];
  const receipts = new Map();
  let last = process.hrtime.bigint();
  let serial = 0;
  let apps = '';
  const used = new Set(); // codes of apps that did something: voter, secret, step
  const confirmed = new Set();
  const stepNow = () => 1000 + Math.floor(m.t / 30);
  const token = (at) => tokens[tokens.length - 1 - at] ?? 'forged';

  const login = async (s) => {
    serial += 1;
    const [t, c] = [`token ${serial}`, `code ${serial}`];
    const expected = m.login(s, t, c);
    const [got] = await web.run(`SELECT o_outcome, o_send FROM vemre.begin_login('${voters[s.voter].username}', ${s.right ? `'${voters[s.voter].auth}'` : h('wrong')},
      ${h(t)}, ${h(c)}, ${s.address ? h(s.address) : 'NULL'})`);
    await compare('begin_login', expected, got);
    if (expected[0] === 'ok') tokens.push(t);
    if (expected[1] === 't') codes.push([s.voter, c]);
  };
  const code = async (s) => {
    serial += 1;
    const [t, fresh] = [token(s.at), `token ${serial}`];
    const mine = m.sessions.get(t)?.voter;
    const live = m.codes.get(mine)?.value;
    const value = { live: live ?? 'none', wrong: 'wrong', old: codes.filter(([v, c]) => v === mine && c !== live).at(-1)?.[1] ?? 'none',
      foreign: codes.filter(([v]) => v !== mine).at(-1)?.[1] ?? 'none' }[s.code];
    const expected = m.verify(t, value, s.place, fresh);
    const [got] = await web.run(`SELECT o_outcome FROM vemre.verify_code(${h(t)}, ${h(value)}, '${s.place}', ${h(fresh)})`);
    await compare('verify_code', expected, got);
    if (expected[0] === 'ok') tokens.push(fresh);
  };
  const cast = async (s) => {
    serial += 1;
    const t = token(s.at);
    const mine = m.sessions.get(t)?.voter;
    const voter = s.own && mine !== undefined ? mine : s.other;
    const [tracker, receipt] = [trackerOf(voter, s.which), `receipt ${serial}`];
    const expected = m.cast(t, voter, tracker, receipt);
    const [got] = await web.run(`SELECT o_outcome, o_tracker, convert_from(o_receipt, 'UTF8')
      FROM vemre.cast_ballot(${h(t)}, ${h(tracker)}, '${voters[voter].credential}', '${tracker}', '${receipt}')`);
    await compare('cast_ballot', [expected[0], expected[1] && status.hash.get(expected[1]), expected[2]], got);
    if (expected[2]) receipts.set(expected[1], expected[2]);
  };
  const begin = async (s) => {
    serial += 1;
    const [t, name] = [token(s.at), `app ${serial}`];
    const expected = m.appBegin(t, name);
    const [got] = await web.run(`SELECT vemre.totp_begin(${h(t)}, ${sealed(name)})`);
    await compare('totp_begin', expected, got);
  };
  const confirm = async (s) => {
    const t = token(s.at);
    const mine = m.apps.get(m.sessions.get(t)?.voter);
    const name = (s.own ? mine?.pending : mine?.secret ?? m.apps.get(s.other)?.pending) ?? 'none';
    const expected = m.appConfirm(t, name, stepNow() + s.step);
    const [got] = await web.run(`SELECT vemre.totp_confirm(${h(t)}, ${sealed(name)}, ${stepNow() + s.step})`);
    await compare('totp_confirm', expected, got);
    if (got === 't') {
      confirmed.add(name);
      used.add(`${name} ${stepNow() + s.step}`);
    }
  };
  // As the backend does it: the app's code is one if its secret is that in force; any other is looked for among the SMS codes.
  const app = async (s) => {
    serial += 1;
    const [t, fresh] = [token(s.at), `token ${serial}`];
    const of = m.live(t)?.voter;
    const mine = m.apps.get(of);
    const secrets = (await web.run(`SELECT encode(o_pending, 'hex'), encode(o_secret, 'hex') FROM vemre.totp_of(${h(t)})`))[0];
    await compare('totp_of', [mine?.pending, mine?.secret].map((n) => (n ? sealedHex(n) : '')), secrets);
    const name = { mine: mine?.secret, used: mine?.secret, pending: mine?.pending,
      foreign: [...m.apps].find(([v]) => v !== of)?.[1].secret }[s.app];
    const step = s.app === 'used' ? mine?.last ?? 0 : stepNow() + s.step;
    // unasked: a backend that is wrong
    const right = s.app === 'unasked' || (name && secrets.split('|')[1] === sealedHex(name));
    const expected = right ? m.appVerify(t, step, s.place, fresh) : m.verify(t, 'wrong', s.place, fresh);
    const [got] = await web.run(right ? `SELECT o_outcome FROM vemre.verify_totp(${h(t)}, ${step}, '${s.place}', ${h(fresh)})`
      : `SELECT o_outcome FROM vemre.verify_code(${h(t)}, ${h('wrong')}, '${s.place}', ${h(fresh)})`);
    if (got === 'ok') {
      const secret = s.app === 'unasked' ? mine?.secret : name;
      if (!confirmed.has(secret)) throw new Error(`verify_totp: in by a secret that was never confirmed: ${secret}`);
      if (used.has(`${secret} ${step}`)) throw new Error('verify_totp: the same code twice');
      used.add(`${secret} ${step}`);
    }
    await compare('verify_totp', expected, got);
    if (expected[0] === 'ok') tokens.push(fresh);
  };
  const does = {
    login,
    code,
    cast,
    begin,
    confirm,
    app,
    resend: async (s) => {
      serial += 1;
      const t = token(s.at);
      const voter = s.own ? m.sessions.get(t)?.voter ?? s.voter : s.voter;
      const c = `code ${serial}`;
      const expected = m.resend(t, voter, c);
      const [got] = await web.run(`SELECT o_outcome, o_send FROM vemre.resend_code(${h(t)}, '${voters[voter].username}', ${h(c)})`);
      await compare('resend_code', expected, got);
      if (expected[1] === 't') codes.push([voter, c]);
    },
    failed: async (s) => {
      const live = m.codes.get(s.voter)?.value;
      if (live && s.right) m.kill(s.voter);
      await web.run(`SELECT vemre.code_failed('${voters[s.voter].username}', ${h(s.right ? live ?? 'none' : 'wrong')})`);
    },
    session: async (s) => {
      const t = token(s.at);
      const expected = m.session(t);
      const [got] = await web.run(`SELECT o_state, o_username, o_tracker, convert_from(o_receipt, 'UTF8') FROM vemre.session_of(${h(t)})`);
      await compare('session_of', [expected[0], expected[1], expected[2] && status.hash.get(expected[2]), expected[3]], got);
    },
    logout: async (s) => {
      m.sessions.delete(token(s.at));
      await web.run(`SELECT vemre.logout(${h(token(s.at))})`);
    },
    reissue: async (s) => {
      const [old, fresh] = [s.voter, s.right ? pick(() => s.other / voters.length, status.spares) : s.other];
      if (old === fresh) return;
      const expected = m.reissue(old, fresh);
      const [got] = await admin.run(`SELECT o_outcome FROM vemre.reissue('${voters[old].credential}', '${voters[fresh].credential}', 'signature')`);
      await compare('reissue', expected, got);
    },
    close: async () => {
      const expected = m.close();
      const [got] = await admin.run('SELECT o_outcome FROM vemre.close_election()');
      await compare('close_election', expected, got);
    },
    pass: async () => {},
    // The usual ways, so that what follows them is not rare.
    enrol: async (s) => {
      await login({ ...s, right: true, address: null });
      await code({ ...s, at: 0, code: 'live', place: 'ok' });
      await begin({ ...s, at: 0 });
      if (s.own) await confirm({ ...s, at: 0, step: -1 });
      if (s.which === 0) return;
      await login({ ...s, right: true, address: null });
      await app({ ...s, at: 0 });
    },
    enter: async (s) => {
      const those = [...m.apps].filter(([, a]) => (s.app === 'unasked' ? a.pending && !a.secret : a.secret));
      const voter = s.own && those.length > 0 ? those[s.other % those.length][0] : s.voter;
      await login({ ...s, voter, right: true, address: null });
      await app({ ...s, at: 0, place: s.which === 0 ? 'ok' : s.place });
    },
    vote: async (s) => {
      await login({ ...s, right: true, address: null });
      await code({ ...s, at: 0, code: 'live', place: 'ok' });
      await cast({ ...s, at: 0, own: true });
    },
  };
  for (const s of sequence.steps) {
    const pass = s.kind === 'pass' ? s.pass : 0;
    m.t += pass;
    const now = process.hrtime.bigint();
    await root.run(shift(seconds(pass - Number(now - last) / 1e9)));
    last = now;
    await does[s.kind](s);
    apps = await invariants(m, voters, receipts, status, apps);
    const took = Number(process.hrtime.bigint() - now) / 1e9;
    if (took > SLOW) status.slow = took;
    status.steps += 1;
    status.kinds.set(s.kind, (status.kinds.get(s.kind) ?? 0) + 1);
  }
  status.ballots += m.ballots.size;
}

const INVARIANTS = `SELECT
  (SELECT count(*) FROM (SELECT FROM vemre.ballot GROUP BY credential HAVING count(*) > 1) x),
  (SELECT count(*) FROM (SELECT FROM vemre.session GROUP BY username, state HAVING count(*) > 1) x),
  (SELECT count(*) FROM vemre.ballot b WHERE NOT EXISTS (SELECT FROM vemre.voter v WHERE v.credential = b.credential AND v.district = b.district AND v.active)),
  (SELECT count(*) FROM vemre.ballot b JOIN vemre.reissue r ON r.old = b.credential),
  (SELECT count(*) FROM vemre.voter WHERE active) - (SELECT count(*) FROM public.model_voter WHERE active),
  (SELECT count(*) FROM (SELECT FROM vemre.voter WHERE active GROUP BY phone HAVING count(*) > 1) x),
  (SELECT COALESCE(sum(ballots), 0) FROM vemre.participation) - (SELECT count(*) FROM vemre.ballot),
  (SELECT count(*) FROM vemre.closing c WHERE c.ballots <> (SELECT count(*) FROM vemre.ballot)),
  (SELECT count(*) FROM vemre.session WHERE EXISTS (SELECT FROM vemre.closing)),
  (SELECT count(*) FROM vemre.code WHERE hmac IS NOT NULL AND tries_left NOT BETWEEN 0 AND ${LIMITS.code_tries})`;
const NAMES = ['ballots of one credential', 'sessions of one voter', 'ballots of nobody who may vote', 'ballots of a replaced credential',
  'voters more than persons', 'persons with two credentials', 'participation without ballots', 'ballots after the closing',
  'sessions after the closing', 'tries beyond the limit'];

/** Throws where one does not hold; gives back the authenticator apps as they are stored, the next call's `before`. */
async function invariants(m, voters, receipts, status, before) {
  const [row, ...rows] = await root.run(`${INVARIANTS};\nSELECT tracker, convert_from(receipt, 'UTF8') FROM vemre.ballot;
    SELECT 'app', username, encode(pending, 'hex'), encode(secret, 'hex'), last_step FROM vemre.totp`);
  const box = rows.filter((r) => !r.startsWith('app|'));
  const apps = rows.filter((r) => r.startsWith('app|')).sort().join(' ');
  row.split('|').forEach((n, i) => { if (n !== '0') throw new Error(`${NAMES[i]}: ${n}`); });
  // A receipt for every ballot, a ballot for every receipt.
  const expected = [...receipts].map(([tracker, receipt]) => `${status.hash.get(tracker)}|${receipt}`).sort().join(' ');
  if (box.sort().join(' ') !== expected) throw new Error(`in the box ${box.join(' ')}; receipts given ${expected}`);
  if (m.shut() && apps !== before) throw new Error(`an authenticator app changed outside the period: ${before} became ${apps}`);
  const known = [...m.apps].map(([v, a]) => `app|${voters[v].username}|${a.pending ? sealedHex(a.pending) : ''}|${a.secret ? sealedHex(a.secret) : ''}|${a.last}`);
  if (apps !== known.sort().join(' ')) throw new Error(`authenticator apps ${apps}; the model's ${known.join(' ')}`);
  return apps;
}

// ---- drawing, shrinking

function generator(seed) { // mulberry32
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
/** What went wrong, or null. A difference beside a slow step is tried again. */
async function failing(sequence, voters, status) {
  for (let tries = 0; ; tries++) {
    status.slow = 0;
    try {
      await run(sequence, voters, status);
      return null;
    } catch (fault) {
      if (status.slow === 0 || tries === 5) return fault;
    }
  }
}
async function shrink(sequence, fault, voters, status) {
  let best = sequence;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < best.steps.length;) {
      const shorter = { ...best, steps: [...best.steps.slice(0, from), ...best.steps.slice(from + size)] };
      const still = await failing(shorter, voters, status);
      if (still) [best, fault] = [shorter, still];
      else from += size;
    }
  return [best, fault];
}

const [length, given] = process.argv.slice(2);
const seed = Number(given ?? Math.floor(Math.random() * 2 ** 32));
console.log(`seed ${seed}`);
await root.run('DROP TABLE IF EXISTS public.model_voter; CREATE TABLE public.model_voter AS SELECT * FROM vemre.voter');
const voters = (await root.run('SELECT username, auth_sha256, credential, district, spare, active FROM vemre.voter ORDER BY spare, username')).map((l) => {
  const [username, auth, credential, district, spare, active] = l.split('|');
  return { username, auth, credential, district, spare: spare === 't', active: active === 't' };
});
const status = { slow: 0, steps: 0, ballots: 0, kinds: new Map(), spares: voters.flatMap((v, i) => (v.spare ? [i] : [])), hash: new Map() };
for (let v = 0; v < voters.length; v++) for (const w of [0, 1]) status.hash.set(trackerOf(v, w), (await root.run(`SELECT ${h(trackerOf(v, w))}`))[0]);
const random = generator(seed);
const until = Date.now() + Number(length) * 1000;
let sequences = 0;
let bad = null;
while (!bad && Date.now() < until) {
  const sequence = drawSequence(random, voters.length);
  const fault = await failing(sequence, voters, status);
  if (fault) bad = await shrink(sequence, fault, voters, status);
  else sequences += 1;
}
if (bad) {
  const [sequence, fault] = bad;
  console.log(`after ${sequences} sequences: ${fault.message}`);
  console.log(`opens ${sequence.opens} closes ${sequence.closes}`);
  for (const s of sequence.steps) console.log(JSON.stringify(s));
} else {
  console.log(`${sequences} sequences, ${status.steps} steps, ${status.ballots} ballots: ${[...status.kinds].map(([k, n]) => `${k} ${n}`).join(', ')}`);
}
for (const p of [web, admin, root]) p.end();
process.exitCode = bad || sequences < 5 || status.ballots === 0 ? 1 : 0;
