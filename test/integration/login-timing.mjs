// Do an unknown user name and a wrong password (and a spare's right one) take the same time? On the running server: the
// kinds in random order, over connections that change, then three statistics at 0.1 %: Welch's t, Kolmogorov–Smirnov, and
// a permutation test on the mean of the fastest half (a busy machine only ever adds time). So that "no difference" means
// something, they must find one of 5 ms; where the machine is too busy for that, exit status 77.
//
//   node login-timing.mjs EACH      SITE, CA, ELECTION from the environment

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';

import { Client, Refused } from '../tools/client.mjs';

const each = Number(process.argv[2] ?? 200);
const people = JSON.parse(readFileSync(`${process.env.ELECTION}/voters.json`, 'utf8'));
const ca = readFileSync(process.env.CA);
const PER_CONNECTION = 12;
const WORKERS = 3;

const mean = (x) => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x) => x.reduce((a, b) => a + (b - mean(x)) ** 2, 0) / (x.length - 1);

// One answer in fifty, the slowest, is left out on both sides: a disk or a neighbour, not the path.
const trimmed = (x) => [...x].sort((a, b) => a - b).slice(0, Math.floor(x.length * 0.98));

/** |t| of Welch's test: above 3.29, different at 0.1 % (large samples). */
const welch = (a, b) => Math.abs(mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);

/** D of Kolmogorov–Smirnov over its critical value at 0.1 %. */
function kolmogorov(a, b) {
  const all = [...a.map((v) => [v, 0]), ...b.map((v) => [v, 1])].sort((x, y) => x[0] - y[0]);
  const seen = [0, 0];
  let most = 0;
  for (const [, which] of all) {
    seen[which] += 1;
    most = Math.max(most, Math.abs(seen[0] / a.length - seen[1] / b.length));
  }
  return most / (1.949 * Math.sqrt((a.length + b.length) / (a.length * b.length)));
}

const fastest = (x) => mean([...x].sort((a, b) => a - b).slice(0, Math.floor(x.length / 2)));

/** The share of random divisions of all the times that differ as much as this one. */
function permutation(a, b, rounds = 1999) {
  const all = [...a, ...b];
  const observed = Math.abs(fastest(a) - fastest(b));
  let as = 1;
  for (let k = 0; k < rounds; k++) {
    for (let i = all.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [all[i], all[j]] = [all[j], all[i]];
    }
    if (Math.abs(fastest(all.slice(0, a.length)) - fastest(all.slice(a.length))) >= observed) as += 1;
  }
  return as / (rounds + 1);
}

const differ = (a, b) => ({ t: welch(trimmed(a), trimmed(b)), ks: kolmogorov(a, b), p: permutation(a, b) });
const found = ({ t, ks, p }) => t > 3.29 || ks > 1 || p <= 0.001;
const words = ({ t, ks, p }) => `t = ${t.toFixed(2)} (limit 3.29), KS ${ks.toFixed(2)} of its limit, permutation p = ${p.toFixed(4)} (limit 0.001)`;

const spares = people.filter((p) => p.phone === '');
const voters = people.filter((p) => p.phone !== '');
const kinds = {
  unknown: () => ['NOBODY'.concat(randomInt(1e6)), 'Z'.repeat(20)],
  wrong: () => [voters[randomInt(voters.length)].username, 'Z'.repeat(20)],
  spare: () => [spares[randomInt(spares.length)].username, spares[0].password],
};

async function one(site, kind, times) {
  const client = new Client(site);
  const body = client.derive('simulacro', ...kinds[kind]()); // before the clock: it is the browser's time
  const from = process.hrtime.bigint();
  try {
    await client.call('POST', '/api/login', body);
    throw new Error('let in');
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.error.code !== 'bad-login') throw fault;
  }
  times[kind].push(Number(process.hrtime.bigint() - from) / 1e6);
}

async function measure() {
  const times = { unknown: [], wrong: [], spare: [] };
  const queue = Object.keys(kinds).flatMap((kind) => Array(each).fill(kind));
  for (let i = queue.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [queue[i], queue[j]] = [queue[j], queue[i]];
  }
  const worker = async () => {
    while (queue.length > 0) {
      const agent = new Agent({ keepAlive: true });
      const site = { site: process.env.SITE, ca, agent };
      await new Client(site).call('GET', '/api/status'); // the connection is there before the clock runs
      for (const kind of queue.splice(0, PER_CONNECTION)) await one(site, kind, times);
      agent.destroy();
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return times;
}

async function attempt() {
  const times = await measure();
  for (const [kind, x] of Object.entries(times)) {
    console.log(`${kind}: ${x.length} tries, fastest half ${fastest(x).toFixed(2)} ms, mean ${mean(x).toFixed(2)} ms, deviation ${Math.sqrt(variance(x)).toFixed(2)} ms`);
  }
  let good = true;
  for (const other of ['wrong', 'spare']) {
    const d = differ(times.unknown, times[other]);
    console.log(`unknown and ${other}: ${words(d)}`);
    good &&= !found(d);
  }
  const shifted = differ(times.unknown, times.wrong.map((ms) => ms + 5));
  console.log(`with 5 ms more: ${words(shifted)}`);
  return { good, strong: found(shifted) };
}

// A true difference shows every time; a chance one in a thousand does not come twice.
let result = await attempt();
for (let again = 0; again < 2 && !(result.good && result.strong); again++) result = await attempt();
if (result.good && !result.strong) console.log('too busy a machine: a difference of 5 ms would not be found');
process.exit(result.good ? (result.strong ? 0 : 77) : 1);
