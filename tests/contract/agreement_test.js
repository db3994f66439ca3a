// agreement_test.js PROGRAM [--seed N] [--count N]: the schema of a transaction and the agent's code call the same ones in
// order: the examples, those of wrong.js, and random ones.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const {execFileSync} = require('node:child_process');
const contract = require('./contract.js');
const wrong = require('./wrong.js');

const [program, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const seed = option('--seed', 1);
const count = option('--count', 30000);
const examples = contract.schemas.get('transaction.json').examples;
const validate = contract.makeValidate();
// What the schema cannot say: see x-rules of the document.
const beyond = new Set(['totals', 'inexact-number', 'repeated-member', 'nul-character', 'broken-character', 'id-conflict', 'already-collected'].map(contract.urn));

function answers(values) {
  const input = values.map((value) => JSON.stringify(value)).join('\n') + '\n';
  const lines = execFileSync(program, ['--answer'], {input, encoding: 'utf8', maxBuffer: 1 << 28}).trimEnd().split('\n');
  assert.equal(lines.length, values.length);
  return lines.map((line) => JSON.parse(line));
}
const orderly = (answer) => answer.outcome === 'accepted' ||
  (answer.outcome === 'quarantined' && answer.problems.every((one) => beyond.has(one.type)));

// Numbers that follow from the seed: a linear congruence of 48 bits, of which the upper are used.
let state = BigInt(seed) * 2654435761n + 11n;
function below(bound) {
  state = (state * 25214903917n + 11n) & ((1n << 48n) - 1n);
  return Number(state >> 16n) % bound;
}
const oneOf = (list) => list[below(list.length)];

// What may stand anywhere. Quantities have no fourth decimal, and texts are ASCII: the schema counts characters, the agent bytes.
const pool = [
  undefined, null, true, false, 0, 1, -1, 7, 1.5, 0.125, -0.5, 1e15, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), -(2 ** 53) - 2, 1e300,
  '', ' ', 'a', 'sale', 'till_opened', 'a b', 'A-z_0.9:', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(300), 'EUR', 'eur', 'EU', 'EURO', '978', '7', '-1',
  '2026-11-20', '2024-02-29', '2026-02-29', '2026-13-01', '2026-00-10', '2026-11-31', '20261120', '2026-11-20T10:42:07Z', '2026-11-20T10:42:07.120+01:00',
  '2026-11-20T10:42:07.1-11:30', '2026-11-20t10:42:07z', '2026-11-20 10:42:07Z', '2026-11-20T10:42:07', '2026-11-20T24:00:00Z', '2026-11-20T10:60:00Z',
  '2026-11-20T10:42:07+0100', '2026-11-20T10:42Z', '2026-02-30T10:42:07Z', ' 2026-11-20T10:42:07Z', '2016-12-31T23:59:60Z', '2026-11-20T10:42:07.Z',
  '2026-11-20T10:42:07.123456789012Z', '2026-11-20T10:42:07+24:00', '2026-11-20T10:42:07-00:00', '2026-11-20T10:42:07+01', '2026-11-20T10:42:07,5Z',
  [], {}, [7], [null], [[]], ['a'], [{}], [{amount: 1}], [{amount: 1}, {amount: -1}], [{amount: '1'}], [{amount: null}], [{amount: 0.5}], [{amount: 2 ** 53 + 2}],
  [{amount: 1, quantity: 'a'}], [{amount: 1, quantity: null}], [{amount: 1, quantity: 0.385}], [{amount: 1, unit_price: 1.5}], [{amount: 1, unit_price: null}],
  [{amount: 1, sku: 7, description: null, type: {}}], {amount: 1}, [[{amount: 1}]],
];

function disturbed() {
  const value = structuredClone(oneOf(examples));
  const names = [...Object.keys(contract.schemas.get('transaction.json').properties), 'unknown'];
  for (let changes = below(3); changes >= 0; --changes) value[oneOf(names)] = structuredClone(oneOf(pool));
  return value; // a member that is undefined is left out by JSON
}

test('examples are accepted', () => {
  answers(examples).forEach((answer, at) => assert.equal(answer.outcome, 'accepted', JSON.stringify(examples[at])));
});

test('what is wrong is not accepted', () => {
  const values = wrong.filter((one) => one.schema === 'transaction.json').map(({example, change}) => {
    const value = structuredClone(examples[example]);
    change(value);
    return value;
  });
  assert.ok(values.length > 40);
  answers(values).forEach((answer, at) => assert.equal(answer.outcome, 'quarantined', JSON.stringify(values[at])));
});

test('nothing but an object is a transaction', () => {
  const values = [null, true, 7, 'sale', [], [examples[0]]];
  for (const answer of answers(values)) assert.equal(answer.problem, 'malformed');
  for (const value of values) assert.notDeepEqual(validate('transaction.json', value), []);
});

test('schema and code agree on random transactions', () => {
  const values = Array.from({length: count}, disturbed);
  let inOrder = 0;
  answers(values).forEach((answer, at) => {
    const text = JSON.stringify(values[at]);
    const faults = validate('transaction.json', JSON.parse(text));
    assert.equal(faults.length === 0, orderly(answer), `seed ${seed}: ${text}\n  schema: ${faults.join('; ') || 'in order'}\n  code: ${JSON.stringify(answer.problems)}`);
    inOrder += faults.length === 0 ? 1 : 0;
  });
  console.log(`seed=${seed} transactions=${count} in_order=${inOrder} agreed=${count}`);
  assert.ok(inOrder > count / 20 && inOrder < count * 19 / 20, 'both kinds were met');
});
