// The one-time code that came to the phone.

import * as api from '../api.js';
import { h } from '../dom.js';
import { contestsOf } from '../protocol/election.js';
import { faultBox, field, form, primary, secondary } from './parts.js';

async function admitted(app, session) {
  app.session = { ...session, ends: Date.now() + session.expires_in * 1000 };
  if (session.credential !== app.voter.credential) return app.go('stop', { reason: 'credential' });
  app.contests = contestsOf(app.election.definition, session.district);
  if (session.receipt) {
    const { receipt } = session;
    const checked = await app.sealer.call('checkReceipt', { receipt, tracker: receipt.tracker });
    const own = app.sealed && app.sealed.tracker === receipt.tracker;
    app.receipt = { receipt, ...checked, kind: own ? 'cast' : 'already' };
    return app.go('receipt');
  }
  if (app.sealed) return app.go('sealed');
  return app.go('ballot', { index: 0 });
}

async function submit(app, node) {
  const code = node.elements.code.value.replace(/\s/g, '');
  app.local.error = /^[0-9]{6}$/.test(code) ? null : app.text.codeWrong;
  if (app.local.error) return app.render();
  return app.act(app.text.checking, async () => admitted(app, await api.sendCode(code)));
}

const resend = (app) =>
  app.act(app.text.entering, async () => {
    app.local.step = await api.resendCode();
    app.local.at = Date.now();
    app.local.again = true;
    app.local.dead = false;
  });

export function code(app) {
  const { text, local } = app;
  const { step, at } = local;
  if (['code-dead', 'code-not-sent'].includes(local.fault?.code)) local.dead = true; // only a new one helps
  const said = local.again ? text.resent : (step.sent ? text.codeSent : text.codeLive)(step.phone);
  const again = (local.dead ? primary : secondary)(text.resend, () => resend(app), { id: 'resend' });
  const expires = h('p', {}, text.codeExpires, ' ',
    h('span', { role: 'timer', 'data-until': at + step.code_expires_in * 1000, onover: () => expires.replaceChildren(text.codeExpired) }));
  const wait = h('p.hint', {}, '');
  const waiting = Math.ceil((at + step.resend_in * 1000 - Date.now()) / 1000);
  if (waiting > 0) countDown(text, again, wait, at + step.resend_in * 1000);
  return {
    title: text.codeTitle,
    body: [
      faultBox(app, local.fault?.code === 'bad-code' && app.status.totp ? text.codeAgainApp : null),
      local.dead ? null : h('p', { role: 'status' }, said),
      form((node) => submit(app, node),
        field({
          id: 'code', label: text.code, hint: app.status.totp ? text.codeHintApp : text.codeHint, error: local.error,
          input: h('input.digits', {
            name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '7', required: true,
            ...(local.fault || local.error ? {} : { 'data-focus': true }),
          }),
        }),
        local.dead ? null : expires,
        h('div.buttons', {}, local.dead ? again : null,
          h(local.dead ? 'button.secondary' : 'button.primary', { type: 'submit' }, text.codeButton), local.dead ? null : again,
          secondary(text.cancel, () => app.go('enter')))),
      wait,
      h('p.hint', {}, text.codeSender),
    ],
  };
}

// The button appears once another code may be asked for.
function countDown(text, button, words, until) {
  const step = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.hidden = left > 0;
    words.textContent = left > 0 ? text.resendIn(left) : '';
    if (left > 0) setTimeout(step, 1000);
  };
  step();
}
