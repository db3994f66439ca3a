#!/usr/bin/env node
// A till that sells, keeps each sale until the store's box has answered it, and takes a sale back by its receipt.
//
// Needs Node.js 18 and `npm ci` in this folder (mqtt 5). README.md tells how to run it and what it prints, ../GUIDE.md
// the rules.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const {parseArgs} = require('node:util');
const mqtt = require('mqtt');

const FIRST_WAIT_MS = 2000;  // for an answer; doubled each time, up to the last
const LAST_WAIT_MS = 30_000;
const SESSION_EXPIRY_S = 7 * 24 * 3600;
const TURN_MS = 20;

const between = (low, high) => low + Math.random() * (high - low);

// The till's memory, one file that only grows: "kept DOCUMENT" for each transaction, "OUTCOME ID" for each answer.
// One program at a time: Node.js cannot lock a file.
class Outbox {
  constructor(file) {
    this.nextSequence = 1;
    this.waiting = new Map();  // id: the exact text; oldest first
    this.sold = new Map();  // receipt: transaction
    this.file = fs.openSync(file, 'a+');
    const content = fs.readFileSync(file);
    const whole = content.lastIndexOf('\n') + 1;
    fs.ftruncateSync(this.file, whole);  // half a line: the power went while it was written, and nobody got a receipt
    for (const line of content.toString('utf8', 0, whole).split('\n').slice(0, -1)) {
      const [word, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      if (word === 'kept') this.#remember(rest);
      else this.#forget(rest, word);
    }
    const folder = fs.openSync(path.dirname(path.resolve(file)));
    fs.fsyncSync(folder);  // a new file's name must survive the power cut as well
    fs.closeSync(folder);
  }

  // On the disk when it returns: only then the receipt may be printed, and the transaction sent.
  keep(transaction) {
    const document = JSON.stringify(transaction);
    fs.writeFileSync(this.file, `kept ${document}\n`);
    fs.fsyncSync(this.file);
    this.#remember(document);
  }

  // Not synced: if the power takes it, the box is asked once more and says "duplicate".
  answered(id, outcome) {
    fs.writeFileSync(this.file, `${outcome} ${id}\n`);
    this.#forget(id, outcome);
  }

  #remember(document) {
    const transaction = JSON.parse(document);
    this.nextSequence = transaction.till_sequence + 1;
    this.waiting.set(transaction.id, document);
    this.sold.set(transaction.receipt, transaction);
  }

  #forget(id, outcome) {
    const document = this.waiting.get(id);
    this.waiting.delete(id);
    // The store does not have it: nothing to take back.
    if (document && outcome === 'refused') this.sold.delete(JSON.parse(document).receipt);
  }
}

// The connection. It comes back by itself, for ever. What happens is told to `connected` and `heard`.
class Bus {
  constructor(options, connected, heard) {
    this.topic = `tillkeeper/v1/tills/${options.till}/`;
    this.pauseMs = between(200, 1000);
    const client = this.client = mqtt.connect({
      protocol: 'mqtts', host: options.host, port: Number(options.port), ca: fs.readFileSync(options.ca),
      protocolVersion: 5, clientId: options.till, username: options.till,
      password: fs.readFileSync(options['password-file'], 'utf8').split(/\r?\n/)[0],
      clean: false, properties: {sessionExpiryInterval: SESSION_EXPIRY_S}, keepalive: 15, connectTimeout: 10_000,
      will: {topic: this.topic + 'presence', payload: '{"state":"offline"}', qos: 1, retain: true},
      reconnectPeriod: 0, resubscribe: false,  // done below
    });
    client.on('connect', () => {
      this.pauseMs = between(200, 1000);
      client.stream.setNoDelay(true);
      client.subscribe(this.topic + 'replies', {qos: 1});
      client.publish(this.topic + 'presence', '{"state":"online"}', {qos: 1, retain: true});
      connected();
    });
    client.on('message', (_topic, payload, packet) => heard(String(packet.properties?.correlationData ?? ''), payload));
    client.on('error', (fault) => console.error(`the bus: ${fault.message}`));
    // Doubles from a start of its own, so that a store's tills do not all come back in the same second.
    client.on('close', () => {
      if (this.closing) return;
      this.timer = setTimeout(() => client.reconnect(), this.pauseMs);
      this.pauseMs = Math.min(this.pauseMs * 2, between(15_000, 30_000));
    });
  }

  // False without a connection: the client must not pile up copies. "connected" will come.
  send(id, document) {
    if (!this.client.connected) return false;
    const properties = {correlationData: Buffer.from(id), contentType: 'application/json'};
    this.client.publish(this.topic + 'transactions', document, {qos: 1, properties});
    return true;
  }

  // Says good-bye if somebody is there to hear it; else the will has spoken already.
  close() {
    this.closing = true;
    clearTimeout(this.timer);
    if (!this.client.connected) return void this.client.end(true);
    const enough = setTimeout(() => this.client.end(true), 5000);
    this.client.publish(this.topic + 'presence', '{"state":"offline"}', {qos: 1, retain: true}, () => {
      clearTimeout(enough);
      this.client.end();
    });
  }
}

