// The store behind the page: real processes, told what to do a line at a time. See store_by_line.cpp.
'use strict';

const {spawn} = require('node:child_process');
const readline = require('node:readline');

class Store {
  // Ready to sell when it returns. `config`: further lines of the daemon's configuration.
  static async open(config = '') {
    const child = spawn(process.env.STORE, [config], {stdio: ['pipe', 'pipe', 'inherit']});
    const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
    const store = new Store(child, lines);
    store.page = (await store.hear()).page;
    return store;
  }

  constructor(child, lines) {
    this.child = child;
    this.lines = lines;
    this.sales = 0;
  }

  async hear() {
    const {value, done} = await this.lines.next();
    if (done) throw new Error('the store has ended');
    return JSON.parse(value);
  }

  async say(line) {
    this.child.stdin.write(line + '\n');
    const answer = await this.hear();
    if (answer.ok === false) throw new Error(`${line}: ${answer.error}`);
    return answer;
  }

  // The next sale of till-1, with the receipt R-<n>; what a test wants otherwise is in `change`.
  async sell(change = {}) {
    this.sales += 1;
    const sale = {
      id: `sale-${this.sales}`, type: 'sale', till_sequence: this.sales, receipt: `R-${this.sales}`,
      occurred_at: new Date().toISOString(), currency: 'EUR', total: 1530,
      lines: [{sku: '85123A', description: 'heart', quantity: 6, unit_price: 255, amount: 1530}],
      tenders: [{type: 'cash', amount: 1530}], ...change,
    };
    return this.say(`sell ${JSON.stringify(sale)}`);
  }

  async ask(command) {
    const {output} = await this.say(`ask ${command} --json`);
    return JSON.parse(output);
  }

  async close() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
  }
}

module.exports = {Store};
