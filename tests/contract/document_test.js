// The document is AsyncAPI 3, its schemas are JSON Schema 2020-12, its examples are right, and what is wrong fails.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const {Parser, fromFile} = require('@asyncapi/parser');
const Ajv = require('ajv');
const Ajv2020 = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const contract = require('./contract.js');
const wrong = require('./wrong.js');

const {document, schemas} = contract;
const validate = contract.makeValidate();
const validateWriter = contract.makeValidate({writer: true});
const replies = ['accepted', 'duplicate', 'quarantined', 'refused', 'lookup-answer', 'lookup-refused', 'redemption-answer', 'redemption-refused'];

function exampleOf(name, number = 0) {
  return structuredClone(schemas.get(name).examples[number]);
}

test('the AsyncAPI parser has nothing to object', async () => {
  const {document: parsed, diagnostics} = await fromFile(new Parser(), contract.documentPath).parse();
  const serious = diagnostics.filter((one) => one.severity <= 1);
  assert.deepEqual(serious.map((one) => `${one.path.join('/')}: ${one.message}`), []);
  assert.equal(parsed.version(), '3.0.0');
});

test('a fault in the document would be seen', async () => {
  const spoilt = JSON.stringify(document).replace('"action":"send"', '"action":"shout"');
  const {diagnostics} = await new Parser().parse(spoilt, {source: contract.documentPath});
  const serious = diagnostics.filter((one) => one.severity <= 1);
  assert.ok(serious.length > 0 && serious.every((one) => one.path[0] === 'operations'));
});

test('each schema is JSON Schema 2020-12', () => {
  const ajv = new Ajv2020();
  for (const [name, schema] of schemas) {
    assert.equal(schema.$schema, contract.draft, name);
    assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`);
    assert.ok(schema.title && schema.description, `${name} says what it is`);
    assert.ok(schema.examples.length > 0, `${name} has an example`);
  }
});

// AsyncAPI's own schema language is a superset of draft 7: tools that know only that must judge alike.
function judgeByDraft7() {
  const ajv = new Ajv({strict: false});
  addFormats(ajv);
  for (const [name, {$schema, ...schema}] of schemas) ajv.addSchema(schema, name);
  return (name, value) => ajv.getSchema(name)(value);
}

test('each example is right', () => {
  const byDraft7 = judgeByDraft7();
  for (const [name, schema] of schemas) {
    for (const example of schema.examples) {
      assert.deepEqual(validate(name, example), [], name);
      assert.ok(byDraft7(name, example), name);
      if (name !== 'transaction.json') assert.deepEqual(validateWriter(name, example), [], name);
    }
  }
  for (const [name, message] of Object.entries(document.components.messages)) {
    assert.ok(message.examples.length > 0, `${name} has an example`);
    const schema = contract.schemaOf(name);
    for (const example of message.examples)
      if (schema) assert.deepEqual(validate(schema, example.payload), [], `${name}: ${example.name}`);
  }
});

test('an answer is of one kind only', () => {
  for (const kind of replies)
    for (const example of schemas.get(`${kind}.json`).examples)
      assert.deepEqual(replies.filter((other) => validate(`${other}.json`, example).length === 0), [kind]);
});

test('what is required is required', () => {
  for (const [name, schema] of schemas) {
    for (const member of schema.required) {
      const example = exampleOf(name);
      assert.ok(member in example, `${name}: ${member}`);
      delete example[member];
      assert.notDeepEqual(validate(name, example), [], `${name} without ${member}`);
    }
  }
});

test('what is wrong fails', () => {
  const byDraft7 = judgeByDraft7();
  const seen = new Set();
  for (const {schema, why, example, change} of wrong) {
    const value = exampleOf(schema, example);
    assert.deepEqual(validate(schema, value), [], `${schema}: the example is right before it is changed`);
    change(value);
    assert.notDeepEqual(validate(schema, value), [], `${schema}: ${why}`);
    assert.equal(byDraft7(schema, value), false, `${schema}: ${why} (draft 7)`);
    seen.add(schema);
  }
  assert.deepEqual([...seen].sort(), [...schemas.keys()], 'each schema has something that must fail');
  console.log(`${wrong.length} wrong messages, none of which passes`);
});

test('schemas that say nothing would be noticed', () => {
  const lax = contract.makeValidate({replace: () => ({})});
  const passed = wrong.filter(({schema, example, change}) => {
    const value = exampleOf(schema, example);
    change(value);
    return lax(schema, value).length === 0;
  });
  assert.equal(passed.length, wrong.length);
});

test('till software may meet members that it does not know, tests may not', () => {
  for (const name of ['accepted.json', 'refused.json', 'status.json', 'presence.json']) {
    const value = {...exampleOf(name), later: 1};
    assert.deepEqual(validate(name, value), [], name);
    assert.notDeepEqual(validateWriter(name, value), [], name);
  }
  const status = exampleOf('status.json');
  Object.values(status.destinations)[0].later = 1;
  assert.notDeepEqual(validateWriter('status.json', status), []);
});

test('the lock file pins what comes, and not where from', () => {
  const lock = JSON.parse(fs.readFileSync(path.join(__dirname, 'package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
  assert.ok(packages.length > 100);
  for (const [name, one] of packages) {
    assert.match(one.integrity, /^sha512-/, name);
    assert.equal(one.resolved, undefined, name);
  }
});
