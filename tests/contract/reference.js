// reference.js [--check]: writes agent/contract/REFERENCE.md from asyncapi.yaml and the schemas; with --check only tells
// whether it is up to date.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const contract = require('./contract.js');

const {document, schemas, resolved} = contract;
const info = document.info;

const cell = (text) => String(text === undefined ? '' : text).trim().replace(/\s*\n\s*/g, ' ').replace(/\|/g, '\\|');
const code = (text) => '`' + text + '`';
const paragraph = (text) => (text || '').trim();
const json = (value) => '```json\n' + JSON.stringify(value, null, 2) + '\n```';
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');

function typeOf(schema) {
  if (schema.$ref) return `[${schemas.get(path.basename(schema.$ref)).title.toLowerCase()}](#${anchor(schemas.get(path.basename(schema.$ref)).title)})`;
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  const types = [].concat(schema.type || 'anything').map((type) => (type === 'array' && schema.items ? `list of ${typeOf(schema.items)}` : type));
  if (schema.format) types[0] += ` (${schema.format})`;
  return types.join(' or ');
}

function limitsOf(schema) {
  const out = [];
  if (schema.enum) out.push(schema.enum.length > 12 ? 'see below' : schema.enum.filter((one) => one !== null).map(code).join(', '));
  if (schema.minLength !== undefined && schema.maxLength !== undefined) out.push(`${schema.minLength} to ${schema.maxLength} characters`);
  else if (schema.maxLength !== undefined) out.push(`at most ${schema.maxLength} characters`);
  else if (schema.minLength === 1) out.push('not empty');
  if (schema.pattern && !schema.format) out.push(code(schema.pattern));
  if (schema.minimum === -schema.maximum) out.push(`within ±${schema.maximum}`);
  else if (schema.minimum !== undefined) out.push(schema.maximum !== undefined ? `${schema.minimum} to ${schema.maximum}` : `${schema.minimum} or more`);
  if (schema.maxItems === 0) out.push('empty');
  else if (schema.minItems !== undefined) out.push(schema.minItems === schema.maxItems ? `${schema.minItems} of them` : `${schema.minItems} to ${schema.maxItems} of them`);
  return out.join('; ');
}

// A row for each member, those of inner objects below it.
function rowsOf(schema, prefix = '') {
  const rows = [];
  for (const [name, member] of Object.entries(schema.properties || {})) {
    const full = prefix + name;
    rows.push([code(full), typeOf(member), (schema.required || []).includes(name) ? 'yes' : 'no', member.description, limitsOf(member)]);
    if (member.properties) rows.push(...rowsOf(member, `${full}.`));
    if (member.items && member.items.properties) rows.push(...rowsOf(member.items, `${full}[].`));
    if (member.additionalProperties && member.additionalProperties.properties) rows.push(...rowsOf(member.additionalProperties, `${full}.*.`));
  }
  return rows;
}

const members = (schema) => table(['member', 'type', 'required', 'meaning', 'limits'], rowsOf(schema));
const anchor = (title) => title.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-');

function operationsOf(name) {
  return Object.values(document.operations).filter((one) => one.channel.$ref === `#/channels/${name}`);
}

function channels() {
  return table(['topic', 'direction', 'messages', 'QoS', 'retained', 'answered'], Object.entries(document.channels).map(([name, channel]) => {
    const [operation] = operationsOf(name);
    const mqtt = resolved(operation.bindings).mqtt;
    const direction = name === 'presence' ? 'till → all' : operation.action === 'receive' ? 'till → agent' : name === 'status' ? 'agent → all' : 'agent → till';
    const answered = operation['x-not-answered-yet'] ? '**not by this version**' : operation.reply ? 'yes' : '';
    return [code(channel.address), direction,
      Object.values(channel.messages).map((one) => `[${resolved(one).title}](#${anchor(resolved(one).title)})`).join(', '),
      mqtt.qos, mqtt.retain ? 'yes' : 'no', answered];
  }));
}

function message(name) {
  const one = document.components.messages[name];
  const file = contract.schemaOf(name);
  const schema = file && schemas.get(file);
  const [place, channel] = Object.entries(document.channels).find(([, each]) => name in each.messages);
  const silent = Object.values(document.operations).some((operation) => operation['x-not-answered-yet'] &&
    (operation.channel.$ref === `#/channels/${place}` || operation.reply.messages.some((ref) => resolved(ref) === one)));
  const mqtt = (one.bindings && one.bindings.mqtt) || {};
  const parts = [`### ${one.title}`, `On ${code(channel.address)}. ${paragraph(one.summary)}`];
  if (silent) parts.push('**Not answered by this version of the agent.** The form is fixed.');
  if (schema) parts.push(`Schema: [schemas/${file}](schemas/${file}). ${paragraph(schema.description)}`, members(schema));
  const properties = [];
  if (mqtt.responseTopic) properties.push(['Response Topic', mqtt.responseTopic.description]);
  if (mqtt.correlationData) properties.push(['Correlation Data', mqtt.correlationData.description]);
  // What AsyncAPI calls headers are user properties in MQTT 5.
  for (const [header, what] of Object.entries((one.headers && one.headers.properties) || {}))
    properties.push([`User Property ${code(header)}`, what.description]);
  if (properties.length > 0) parts.push(table(['MQTT 5', 'meaning'], properties));
  for (const example of one.examples) parts.push(`${example.summary || 'Example'}:`, json(example.payload));
  return parts.join('\n\n');
}

