// What the page must not go on from: files that do not agree, a strange credential, no server, no worker.

import { h } from '../dom.js';
import { buttons, faultBox, primary } from './parts.js';

const WORDS = {
  eid: ['stopEid', 'stopEidNext'],
  credential: ['stopCredential', 'stopCredentialNext'],
  browser: ['stopBrowser', 'stopBrowserNext'],
};

export function stop(app) {
  const { text, local } = app;
  const words = WORDS[local.reason];
  return {
    title: text.stopTitle,
    body: [
      words
        ? h('div.fault', { role: 'alert', 'data-code': local.reason }, h('p', {}, h('strong', {}, text[words[0]])), h('p', {}, text[words[1]]))
        : faultBox(app),
      buttons(primary(text.retry, () => { app.session = null; app.start(); }, { id: 'retry' })),
    ],
  };
}

export const loading = (app) => ({ title: app.text.loading, body: [] });
