// An authenticator app for the next log-ins (where the institute allows it): its secret as QR and text, in force only
// once the app has given a right code.

import * as api from '../api.js';
import { h } from '../dom.js';
import { qr } from '../qr.js';
import { buttons, faultBox, field, form, primary, secondary } from './parts.js';

/** From another screen, to which it goes back. */
export async function openAuthenticator(app) {
  const { screen, local } = app;
  await app.act(app.text.loading, async () => {
    const offer = await api.newAuthenticator();
    app.go('authenticator', { offer, from: { screen, local } });
  });
}

const back = (app) => {
  const { screen, local } = app.local.from;
  app.go(screen, { ...local, busy: false, fault: null });
};

async function submit(app, node) {
  const code = node.elements.code.value.replace(/\s/g, '');
  app.local.error = /^[0-9]{6}$/.test(code) ? null : app.text.codeWrong;
  if (app.local.error) return app.render();
  return app.act(app.text.checking, async () => {
    await api.confirmAuthenticator(code);
    app.local.done = true;
  });
}

export function authenticator(app) {
  const { text, local } = app;
  if (local.done) {
    return {
      title: text.appDoneTitle,
      back: () => back(app),
      body: [h('p.good', {}, text.appDone), buttons(primary(text.next, () => back(app), { id: 'app-back' }))],
    };
  }
  return {
    title: text.appTitle,
    back: () => back(app),
    body: [
      faultBox(app, local.fault?.code === 'bad-code' ? text.appAgain : null),
      h('p.lead', {}, text.appLead),
      qr(local.offer.uri, text.appQr),
      h('dl.full', {}, h('dt', {}, text.appSecret),
        h('dd', { id: 'app-secret', translate: 'no' }, local.offer.secret.replace(/(.{4})(?=.)/g, '$1 '))),
      h('p.warning', {}, text.appKeep),
      form((node) => submit(app, node),
        field({
          id: 'code', label: text.appCode, hint: text.appCodeHint, error: local.error,
          input: h('input.digits', { name: 'code', inputmode: 'numeric', autocomplete: 'off', maxlength: '7', required: true }),
        }),
        buttons(h('button.primary', { type: 'submit' }, text.appConfirm), secondary(text.cancel, () => back(app), { id: 'app-back' }))),
    ],
  };
}
