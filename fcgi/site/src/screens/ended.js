// After a session: its time is over, the server knows it no more, the voter left, or voting closed.

import { h } from '../dom.js';
import { bigCode, buttons, primary, secondary } from './parts.js';

const TITLES = { time: 'endedTitle', lost: 'endedTitle', out: 'outTitle', closed: 'closedTitle' };
const OUT = { stored: 'outVoted', none: 'outNone', unknown: 'outUnknown' };
const VOTE = { none: 'closedNone', stored: 'closedStored', unknown: 'closedUnknown' };

// The closing came with a sealed ballot in the hand: whether it is in the box, in so many words.
function lastBallot(app) {
  const { text, local: { sealed, vote, fault } } = app;
  return [
    vote ? h(vote === 'stored' ? 'p.good' : 'p.notice', { id: 'last-ballot', role: 'alert' }, text[VOTE[vote]]) : null,
    vote ? bigCode(text.tracker, sealed.code, 'tracker') : null,
    fault?.reference ? h('p.small', {}, text.reference, ' ', h('code', {}, fault.reference)) : null,
  ];
}

function happened(app) {
  const { text, local: { reason, vote } } = app;
  if (reason === 'out') return text[OUT[vote]];
  if (reason === 'lost') return text.endedLost;
  if (reason === 'time') return app.sealed ? text.endedTime : `${text.endedTime} ${text.endedMarks}`;
  return [text.closedText, vote === null ? text.closedReceipt : vote === 'stored' ? text.closedCode : ''].join(' ');
}

export function ended(app) {
  const { text, local } = app;
  const again = local.reason === 'out' ? secondary : primary;
  const closed = local.reason === 'closed';
  return {
    title: text[TITLES[local.reason]],
    body: [
      ...(closed ? lastBallot(app) : []),
      h('p.lead', {}, happened(app)),
      app.sealed && !closed ? h('p.notice', {}, text.resumed) : null,
      buttons(again(closed ? text.backToStart : text.enterAgain, () => app.start(), { id: 'again' })),
    ],
  };
}
