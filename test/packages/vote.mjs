// Voters of server-election.mjs vote blank, one after the other: node vote.mjs FROM TO. Environment: SITE, CA, ELECTION, PHONES.
// Each receipt is checked; with --retry N seconds, what was not answered is tried again (a cast is idempotent).
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { contestsOf } from '../../fcgi/site/src/protocol/election.js';
import { widthOf } from '../../fcgi/site/src/protocol/vote.js';
import { Client, loadElection } from '../tools/client.mjs';
import { Phones } from '../tools/phones.mjs';

const [from, to, , seconds = '0'] = process.argv.slice(2);
const voters = JSON.parse(readFileSync(`${process.env.ELECTION}/voters.json`, 'utf8'));
const site = { site: process.env.SITE, ca: readFileSync(process.env.CA), agent: new Agent({ keepAlive: false }) };
const phones = new Phones(process.env.PHONES);
const until = Date.now() + 1000 * Number(seconds);

async function vote(i) {
  const election = await loadElection(site);
  const client = new Client(site);
  const mark = phones.mark();
  const step = await client.login('simulacro', voters[i].username, voters[i].password);
  await client.enter(await phones.waitCode(voters[i].phone, step.sent ? mark : 0, 20));
  const blank = contestsOf(election.definition, client.session.district).map((c) => new Uint8Array(30 * widthOf(c) - 48));
  const { receipt } = await client.cast(client.sign(election, client.seal(election, blank)));
  if (!client.goodReceipt(election, receipt, receipt.tracker)) throw new Error(`voter ${i}: the receipt does not hold`);
}

for (let i = Number(from); i <= Number(to); i++) {
  for (;;) {
    try {
      await vote(i);
      break;
    } catch (fault) {
      if (Date.now() > until) throw fault;
      console.error(`voter ${i}: ${fault.message}`);
      await new Promise((next) => setTimeout(next, 500));
    }
  }
  console.log(`voter ${i} voted`);
}
