// facts_test.js PROGRAM FOLDER: what the agent's code says (contract-facts) is what the document says.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const {execFileSync} = require('node:child_process');
const contract = require('./contract.js');
const {Judge} = require('./judge.js');
const {messageLines} = require('./message_lines.js');

const [program, folder] = process.argv.slice(2);
const {document, schemas} = contract;
const samples = path.join(folder, 'samples.ndjson');
fs.rmSync(samples, {force: true});
const facts = JSON.parse(execFileSync(program, ['--messages', samples], {encoding: 'utf8'}));
const sorted = (list) => [...list].sort();

test('problem types', () => {
  assert.deepEqual(sorted(document.info['x-problem-types'].map((one) => one.type)), sorted(facts.problem_types));
  assert.deepEqual(sorted(schemas.get('problem.json').properties.type.enum), sorted(facts.problem_types.map(contract.urn)));
});

test('refusals', () => {
  assert.deepEqual(sorted(document.info['x-refusals'].map((one) => one.problem)), sorted(facts.refusals));
  assert.deepEqual(sorted(schemas.get('refused.json').properties.problem.enum), sorted(facts.refusals));
});

test('refusals of look-ups', () => {
  assert.deepEqual(sorted(document.info['x-lookup-refusals'].map((one) => one.problem)), sorted(facts.lookup_refusals));
  assert.deepEqual(sorted(schemas.get('lookup-refused.json').properties.problem.enum), sorted(facts.lookup_refusals));
});

test('topics', () => {
  for (const [name, channel] of Object.entries(document.channels)) assert.ok(channel.address.startsWith(`${facts.root}/`), name);
  assert.equal(document.channels.replies.address, facts.replies_topic);
  assert.equal(document.channels.status.address, facts.status_topic);
  const answered = Object.entries(document.operations)
    .filter(([name, one]) => one.action === 'receive' && one.reply && !one['x-not-answered-yet'])
    .map(([, one]) => contract.resolved(one.channel).address.replace(/\{\w+\}/g, '+'));
  const silent = Object.values(document.operations).filter((one) => one['x-not-answered-yet'])
    .map((one) => contract.resolved(one.channel).address.replace(/\{\w+\}/g, '+'));
  for (const topic of answered) assert.ok(facts.heard_topics.includes(topic), `the agent listens to ${topic}`);
  for (const topic of silent) assert.ok(!facts.heard_topics.includes(topic), `the agent does not listen to ${topic} yet`);
  const all = Object.values(document.channels).map((channel) => channel.address.replace(/\{\w+\}/g, '+'));
  for (const topic of facts.heard_topics) assert.ok(all.includes(topic), `${topic} is in the document`);
});

test('limits', () => {
  const said = Object.fromEntries(document.info['x-limits'].map((one) => [one.name, one.value]));
  assert.deepEqual(said, facts.limits);
  const transaction = schemas.get('transaction.json').properties;
  assert.equal(transaction.id.maxLength, facts.limits.id_characters_max);
  assert.equal(transaction.refers_to.maxLength, facts.limits.id_characters_max);
  assert.equal(transaction.type.maxLength, facts.limits.type_bytes_max);
  assert.equal(transaction.receipt.maxLength, facts.limits.receipt_bytes_max);
  for (const member of [transaction.till_sequence, transaction.total, transaction.lines.items.properties.amount,
    transaction.lines.items.properties.unit_price, transaction.tenders.items.properties.amount])
    assert.equal(member.maximum, facts.limits.integer_max);
  const lookup = schemas.get('lookup-request.json').properties;
  for (const member of [lookup.request_id, lookup.key, lookup.by.additionalProperties])
    assert.equal(member.maxLength, facts.limits.lookup_text_bytes_max);
  assert.equal(schemas.get('lookup-answer.json').properties.records.maxItems, facts.lookup_records_max);
  const request = document.components.messages.transaction.bindings.mqtt;
  assert.equal(request.correlationData.maxLength, facts.limits.correlation_data_bytes_max);
  assert.equal(request.responseTopic.maxLength, facts.limits.response_topic_bytes_max);
  assert.match(request.responseTopic.pattern, new RegExp(`\\{1,${facts.limits.till_name_characters_max}\\}`));
});

test('each kind of message, made by the code, is as the document says', async () => {
  const judge = new Judge();
  for await (const message of messageLines(samples)) judge.take(message);
  judge.finish();
  assert.deepEqual(judge.faults, []);
  assert.deepEqual(judge.missing().filter((kind) => !kind.startsWith('presence')), []);
  assert.deepEqual(sorted(judge.problemTypes.keys()), sorted(facts.problem_types.map(contract.urn)), 'every type of problem was met');
  const states = [...judge.seen.keys()].filter((kind) => kind.startsWith('status, ')).map((kind) => kind.slice(8));
  assert.deepEqual(sorted(states), sorted(schemas.get('status.json').properties.state.enum));
});

test('what a problem type is documented for is what it is told for', async () => {
  const told = new Map();
  for await (const message of messageLines(samples)) {
    const value = JSON.parse(Buffer.from(message.payload, 'base64').toString('utf8').replace(/^[^{].*/s, '{}') || '{}');
    for (const problem of (value.reply_to && value.problems) || []) told.set(problem.type, [value.outcome, value.problem]);
  }
  for (const one of document.info['x-problem-types']) assert.equal(told.get(contract.urn(one.type))[0], one.outcome, one.type);
  for (const one of [...document.info['x-refusals'], ...document.info['x-lookup-refusals']]) assert.equal(told.get(contract.urn(one.type))[1], one.problem, one.type);
});
