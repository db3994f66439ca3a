// The page by keyboard alone, and as the device of its reader asks for it. [agent-61]
'use strict';

const assert = require('node:assert/strict');
const {after, before, test} = require('node:test');
const {device, launch} = require('./browser.js');
const {gallery} = require('./gallery.js');

const CONTROLS = 'a[href], button, input:not([type=hidden]), select, summary, textarea';

let browser;
let states;

before(async () => {
  browser = await launch();
  states = gallery();
});
after(async () => {
  await browser.close();
  states.remove();
});

async function open(options = {}) {
  const context = await device(browser, options);
  await states.show(context);
  return context.newPage();
}

// What has the focus: which of the controls in sight, and how thick the line around it is. Nothing outside the page.
function focused(page) {
  return page.evaluate((controls) => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const {outlineStyle, outlineWidth} = getComputedStyle(element);
    return {
      index: [...document.querySelectorAll(controls)].indexOf(element),
      line: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
      seen: element.getBoundingClientRect().right > 0,
      text: element.outerHTML,
    };
  }, CONTROLS);
}

function inSight(page) {
  return page.evaluate((controls) => [...document.querySelectorAll(controls)].flatMap((one, index) =>
    one.checkVisibility({visibilityProperty: true}) ? [index] : []), CONTROLS);
}

test('every control is reached by the tab key, seen when it is, and left again', async () => {
  const page = await open();
  for (const state of states.states) {
    await page.goto(states.address(state, 'en'));
    const reached = [];
    const controls = await inSight(page);
    for (let presses = 0; presses <= controls.length + 3; presses += 1) { // a date has a stop for each of its parts
      await page.keyboard.press('Tab');
      const now = await focused(page);
      if (now && now.index === reached.at(-1)) continue;
      if (!now || reached.includes(now.index)) break; // all the way round
      assert.ok(now.seen && now.line >= 2, `${state}: ${now.text}`);
      reached.push(now.index);
    }
    assert.deepEqual(reached.sort((a, b) => a - b), controls, state);
  }
  await page.context().close();
});

test('the first of them skips to the state of the store', async () => {
  const page = await open();
  await page.goto(states.address('offline', 'en'));
  await page.keyboard.press('Tab');
  const link = page.getByRole('link', {name: 'Skip to the state of the store'});
  assert.ok((await link.boundingBox()).x >= 0);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.context().close();
});

test('nothing moves where that is not wanted', async () => {
  const page = await open({reducedMotion: 'reduce'});
  for (const state of states.states) {
    await page.goto(states.address(state, 'en'));
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((element) => {
      const {animationName, transitionDuration} = getComputedStyle(element);
      return animationName !== 'none' || /[1-9]/.test(transitionDuration) ? [element.outerHTML] : [];
    }));
    assert.deepEqual(moving, [], state);
  }
  await page.context().close();
});

test('light and dark are what the device wants', async () => {
  const page = await open();
  const brightness = async (colorScheme) => {
    await page.emulateMedia({colorScheme});
    const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    return colour.match(/\d+/g).slice(0, 3).reduce((sum, one) => sum + Number(one), 0) / 3;
  };
  await page.goto(states.address('online', 'en'));
  assert.ok(await brightness('light') > 200);
  assert.ok(await brightness('dark') < 50);
  await page.context().close();
});

test('the state is told by shape and words where there are no colours', async () => {
  const page = await open({forcedColors: 'active'});
  const signs = new Set();
  for (const state of ['online', 'offline', 'catching_up', 'degraded', 'stopped', 'starting']) {
    await page.goto(states.address(state, 'en'));
    assert.ok(await page.locator('#state .sign').isVisible());
    signs.add(await page.locator('#state .sign').innerHTML());
  }
  assert.equal(signs.size, 6);
  await page.context().close();
});
