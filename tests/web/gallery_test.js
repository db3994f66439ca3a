// Every state of the store, judged by axe-core and held against small and enlarged screens. [agent-31] [agent-61]
'use strict';

const assert = require('node:assert/strict');
const {after, before, test} = require('node:test');
const {LANGUAGES, SIZES, THEMES, device, expectNoFindings, launch, overflow} = require('./browser.js');
const {gallery} = require('./gallery.js');

let browser;
let page;
let states;

before(async () => {
  browser = await launch();
  states = gallery();
  const context = await device(browser);
  await states.show(context);
  page = await context.newPage();
});
after(async () => {
  await browser.close();
  states.remove();
});

test('axe-core finds nothing in any state', async () => {
  for (const state of states.states) {
    await page.goto(states.address(state, 'en'));
    for (const [index, size] of ['phone', 'tablet'].entries()) { // each size and each theme once: they are independent
      const colorScheme = THEMES[index];
      await page.setViewportSize(SIZES[size]);
      await page.emulateMedia({colorScheme});
      await expectNoFindings(page, `${state}, ${size}, ${colorScheme}`);
    }
  }
});

test('axe-core finds nothing in any language', async () => {
  for (const language of LANGUAGES) {
    await page.goto(states.address('offline', language));
    await expectNoFindings(page, language);
  }
});

test('axe-core would find a fault', async () => {
  await page.goto(states.address('offline', 'en'));
  await page.evaluate(() => document.querySelector('label').remove());
  await assert.rejects(expectNoFindings(page, 'no label'), /label/);
});

test('nothing scrolls sideways: 320 pixels wide, a tablet at 200 %, letters twice as large', async () => {
  const screens = [{width: 320}, {width: 512}, {width: 360, letters: 32}];
  const settings = await page.context().newCDPSession(page);
  for (const state of states.states) {
    // All screens in the language of the longest words; the store's page on the narrowest in every one.
    for (const language of state.startsWith('sheet_') ? ['de'] : LANGUAGES) {
      await page.goto(states.address(state, language));
      for (const {width, letters = 16} of language === 'de' ? screens : screens.slice(0, 1)) {
        await page.setViewportSize({width, height: 740});
        await settings.send('Page.setFontSizes', {fontSizes: {standard: letters, fixed: letters}});
        assert.equal(await overflow(page), 0, `${state} in ${language} at ${width} pixels, letters of ${letters}`);
      }
    }
  }
});

// ISO 9241-303: letters are read without effort from 16 minutes of arc on. A tablet of 10 inches is 203 mm wide.
test('the first words can be read from two metres on a tablet', async () => {
  await page.setViewportSize(SIZES.tablet);
  for (const state of states.states) {
    await page.goto(states.address(state, 'de'));
    if (await page.locator('.lead').count() === 0) continue; // no page of the store's state
    const pixels = await page.evaluate(() => {
      const pen = document.createElement('canvas').getContext('2d');
      pen.font = getComputedStyle(document.querySelector('.lead')).font;
      return pen.measureText('O').actualBoundingBoxAscent;
    });
    const millimetres = pixels * 203 / SIZES.tablet.width;
    assert.ok(millimetres >= 2000 * Math.tan(16 / 60 * Math.PI / 180), `${state}: ${millimetres.toFixed(1)} mm`);
  }
});
