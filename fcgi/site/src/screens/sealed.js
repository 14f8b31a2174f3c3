// The ballot is sealed and its tracker known: only now the voter chooses to cast it or to have it opened.

import * as api from '../api.js';
import { h } from '../dom.js';
import { bigCode, buttons, faultBox, primary, secondary } from './parts.js';

async function show(app, receipt, kind) {
  const { tracker } = kind === 'cast' ? app.sealed : receipt;
  const checked = await app.sealer.call('checkReceipt', { receipt, tracker });
  app.receipt = { receipt, ...checked, kind };
  app.choices.clear();
  app.go('receipt');
}

// Not stored, and never will be.
const REFUSED = ['bad-ballot', 'not-yours'];

const cast = (app) =>
  app.act(app.text.casting, async () => {
    const ballot = await app.sealer.call('sign');
    app.sealed.sent = true;
    try {
      const { receipt } = await api.cast(ballot);
      return await show(app, receipt, 'cast');
    } catch (fault) {
      if (fault.code === 'already-voted' && fault.receipt) return show(app, fault.receipt, 'other');
      if (!REFUSED.includes(fault.code)) throw fault;
      await app.sealer.call('refused');
      app.sealed = null; // sent again it would fail again: back to what was marked
      return app.go('review', { fault });
    }
  });

const check = (app) =>
  app.act(app.text.loading, async () => {
    const file = await app.sealer.call('open');
    const { code } = app.sealed;
    app.sealed = null;
    app.go('checked', { file, code });
  });

function leave(app) {
  app.sealed = null;
  app.go('review');
}

export function sealed(app) {
  const { text } = app;
  const { code, sent } = app.sealed;
  return {
    title: text.sealedTitle,
    back: sent ? null : () => leave(app),
    body: [
      faultBox(app),
      app.local.fault ? null : h('p.notice', {}, sent ? text.sentAlready : text.sealedNotYet),
      h('p', {}, text.sealedLead),
      bigCode(text.tracker, code, 'tracker'),
      sent ? null : h('p', {}, text.castOnce),
      buttons(primary(sent ? text.castAgain : text.castButton, () => cast(app), { id: 'cast' })),
      sent ? null : h('section.aside', {},
        h('h2', {}, text.checkTitle),
        h('p', {}, text.checkText),
        buttons(secondary(text.checkButton, () => check(app), { id: 'check' }),
          secondary(text.changeBack, () => leave(app)))),
    ],
  };
}