// Hands over what waits, the oldest first, one at a time; says what became of each.
class Till {
  constructor(outbox, options) {
    this.outbox = outbox;
    this.due = 0;  // of the oldest
    this.tries = 0;
    this.counts = {safe: 0, look: 0, refused: 0};
    // Connected: what was sent before may be lost.
    this.bus = new Bus(options, () => this.due = 0, (id, answer) => this.#take(id, answer));
  }

  sell(transaction) {
    this.outbox.keep(transaction);
    console.log('kept', transaction.receipt);
  }

  sendIfDue() {
    const now = performance.now();
    if (now < this.due || this.outbox.waiting.size === 0) return;
    const [id, document] = this.outbox.waiting.entries().next().value;
    if (!this.bus.send(id, document)) return;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.tries, LAST_WAIT_MS) * between(0.75, 1);
    console.error(`sent ${id}, again in ${(wait / 1000).toFixed(2)} s without an answer`);
    this.due = now + wait;
    this.tries += 1;
  }

  #take(id, payload) {
    const document = this.outbox.waiting.get(id);
    if (!document) return;  // a second answer to an earlier one
    try {
      this.#learn(id, JSON.parse(document).receipt, JSON.parse(payload));
    } catch (fault) {
      if (fault.code) throw fault;  // of the disk
      console.error(`an answer that nobody understands: ${fault.message}`);  // it will be asked for again
    }
    this.sendIfDue();
  }

  #learn(id, receipt, answer) {
    const why = (answer.problems ?? []).map((one) => `${one.title} ${one.pointer ?? ''}`).join('; ');
    let kind = 'safe';
    let words;
    if (answer.outcome === 'accepted') {
      words = `journal number ${answer.journal_number}`;
    } else if (answer.outcome === 'duplicate') {
      words = `it was there already, journal number ${answer.journal_number}`;
    } else if (answer.outcome === 'quarantined') {
      kind = 'look';
      words = `the store has it, and a person there must look: ${why}`;
    } else if (answer.outcome === 'refused' && answer.retry_after_ms != null) {
      console.log('later', receipt, answer.problem);
      this.due = performance.now() + answer.retry_after_ms * between(1, 1.25);
      return;
    } else if (answer.outcome === 'refused') {
      kind = 'refused';
      words = `call somebody, the store does NOT have it: ${answer.problem}: ${why}`;
    } else {
      throw new Error(`outcome ${answer.outcome}`);
    }
    this.outbox.answered(id, answer.outcome);
    this.due = this.tries = 0;
    this.counts[kind] += 1;
    console.log(kind, receipt, words);
  }
}

// Amounts are in cents; below zero for what comes back.
function transaction(outbox, till, type, lines, total, more) {
  return {
    id: crypto.randomUUID(), type, till_sequence: outbox.nextSequence, occurred_at: new Date().toISOString(),
    currency: 'EUR', receipt: `${till}-${outbox.nextSequence}`, lines, tenders: [{type: 'cash', amount: total}], total,
    ...more,
  };
}

function sale(outbox, options) {
  const line = {sku: '85123A', description: options.description, quantity: 2, unit_price: 255, amount: 510};
  return transaction(outbox, options.till, 'sale', [line], Number(options.total), {});
}

function takenBack(outbox, options, receipt) {
  const sold = outbox.sold.get(receipt);
  const lines = sold.lines.map((line) => ({...line, quantity: -line.quantity, amount: -line.amount}));
  const more = {refers_to: sold.id, original_receipt: receipt};
  return transaction(outbox, options.till, 'return', lines, -sold.total, more);
}

function readOptions() {
  const needed = ['host', 'port', 'ca', 'till', 'password-file', 'outbox'];
  const options = Object.fromEntries([...needed, 'return'].map((name) => [name, {type: 'string'}]));
  options.sales = {type: 'string', default: '0'};
  options.description = {type: 'string', default: 'white hanging heart'};
  options.total = {type: 'string', default: '510'};  // anything else does not add up
  const {values} = parseArgs({options});
  for (const name of needed) if (values[name] === undefined) throw new Error(`--${name} is missing`);
  return values;
}

function main() {
  const options = readOptions();
  const outbox = new Outbox(options.outbox);
  if (options.return !== undefined && !outbox.sold.has(options.return)) {
    console.error('this till has no sale of that receipt to take back');
    process.exitCode = 2;
    return;
  }
  const till = new Till(outbox, options);
  if (options.return !== undefined) till.sell(takenBack(outbox, options, options.return));
  let sales = Number(options.sales);
  const loop = setInterval(() => {
    if (sales > 0) {
      till.sell(sale(outbox, options));
      sales -= 1;
    }
    till.sendIfDue();
    if (sales > 0 || outbox.waiting.size > 0) return;  // a till's own loop would go on for ever
    clearInterval(loop);
    till.bus.close();
    const {safe, look, refused} = till.counts;
    console.log(`safe=${safe} look=${look} refused=${refused}`);
    process.exitCode = refused > 0 ? 1 : look > 0 ? 3 : 0;
  }, TURN_MS);
}

main();
