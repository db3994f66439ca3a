// Judge: holds what was said on a bus against the contract. Takes messages in their order, then sums up.
//
// Answers, presence and status must be as their schemas say, to the last member. Of a hand-over anything may be, but its
// answer must fit: what was accepted is a transaction in order, and what was quarantined for its form is not.
'use strict';

const contract = require('./contract.js');

const {document} = contract;
const validate = contract.makeValidate();
const validateWriter = contract.makeValidate({writer: true});
const titles = new Map(document.info['x-problem-types'].map((one) => [contract.urn(one.type), [one.title, ...(one.titles || [])]]));
// The form of single members, which the schema tells as the agent does. (Totals, quantities and the like it cannot.)
const ofForm = new Set(['missing-member', 'unusable-member', 'not-money', 'currency'].map(contract.urn));
const faultsMax = 20;

function read(bytes) {
  try {
    return {value: JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes))};
  } catch {
    return {};
  }
}

class Judge {
  constructor() {
    this.seen = new Map(); // kind -> how many
    this.problemTypes = new Map();
    this.faults = [];
    this.messages = 0;
    this.handedOver = new Map(); // run, till and id or Correlation Data -> different payloads
    this.answers = [];
    this.lookedUpAnswers = [];
    this.unmatched = 0;
  }

  // One line of a message file.
  take(message) {
    ++this.messages;
    const bytes = Buffer.from(message.payload, 'base64');
    const place = contract.channelOf(message.topic);
    const {value} = read(bytes);
    if (message.qos !== undefined && message.qos !== 1) this.fault(message, `QoS ${message.qos}, not 1`);
    if (place && place.channel.name === 'transactions') return this.handOver(message, place.till, bytes, value);
    if (place && place.channel.name === 'lookups') return this.lookUp(message, place.till, value);
    if (place && place.channel.name === 'redemptions') return this.redeem(message, place.till, value);
    if (place && place.channel.name === 'presence') return this.told('presence', message, value, true);
    if (place && place.channel.name === 'status') return this.told('status', message, value, true);
    if (place && place.channel.name === 'replies') return this.answer(message, place.till, value);
    // Where a till asked for it.
    const own = /^tillkeeper\/v1\/tills\/([A-Za-z0-9_-]{1,32})\/.+$/.exec(message.topic);
    if (own && !place && value && value.reply_to) return this.answer(message, own[1], value);
    return this.fault(message, 'the contract has no such topic');
  }

  handOver(message, till, bytes, value) {
    if (message.retain) this.fault(message, 'a retained hand-over');
    const orderly = value !== undefined && validate('transaction.json', value).length === 0;
    this.count(orderly ? 'transaction' : 'anything');
    const said = {digest: bytes.toString('latin1'), orderly};
    const id = value && typeof value.id === 'string' ? value.id : undefined;
    for (const key of [id !== undefined && this.key(message, till, 'id', id),
      message.correlation && this.key(message, till, 'correlation', message.correlation)])
      if (key) this.remember(key, said);
  }

  lookUp(message, till, value) {
    if (message.retain) this.fault(message, 'a retained look-up');
    const orderly = value !== undefined && validate('lookup-request.json', value).length === 0;
    this.count('lookup');
    if (!value || typeof value.request_id !== 'string') return;
    this.remember(this.key(message, till, 'look-up', value.request_id), {digest: `${orderly}`, orderly});
  }

  // What was found was asked for in order, and what was in order is not malformed.
  lookedUp(message, till, value) {
    if (message.retain) this.fault(message, 'a retained answer');
    const refused = value.outcome === 'refused';
    this.check(refused ? 'lookup-refused.json' : 'lookup-answer.json', message, value);
    this.count(refused ? `look-up refused, ${value.problem}` : `look-up, ${value.outcome}`);
    this.count(refused ? 'lookupRefused' : 'lookupAnswer');
    this.titles(message, value.problems || []);
    this.lookedUpAnswers.push({message, value, key: this.key(message, till, 'look-up', value.request_id)});
  }

  redeem(message, till, value) {
    if (message.retain) this.fault(message, 'a retained redemption');
    const orderly = value !== undefined && validate('redemption-request.json', value).length === 0;
    this.count('redemption');
    if (!value || typeof value.request_id !== 'string') return;
    this.remember(this.key(message, till, 'redemption', value.request_id), {digest: `${orderly}`, orderly});
  }

  // What was decided was asked for in order, and what was in order is not malformed.
  redeemed(message, till, value) {
    if (message.retain) this.fault(message, 'a retained answer');
    const refused = value.outcome === 'refused';
    this.check(refused ? 'redemption-refused.json' : 'redemption-answer.json', message, value);
    this.count(refused ? `redemption refused, ${value.problem}` : `redemption, ${value.outcome}, ${value.source}`);
    this.count(refused ? 'redemptionRefused' : 'redemptionAnswer');
    this.titles(message, value.problems || []);
    this.lookedUpAnswers.push({message, value, key: this.key(message, till, 'redemption', value.request_id)});
  }

