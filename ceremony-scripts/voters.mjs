// The simulacro's voters: each reads its mail, logs in through nginx with TLS, reads its phone, marks and
// seals its ballots with the page's own modules, casts them and checks the receipt.
//
//   node ceremony-scripts/voters.mjs --site https://localhost:PORT --ca FILE --mailbox DIR --sms FILE --roll FILE
//        [--parallel K] [--skip N] [--limit N] [--seed TEXT] [--check-one] [--expected FILE]
//   node ceremony-scripts/voters.mjs … --probe KIND [--voter I]
//
// --skip leaves the first N voters of the roll for others; --seed decides what is voted, never a key.
// --check-one: the first of these voters has a sealed ballot opened and checked before casting another.
// --expected writes what was cast, by contest and entidad, and the trackers; never a password.
// --probe: one voter (I of the roll, from 1) does one wrong thing; prints the refusal as a line of JSON.
//   wrong-password wrong-code second-ballot tampered-ballot foreign-ballot before-opening after-closing
//   inside-mexico replaced. second-ballot casts a first one where the voter has none (--expected counts it). Exit status 0 where the refusal is the one that belongs to it, 1 otherwise.

import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parseArgs } from 'node:util';

import { hex } from '../fcgi/site/src/protocol/bytes.js';
import { contestsOf } from '../fcgi/site/src/protocol/election.js';
import { encodeChoice } from '../fcgi/site/src/protocol/vote.js';
import { dice, lawfulChoice, nullVotes } from '../test/tools/choices.mjs';
import { Client, Refused, getStatus, loadElection } from '../test/tools/client.mjs';
import { Expected } from '../test/tools/expected.mjs';
import { reopens } from '../test/tools/opener.mjs';
import { Phones } from '../test/tools/phones.mjs';
import { readVoters } from '../test/tools/roll.mjs';

const { values: options } = parseArgs({
  options: {
    site: { type: 'string' },
    ca: { type: 'string' },
    mailbox: { type: 'string' },
    sms: { type: 'string' },
    roll: { type: 'string' },
    parallel: { type: 'string', default: '4' },
    skip: { type: 'string', default: '0' },
    limit: { type: 'string' },
    seed: { type: 'string', default: 'simulacro' },
    'check-one': { type: 'boolean', default: false },
    expected: { type: 'string' },
    probe: { type: 'string' },
    voter: { type: 'string', default: '1' },
  },
});
for (const name of ['site', 'mailbox', 'sms', 'roll']) {
  if (!options[name]) {
    console.error(`voters: falta --${name}`);
    process.exit(2);
  }
}

const site = {
  site: options.site,
  ca: options.ca ? readFileSync(options.ca) : undefined,
  agent: new Agent({ keepAlive: true, maxSockets: Number(options.parallel) }),
};
const phones = new Phones(options.sms);
const voters = readVoters(options.roll, options.mailbox);

// ---- one voter's way, from the mail to the session
async function login(client, voter, slug) {
  const mark = phones.mark();
  const step = await client.login(slug, voter.username, voter.password);
  return phones.waitCode(voter.phone, step.sent ? mark : 0);
}

async function admitted(voter, election) {
  const client = new Client(site);
  await client.enter(await login(client, voter, election.definition.id));
  return client;
}

// Most mark as the page lets them; one in fifteen sends marks that the count calls null.
function chooseOne(below, contest) {
  const nulls = nullVotes(contest);
  return below(15) === 0 ? nulls[below(nulls.length)] : encodeChoice(contest, lawfulChoice(below, contest));
}

const choose = (voter, client, election, salt = '') =>
  contestsOf(election.definition, client.session.district).map((contest) => {
    const below = dice(`${options.seed}/${voter.voter}/${contest.id}${salt}`);
    return { contest, plain: chooseOne(below, contest) };
  });

const plainsOf = (votes) => votes.map(({ plain }) => plain);

// A lost answer is no answer: the very same ballot is sent again.
async function castSurely(client, ballot) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.cast(ballot);
    } catch (fault) {
      const unknown = !(fault instanceof Refused) || (fault.error.vote ?? 'unknown') === 'unknown';
      if (!unknown || attempt === 3) throw fault;
    }
  }
}

// The ballot is opened instead of cast, and must hold what was marked.
function checkFirst(client, election, votes) {
  const sealed = client.seal(election, plainsOf(votes));
  const file = client.open(sealed);
  if (!reopens(election, file, plainsOf(votes))) throw new Error('la boleta abierta no contiene lo que se marcó');
  return hex(sealed.tracker);
}

async function vote(voter, election, expected, checking) {
  const client = await admitted(voter, election);
  if (client.session.receipt) return { already: true };
  const votes = choose(voter, client, election);
  const checked = checking ? checkFirst(client, election, votes) : null;
  const sealed = client.seal(election, plainsOf(votes));
  const tracker = hex(sealed.tracker);
  const { receipt } = await castSurely(client, client.sign(election, sealed));
  const good = client.goodReceipt(election, receipt, tracker);
  for (const { contest, plain } of votes) expected.count(contest, client.session.district, plain);
  const { in_box: inBox } = await client.call('GET', `/api/box/${tracker}`);
  await client.call('POST', '/api/logout', {});
  return { tracker, receipt, good, inBox, checked };
}

// ---- all of them, K at a time
function progress(total) {
  let done = 0;
  const every = Math.max(1, Math.ceil(total / 9));
  return () => {
    done += 1;
    if (done % every === 0 || done === total) console.log(`  ${done} de ${total} personas han votado`);
  };
}

