// Leaving before the vote is cast, from a device that others use too: asked once, then everything is forgotten here and
// the session ends at the server.

import * as api from '../api.js';
import { h } from '../dom.js';
import { buttons, primary, secondary } from './parts.js';

/** From another screen, to which «no» goes back. */
export const askToLeave = (app) => app.go('leave', { from: { screen: app.screen, local: app.local } });

/** The session ends by itself if this is not heard. */
export async function leaveNow(app) {
  await api.logout().catch(() => null);
  app.end('out');
}

export function leave(app) {
  const { text, local } = app;
  const sent = app.sealed?.sent;
  const back = () => app.go(local.from.screen, { ...local.from.local, fault: null });
  return {
    title: sent ? text.leaveTitleUnknown : text.leaveTitle,
    back,
    body: [
      h('p.lead', {}, sent ? text.leaveUnknown : text.leaveText),
      buttons(primary(text.leaveNo, back, { id: 'leave-no' }), secondary(text.leaveYes, () => leaveNow(app), { id: 'leave-yes' })),
    ],
  };
}
