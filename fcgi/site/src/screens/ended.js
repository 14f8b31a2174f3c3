// After a session: its time is over, the server knows it no more, or the voter left.

import { h } from '../dom.js';
import { buttons, primary, secondary } from './parts.js';

const WORDS = { time: 'endedTime', lost: 'endedLost', out: 'endedOut' };

export function ended(app) {
  const { text, local } = app;
  const again = local.reason === 'out' ? secondary : primary;
  return {
    title: text.endedTitle,
    body: [
      h('p.lead', {}, text[WORDS[local.reason]]),
      app.sealed ? h('p.notice', {}, text.resumed) : null,
      buttons(again(text.enterAgain, () => app.start(), { id: 'again' })),
    ],
  };
}