  titles(message, problems) {
    for (const problem of problems) {
      this.problemTypes.set(problem.type, (this.problemTypes.get(problem.type) || 0) + 1);
      if (!(titles.get(problem.type) || []).includes(problem.title)) this.fault(message, `the title "${problem.title}" of ${problem.type}`);
    }
  }

  answer(message, till, value) {
    if (value && value.reply_to === 'lookup') return this.lookedUp(message, till, value);
    if (value && value.reply_to === 'redemption') return this.redeemed(message, till, value);
    const kind = value && value.outcome;
    if (!['accepted', 'duplicate', 'quarantined', 'refused'].includes(kind)) return this.fault(message, `an answer ${kind}`);
    if (message.retain) this.fault(message, 'a retained answer');
    this.check(`${kind}.json`, message, value);
    this.count(kind === 'refused' ? `refused, ${value.problem}` : kind);
    this.titles(message, value.problems || []);
    const key = typeof value.id === 'string' ? this.key(message, till, 'id', value.id)
      : message.correlation && this.key(message, till, 'correlation', message.correlation);
    this.answers.push({message, value, key});
    return undefined;
  }

  told(kind, message, value, retained) {
    if (message.retain !== retained) this.fault(message, `${kind} is ${retained ? 'not ' : ''}retained`);
    this.check(`${kind}.json`, message, value);
    this.count(`${kind}, ${value && value.state}`);
  }

  // After the last message. What was answered fits what was handed over, as far as both were seen.
  finish() {
    for (const {message, value, key} of this.answers) {
      const said = [...(this.handedOver.get(key) || new Map()).values()];
      if (said.length === 0) {
        ++this.unmatched;
      } else if (value.outcome === 'accepted') {
        if (!said.some((one) => one.orderly)) this.fault(message, 'accepted, but the contract does not call it in order');
      } else if (said.length === 1 && value.outcome !== 'duplicate' && said[0].orderly && (value.problem === 'malformed' || value.problems.some((one) => ofForm.has(one.type)))) {
        this.fault(message, 'not accepted for its form, but the contract calls it in order');
      }
    }
    for (const {message, value, key} of this.lookedUpAnswers) {
      const said = [...(this.handedOver.get(key) || new Map()).values()];
      if (said.length !== 1) continue;
      if (value.outcome !== 'refused' && !said[0].orderly) this.fault(message, 'answered, but the contract does not call it a look-up');
      if (value.problem === 'malformed' && said[0].orderly) this.fault(message, 'malformed, but the contract calls it in order');
    }
    this.answers = [];
    this.lookedUpAnswers = [];
    this.handedOver.clear();
  }

  check(schema, message, value) {
    for (const what of validateWriter(schema, value)) this.fault(message, `${schema}: ${what}`);
  }
  key(message, till, kind, value) {
    return JSON.stringify([message.run, till, kind, value]);
  }
  remember(key, said) {
    if (!this.handedOver.has(key)) this.handedOver.set(key, new Map());
    this.handedOver.get(key).set(said.digest, said);
  }
  count(kind) {
    this.seen.set(kind, (this.seen.get(kind) || 0) + 1);
  }
  fault(message, what) {
    const text = Buffer.from(message.payload, 'base64').toString('utf8').slice(0, 300);
    if (this.faults.length < faultsMax) this.faults.push(`${message.topic}: ${what}\n    ${text}`);
  }

  // Kinds of messages that the document says can be met, and that were not.
  missing() {
    const unanswered = new Set(Object.values(document.operations).filter((one) => one['x-not-answered-yet'])
      .flatMap((one) => [one.channel, ...one.reply.messages].flatMap((ref) => {
        const node = contract.resolved(ref);
        return node.messages ? Object.values(node.messages).map((each) => contract.resolved(each)) : [node];
      })).map((message) => message.name));
    const expected = Object.keys(document.components.messages).filter((name) => !unanswered.has(name))
      .filter((name) => !['refused', 'presence', 'status'].includes(name));
    for (const one of document.info['x-refusals']) expected.push(`refused, ${one.problem}`);
    for (const one of document.info['x-lookup-refusals']) expected.push(`look-up refused, ${one.problem}`);
    for (const outcome of contract.schemas.get('lookup-answer.json').properties.outcome.enum) expected.push(`look-up, ${outcome}`);
    for (const problem of contract.schemas.get('redemption-refused.json').properties.problem.enum) expected.push(`redemption refused, ${problem}`);
    for (const outcome of ['approved', 'declined']) for (const source of ['live', 'offline_allowance']) expected.push(`redemption, ${outcome}, ${source}`);
    for (const kind of ['presence, online', 'status, online', 'status, offline']) expected.push(kind);
    return expected.filter((kind) => !this.seen.has(kind));
  }
}

module.exports = {Judge};
