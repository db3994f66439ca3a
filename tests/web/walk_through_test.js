// One outage as a shop assistant sees it on the tablet beside the till, a picture a step: SCREENSHOTS/walk_through.
// [agent-8] [agent-60]
'use strict';

const assert = require('node:assert/strict');
const {after, before, test} = require('node:test');
const {device, expectNoFindings, launch, shoot, until} = require('./browser.js');
const {Store} = require('./store.js');

let browser;
let page;
let steps = 0;
let store;

before(async () => {
  [browser, store] = await Promise.all([launch(), Store.open()]);
  const context = await device(browser, {locale: 'en-GB'});
  page = await context.newPage();
});
after(() => Promise.all([browser.close(), store.close()]));

// A step is what is read on the page; then it is photographed, and judged by axe-core.
async function sees(what, selector, pattern) {
  await until(async () => assert.match((await page.locator(selector).innerText()).replace(/\s+/g, ' '), pattern));
  steps += 1;
  await shoot(page, 'walk_through', `${String(steps).padStart(2, '0')}-${what.replace(/\W+/g, '-')}`);
  await expectNoFindings(page, what);
}

async function lookUp(receipt) {
  await page.getByLabel('Number on the receipt').fill(receipt);
  await page.getByRole('button', {name: 'Look it up'}).click();
}

test('an outage, from the first to the last sentence', async () => {
  await store.sell();
  await page.goto(store.page);
  await sees('all is well', '#state', /^Online\. Keep selling\. Everything is delivered\./);

  await store.say('cut');
  await store.sell();
  await sees('the line is cut', '#state', /^Offline since \d\d:\d\d\. Keep selling\. 1 sale is safe on this box\./);
  await sees('what to do', '#advice', /Go on selling as usual\..*Do not switch this box off/);
  await sees('where sales go', '#destinations', /erp Does not answer/);

  for (let i = 0; i < 4; i += 1) await store.sell();
  await sees('selling goes on', '#state', /5 sales are safe on this box\./);

  await lookUp('R-3');
  await sees('a customer asks', '#answer', /Receipt R-3, till-1 This box Safe on this box since.*erp On its way/);

  await sees('the outage is on record', '#outages', /When How long Sales meanwhile/); // what is shorter than 5 s is not
  await store.say('kill');
  await sees('the box is unplugged', '#silence', /has not heard from the box since/);
  await store.say('start');
  await page.locator('#silence').waitFor({state: 'hidden'});
  await sees('the box is back, the line is not', '#state', /^Offline since .* 5 sales are safe on this box\./);
  await sees('the receipt is still safe', '#answer', /Safe on this box since/);

  await store.sell({occurred_at: 'yesterday or so'});
  await sees('a sale that is not understood', '#waiting', /Receipt R-7, till-1 .+\. Journal number \d+, since/);

  await store.say('mend');
  await sees('the line is back', '#state', /^Online\. Keep selling\. Everything is delivered/);
  await sees('the customer can be told', '#answer', /erp Booked under number/);
  await sees('what is left for a person', '#waiting', /These sales are safe\./);

  await sees('how long it lasted', '#outages', /When How long Sales meanwhile/);
  await sees('the day in numbers', '#sales', /Sales by the hour/);

  await page.getByRole('link', {name: 'Store 0042'}).click();
  await sees('the end', '#destinations', /erp Everything has arrived.*oms Everything has arrived/);
});
