// messages_self_test.js PROGRAM FOLDER: the judge of recorded messages has nothing to say about good ones, and sees each
// fault that is planted among them.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const {execFileSync} = require('node:child_process');
const {Judge} = require('./judge.js');

const [program, folder] = process.argv.slice(2);
const file = path.join(folder, 'self_test.ndjson');
fs.rmSync(file, {force: true});
execFileSync(program, ['--messages', file]);
const presence = {topic: 'tillkeeper/v1/tills/till-1/presence', retain: true, payload: pack({state: 'online'}), correlation: '', run: 'samples'};
const good = [...fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)), presence];

function pack(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}
function unpack(message) {
  try {
    return JSON.parse(Buffer.from(message.payload, 'base64').toString('utf8'));
  } catch {
    return {};
  }
}
function judged(messages) {
  const judge = new Judge();
  for (const message of messages) judge.take(message);
  judge.finish();
  return judge;
}
// The good messages, the first one that `suits` changed.
function spoilt(suits, change) {
  const messages = structuredClone(good);
  const one = messages.find((message) => suits(unpack(message), message));
  assert.ok(one, 'there is one to spoil');
  const value = unpack(one);
  change(value, one);
  if (JSON.stringify(value) !== JSON.stringify(unpack(one))) one.payload = pack(value);
  return judged(messages);
}

const outcome = (word) => (value) => value.outcome === word;
const status = (value) => value.store !== undefined;
const handOver = (value, message) => message.topic.endsWith('/transactions') && value.id === 'b';
const plants = [
  ['an answer has a member more', outcome('accepted'), (value) => { value.more = 1; }],
  ['an answer has a member less', outcome('accepted'), (value) => { delete value.hash; }],
  ['an unknown outcome', outcome('accepted'), (value) => { value.outcome = 'taken'; }],
  ['an unknown type of problem', outcome('quarantined'), (value) => { value.problems[0].type += 's'; }],
  ['another title', outcome('quarantined'), (value) => { value.problems[0].title += '!'; }],
  ['a problem has a member more', outcome('quarantined'), (value) => { value.problems[0].value = 'secret'; }],
  ['a refusal of another kind', outcome('refused'), (value) => { value.problem = 'tired'; }],
  ['a retained answer', outcome('refused'), (value, message) => { message.retain = true; }],
  ['an answer with QoS 0', outcome('refused'), (value, message) => { message.qos = 0; }],
  ['status has a member more', status, (value) => { value.more = 1; }],
  ['status is not retained', status, (value, message) => { message.retain = false; }],
  ['presence is not retained', (value) => value.state === 'online' && !value.store, (value, message) => { message.retain = false; }],
  ['presence in another word', (value) => value.state === 'online' && !value.store, (value) => { value.state = 'here'; }],
  ['a foreign topic', status, (value, message) => { message.topic = 'tillkeeper/v1/statuses'; }],
  ['an answer at no till\'s', outcome('refused'), (value, message) => { message.topic = 'tillkeeper/v1/replies'; }],
  ['an answer to a look-up has a member more', (value) => value.reply_to === 'lookup' && value.outcome === 'found', (value) => { value.more_or_less = 1; }],
  ['a look-up is found without record', (value) => value.reply_to === 'lookup' && value.outcome === 'found', (value) => { delete value.record; }],
  ['a look-up in order is malformed', (value) => value.problem === 'not_searchable',
    (value) => { value.problem = 'malformed'; Object.assign(value.problems[0], {type: 'urn:tillkeeper:problem:malformed', title: 'Not a look-up'}); }],
  ['what is no look-up is found', (value, message) => message.topic.endsWith('/lookups/members') && value.request_id === 'r-1', (value) => { delete value.key; }],
  ['accepted, and not in order', handOver, (value) => { value.total = '7'; }],
  ['accepted, and without type', handOver, (value) => { delete value.type; }],
  ['quarantined for a member that is in order', (value, message) => message.topic.endsWith('/transactions') && value.id === 'd',
    (value) => { Object.assign(value, {type: 'sale', till_sequence: 1, occurred_at: '2026-11-20T10:42:07Z'}); }],
];

test('nothing to say about good messages', () => {
  const judge = judged(good);
  assert.deepEqual(judge.faults, []);
  assert.deepEqual(judge.missing(), []);
});

for (const [what, suits, change] of plants)
  test(`sees: ${what}`, () => assert.ok(spoilt(suits, change).faults.length > 0));

test('misses a kind of message that was never met', () => {
  for (const [kind, gone] of [
    ['duplicate', outcome('duplicate')],
    ['refused, busy', (value) => value.problem === 'busy'],
    ['presence, online', (value) => value.state === 'online' && !value.store],
    ['transaction', (value, message) => message.topic.endsWith('/transactions')],
  ]) assert.ok(judged(good.filter((message) => !gone(unpack(message), message))).missing().includes(kind), kind);
});
