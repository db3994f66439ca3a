// messages_test.js FILE... [--where-there FILE...]: every message that was recorded is as the contract says, and every kind
// of message was met.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const {Judge} = require('./judge.js');
const {messageLines} = require('./message_lines.js');

async function main(files) {
  const judge = new Judge();
  const optional = files.indexOf('--where-there');
  for (const [place, file] of files.entries()) {
    if (place === optional) continue;
    if (optional >= 0 && place > optional && !fs.existsSync(file)) {
      console.log(`${path.basename(file)}: NOT RECORDED, its test did not run`);
      continue;
    }
    const before = judge.messages;
    for await (const message of messageLines(file)) judge.take(message);
    judge.finish();
    console.log(`${path.basename(file)}: ${judge.messages - before} messages`);
    if (judge.messages === before) judge.faults.push(`${file} is empty`);
  }
  console.log('\nseen:');
  for (const [kind, count] of [...judge.seen].sort()) console.log(`  ${kind}: ${count}`);
  console.log('problems told:');
  for (const [type, count] of [...judge.problemTypes].sort()) console.log(`  ${type}: ${count}`);
  const missing = judge.missing();
  for (const kind of missing) console.log(`NEVER SEEN: ${kind}`);
  for (const fault of judge.faults) console.log(`FAULT ${fault}`);
  console.log(`messages=${judge.messages} answers_without_a_recorded_hand_over=${judge.unmatched} faults=${judge.faults.length} never_seen=${missing.length}`);
  process.exitCode = judge.faults.length + missing.length > 0 ? 1 : 0;
}

main(process.argv.slice(2));
