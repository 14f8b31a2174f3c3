// The first screen: user name and password, or when the voting opens, or that it has closed.

import * as api from '../api.js';
import { h, spanish } from '../dom.js';
import { readPassword, readUsername } from '../protocol/typed.js';
import { faultBox, field, form, moment } from './parts.js';

const shut = (app, title, words, ...more) => ({
  title,
  body: [
    app.election && h('p.lead', {}, spanish(app.election.definition.title)),
    h('p', {}, words),
    ...more,
  ],
});

function before(app) {
  const { text } = app;
  const until = Date.parse(app.status.opens) - (app.status.ahead ?? 0);
  return shut(app, text.notOpenTitle, text.notOpenText, moment(app, text.opens, app.status.opens),
    h('p', {}, text.opensIn, ' ', h('strong', { 'data-until': until, onover: () => app.start() }, '')));
}

async function submit(app, node) {
  const { text, local } = app;
  const { username: name, password: secret } = node.elements;
  local.username = name.value;
  const username = readUsername(name.value);
  const password = readPassword(secret.value);
  local.errors = {};
  if (!username) local.errors.username = text.usernameWrong;
  else if (!password) local.errors.password = text.passwordWrong;
  if (!username || !password) return app.render();
  secret.value = '';
  return app.act(text.entering, async () => {
    const slug = app.election.definition.id;
    const { auth, credential, code } = await app.sealer.call('derive', { slug, username, password });
    if (app.voter && app.voter.credential !== credential) {
      app.choices.clear();
      app.sealed = null;
    }
    app.voter = { username, credential, code };
    const step = await api.login(username, auth);
    app.go('code', { step, at: Date.now() });
  });
}

function fields(app) {
  const { text, local } = app;
  const password = h('input', {
    name: 'password', type: 'password', autocomplete: 'current-password', autocapitalize: 'characters',
    spellcheck: 'false', autocorrect: 'off', required: true,
  });
  const show = h('input', {
    type: 'checkbox', id: 'show', onchange: () => { password.type = show.checked ? 'text' : 'password'; },
  });
  return [
    field({
      id: 'username', label: text.username, hint: text.usernameHint, error: local.errors?.username,
      input: h('input', {
        name: 'username', autocomplete: 'username', autocapitalize: 'characters', spellcheck: 'false',
        autocorrect: 'off', required: true, value: local.username ?? app.voter?.username ?? '',
      }),
    }),
    field({ id: 'password', label: text.password, hint: text.passwordHint, error: local.errors?.password, input: password }),
    h('p.check', {}, show, h('label', { for: 'show' }, text.show)),
  ];
}

export function enter(app) {
  const { text, status } = app;
  if (status.state === 'before' || !app.election) return before(app);
  if (status.state === 'closed') {
    return shut(app, text.closedTitle, `${text.closedText} ${text.closedReceipt}`, moment(app, text.closedAt, status.closes));
  }
  return {
    title: text.enterTitle,
    body: [
      h('p.lead', {}, spanish(app.election.definition.title)),
      app.sealed ? h('p.notice', {}, text.resumed) : null,
      faultBox(app),
      h('p', {}, text.enterLead),
      form((node) => submit(app, node), ...fields(app),
        h('div.buttons', {}, h('button.primary', { type: 'submit' }, text.enterButton))),
      moment(app, text.closes, status.closes),
    ],
  };
}
