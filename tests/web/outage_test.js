// The page of a running store through an outage, on several devices at once. [agent-8] [agent-60]
'use strict';

const assert = require('node:assert/strict');
const {after, afterEach, before, test} = require('node:test');
const {device, expectNoFindings, launch, until} = require('./browser.js');
const {Store} = require('./store.js');

let browser;
let store;

before(async () => {
  [browser, store] = await Promise.all([launch(), Store.open()]);
});
afterEach(async () => {
  await store.say('mend');
  await until(async () => assert.equal((await store.ask('status')).state, 'online'));
});
after(() => Promise.all([browser.close(), store.close()]));

async function open(options) {
  const context = await device(browser, {locale: 'en-GB', ...options});
  const page = await context.newPage();
  page.loads = 0;
  page.on('load', () => { page.loads += 1; });
  return page;
}

const sentence = async (page) => (await page.locator('#state h1').innerText()).replace(/\s+/g, ' ');

function expectSentence(page, pattern) {
  return until(async () => assert.match(await sentence(page), pattern));
}

// How long after the cut the page told it. It must not have loaded itself anew: then a reload would do for everything.
async function secondsUntilTold(page) {
  await page.goto(store.page);
  await expectSentence(page, /^Online\. Keep selling\./);
  await store.say('cut');
  const cut = Date.now();
  await store.sell();
  await expectSentence(page, /^Offline since/);
  assert.equal(page.loads, 1);
  return (Date.now() - cut) / 1000;
}

test('the sentence changes when the box says so, without waiting for the next look', async (t) => {
  const page = await open();
  let looks = 0;
  page.on('request', (request) => { looks += request.url().endsWith('/view') ? 1 : 0; });
  t.diagnostic(`told by /events ${await secondsUntilTold(page)} s after the cut, ${looks} looks`);
  assert.deepEqual(page.context().complaints, []);
  await page.context().close();
});

test('the sentence changes where events do not come through', async (t) => {
  const page = await open();
  await page.route('**/events', (route) => route.abort());
  t.diagnostic(`told by looking every two seconds ${await secondsUntilTold(page)} s after the cut`);
  await page.context().close();
});

test('two tablets tell the same, and what the command line tells', async () => {
  const pages = [await open(), await open({locale: 'en-US', viewport: {width: 360, height: 740}})];
  await Promise.all(pages.map((page) => page.goto(store.page)));
  await store.say('cut');
  for (let i = 0; i < 3; i += 1) await store.sell();
  await store.sell({occurred_at: undefined});
  await until(async () => assert.equal((await store.ask('status')).quarantined, 1));
  const {safe, destinations: {erp: {behind}}} = await store.ask('status');
  for (const page of pages) {
    await expectSentence(page, new RegExp(`^Offline since \\d\\d:\\d\\d\\. Keep selling\\. ${safe} sales are safe`));
    const tile = page.locator('#destinations li').filter({hasText: 'erp'});
    await until(async () => assert.match(await tile.innerText(), new RegExp(`Not there yet\\s+${behind}\\b`)));
    assert.equal(await page.locator('#waiting .rows li').count(), 1);
    assert.deepEqual(page.context().complaints, []);
    await page.context().close();
  }
});

test('without JavaScript the page is whole and loads itself anew', async () => {
  const page = await open({javaScriptEnabled: false});
  await page.goto(`${store.page}/?lang=de`);
  assert.match(await sentence(page), /^Online\. Verkaufen Sie weiter\./);
  for (const part of ['advice', 'ask', 'destinations', 'tills', 'waiting', 'runway', 'outages', 'sales'])
    assert.ok(await page.locator(`#${part}`).isVisible(), part);
  await store.say('cut');
  await store.sell();
  await expectSentence(page, /^Offline seit/);
  assert.ok(page.loads > 1, 'nobody but the page itself loaded it again');
  await page.context().close();
});

test('a page whose box has gone says so itself, and is current when it is back', async () => {
  const page = await open();
  await page.goto(store.page);
  const silence = page.getByRole('alert');
  assert.ok(!await silence.isVisible());
  await store.say('kill');
  await silence.waitFor({state: 'visible'});
  assert.match(await silence.innerText(), /has not heard from the box since \d\d:\d\d/);
  await expectNoFindings(page, 'silent');
  await store.say('start');
  await silence.waitFor({state: 'hidden'});
  await store.sell();
  await expectSentence(page, /^Online\./);
  assert.equal(page.loads, 1);
  await page.context().close();
});

test('all of the page together is small', async () => {
  const page = await open();
  const bytes = {};
  page.on('response', async (response) => {
    if (!response.url().endsWith('/events')) bytes[new URL(response.url()).pathname] = (await response.body()).length;
  });
  await page.goto(store.page, {waitUntil: 'load'});
  await until(() => assert.ok(bytes['/'] && bytes['/page.css'] && bytes['/page.js'] && bytes['/scan.js']));
  const total = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  assert.ok(total <= 100 * 1024, JSON.stringify(bytes));
  await page.context().close();
});
