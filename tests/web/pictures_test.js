// The main states in pictures, for people to look at: SCREENSHOTS/index.html.
'use strict';

const {test} = require('node:test');
const {SIZES, THEMES, device, launch, shoot, writeIndex} = require('./browser.js');
const {gallery} = require('./gallery.js');

const SHOWN = ['online', 'offline', 'catching_up', 'degraded', 'stopped', 'found', 'sheet_quarantined', 'sheet_day'];

test('each main state at each size, in two languages and both themes', async () => {
  const browser = await launch();
  const states = gallery();
  const context = await device(browser);
  await states.show(context);
  const page = await context.newPage();
  for (const state of SHOWN) {
    for (const language of ['en', 'de']) {
      await page.goto(states.address(state, language));
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of THEMES) {
          await page.emulateMedia({colorScheme});
          await shoot(page, size, `${state}-${language}-${colorScheme}`);
        }
      }
    }
  }
  await browser.close();
  states.remove();
  writeIndex();
});
