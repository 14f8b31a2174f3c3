// Attacks below the page: bytes that no browser sends, on the TLS connection and at the backend's own socket.
//
//   node attacks-wire.mjs CASE      SITE, CA, ELECTION, PHONES, BACKEND (its FastCGI socket) from the environment

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Agent } from 'node:https';
import { createConnection } from 'node:net';
import { connect } from 'node:tls';

import { Client, exchange } from '../tools/client.mjs';
import { Phones } from '../tools/phones.mjs';

const { env } = process;
const ca = readFileSync(env.CA);
const site = { site: env.SITE, agent: new Agent({ keepAlive: true }), ca };
const voters = JSON.parse(readFileSync(`${env.ELECTION}/voters.json`, 'utf8'));
const phones = new Phones(env.PHONES);
const json = { 'Content-Type': 'application/json' };
const alive = async (what) => assert.equal((await exchange(site, 'GET', '/api/status')).status, 200, what);
const get = (path, headers = {}) => exchange(site, 'GET', path, headers);

async function entered(i) {
  const client = new Client(site);
  const mark = phones.mark();
  const step = await client.login('simulacro', voters[i].username, voters[i].password);
  await client.enter(await phones.waitCode(voters[i].phone, step.sent ? mark : 0, 20));
  return client;
}

/** Everything that comes back on one connection of its own. */
const raw = (text, wait = 1500) => new Promise((resolve) => {
  const { hostname, port } = new URL(env.SITE);
  const socket = connect({ host: hostname, port, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] }, () => socket.write(text));
  let all = '';
  const end = () => { socket.destroy(); resolve(all); };
  socket.setTimeout(wait, end);
  socket.on('data', (d) => { all += d.toString('latin1'); });
  socket.on('end', end);
  socket.on('error', end);
});
const statuses = (all) => [...all.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => Number(m[1]));
const head = `Host: ${new URL(env.SITE).host}\r\nContent-Type: application/json\r\n`;

// ---- FastCGI, by hand

const record = (type, content, id = 1, length = content.length) => Buffer.concat([
  Buffer.from([1, type, id >> 8, id & 255, length >> 8, length & 255, 0, 0]), Buffer.from(content)]);
const begin = (flags = 0) => record(1, [0, 1, flags, 0, 0, 0, 0, 0]);
const pair = (name, value) => {
  const size = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([0x80 | (n >> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255]));
  return Buffer.concat([size(name.length), size(value.length), Buffer.from(name), Buffer.from(value)]);
};
const params = (all) => [record(4, Buffer.concat(Object.entries(all).map(([n, v]) => pair(n, v)))), record(4, [])];
const fcgi = (parts, wait = 2000) => new Promise((resolve) => {
  const socket = createConnection(env.BACKEND, () => socket.end(Buffer.concat(parts)));
  let all = '';
  const end = () => { socket.destroy(); resolve(all); };
  socket.setTimeout(wait, end);
  socket.on('data', (d) => { all += d.toString('latin1'); });
  socket.on('close', end);
  socket.on('error', end);
});