async function everybody() {
  const election = await loadElection(site);
  const skip = Number(options.skip);
  const chosen = voters.slice(skip, options.limit ? skip + Number(options.limit) : undefined);
  const expected = new Expected(election.definition);
  const result = { eid: hex(election.eid), ballots: 0, already: 0, faults: [], receipts: [], checked: [] };
  const step = progress(chosen.length);
  console.log(`Votan ${chosen.length} personas, ${options.parallel} a la vez, por ${options.site}`);
  const queue = chosen.map((voter, i) => ({ voter, checking: options['check-one'] && i === 0 }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await one(next, election, expected, result);
      step();
    }
  };
  await Promise.all(Array.from({ length: Number(options.parallel) }, worker));
  result.contests = expected.contests;
  return result;
}

async function one({ voter, checking }, election, expected, result) {
  try {
    const cast = await vote(voter, election, expected, checking);
    if (cast.already) {
      result.already += 1;
      return;
    }
    result.ballots += 1;
    result.receipts.push({ tracker: cast.tracker, receipt: cast.receipt, verified: cast.good, in_box: cast.inBox });
    if (cast.checked) result.checked.push(cast.checked);
  } catch (fault) {
    result.faults.push(`${voter.voter}: ${fault.message}`);
    console.error(`  ${voter.voter}: ${fault.message}`);
  }
}

function writeExpected(result) {
  if (options.expected) writeFileSync(options.expected, `${JSON.stringify(result, null, 1)}\n`);
}

async function election() {
  const result = await everybody();
  const bad = result.receipts.filter((r) => !r.verified || !r.in_box).length;
  writeExpected(result);
  if (result.checked.length > 0) console.log(`  ${result.checked.length} boleta abierta y comprobada antes de votar con otra`);
  if (result.already > 0) console.log(`  ${result.already} ya habían votado`);
  console.log(`Votos con acuse: ${result.ballots}; acuses con firma o lugar en la urna malos: ${bad}; fallas: ${result.faults.length}`);
  return bad === 0 && result.faults.length === 0 ? 0 : 1;
}

// ---- what must be refused
const voter = () => voters[Number(options.voter) - 1];
const another = () => voters[Number(options.voter) % voters.length];

const attempt = async (work) => {
  try {
    await work();
    return null;
  } catch (fault) {
    if (fault instanceof Refused) return fault;
    throw fault;
  }
};

async function justLogin(password) {
  const { election: slug } = await getStatus(site);
  const client = new Client(site);
  await client.enter(await login(client, { ...voter(), password: password ?? voter().password }, slug));
}

// A well-formed password that is not the voter's.
const wrongPassword = () => voter().password.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

async function wrongCode() {
  const client = new Client(site);
  const code = await login(client, voter(), (await getStatus(site)).election);
  await client.enter(String((Number(code) + 1 + randomInt(999998)) % 1000000).padStart(6, '0'));
}

async function secondBallot() {
  const election = await loadElection(site);
  const client = await admitted(voter(), election);
  const seal = (votes) => client.sign(election, client.seal(election, plainsOf(votes)));
  if (!client.session.receipt) {
    const votes = choose(voter(), client, election);
    const { receipt } = await castSurely(client, seal(votes));
    const expected = new Expected(election.definition);
    for (const { contest, plain } of votes) expected.count(contest, client.session.district, plain);
    writeExpected({ ballots: 1, receipts: [{ tracker: receipt.tracker, receipt }], contests: expected.contests });
  }
  await client.cast(seal(choose(voter(), client, election, '/second')));
}

async function tamperedBallot() {
  const election = await loadElection(site);
  const client = await admitted(voter(), election);
  const ballot = client.sign(election, client.seal(election, plainsOf(choose(voter(), client, election))));
  ballot[ballot.length - 1] ^= 1;
  await client.cast(ballot);
}

// A flawless ballot of another voter of the same entidad, sent in this voter's session.
async function foreignBallot() {
  const election = await loadElection(site);
  const client = await admitted(voter(), election);
  const other = voters.find((v) => v !== voter() && v.district === voter().district) ?? another();
  const stranger = new Client(site);
  stranger.derive(election.definition.id, other.username, other.password);
  stranger.session = { district: other.district };
  const sealed = stranger.seal(election, plainsOf(choose(other, stranger, election)));
  await client.cast(stranger.sign(election, sealed));
}

const PROBES = {
  'wrong-password': { code: 'bad-login', work: () => justLogin(wrongPassword()) },
  replaced: { code: 'bad-login', work: () => justLogin() }, // by a reissue, later than the mail in --mailbox
  'wrong-code': { code: 'bad-code', work: wrongCode },
  'second-ballot': { code: 'already-voted', work: secondBallot },
  'tampered-ballot': { code: 'bad-ballot', work: tamperedBallot },
  'foreign-ballot': { code: 'not-yours', work: foreignBallot },
  'before-opening': { code: 'not-open', work: () => justLogin() },
  'after-closing': { code: 'closed', work: () => justLogin() },
  'inside-mexico': { code: 'inside-territory', work: () => justLogin() },
};

async function probe(kind) {
  const { code, work } = PROBES[kind] ?? {};
  if (!work) {
    console.error(`voters: --probe ${kind}: no existe; hay ${Object.keys(PROBES).join(', ')}`);
    return 2;
  }
  const fault = await attempt(work);
  const { code: found = null, vote: stored = null, reference = null, message = null, next = null } = fault?.error ?? {};
  const right = found === code;
  console.log(JSON.stringify({ probe: kind, expected: code, code: found, right, status: fault?.status ?? 200, vote: stored, reference, message: message?.es, next: next?.es }));
  return right ? 0 : 1;
}

try {
  process.exitCode = options.probe ? await probe(options.probe) : await election();
} catch (fault) {
  console.error(`voters: ${fault.message}`);
  process.exitCode = 1;
} finally {
  site.agent.destroy();
}
