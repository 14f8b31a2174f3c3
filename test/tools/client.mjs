// A voter without a browser: the calls of doc/api.md over TLS, and the page's own protocol modules. One
// object per voter; it keeps that voter's cookie.

import { request } from 'node:https';

import { openingFile, sealBallot, signBallot, verifyBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { deriveCredential } from '../../fcgi/site/src/protocol/credential.js';
import { contestsOf, electionId, readKeys, shapeOf } from '../../fcgi/site/src/protocol/election.js';
import { pointBytes, table } from '../../fcgi/site/src/protocol/group.js';
import { readJson } from '../../fcgi/site/src/protocol/json.js';
import { verifyReceipt } from '../../fcgi/site/src/protocol/signature.js';
import { readPassword, readUsername } from '../../fcgi/site/src/protocol/typed.js';
import { widthOf } from '../../fcgi/site/src/protocol/vote.js';

export class Refused extends Error {
  constructor(status, error) {
    super(`${status} ${error?.code ?? 'no answer of the backend'}: ${error?.message?.es ?? ''} (${error?.reference ?? ''})`);
    this.status = status;
    this.error = error ?? { code: `http-${status}` };
  }
}

/** One HTTPS exchange; gives { status, headers, body } with the body as bytes. `said`: headers sent with every call. */
export function exchange({ site, agent, ca, said = {} }, method, path, headers = {}, body = null) {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...said, ...headers }, agent, ca, timeout: 90000 };
    if (body) options.headers['Content-Length'] = body.length;
    const req = request(new URL(path, site), options, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks) }));
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error('time-out')));
    req.on('error', reject);
    req.end(body ?? undefined);
  });
}

export async function getStatus(site) {
  const { status, body } = await exchange(site, 'GET', '/api/status');
  if (status !== 200) throw new Refused(status, null);
  return JSON.parse(body);
}

/** The public files, eid computed from them and compared with the server's: { definition, keys, eid, … }. */
export async function loadElection(site) {
  const status = await getStatus(site);
  const [definition, keys, opening] = await Promise.all(['election.json', 'keys.json', 'opening.json'].map(async (name) => {
    const reply = await exchange(site, 'GET', `/record/${name}`);
    if (reply.status !== 200) throw new Refused(reply.status, { code: `record-${name}` });
    return new Uint8Array(reply.body);
  }));
  const eid = electionId(definition, keys, unhex(status.credentials_sha256, 32), opening);
  if (hex(eid) !== status.eid) throw new Error(`eid of the files ${hex(eid)}, of the server ${status.eid}`);
  const points = readKeys(keys);
  table(points.election);
  points.committee.forEach(table);
  return { definition: readJson(definition), keys: points, eid, systemKeys: readJson(opening).system_keys };
}

export class Client {
  #site;
  #cookie = '';
  #csrf = '';

  constructor(site) {
    this.#site = site;
  }

  /** For the tests that attack: the session's cookie (its value) and the token against forgery. */
  get token() { return this.#cookie.split('=')[1]; }
  get csrf() { return this.#csrf; }

  async call(method, path, body = null, type = 'application/json') {
    const headers = this.#cookie ? { Cookie: this.#cookie } : {};
    if (method === 'POST') Object.assign(headers, { 'Content-Type': type, 'X-Vemre-CSRF': this.#csrf });
    const bytes = body === null || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const reply = await exchange(this.#site, method, path, headers, bytes);
    for (const line of reply.headers['set-cookie'] ?? []) [this.#cookie] = line.split(';');
    let json = null;
    try {
      json = JSON.parse(reply.body);
    } catch {
      throw new Refused(reply.status, null);
    }
    if (json.csrf) this.#csrf = json.csrf;
    if (reply.status !== 200) throw new Refused(reply.status, json.error);
    return json;
  }

  /** The voter's keys, kept here; gives what the log-in sends. */
  derive(slug, typedName, typedPassword) {
    const username = readUsername(typedName);
    const { auth, secret, credential } = deriveCredential(slug, username, readPassword(typedPassword));
    this.secret = secret;
    this.credential = pointBytes(credential);
    return { username, auth: hex(auth) };
  }

  /** First step of the log-in; gives the code step. */
  login(slug, typedName, typedPassword) {
    return this.call('POST', '/api/login', this.derive(slug, typedName, typedPassword));
  }

  /** Second step; gives the session, whose credential must be the one derived here. */
  async enter(code) {
    this.session = await this.call('POST', '/api/code', { code });
    if (this.session.credential !== hex(this.credential)) throw new Error('the server has another credential');
    return this.session;
  }

  /** plains: one plain vote per contest of the voter's district, in order. */
  seal(election, plains) {
    const contests = contestsOf(election.definition, this.session.district)
      .map((contest, i) => ({ name: contest.id, w: widthOf(contest), plain: plains[i] }));
    return sealBallot({ eid: election.eid, credential: this.credential, contests, keys: election.keys });
  }

  /** Opens a sealed ballot for checking; it is never signed. */
  open(sealed) {
    return openingFile(sealed);
  }

  sign(election, sealed) {
    const bytes = signBallot(sealed.unsigned, this.credential, this.secret);
    verifyBallot(bytes, { eid: election.eid, contests: shapeOf(election.definition, this.session.district) });
    return bytes;
  }

  cast(ballot) {
    return this.call('POST', '/api/cast', ballot, 'application/octet-stream');
  }

  goodReceipt(election, receipt, tracker) {
    return verifyReceipt(receipt, { eid: hex(election.eid), tracker, systemKeys: election.systemKeys });
  }
}