const cases = {
  // Somebody else's session: guessed, read from the database, or with its other half missing.
  async another() {
    const a = await entered(0);
    const b = await entered(1);
    const cookie = (t) => ({ Cookie: `__Host-vemre=${t}` });
    assert.equal((await get('/api/session', cookie(a.token))).status, 200);
    const stored = createHash('sha256').update(Buffer.from(a.token, 'hex')).digest('hex');
    const storedText = createHash('sha256').update(a.token).digest('hex');
    for (const t of [stored, storedText, '0'.repeat(64), 'f'.repeat(64), a.token.slice(0, 63), `${a.token}0`, `${a.token.slice(0, 63)}g`,
      randomBytes(32).toString('hex'), "' OR 1=1 --", '%00'.repeat(20), `${a.token}%00`, ` ${a.token}`])
      assert.equal((await get('/api/session', cookie(t))).status, 401, t);
    for (const other of [{ Authorization: `Bearer ${a.token}` }, { Cookie: `vemre=${a.token}` }, { Cookie: `__host-vemre=${a.token}` },
      { 'X-Vemre-Session': a.token }])
      assert.equal((await get('/api/session', other)).status, 401);
    assert.equal((await get(`/api/session?__Host-vemre=${a.token}`)).status, 401);
    // A's cookie with B's token against forgery, and the other way.
    for (const [who, csrf] of [[a, b.csrf], [b, a.csrf], [a, a.token], [a, stored]]) {
      const reply = await exchange(site, 'POST', '/api/logout', { ...json, ...cookie(who.token), 'X-Vemre-CSRF': csrf }, Buffer.from('{}'));
      assert.equal(JSON.parse(reply.body).error?.code, 'bad-csrf');
    }
    // Ended is ended: the old cookie opens nothing.
    const old = b.token;
    await b.call('POST', '/api/logout', {});
    assert.equal((await get('/api/session', cookie(old))).status, 401);
  },
  // JSON that costs more than it weighs, or means two things.
  async json() {
    const long = 'A'.repeat(60000);
    const bodies = ['{"username":"A","username":"B","auth":"00"}', `{"username":"${long}","auth":"${long.slice(0, 4000)}"}`,
      '{"username":1e400,"auth":"00"}', `{"username":${'9'.repeat(60000)},"auth":"00"}`, `{"a":${'['.repeat(30000)}${']'.repeat(30000)}}`,
      `{${Array.from({ length: 6000 }, (_, i) => `"k${i}":1`).join(',')}}`, '{"username":"\\ud800","auth":"00"}',
      '{"username":"A\\u0000B","auth":"00"}', '{"username":"\xc0\xaf","auth":"00"}', '{"username":"\xed\xa0\x80","auth":"00"}',
      '{"username":"\xf4\x90\x80\x80","auth":"00"}', '\xef\xbb\xbf{"username":"A","auth":"00"}', '{"username":"A","auth":"00"}{}',
      '{"username":"A","auth":"00",}', "{'username':'A'}", '{"__proto__":{},"username":"A","auth":"00"}', '[]', '"x"', '1', '{}',
      '{"username":["A"],"auth":{}}', '{"username":null,"auth":null}', '{"username":"A","auth":"0"}', '{"username":"A","auth":"zz"}'];
    for (const body of bodies) {
      let from = Date.now();
      let reply;
      // nginx lets so many log-ins of one address through at a time.
      for (; (reply = await exchange(site, 'POST', '/api/login', json, Buffer.from(body, 'latin1'))).status === 429; from = Date.now())
        await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(reply.status, 400, body.slice(0, 60));
      assert.equal(JSON.parse(reply.body).error.code, 'bad-request');
      assert.ok(Date.now() - from < 2000, `${body.slice(0, 60)}: ${Date.now() - from} ms`);
    }
    await alive('JSON');
  },
  // Ways out of what is served: election's folder, programs' files, other calls.
  async paths() {
    const targets = ['voters.json', 'enrolment/server-load.csv', 'journal/open-election.jsonl', 'definition.json', 'documents/initial-report.txt'];
    const ways = ['/record/../', '/record/%2e%2e/', '/record/..%2f', '/record/%2e%2e%2f', '/record//../', '/record/./../', '/record/..;/',
      '/record/..\\', '/record/%5c..%5c', '/record/lists/../../', '/record/lists/09/../../../', '/emblems/../', '/emblems/%2e%2e/', '/api/../record/../',
      '/static/../../', '/%2e%2e/', '/..%252f', '/record/%c0%ae%c0%ae/', '/record/lists/%2e%2e/%2e%2e/', '/./././record/../'];
    for (const target of targets)
      for (const way of ways) {
        const all = await raw(`GET ${way}${target} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
        const [status] = statuses(all);
        assert.ok(status >= 400 && status < 500, `${way}${target}: ${status}`);
        assert.ok(!all.includes(voters[0].username) && !all.includes(voters[0].phone), `${way}${target}`);
      }
    for (const path of ['/API/status', '/api/STATUS', '/api', '/api/', '/api//status', '/api/status/', '/api/status%00', '/api/%73tatus', '/api/box/../status',
      '/api/./status', '/api/box/', '/api/box/%2e%2e', '/.git/config', '/.made', '/nginx.conf', '/vemre.conf', '/api/login']) {
      const [status] = statuses(await raw(`GET ${path} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`));
      assert.ok((status >= 400 && status < 500) || (status === 301 && path === '/api') || (status === 200 && /\/api\/(\.|%73|box\/\.\.|\/)/.test(path)), `${path}: ${status}`);
    }
    await alive('paths');
  },
  // One request that is two to somebody: nginx and the backend must agree on where each ends.
  async smuggling() {
    const inner = `GET /api/session HTTP/1.1\r\n${head}\r\n`;
    const one = {
      'a request in the body': `POST /api/login HTTP/1.1\r\n${head}Content-Length: ${inner.length}\r\nConnection: close\r\n\r\n${inner}`,
      'a body of a GET': `GET /api/status HTTP/1.1\r\n${head}Content-Length: ${inner.length}\r\nConnection: close\r\n\r\n${inner}`,
      'lengths that differ': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      'length and chunks': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      'chunks by another name': `POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
      'chunks twice': `POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
      'a blank before the colon': `POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${inner}`,
      'a folded header': `POST /api/login HTTP/1.1\r\n${head}X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${inner}`,
      'a chunk longer than all': `POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${inner}`,
      'a chunk below zero': `POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n${inner}`,
      'a length with a sign': `POST /api/login HTTP/1.1\r\n${head}Content-Length: +2\r\n\r\n{}${inner}`,
      'a length in hexadecimal': `POST /api/login HTTP/1.1\r\n${head}Content-Length: 0x2\r\n\r\n{}${inner}`,
    };
    for (const [what, text] of Object.entries(one)) {
      const all = await raw(text);
      assert.ok(statuses(all).length <= 1 || statuses(all)[0] >= 400, `${what}: ${statuses(all)}`);
      // Nobody executes the inner request on another's behalf: it has no session.
      assert.ok(!all.includes('"username"'), what);
      await alive(what);
    }
    // What nginx tells the backend is nginx's own: a header cannot become another parameter.
    const victim = await entered(2);
    const bad = { ...json, Cookie: `__Host-vemre=${victim.token}`, Proxy: 'http://192.0.2.1', CONTENT_LENGTH: '0', REMOTE_ADDR: '8.8.8.8',
      REQUEST_METHOD: 'GET', REQUEST_URI: '/api/session', HTTP_X_VEMRE_CSRF: victim.csrf, 'X_Vemre_CSRF': victim.csrf };
    const reply = await exchange(site, 'POST', '/api/logout', bad, Buffer.from('{}'));
    assert.equal(JSON.parse(reply.body).error?.code, 'bad-csrf');
    for (const path of ['/api/box/%0d%0aX-Injected:1', '/%0d%0aX-Injected:%201', '/api/status?%0d%0aX-Injected:1']) {
      const r = await get(path);
      assert.equal(r.headers['x-injected'], undefined, path);
    }
    await victim.call('POST', '/api/logout', {});
    // A small body in chunks is a body: read to its end by nginx, handed on with its length.
    const body = '{"username":"NOBODY","auth":"00"}';
    const chunked = await raw(`POST /api/login HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    assert.equal(statuses(chunked)[0], 400);
    assert.match(chunked, /bad-request/);
  },
  // At the backend's own socket, as whoever has taken the web server: records of another length, too many, none.
  async fastcgi() {
    assert.equal((statSync(env.BACKEND).mode & 0o777).toString(8), '770');
    const status = { REQUEST_METHOD: 'GET', REQUEST_URI: '/api/status', REMOTE_ADDR: '8.8.8.8' };
    const login = { ...status, REQUEST_METHOD: 'POST', REQUEST_URI: '/api/login', CONTENT_TYPE: 'application/json' };
    assert.match(await fcgi([begin(), ...params(status), record(5, [])]), /"state"/);
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`HTTP_X_${i}`, 'y'.repeat(20)]));
    const attempts = {
      nothing: [], 'half a head': [Buffer.from([1, 1, 0])], noise: [randomBytes(4000)], 'another version': [Buffer.from([9, 1, 0, 1, 0, 8, 0, 0]), Buffer.alloc(8)],
      'no parameters': [begin(), record(4, []), record(5, [])],
      'a parameter longer than its record': [begin(), record(4, [127, 127, 65]), record(4, []), record(5, [])],
      'a parameter of two gigabytes': [begin(), record(4, [0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 65]), record(4, []), record(5, [])],
      'a record longer than what comes': [begin(), record(4, 'short', 1, 60000)],
      'a length without a body': [begin(), ...params({ ...login, CONTENT_LENGTH: '4000' }), record(5, '{}'), record(5, [])],
      'a length beyond all': [begin(), ...params({ ...login, CONTENT_LENGTH: '99999999999999999999' }), record(5, '{}'), record(5, [])],
      'a length below zero': [begin(), ...params({ ...login, CONTENT_LENGTH: '-1' }), record(5, '{}'), record(5, [])],
      'a body beyond its length': [begin(), ...params({ ...login, CONTENT_LENGTH: '2' }), record(5, `{}${'x'.repeat(60000)}`), record(5, [])],
      'an unknown role': [record(1, [0, 9, 0, 0, 0, 0, 0, 0]), ...params(status), record(5, [])],
      'an abort': [begin(), record(2, []), ...params(status)], 'unknown types': [begin(), record(77, 'x'), ...params(status), record(5, [])],
      'another request amid': [begin(), record(1, [0, 1, 0, 0, 0, 0, 0, 0], 2), ...params(status), record(5, [])],
      'a long path': [begin(), ...params({ ...status, REQUEST_URI: `/api/box/${'A'.repeat(30000)}` }), record(5, [])],
      'a format in the path': [begin(), ...params({ ...status, REQUEST_URI: '/api/box/%n%n%s%s' }), record(5, [])],
      'no address': [begin(), ...params({ ...login, REMOTE_ADDR: '', CONTENT_LENGTH: '2' }), record(5, '{}'), record(5, [])],
      'an address that is none': [begin(), ...params({ ...login, REMOTE_ADDR: '%s%n::::/../', CONTENT_LENGTH: '2' }), record(5, '{}'), record(5, [])],
    };
    for (const [what, parts] of Object.entries(attempts)) {
      await fcgi(parts, 800);
      await alive(what);
    }
    assert.match(await fcgi([begin(), ...params({ ...many, ...status }).slice(0, 1), record(4, []), record(5, [])]), /"state"|^$/);
    // All the threads at once with a request that never ends are not the end of the others: nginx and the backend give up.
    await alive('after all');
  },
};

try {
  await cases[process.argv[2]]();
  process.exit(0);
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
