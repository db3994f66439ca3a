// The contract as data: the document, its schemas, and validators made from them.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const yaml = require('js-yaml');
const Ajv2020 = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

const root = path.resolve(__dirname, '../..');
const folder = path.join(root, 'agent/contract');
const documentPath = path.join(folder, 'asyncapi.yaml');
const referencePath = path.join(folder, 'REFERENCE.md');
const draft = 'https://json-schema.org/draft/2020-12/schema';

const document = yaml.load(fs.readFileSync(documentPath, 'utf8'));

// By file name, as $ref has them.
const schemas = new Map(
  fs.readdirSync(path.join(folder, 'schemas')).sort().map(
    (name) => [name, JSON.parse(fs.readFileSync(path.join(folder, 'schemas', name), 'utf8'))]));

// A reference within the document.
function at(reference) {
  return reference.slice(2).split('/').reduce((node, step) => node[step.replace(/~1/g, '/').replace(/~0/g, '~')], document);
}
function resolved(node) {
  return node && node.$ref && node.$ref.startsWith('#/') ? resolved(at(node.$ref)) : node;
}

// The file name of a message's schema; undefined where anything goes.
function schemaOf(messageName) {
  const payload = document.components.messages[messageName].payload;
  return payload.$ref ? path.basename(payload.$ref) : undefined;
}

// The same schema for one who writes such messages: it has the members that it names, and no others. One who reads them
// takes no notice of further ones, which a later version may add.
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    const deeper = ['properties', 'items', 'additionalProperties'].includes(key);
    out[key] = !deeper ? value
      : key === 'properties' ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]))
        : closed(value);
  }
  if (out.properties && out.additionalProperties === undefined) out.additionalProperties = false;
  return out;
}

// validate(schemaName, value) -> [] or what is wrong, one line each.
function makeValidate({writer = false, replace = (schema) => schema} = {}) {
  const ajv = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true});
  addFormats(ajv);
  for (const [name, schema] of schemas) ajv.addSchema(replace(writer ? closed(schema) : schema, name), name);
  return (name, value) => {
    const check = ajv.getSchema(name);
    if (!check) throw new Error(`there is no schema ${name}`);
    return check(value) ? [] : check.errors.map((error) => `${error.instancePath || '/'} ${error.message}`);
  };
}

const channels = Object.entries(document.channels).map(([name, channel]) => ({
  name,
  address: channel.address,
  messages: Object.keys(channel.messages),
  pattern: new RegExp('^' + channel.address.replace('{till}', '(?<till>[A-Za-z0-9_-]{1,32})')
    .replace('{collection}', '(?<collection>[^/]+)') + '$'),
}));

// The channel that a topic belongs to, and the till in it; undefined for a foreign one.
function channelOf(topic) {
  for (const channel of channels) {
    const match = channel.pattern.exec(topic);
    if (match) return {channel, till: (match.groups || {}).till};
  }
  return undefined;
}

const urn = (type) => `urn:tillkeeper:problem:${type}`;

module.exports = {document, documentPath, referencePath, draft, schemas, resolved, schemaOf, makeValidate, channelOf, urn};
