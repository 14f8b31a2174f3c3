// The voter's page: what it knows, which screen it shows, and what ends a session. Nothing is kept in the
// browser's storage: a closed tab forgets everything.

import * as api from './api.js';
import { byId, h } from './dom.js';
import { loadEmblems } from './emblem.js';
import { drawFrame, tick } from './frame.js';
import { Sealer } from './sealer.js';
import { SCREENS } from './screens/all.js';
import { en } from './text-en.js';
import { es } from './text-es.js';

const LANGUAGES = { es, en };
const VOTING = ['ballot', 'review', 'sealed', 'checked', 'authenticator', 'leave'];

class App {
  sealer = new Sealer();
  text = es;
  screen = 'loading';
  local = {}; // of the present screen alone
  status = null; // of /api/status; `ahead`: the server's clock less ours, `off`: by how much at least, ms
  election = null; // { definition, eid, systemHash }
  session = null; // of the server, and `ends`: our clock, ms
  voter = null; // { username, credential, code }
  choices = new Map(); // contest id → choice
  sealed = null; // { tracker, code, sent }
  receipt = null; // { receipt, good, code, kind }

  constructor(root) {
    this.root = root;
    window.addEventListener('beforeunload', (event) => {
      if (VOTING.includes(this.screen)) event.preventDefault();
    });
    window.addEventListener('popstate', () => this.#stepBack());
    setInterval(() => tick(this), 1000);
  }

  get now() {
    return Date.now() + (this.status?.ahead ?? 0);
  }

  setLanguage(lang) {
    this.text = LANGUAGES[lang];
    document.documentElement.lang = lang;
    this.render();
    byId('language').focus();
  }

  go(screen, local = {}) {
    this.screen = screen;
    this.local = local;
    // One entry in the history while voting, so that «back» goes one screen back and not away.
    if (VOTING.includes(screen) && history.state !== 'voting') history.pushState('voting', '');
    this.render();
    window.scrollTo(0, 0);
  }

  render() {
    const view = SCREENS[this.screen](this);
    this.back = view.back ?? null;
    drawFrame(this, view);
    const focus = this.root.querySelector('[data-focus]') ?? byId('title');
    focus.focus({ preventScroll: focus.id === 'title' });
  }

  #stepBack() {
    if (!VOTING.includes(this.screen)) return;
    history.pushState('voting', '');
    if (this.back && !this.local.busy) this.back();
  }

  /** Runs what a button asked for: says `words` meanwhile, shows the refusal if there is one. */
  async act(words, work) {
    if (this.local.busy) return;
    const { local } = this;
    local.busy = true;
    local.fault = null;
    byId('busy').textContent = words;
    for (const button of this.root.querySelectorAll('main button')) button.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } catch (fault) {
      this.refused(fault, local);
    } finally {
      local.busy = false;
      if (this.local === local) this.render();
    }
  }

  refused(fault, local) {
    // bad-csrf: another tab of this browser logged in, and the cookie is now that one's.
    if (fault instanceof api.Refusal && ['no-session', 'bad-csrf'].includes(fault.code)) return this.end('lost');
    if (fault instanceof api.Refusal && fault.code === 'closed') return this.closed(fault);
    if (fault instanceof api.Refusal && fault.code === 'not-open') return this.start(); // says when
    if (fault instanceof api.Refusal) {
      local.fault = fault;
      return undefined;
    }
    return this.go('stop', { reason: 'browser' });
  }

  /** The session is over; what was sealed and not cast stays for the same voter's next log-in. */
  end(reason) {
    const vote = this.receipt?.good ? 'stored' : this.receipt || this.sealed?.sent ? 'unknown' : 'none';
    this.session = null;
    if (reason === 'out') this.forget();
    this.go('ended', { reason, vote });
  }

  /** Voting is over: what became of the ballot sealed here, if there is one, is asked of the box. */
  async closed(fault = null) {
    const { sealed } = this;
    this.session = null;
    this.status.state = 'closed';
    this.go('ended', { reason: 'closed', fault, sealed, vote: sealed && !sealed.sent ? 'none' : null });
    if (!sealed?.sent) return;
    const { local } = this;
    const answer = await api.inBox(sealed.tracker).catch(() => null);
    local.vote = answer === null ? 'unknown' : answer.in_box ? 'stored' : 'none';
    if (this.local === local) this.render();
  }

  /** The moment of the closing by our own clock, ms. */
  get closes() {
    return Date.parse(this.status.closes) - this.status.ahead;
  }

  timeOver() {
    if (!this.receipt) return this.closes - Date.now() < 1500 ? this.closed() : this.end('time');
    this.session = null; // who has a receipt may go on reading it
    return this.render();
  }

  forget() {
    this.voter = null;
    this.choices.clear();
    this.sealed = null;
    this.receipt = null;
    this.sealer.call('forget');
  }

  async start() {
    this.go('loading');
    try {
      const asked = Date.now();
      const status = await api.status();
      const heard = Date.now();
      // The server's clock said `now` at some moment between; only what is beyond that can be the voter's clock.
      const ahead = Date.parse(status.now) - (asked + heard) / 2;
      this.status = { ...status, ahead, off: Math.abs(ahead) - (heard - asked) / 2 };
      await this.#loadElection();
    } catch (fault) {
      if (this.screen === 'stop') return;
      this.go('stop', fault instanceof api.Refusal ? { fault } : { reason: 'browser' });
      return;
    }
    if (this.screen === 'loading') this.go(location.hash.startsWith('#urna') ? 'box' : 'enter');
  }

  // Before the opening the record may not be published yet; then only the date is shown.
  async #loadElection() {
    const { state, eid, credentials_sha256: credentials } = this.status;
    let files;
    try {
      files = await Promise.all(['election.json', 'keys.json', 'opening.json'].map(api.recordFile));
    } catch (fault) {
      if (state === 'before') return;
      throw fault;
    }
    const [definition, keys, opening] = files;
    this.election = await this.sealer.call('load', { definition, keys, opening, credentials });
    if (this.election.eid !== eid || this.election.definition.id !== this.status.election) {
      this.election = null;
      this.go('stop', { reason: 'eid' });
      return;
    }
    this.sealer.call('prepare').catch(() => {});
    loadEmblems(this.election.definition);
  }
}

const app = new App(byId('page'));
document.documentElement.lang = 'es';
byId('page').replaceChildren(h('main', { id: 'main' }));
app.start();
