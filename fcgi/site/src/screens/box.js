// «Is my vote in the box?»: for anyone, with the receipt's file or its whole tracker.

import * as api from '../api.js';
import { h } from '../dom.js';
import { buttons, faultBox, field, fileToChoose, form, secondary } from './parts.js';

// The tracker of a receipt file, whose signature is checked; null where it is no receipt of this election.
async function fromFile(app, file) {
  if (file.size > 4096) return null;
  try {
    const receipt = JSON.parse(await file.text());
    const { good } = await app.sealer.call('checkReceipt', { receipt, tracker: receipt.tracker });
    return good ? receipt.tracker : null;
  } catch {
    return null;
  }
}

// The whole tracker, or its code of twenty letters and digits (the server reads I, L and O as people do); or null.
function readTyped(typed) {
  const text = typed.replace(/[\s-]/g, '');
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  return /^[0-9A-Za-z]{20}$/.test(text) && !/u/i.test(text) ? text.toUpperCase() : null;
}

// A receipt's QR code leads here: #urna=CODE
const fromAddress = () => /^#urna=([0-9A-Z-]{23})$/.exec(location.hash)?.[1] ?? '';

async function submit(app, node) {
  const { text, local } = app;
  const [file] = node.elements.file.files;
  local.typed = node.elements.tracker.value;
  Object.assign(local, { answer: null, error: null, fileError: null });
  await app.act(text.boxAsking, async () => {
    const tracker = file ? await fromFile(app, file) : readTyped(local.typed);
    if (file && !tracker) local.fileError = text.boxFileWrong;
    else if (!tracker) local.error = text.boxWrong;
    else local.answer = (await api.inBox(tracker)).in_box ? 'yes' : 'no';
  });
}

function answer(app) {
  const { text, local } = app;
  if (!local.answer) return null;
  const yes = local.answer === 'yes';
  return h(yes ? 'div.good' : 'div.fault', { id: 'answer', role: 'alert', tabindex: '-1', 'data-focus': true },
    h('p', {}, h('strong', {}, yes ? text.boxYes : text.boxNo)), yes ? null : h('p', {}, text.boxNoNext));
}

export function box(app) {
  const { text, local } = app;
  const known = app.receipt ? app.receipt.code : fromAddress();
  const back = () => app.go(app.receipt ? 'receipt' : 'enter');
  return {
    title: text.boxTitle,
    body: [
      faultBox(app),
      answer(app),
      h('p.lead', {}, text.boxLead),
      form((node) => submit(app, node),
        field({
          id: 'file', label: text.boxFile, hint: text.boxFileHint, error: local.fileError,
          ...fileToChoose(text, { name: 'file', accept: '.json,application/json' }),
        }),
        h('p.or', {}, text.boxOr),
        field({
          id: 'box-tracker', label: text.boxCode, hint: text.boxCodeHint, error: local.error,
          input: h('input', {
            name: 'tracker', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', value: local.typed ?? known,
          }),
        }),
        buttons(h('button.primary', { type: 'submit' }, text.boxButton), secondary(app.receipt ? text.backToReceipt : text.backToStart, back))),
    ],
  };
}
