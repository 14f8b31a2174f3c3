// The receipt: tracker and signature, checked here against the published keys.

import * as api from '../api.js';
import { download, h } from '../dom.js';
import { bigCode, buttons, groups, primary, secondary } from './parts.js';

const TITLES = { cast: ['receiptTitle', 'receiptLead'], already: ['alreadyTitle', 'alreadyLead'], other: ['otherTitle', 'otherLead'] };

async function leave(app) {
  await api.logout().catch(() => null); // the session ends by itself if this is not heard
  app.end('out');
}

export function receipt(app) {
  const { text } = app;
  const { receipt: file, good, code, kind } = app.receipt;
  const [title, lead] = good ? TITLES[kind] : ['badTitle', 'signatureBad'];
  const save = () => download(text.receiptFile(code), 'application/json', `${JSON.stringify(file)}\n`);
  return {
    title: text[title],
    body: [
      good ? h('p.lead', {}, text[lead]) : h('p.fault', { role: 'alert', id: 'signature' }, h('strong', {}, text[lead])),
      bigCode(text.tracker, code, 'tracker'),
      h('dl.full', {}, h('dt', {}, text.trackerFull), h('dd', { id: 'tracker-full', translate: 'no' }, groups(file.tracker))),
      good ? h('p.good', { id: 'signature' }, text.signatureGood) : null,
      buttons(primary(text.receiptDownload, save, { id: 'download' }),
        secondary(text.print, () => window.print()),
        secondary(text.leave, () => leave(app), { id: 'leave' })),
    ],
  };
}
