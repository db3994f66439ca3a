// A quarantined sale, from the list to its booking, by somebody with a PIN. [agent-55] [agent-61]
'use strict';

const assert = require('node:assert/strict');
const {after, before, test} = require('node:test');
const {device, expectNoFindings, launch, overflow, shoot, until} = require('./browser.js');
const {Store} = require('./store.js');

const PIN = '482915';

let browser;
let store;

before(async () => {
  [browser, store] = await Promise.all([launch(), Store.open()]);
  await store.say(`staff Anna ${PIN}`);
});
after(() => Promise.all([browser.close(), store.close()]));

async function expectText(page, selector, pattern) {
  await until(async () => assert.match((await page.locator(selector).innerText()).replace(/\s+/g, ' '), pattern));
}

async function judge(page, name) {
  await expectNoFindings(page, name);
  assert.equal(await overflow(page), 0, name);
  await shoot(page, 'repair', name);
}

async function signIn(page, pin) {
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('PIN').fill(pin);
  await page.locator('main').getByRole('button', {name: 'Sign in'}).click();
}

for (const javaScriptEnabled of [true, false]) {
  test(`is signed in to, corrected, sent and booked, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const judged = javaScriptEnabled ? judge : () => {}; // a page that loads itself anew holds still for no judge
    const answer = await store.sell({total: 1503});
    assert.equal(answer.outcome, 'quarantined');
    const receipt = `R-${store.sales}`;
    const context = await device(browser, {locale: 'en-GB', javaScriptEnabled});
    const page = await context.newPage();
    await page.goto(store.page);
    await until(async () => {
      if (!javaScriptEnabled) await page.reload();
      assert.match(await page.locator('#waiting').innerText(), /The amounts do not add up to the total/);
    });
    await judged(page, '01-what-waits');

    await page.getByRole('link', {name: `Settle: Receipt ${receipt}`}).click();
    await judged(page, '02-who-is-it');
    await signIn(page, '111222');
    await expectText(page, 'main', /do not belong together/);
    await judged(page, '03-a-wrong-PIN');
    await signIn(page, PIN);
    await expectText(page, 'main', /The amounts do not add up to the total/);
    await judged(page, '04-the-sale');

    const form = page.locator('form').filter({has: page.getByLabel('Total')});
    await form.getByLabel('Your reason').fill('looked at it');
    await form.getByRole('button', {name: 'Save and send'}).click();
    await expectText(page, 'main', /It is not right yet, and nothing was changed/);
    await judged(page, '05-still-wrong');
    await form.getByLabel('Total').fill('1530');
    await form.getByLabel('Your reason').fill('digits swapped');
    await form.getByRole('button', {name: 'Save and send'}).click();
    await expectText(page, '#done', /Done\. It is being sent as you corrected it\./);
    await judged(page, '06-done');
    await expectText(page, '#waiting', /Nothing\./);

    await page.getByRole('button', {name: 'Sign out'}).click();
    await expectText(page, 'header', /Sign in/);
    await page.getByLabel('Number on the receipt').fill(receipt);
    await page.getByRole('button', {name: 'Look it up'}).click();
    await until(async () => {
      if (!javaScriptEnabled) await page.reload();
      assert.match(await page.locator('#answer').innerText(), /erp\s+Booked under number/);
    });
    await judged(page, '07-booked');
    // What was turned away is told on the page and by the answer's status, which Chromium writes down.
    assert.deepEqual(context.complaints.filter((one) => !/status of 4(03|22)/.test(one)), []);
    await context.close();
  });
}

test('what was done stands in the journal, with who and why', async () => {
  const {found} = await store.ask(`find sale-${store.sales}`);
  const {number} = found.find(({kind}) => kind === 'released');
  const shown = JSON.stringify(await store.ask(`queue show ${number}`));
  for (const part of ['repair', 'Anna', 'digits swapped']) assert.ok(shown.includes(part), shown);
});
