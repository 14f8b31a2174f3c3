// The voting server's interface (doc/api.md). Whatever goes wrong becomes a Refusal with the server's own
// words, or with none (`message` null) where the server could not be heard.

const PATIENCE = 60000; // ms: slow lines

export class Refusal extends Error {
  constructor(code, fields = {}) {
    super(code);
    this.code = code;
    this.status = fields.status ?? 0;
    for (const name of ['reference', 'vote', 'retry_after', 'message', 'next', 'receipt', 'tries_left']) {
      this[name === 'message' ? 'words' : name] = fields[name] ?? null;
    }
    this.until = this.retry_after === null ? null : Date.now() + this.retry_after * 1000;
  }
}

let csrf = null;

async function request(method, path, { body, type, whenUnheard }) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = type;
  if (csrf !== null && method === 'POST') headers['X-Vemre-CSRF'] = csrf;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const options = { method, headers, body, signal: stop.signal, credentials: 'same-origin', cache: 'no-store' };
    const reply = await fetch(path, options);
    return { status: reply.status, ok: reply.ok, json: await reply.json().catch(() => null) };
  } catch {
    throw new Refusal('network', { vote: whenUnheard });
  } finally {
    clearTimeout(timer);
  }
}

// `whenUnheard`: what is known of the vote where no answer came, or one that is not the backend's.
async function call(method, path, { body, type = 'application/json', whenUnheard = null } = {}) {
  const reply = await request(method, path, { body, type, whenUnheard });
  if (reply.ok && reply.json) {
    if (typeof reply.json.csrf === 'string') csrf = reply.json.csrf;
    return reply.json;
  }
  const error = reply.json?.error;
  if (!error) throw new Refusal(reply.status === 429 ? 'busy' : 'network', { status: reply.status, vote: whenUnheard });
  throw new Refusal(error.code, { ...error, status: reply.status });
}

const post = (path, value) => call('POST', path, { body: JSON.stringify(value) });

export const status = () => call('GET', '/api/status');

export function login(username, auth) {
  csrf = null;
  return post('/api/login', { username, auth });
}

export const sendCode = (code) => post('/api/code', { code });
export const resendCode = () => post('/api/code/resend', {});
export const logout = () => post('/api/logout', {});
/** By the whole tracker, or by the code that people read. */
export const inBox = (tracker) => call('GET', `/api/box/${encodeURIComponent(tracker)}`);
export const newAuthenticator = () => post('/api/totp', {});
export const confirmAuthenticator = (code) => post('/api/totp/confirm', { code });

export const cast = (ballot) =>
  call('POST', '/api/cast', { body: ballot, type: 'application/octet-stream', whenUnheard: 'unknown' });

/** A file of the election's public record, as bytes. */
export async function recordFile(name) {
  const reply = await fetch(`/record/${name}`, { cache: 'no-store' }).catch(() => null);
  if (!reply?.ok) throw new Refusal('network', { status: reply?.status });
  return new Uint8Array(await reply.arrayBuffer());
}
