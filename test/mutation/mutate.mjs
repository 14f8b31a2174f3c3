// node mutate.mjs IN.c > OUT.c: the same source with every decision made a mutant (mutation.h). What decides:
//   if (A || B) refuse        each operand; refuse: a fault of the record's, *why = ..., return false
//   (s = call()) != OK, == OK  the call, where it can refuse a record
//   A ? OK : refuse           A
//   |= A ? 0 : bit, *holds = A && B, `return A && B;` of a bool      each conjunct
//   run(v, CHECK, f)          the check
// A refusal that belongs to none of these is an error here: nothing is left out unsaid.
import { readFileSync } from 'node:fs'

const file = process.argv[2], source = readFileSync(file, 'utf8')
// What no reader of a record runs: the writers' parts of these files and open-election's --check, tested by test/integration.
const ANOTHERS = /\n[a-z][^\n;]*\b(?:box_writer_\w+|definition_check)\([^{;]*\)\n\{[^]*?\n\}/g
// Comments and texts blanked, so that no parenthesis in them counts; same length.
const masked = source.replace(/\/\*[^]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, m => m.replace(/[^\n]/g, ' '))
  .replace(ANOTHERS, m => m.replace(/[^\n]/g, ' '))

const REFUSES = /\b(?:fault\(\s*(?:E_EVIDENCE|E_INCOMPLETE|E_REFUSED|s|r)\b|(?:parse_)?bad\(|name_difference\()/
// What only says in other words what its caller has found.
const EXPLAINS = /\b(?:enum status (?:name_difference|bad)|void parse_bad)\([^{;]*\)\n\{[^]*?\n\}/g
// Decisions of other shapes: [in this file, this text, what it becomes]; W stands for the mutant's place and text. null: a
// refusal of all that has come so far.
const OTHERS = [
  ['record/verify.c', 'return E_EVIDENCE;\n\t\tcase', 'if (MUTANT(W, true)) return E_EVIDENCE; break;\n\t\tcase'],
  ['record/verify.c', 'missing = true;', 'missing = MUTANT(W, true);'],
  ['record/verify.c', 'unproved = true;', 'unproved = MUTANT(W, true);'],
  ['record/verify.c', 'r->outcome[c] = VERIFY_UNPROVED;', 'r->outcome[c] = MUTANT(W, true) ? VERIFY_UNPROVED : VERIFY_HOLDS;'],
  ['record/verify.c', 'r->outcome[c] = VERIFY_MISSING;', 'r->outcome[c] = MUTANT(W, true) ? VERIFY_MISSING : VERIFY_HOLDS;'],
  ['record/verify.c', 'default:\n\t\tr->outcome[c] = VERIFY_FAILS;', 'default:\n\t\tr->outcome[c] = MUTANT(W, true) ? VERIFY_FAILS : VERIFY_HOLDS;'],
  ['record/chain.c', ' && j > 0)', ' && !MUTANT(W, j == 0))'],
  ['record/chain.c', 'else if (failed != 0) {', 'else if (MUTANT(W, failed != 0)) {'],
  ['record/chain.c', 'r = fault(E_EVIDENCE, NULL, _("%s: sobra el', 'if (MUTANT(W, true)) r = fault(E_EVIDENCE, NULL, _("%s: sobra el'],
  ['record/chain.c', 'errno == ENOENT)\n\t\treturn OK;', 'errno == ENOENT || !MUTANT(W, true))\n\t\treturn OK;'],
  ['record/chain.c', 'file_exists(decryption)) {', 'MUTANT(W, file_exists(decryption))) {'],
  ['election/definition.c', 'faults > 0) {', 'MUTANT(W, faults > 0)) {'],
  ['election/contests.c', 'parse_bad(p, place, _("party, common o', null],
  ['election/contests.c', 'parse_bad(p, place,\n\t\t  _("las candidaturas se declaran en «candidates»', null],
  ...['json_integer_value(v) >= min', 'json_integer_value(v) <= max', 'json_array_size(v) >= min', 'json_array_size(v) <= max']
    .map(bound => ['election/parse.c', bound, `!MUTANT(W, !(${bound}))`]),
  ['election/parse.c', 'parse_bad(p, place, _("escriba el texto', null],
  ['election/parse.c', 'parse_bad(p, place, _("un número sin', null],
  ['election/parse.c', 'parse_bad(p, place, _("una lista va', null],
  ['record/ballots.c', 'seen[who] = true;', 'seen[who] = MUTANT(W, true);'],
  ['protocol/challenge.c', 'if (scalar_is_zero(u))', 'if (MUTANT(W, scalar_is_zero(u)))'],
  ['protocol/challenge.c', 'if (point_is_infinity(&q) || point_is_infinity(&expected))',
    'if (MUTANT(W, point_is_infinity(&q)) || MUTANT(W, point_is_infinity(&expected)))'],
  // one weight for every column, for every proof: what is shifted between them would cancel
  ['protocol/shuffle_check.c', 'scalar_from_u128(&w->w2[col], bytes[i++]);',
    'scalar_from_u128(&w->w2[col], MUTANT(W, true) ? bytes[i++] : bytes[0]);'],
  ['protocol/ballot.c', 'weigh(batch, weights[i], &c', 'weigh(batch, MUTANT(W, true) ? weights[i] : weights[0], &c'],
]
// Calls that fail by this machine's fault alone, or whose refusal is another call's business.
const MACHINE = /^(?:hash_|verify_hash_file|file_sha256|vote_check_many|challenge_holds|point_m|point_sub|point_check|point_from|point_table|shuffle_transcript|shuffle_bases|envelope_|pok_|signature_challenge|schnorr|draw_w|vanishes|make_batch|challenge\(|challenge_question|count_|lists_plan|ballot_batch_(?:new|holds)|make_room|decryption_inner|parallel_for|point_add|context|mask_of|lottery_|find_curve|check_together|name_failing|check_but_seal|finish_sealing|credential_code|file_mkdirs|json_write|file_create|scalar_random|write_|holds\(|list_render|shuffle_mix|shuffle_prove|check_all\(failed|verify_keep|make_|scalar_)/

function match(at) { // index of the parenthesis that closes the one at `at`
  for (let depth = 0, i = at; ; i++) {
    if ('([{'.includes(masked[i])) depth++
    else if (')]}'.includes(masked[i]) && --depth === 0) return i
    if (i > masked.length) throw new Error(`${file}: unbalanced`)
  }
}
function split(from, to, operator) { // top-level operands: [from, to)
  const parts = []
  let start = from
  for (let i = from; i < to; i++) {
    if ('([{'.includes(masked[i])) i = match(i)
    else if (masked.startsWith(operator, i)) { parts.push([start, i]); i += operator.length - 1; start = i + 1 }
  }
  parts.push([start, to])
  return parts.map(([a, b]) => {
    while (/\s/.test(source[a])) a++
    while (/\s/.test(source[b - 1])) b--
    return [a, b]
  })
}
const line = at => source.slice(0, at).split('\n').length
const quote = s => JSON.stringify(s.replace(/\s+/g, ' '))
const edits = [], claimed = []
const place = (at, what) => `"${file}:${line(at)}", ${quote(what)}`
function put(from, to, before, after) { edits.push([from, 1, before], [to, 0, after]) }
function refusing(a, b) { // a condition under which something is refused
  const call = /^\((\w+) = ([^]*)\)\s+[!=]=\s+OK$/.exec(source.slice(a, b))
  if (call) {
    const start = a + 1 + call[1].length + 3
    if (!MACHINE.test(call[2])) put(start, start + call[2].length, `MUTANT_STATUS(${place(a, call[2])}, `, ')')
  } else if (!/\s[!=]=\s+OK$/.test(source.slice(a, b))) {
    put(a, b, `MUTANT(${place(a, source.slice(a, b))}, `, ')')
  }
}
function holding(a, b) { // a condition under which something holds
  if (/^\w+ == OK$/.test(source.slice(a, b))) return
  put(a, b, `!MUTANT(${place(a, source.slice(a, b))}, !(`, '))')
}

for (const m of masked.matchAll(/\bif (\()/g)) {
  const open = m.index + 3, close = match(open)
  let end = masked.indexOf(';', close)
  if (/^\)\s*\{/.test(masked.slice(close))) { // the first two statements
    const second = masked.indexOf(';', end + 1)
    if (!/\b(?:if|for|while)\b|\}/.test(masked.slice(end, second))) end = second
  }
  const body = masked.slice(close + 1, end + 1).trim(), machine = /E_FAILED|no_memory/.test(body)
  const refuses = REFUSES.test(body) || /\*why = /.test(body) || /^return (?:false|NULL);/.test(body)
  if (refuses && !machine) claimed.push([close, end])
  if (!machine && (refuses || /!=\s+OK\b/.test(masked.slice(open, close)))) {
    for (const [a, b] of split(open + 1, close, '||')) {
      if (refuses || /\)\s+!=\s+OK$/.test(source.slice(a, b))) refusing(a, b)
    }
  } else if (/==\s+OK\b/.test(masked.slice(open, close))) { // goes on where none of these refuses
    for (const [a, b] of split(open + 1, close, '&&')) if (/\)\s+==\s+OK$/.test(source.slice(a, b))) refusing(a, b)
  }
}
for (const m of masked.matchAll(/\?\s*OK\s*:\s*(?=fault\(\s*E_EVIDENCE|bad\()/g)) {
  const before = Math.max(masked.lastIndexOf('return ', m.index) + 7, masked.lastIndexOf(' = ', m.index) + 3)
  const [[a, b]] = split(before, m.index, '\0')
  holding(a, b)
  claimed.push([m.index, masked.indexOf(';', m.index)])
}
for (const m of masked.matchAll(/\|= (\S[^;?]*) \? 0 :/g)) holding(m.index + 3, m.index + 3 + m[1].length)
for (const m of masked.matchAll(/(?<=\n\t+)\*?(?:holds|yes|same|good|known|same\[i\]) = (?=[^;]*(?:==|&&|_equal|_verify))([^;]+);/g)) {
  const from = m.index + m[0].indexOf('= ') + 2
  for (const [a, b] of split(from, m.index + m[0].length - 1, '&&')) holding(a, b)
}
for (const m of masked.matchAll(/\n(?:static )?bool \w+\([^{;]*\)\n\{[^]*?\n\}/g)) {
  for (const r of m[0].matchAll(/\n\treturn ([^;]+);/g)) {
    const from = m.index + r.index + '\n\treturn '.length
    if (/^(?:true|false|NULL)$/.test(r[1]) || edits.some(([at]) => at > from && at < from + r[1].length)) continue
    for (const [a, b] of split(from, from + r[1].length, '&&')) holding(a, b)
  }
}
for (const m of masked.matchAll(/\brun\(v, (CHECK_\w+), \w+\)/g)) {
  edits.push([m.index, 1, `MUTANT_RUN(${place(m.index, m[1])}, ${m[0].slice(4)}`], [m.index, 2, m[0].length])
}

for (const m of masked.matchAll(EXPLAINS)) claimed.push([m.index, m.index + m[0].length])
for (const [name, text, becomes] of OTHERS) {
  if (!file.endsWith(name)) continue
  const index = source.indexOf(text)
  if (index < 0) throw new Error(`${file}: no «${text}» any more`)
  edits.push([index, 1, (becomes ?? `if (MUTANT(W, true)) ${text}`).replaceAll('W', place(index, text))], [index, 2, text.length])
  const brace = index + text.length - 1
  claimed.push([index - 1, source[brace] === '{' ? match(brace) : masked.indexOf(';', index + text.length)])
}
for (const m of masked.matchAll(/\b(?:fault\(\s*(?:E_EVIDENCE|E_INCOMPLETE)\b|(?:parse_)?bad\()/g)) {
  if (claimed.some(([a, b]) => m.index > a && m.index < b)) continue
  process.stderr.write(`${file}:${line(m.index)}: a refusal that no mutant switches off\n`)
  process.exitCode = 1
}

let out = '', at = 0
for (const [where, kind, text] of edits.sort((x, y) => x[0] - y[0] || x[1] - y[1])) {
  if (where > at) { out += source.slice(at, where); at = where }
  if (kind === 2) at = where + text
  else out += text
}
process.stdout.write(`#include "mutation/mutation.h"\n#line 1 "${file}"\n` + out + source.slice(at))