function problems() {
  const schema = schemas.get('problem.json');
  return ['### Problem', `Schema: [schemas/problem.json](schemas/problem.json). ${schema.description}`, members(schema),
    `A ${code('type')} is ${code(contract.urn('<word>'))}, and the words are:`,
    table(['word', 'title', 'outcome', 'means'], info['x-problem-types'].map((one) =>
      [code(one.type), [one.title, ...(one.titles || [])].join(', or: '), code(one.outcome), one.meaning]))].join('\n\n');
}

function page() {
  const store = document.servers.store;
  const answers = ['accepted', 'duplicate', 'quarantined', 'refused'].map((name) => document.components.messages[name]);
  return [
    '<!-- Made by tests/contract/reference.js from asyncapi.yaml and schemas/. Change those. -->',
    `# ${info.title}, version ${info.version}`,
    paragraph(info.description),
    'For programs: [asyncapi.yaml](asyncapi.yaml) and [schemas/](schemas). This page says the same for people.',
    '## Connecting', ...Object.values(document.servers).map((server) => `**${server.title}** (${code(server.protocol)}, port ${server.variables.port.default} unless the store has another). ${paragraph(server.description)}`),
    table(['setting', 'value'], [
      ['user name', 'the till\'s name; none with a certificate'], ['client id', 'your own, the same after each start, and as secret as your password'],
      ['session', store.bindings.mqtt.cleanSession ? 'clean' : 'persistent'],
      ['will', `${code(store.bindings.mqtt.lastWill.message)} on ${code(store.bindings.mqtt.lastWill.topic)}, QoS ${store.bindings.mqtt.lastWill.qos}, retained`],
      ['largest packet', `${store.bindings.mqtt.maximumPacketSize} bytes; the broker cuts off what sends more`]]),
    '## Topics', `${code('{till}')}: ${cell(document.channels.transactions.parameters.till.description)}`, channels(),
    '## Outcomes', table(['outcome', 'means', 'the till'], answers.map((one) => {
      const schema = schemas.get(path.basename(one.payload.$ref));
      return [code(schema.properties.outcome.const), one.summary.split('. ')[0] + '.', one.summary.split('. ').slice(1).join('. ')];
    })),
    'Why something is refused:', table(['problem', 'means', 'trying again helps'], info['x-refusals'].map((one) =>
      [code(one.problem), one.meaning, one.again ? 'yes, after `retry_after_ms`' : 'no'])),
    'Why a look-up is refused:', table(['problem', 'means', 'asking again helps'], info['x-lookup-refusals'].map((one) =>
      [code(one.problem), one.meaning, one.again ? 'yes, after `retry_after_ms`' : 'no'])),
    '## Rules', info['x-rules'].map((rule) => `- ${rule}`).join('\n'),
    '## Look-ups', info['x-lookup-rules'].map((rule) => `- ${rule}`).join('\n'),
    '## Limits', table(['at most', 'what'], info['x-limits'].map((one) => [one.value, one.meaning])),
    '## Messages', ...Object.keys(document.components.messages).map(message), problems(), ''].join('\n\n').trimEnd() + '\n';
}

const made = page();
if (process.argv[2] !== '--check') {
  fs.writeFileSync(contract.referencePath, made);
  console.log(`${path.basename(contract.referencePath)}: ${made.split('\n').length - 1} lines`);
} else {
  const there = fs.existsSync(contract.referencePath) ? fs.readFileSync(contract.referencePath, 'utf8') : '';
  const [old, fresh] = [there.split('\n'), made.split('\n')];
  const line = fresh.findIndex((text, number) => text !== old[number]);
  if (there !== made) {
    console.log(`REFERENCE.md, line ${(line < 0 ? fresh.length : line) + 1}, is not what the document says:\n  - ${old[line]}\n  + ${fresh[line]}`);
    console.log('make it anew: tests/contract/run reference.js');
    process.exitCode = 1;
  } else {
    console.log('REFERENCE.md says what the document says');
  }
}
