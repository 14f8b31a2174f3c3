// The receipt: tracker and signature, checked here against the published keys.

import { download, h, spanish } from '../dom.js';
import { qr } from '../qr.js';
import { leaveNow } from './leave.js';
import { bigCode, buttons, groups, primary, secondary } from './parts.js';

const TITLES = { cast: ['receiptTitle', 'receiptLead'], already: ['alreadyTitle', 'alreadyLead'], other: ['otherTitle', 'otherLead'] };

export function receipt(app) {
  const { text } = app;
  const { receipt: file, good, code, kind } = app.receipt;
  const [title, lead] = good ? TITLES[kind] : ['badTitle', 'signatureBad'];
  const save = () => download(text.receiptFile(code), 'application/json', `${JSON.stringify(file)}\n`);
  return {
    title: text[title],
    body: [
      good ? h(kind === 'other' ? 'p.warning' : 'p.lead', {}, text[lead]) : h('p.fault', { role: 'alert', id: 'signature' }, h('strong', {}, text[lead])),
      bigCode(text.tracker, code, 'tracker'),
      h('dl.full', {}, h('dt', {}, text.trackerFull), h('dd', { id: 'tracker-full', translate: 'no' }, groups(file.tracker))),
      h('div.receipt-paper', {},
        qr(`${location.origin}/#urna=${code}`, text.receiptQr),
        h('div', {},
          h('p', {}, text.receiptQrHint),
          h('dl.full.only-paper', {},
            h('dt', {}, text.receiptElection), h('dd.plain', {}, spanish(app.election.definition.title)),
            h('dt', {}, text.receiptEid), h('dd', {}, groups(file.eid)),
            h('dt', {}, text.receiptSignature), h('dd', { id: 'receipt-signature' }, groups(file.signature)),
            h('dt', {}, text.receiptSite), h('dd', {}, location.origin)))),
      good ? h('p.good', { id: 'signature' }, text.signatureGood) : null,
      buttons(primary(text.receiptDownload, save, { id: 'download' }),
        secondary(text.print, () => window.print()),
        secondary(text.leave, () => leaveNow(app), { id: 'leave' })),
    ],
  };
}
