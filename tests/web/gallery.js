// Every state of the store in every language, as `gallery` writes them, at an address of their own.
'use strict';

const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ADDRESS = 'http://gallery.test/';
const TYPES = {'.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript'};

// {states, address(state, language), show(context), remove()}
function gallery() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tillkeeper-gallery-'));
  execFileSync(process.env.GALLERY, [folder]);
  const states = fs.readdirSync(folder).filter((name) => name.endsWith('.en.html')).map((name) => name.slice(0, -8));
  return {
    states,
    address: (state, language) => `${ADDRESS}${state}.${language}.html`,
    // What is not there is answered with nothing: the page has no daemon to ask.
    show: (context) => context.route(`${ADDRESS}**`, (route) => {
      const file = path.join(folder, path.basename(new URL(route.request().url()).pathname));
      if (!fs.existsSync(file)) return route.fulfill({status: 204});
      return route.fulfill({path: file, contentType: TYPES[path.extname(file)] || 'application/octet-stream'});
    }),
    remove: () => fs.rmSync(folder, {recursive: true}),
  };
}

module.exports = {gallery};
