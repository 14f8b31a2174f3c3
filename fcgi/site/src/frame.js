// What surrounds every screen: the mark of a simulacro, the name, the switch of language, the clocks, help.

import { byId, h, svg } from './dom.js';
import { openAuthenticator } from './screens/authenticator.js';
import { askToLeave } from './screens/leave.js';
import { clock } from './time.js';

const logo = () =>
  svg('svg', { viewBox: '0 0 48 48', class: 'logo', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { x: 5, y: 20, width: 38, height: 23, rx: 3, fill: 'currentColor' }),
    svg('path', { d: 'M14 24V6h20v18', fill: '#ffffff', stroke: 'currentColor', 'stroke-width': 3 }),
    svg('path', { d: 'M18 12l4.5 5L30 9.5', fill: 'none', stroke: 'currentColor', 'stroke-width': 3 }),
    svg('path', { d: 'M12 27h24', stroke: '#ffffff', 'stroke-width': 3 }));

const simulated = (app) => app.status?.simulation || app.election?.definition.simulation;

function header(app) {
  const { text } = app;
  return h('header', { class: 'top' },
    simulated(app) && h('p.simulation', { id: 'simulation' }, text.simulation),
    h('div.top-row', {},
      logo(),
      h('div.brand', {}, h('strong', {}, text.brand), h('span', {}, text.brandSub)),
      h('button.language', { id: 'language', type: 'button', lang: text.switchLang, onclick: () => app.setLanguage(text.switchLang) },
        text.switchTo)),
    timers(app),
    h('p.closing-soon', { id: 'closing-soon', hidden: true }),
    clockOff(app));
}

const CLOCK_LIMIT = 2 * 60000; // ms

// What counts is the server's time; a voter whose own clock is wrong is told so.
function clockOff(app) {
  const { text, status } = app;
  if (!status || status.off < CLOCK_LIMIT || !['enter', 'code'].includes(app.screen)) return null;
  const minutes = Math.round(Math.abs(status.ahead) / 60000);
  return h('p.clock-off', { id: 'clock-off' }, (status.ahead < 0 ? text.clockFast : text.clockSlow)(text.duration(minutes)));
}

function timers(app) {
  if (!app.session) return null;
  const { text } = app;
  return h('div.timers', {},
    h('span', {}, text.sessionEnds, ' ', h('span', { id: 'session-clock', role: 'timer' }, '')),
    h('span', {}, text.electionEnds, ' ', h('span', { id: 'election-clock', role: 'timer' }, '')));
}

function footer(app) {
  const { text, election } = app;
  const phone = election?.definition.help_phone;
  const boxLink = election && (!app.session || app.screen === 'receipt')
    ? h('p', {}, h('button.link', { type: 'button', id: 'to-box', onclick: () => app.go('box') }, text.footBox))
    : null;
  const appLink = app.session && app.status?.totp && ['ballot', 'review', 'receipt'].includes(app.screen)
    ? h('p', {}, h('button.link', { type: 'button', id: 'to-app', onclick: () => openAuthenticator(app) }, text.appLink))
    : null;
  const leaveLink = app.session && ['ballot', 'review', 'sealed', 'checked'].includes(app.screen)
    ? h('p', {}, h('button.link', { type: 'button', id: 'to-leave', onclick: () => !app.local.busy && askToLeave(app) }, text.leave))
    : null;
  const data = election && h('details', {},
    h('summary', {}, text.footData),
    h('p', {}, text.footEid, ' ', h('code', {}, election.eid)),
    h('p', {}, text.footSystem, ' ', h('code', {}, election.systemHash)));
  return h('footer', { class: 'bottom' },
    h('div.bottom-row', {},
      boxLink,
      appLink,
      leaveLink,
      phone && h('p', {}, text.footHelp, ' ', h('a', { href: `tel:${phone.replace(/[^0-9+]/g, '')}` }, phone)),
      data));
}

export function drawFrame(app, view) {
  const { text } = app;
  document.title = `${simulated(app) ? 'SIMULACRO · ' : ''}${view.title} · ${text.brand}`;
  const title = h('h1', { id: 'title', tabindex: '-1' }, view.heading ?? view.title);
  app.root.replaceChildren(
    h('a.skip', { href: '#main', onclick: (event) => { event.preventDefault(); title.focus(); } }, text.skip),
    header(app),
    h('main', { id: 'main', 'data-screen': app.screen },
      view.over ? h('p.over', {}, view.over) : null,
      title,
      ...view.body,
      h('p.busy', { id: 'busy', role: 'status' })),
    footer(app));
  tick(app);
}

const put = (id, words) => {
  const place = byId(id);
  if (place && place.textContent !== words) place.textContent = words;
};

// Minutes before the end, of the session and of the election, that are said.
const SESSION_MARKS = [5, 1];
const CLOSING_MARKS = [5, 15, 60];
const QUIET = ['loading', 'stop', 'ended', 'receipt', 'box'];

// Said once to a screen reader as each mark is passed; the region outlives the screens.
function announce(app, words) {
  if (app.announced === words) return;
  app.announced = words;
  put('announce', words);
}

function sessionMark(app, left) {
  const mark = SESSION_MARKS.find((m) => left <= 60 * m && left > 60 * m - 2);
  if (mark) announce(app, app.text.minutesLeft(mark));
}

// From an hour before the closing on, for everybody who may still vote.
function closingSoon(app) {
  const place = byId('closing-soon');
  if (!place || app.status?.state !== 'open' || QUIET.includes(app.screen)) return;
  const left = (app.closes - Date.now()) / 1000;
  const mark = CLOSING_MARKS.find((m) => left <= 60 * m);
  if (left <= 0 && !app.session) app.closed();
  if (!mark || left <= 0) return;
  const words = app.text.closingWithin(mark);
  put('closing-soon', words);
  place.hidden = false;
  announce(app, words);
}

/** Every second: clocks, and the end of a session. */
export function tick(app) {
  for (const element of document.querySelectorAll('[data-until]')) {
    const left = (Number(element.dataset.until) - Date.now()) / 1000;
    element.textContent = clock(left);
    if (left <= 0 && !element.dataset.over) {
      element.dataset.over = 'yes';
      element.dispatchEvent(new Event('over'));
    }
  }
  closingSoon(app);
  if (!app.session) return;
  const left = (app.session.ends - Date.now()) / 1000;
  put('session-clock', clock(left));
  const toClosing = (app.closes - Date.now()) / 1000;
  put('election-clock', clock(toClosing));
  byId('session-clock')?.parentElement.classList.toggle('soon', left < 300);
  byId('election-clock')?.parentElement.classList.toggle('soon', toClosing < 300);
  sessionMark(app, left);
  if (left <= 0 && !app.local.busy) app.timeOver();
}
