// A collector that nobody here wrote, @elastic/mockotlpserver, on a free port of loopback. Standard output has one line
// for each thing that it received:
//
//   {"port":4318}                        where it listens, first
//   sample NAME{label="value",...} VALUE  a point of a metric, as /metrics would write it; newer ones replace older ones
//   span {...}, log {...}                as they were received, attributes as an object
//   fault ...                            what is not as OTLP's schema, or the option --key or --store, want it
//
//   node collector.js --key KEY --store STORE
'use strict';

const { parseArgs } = require('node:util');
const { MockOtlpServer } = require('@elastic/mockotlpserver');
const { getProtoRoot } = require('@elastic/mockotlpserver/lib/proto');

const { values: wanted } = parseArgs({ options: { key: { type: 'string' }, store: { type: 'string' } } });
const say = (kind, text) => process.stdout.write(`${kind} ${text}\n`);

// What OTLP's mapping to JSON says of each type of protobuf, where it differs from what protobuf says.
const hex = (length) => (value) => typeof value === 'string' && value.length === length && /^[0-9a-f]*$/.test(value);
const kIds = { traceId: hex(32), spanId: hex(16), parentSpanId: hex(16) };
const whole = (value) => Number.isInteger(value);
const long = (value) => typeof value === 'string' && /^-?[0-9]+$/.test(value);
const real = (value) => typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value);
const kScalars = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  double: real,
  fixed32: whole, int32: whole, uint32: whole, sint32: whole,
  fixed64: long, sfixed64: long, int64: long, uint64: long,
};

// Yields what is not as the schema has it.
function* faults(type, value, path) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return yield `${path}: no message`;
  for (const [name, member] of Object.entries(value)) {
    const field = type.fields[name];
    const place = `${path}.${name}`;
    if (!field) {
      yield `${place}: unknown`;
      continue;
    }
    field.resolve();
    if (field.repeated !== Array.isArray(member)) yield `${place}: ${field.repeated ? 'no list' : 'a list'}`;
    for (const one of field.repeated && Array.isArray(member) ? member : [member]) {
      const resolved = field.resolvedType;
      if (resolved?.fields) yield* faults(resolved, one, place);
      else if (resolved?.valuesById) yield* resolved.valuesById[one] === undefined ? [`${place}: ${one}`] : [];
      else if (!(kIds[name] ?? kScalars[field.type])(one)) yield `${place}: ${JSON.stringify(one)} is no ${field.type}`;
    }
  }
}

const valueOf = (any) => Object.values(any)[0];
const named = (attributes) => Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function examine(kind, request) {
  const message = `opentelemetry.proto.collector.${kind}.v1.Export${kind[0].toUpperCase()}${kind.slice(1)}ServiceRequest`;
  for (const fault of faults(getProtoRoot().lookupType(message), request, kind)) say('fault', fault);
}

// Yields each of the innermost ones; the resource must be the store.
function* each(resources, scopes, items) {
  for (const resource of resources) {
    const who = named(resource.resource.attributes);
    if (who['tillkeeper.store'] !== wanted.store || who['service.name'] !== 'tillkeeper') say('fault', JSON.stringify(who));
    for (const scope of resource[scopes]) yield* scope[items];
  }
}

function sample(name, point, value, more = []) {
  const labels = [...Object.entries(named(point.attributes)), ...more].map(([label, text]) => `${label}="${text}"`);
  say('sample', `${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''} ${value}`);
}

// Prometheus counts up to each bound, OTLP between two of them.
function histogram(name, point) {
  let below = 0;
  point.bucketCounts.forEach((count, i) => {
    below += Number(count);
    sample(`${name}_bucket`, point, below, [['le', String(point.explicitBounds[i] ?? '+Inf')]]);
  });
  sample(`${name}_count`, point, Number(point.count));
  sample(`${name}_sum`, point, point.sum);
}

function metrics(request) {
  examine('metrics', request);
  for (const metric of each(request.resourceMetrics, 'scopeMetrics', 'metrics')) {
    if (metric.sum && !(metric.sum.isMonotonic && metric.sum.aggregationTemporality === 2)) say('fault', metric.name);
    for (const point of (metric.sum ?? metric.gauge)?.dataPoints ?? []) sample(metric.name, point, point.asDouble);
    for (const point of metric.histogram?.dataPoints ?? []) histogram(metric.name, point);
  }
}

function list(kind, items) {
  for (const item of items) say(kind, JSON.stringify({ ...item, attributes: named(item.attributes) }));
}

const server = new MockOtlpServer({
  logLevel: 'fatal',
  services: ['http'],
  httpHostname: '127.0.0.1',
  httpPort: 0,
  onRequest: ({ headers }) => {
    if (headers['x-api-key'] !== wanted.key) say('fault', 'another key');
  },
  onMetrics: metrics,
  onLogs: (request) => {
    examine('logs', request);
    list('log', each(request.resourceLogs, 'scopeLogs', 'logRecords'));
  },
  onTrace: (request) => {
    examine('trace', request);
    list('span', each(request.resourceSpans, 'scopeSpans', 'spans'));
  },
});
server.start().then(() => console.log(JSON.stringify({ port: Number(new URL(server.httpUrl).port) })));
