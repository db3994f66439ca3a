// "Is this receipt safe?" by typing, by a scanner and by the camera. [agent-62]
'use strict';

const assert = require('node:assert/strict');
const {after, before, test} = require('node:test');
const {device, expectNoFindings, launch, until} = require('./browser.js');
const {CAMERA_FLAGS, codeFilm, readStripes} = require('./camera.js');
const {Store} = require('./store.js');

const CODE = 'R-1';

let browser;
let film;
let store;

before(async () => {
  film = codeFilm(CODE);
  [browser, store] = await Promise.all([launch([...CAMERA_FLAGS, film.flag]), Store.open()]);
  await store.sell();
  await store.sell({receipt: '4006381333931'});
});
after(async () => {
  await Promise.all([browser.close(), store.close()]);
  film.remove();
});

async function open(prepare = () => {}) {
  const context = await device(browser, {locale: 'en-GB'});
  const page = await context.newPage();
  await prepare(context);
  await page.goto(store.page);
  return page;
}

async function expectSafe(page, receipt) {
  const answer = page.locator('#answer');
  const told = new RegExp(`Receipt ${receipt}, till-1\\s+This box\\s+Safe on this box since \\d\\d:\\d\\d`);
  await until(async () => assert.match(await answer.innerText(), told));
  assert.deepEqual(page.context().complaints, []);
}

// Keys as the machine says they were pressed, however busy it is, and Enter.
async function press(page, code, apart) {
  const keys = await page.context().newCDPSession(page);
  let timestamp = Date.now() / 1000;
  for (const key of [...code, 'Enter']) {
    const text = key === 'Enter' ? '\r' : key;
    timestamp += apart / 1000;
    for (const type of ['keyDown', 'keyUp'])
      await keys.send('Input.dispatchKeyEvent', {type, key, text, timestamp, windowsVirtualKeyCode: text.charCodeAt(0)});
  }
  await keys.detach();
}

const scan = (page, code) => press(page, code, 5);

test('typed', async () => {
  const page = await open();
  await page.getByLabel('Number on the receipt').pressSequentially(CODE, {delay: 80});
  await page.getByRole('button', {name: 'Look it up'}).click();
  await expectSafe(page, CODE);
  await until(async () => assert.match(await page.locator('#answer').innerText(), /erp\s+Booked under number/));
  await expectNoFindings(page, 'answer');
  await page.context().close();
});

test('scanned, with the focus in the field, anywhere else, and once more', async () => {
  const page = await open();
  await page.getByLabel('Number on the receipt').focus();
  await scan(page, CODE);
  await expectSafe(page, CODE);
  await scan(page, '4006381333931');
  await expectSafe(page, '4006381333931');
  await page.getByRole('button', {name: 'Look it up'}).focus();
  await scan(page, CODE.padEnd(4, '0'));
  await until(async () => assert.match(await page.locator('#answer').innerText(), /No receipt with this number/));
  await page.getByLabel('Number on the receipt').focus();
  await scan(page, CODE);
  await expectSafe(page, CODE);
  await page.context().close();
});

test('a hand on the keys is no scanner', async () => {
  const page = await open();
  await press(page, '1234', 80);
  assert.equal(await page.getByLabel('Number on the receipt').inputValue(), '');
  assert.equal(new URL(page.url()).pathname, '/');
  await page.context().close();
});

test('before the camera', async () => {
  const page = await open(async (context) => {
    await context.grantPermissions(['camera'], {origin: store.page});
    await context.addInitScript(readStripes);
  });
  await page.getByRole('button', {name: 'Use the camera'}).click();
  await expectSafe(page, CODE);
  await page.context().close();
});

test('the camera is closed by its button, and told of where it cannot be used', async () => {
  const page = await open(async (context) => {
    await context.grantPermissions(['camera'], {origin: store.page});
    await context.addInitScript(readStripes);
    await context.addInitScript(() => { BarcodeDetector.prototype.detect = () => Promise.resolve([]); });
  });
  const button = page.getByRole('button', {name: 'Use the camera'});
  await button.click();
  await page.locator('#finder video').waitFor({state: 'visible'});
  await expectNoFindings(page, 'camera');
  await button.click();
  await page.locator('#finder').waitFor({state: 'hidden'});
  assert.equal(await page.locator('#finder video').evaluate((video) => video.srcObject), null);
  await page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); });
  await button.click();
  await page.getByText('The camera cannot be used.').waitFor();
  await page.context().close();
});

test('where the browser reads no codes there is no camera', async () => {
  const page = await open((context) => context.addInitScript(() => { delete window.BarcodeDetector; }));
  await page.locator('#destinations').waitFor();
  assert.ok(!await page.getByRole('button', {name: 'Use the camera'}).isVisible());
  await page.context().close();
});
