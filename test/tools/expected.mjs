// What a test program has cast, counted by contest and district in the words of results.json, and the
// comparison of such counts with a results.json (protocol, sections 9 and 11).

import { meaning } from '../../fcgi/site/src/protocol/vote.js';

const EMPTY = { total: 0, unregistered: 0, null: 0, malformed: 0 };

const empty = (contest) => ({
  ...EMPTY,
  options: Object.fromEntries(contest.options.map((o) => [o.id, 0])),
  combinations: {},
  write_ins: {},
});

const add = (counts, key, n = 1) => {
  counts[key] = (counts[key] ?? 0) + n;
};

export class Expected {
  constructor(definition) {
    this.contests = {};
    for (const contest of definition.contests) {
      const districts = definition.districts.map((d) => d.id)
        .filter((d) => contest.districts.includes('*') || contest.districts.includes(d));
      this.contests[contest.id] = Object.fromEntries(districts.map((d) => [d, empty(contest)]));
    }
  }

  /** One vote: its plain bytes, or null where the envelope is malformed. */
  count(contest, district, plain) {
    const counts = this.contests[contest.id][district];
    add(counts, 'total');
    if (plain === null) return add(counts, 'malformed');
    const { as, what } = meaning(contest, plain);
    if (as === 'option') add(counts.options, what);
    else if (as === 'combination') add(counts.combinations, what);
    else add(counts, as);
    if (as === 'unregistered') add(counts.write_ins, what);
    return undefined;
  }
}

/** Joins counts of several districts into one. */
export function sum(list) {
  const total = { ...EMPTY, options: {}, combinations: {}, write_ins: {} };
  for (const counts of list) {
    for (const key of Object.keys(EMPTY)) add(total, key, counts[key]);
    for (const group of ['options', 'combinations', 'write_ins']) {
      for (const [key, n] of Object.entries(counts[group])) add(total[group], key, n);
    }
  }
  return total;
}

/** The districts that section 9 joins into «rest», given { district: ballots }. */
export function joined(totals, minList) {
  const filled = Object.keys(totals).filter((d) => totals[d] > 0);
  const rest = filled.filter((d) => totals[d] < minList);
  if (rest.length === 0) return rest;
  const size = () => rest.reduce((n, d) => n + totals[d], 0);
  const others = filled.filter((d) => totals[d] >= minList)
    .sort((a, b) => totals[a] - totals[b] || (a < b ? -1 : 1));
  while (size() < minList && others.length > 0) rest.push(others.shift());
  return rest;
}

function listsOf(definition, contest, districts) {
  const ids = Object.keys(districts);
  const totals = Object.fromEntries(ids.map((d) => [d, districts[d].total]));
  const whole = sum(Object.values(districts));
  if (whole.total > 0 && whole.total < definition.min_list) {
    return [{ list: contest.id, total: whole.total, withheld: true }];
  }
  if (contest.count_by !== 'district') return [{ list: contest.id, ...whole }];
  const rest = joined(totals, definition.min_list);
  const lists = ids.filter((d) => !rest.includes(d)).map((d) => ({ list: `${contest.id}.${d}`, ...districts[d] }));
  if (rest.length > 0) lists.push({ list: `${contest.id}.rest`, ...sum(rest.map((d) => districts[d])) });
  return lists;
}

/** The lists of results.json that these counts must give. */
export const expectedLists = (definition, expected) =>
  definition.contests.flatMap((contest) => listsOf(definition, contest, expected.contests[contest.id]));

const canonical = (value) =>
  value && typeof value === 'object'
    ? `{${Object.keys(value).sort().map((k) => `${k}:${canonical(value[k])}`).join()}}`
    : String(value);

/** Differences between what was cast and results.json, as lines; none where they agree. */
export function differences(definition, expected, results) {
  const found = new Map(results.lists.map((list) => [list.list, list]));
  const wanted = expectedLists(definition, expected);
  const lines = [];
  for (const list of wanted) {
    const other = found.get(list.list);
    if (!other) lines.push(`${list.list}: missing in results.json`);
    for (const key of other ? Object.keys(list) : []) {
      if (canonical(list[key]) !== canonical(other[key])) {
        lines.push(`${list.list} ${key}: cast ${canonical(list[key])}, counted ${canonical(other[key])}`);
      }
    }
    found.delete(list.list);
  }
  for (const name of found.keys()) if (found.get(name).total !== 0) lines.push(`${name}: nobody voted there`);
  return lines;
}
