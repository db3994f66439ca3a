// The messages of a file that message_file.h describes, one after the other.
'use strict';

const fs = require('node:fs');
const readline = require('node:readline');

async function* messageLines(file) {
  for await (const line of readline.createInterface({input: fs.createReadStream(file), crlfDelay: Infinity}))
    if (line !== '') yield JSON.parse(line);
}

module.exports = {messageLines};
