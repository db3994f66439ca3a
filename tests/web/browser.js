// Debian's Chromium, its pages, and what is asked of each of them.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const axe = require('axe-core');
const {chromium} = require('playwright-core');

const LIMIT_MS = 20000; // for whatever comes at all, on a busy machine as well
const SIZES = {
  phone: {width: 360, height: 740},
  tablet: {width: 1024, height: 768},
  desktop: {width: 1440, height: 900},
};
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it'];
const THEMES = ['light', 'dark'];

// Chromium refuses its sandbox to root, who runs the tests in a container.
function launch(args = []) {
  const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({executablePath: '/usr/bin/chromium', args: [...sandbox, ...args]});
}

// A device of its own, with what its pages complained of: console errors, scripts that failed, breaches of the policy.
async function device(browser, options = {}) {
  const context = await browser.newContext({viewport: SIZES.tablet, reducedMotion: 'reduce', ...options});
  context.setDefaultTimeout(LIMIT_MS);
  context.complaints = [];
  context.on('console', (message) => {
    if (message.type() === 'error') context.complaints.push(message.text());
  });
  context.on('weberror', (error) => context.complaints.push(String(error.error())));
  return context;
}

// Every element that axe-core objects to, by the rules of WCAG 2.2 A and AA and by best practice.
async function findings(page) {
  if (!await page.evaluate('typeof axe === "object"')) await page.evaluate(axe.source);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
    rules: {'target-size': {enabled: true}},
  }));
  return result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`));
}

async function expectNoFindings(page, where) {
  assert.deepEqual(await findings(page), [], where);
}

// By how many pixels it is wider than the screen.
function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// Into the build tree, for people to look at.
async function shoot(page, group, name) {
  const folder = path.join(process.env.SCREENSHOTS, group);
  fs.mkdirSync(folder, {recursive: true});
  await page.screenshot({path: path.join(folder, `${name}.png`), fullPage: true});
}

// All the pictures there are, a folder below the other.
function writeIndex() {
  const root = process.env.SCREENSHOTS;
  const folders = fs.readdirSync(root, {withFileTypes: true}).filter((one) => one.isDirectory()).map((one) => one.name);
  const figure = (folder, file) => `<figure><a href="${folder}/${file}"><img src="${folder}/${file}" width="240" alt="">` +
    `</a><figcaption>${file.slice(0, -4)}</figcaption></figure>`;
  const part = (folder) => `<h2>${folder}</h2>` +
    fs.readdirSync(path.join(root, folder)).sort().map((file) => figure(folder, file)).join('');
  fs.writeFileSync(path.join(root, 'index.html'), '<!doctype html><html lang="en"><meta charset="utf-8">' +
    '<title>The staff page</title><style>figure{display:inline-block;vertical-align:top;margin:.5rem}</style>' +
    folders.sort().map(part).join(''));
}

// Tries until it holds; the last failure is what is told when time is over.
async function until(holds, limit = LIMIT_MS) {
  const end = Date.now() + limit;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

module.exports = {LANGUAGES, LIMIT_MS, SIZES, THEMES, device, expectNoFindings, findings, launch, overflow, shoot, until, writeIndex};
