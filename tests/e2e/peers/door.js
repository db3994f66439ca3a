// TLS in front of a system that speaks plain HTTP, as a reverse proxy stands in front of a real installation. Ended, it
// is a cut network: requests and answers on their way are lost.
//
//   node door.js --pki DIR --port PORT --to PORT
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const tls = require('node:tls');
const { parseArgs } = require('node:util');

const options = { pki: { type: 'string' }, port: { type: 'string' }, to: { type: 'string' } };
const { values } = parseArgs({ options });
const pem = (name) => fs.readFileSync(path.join(values.pki, name));

tls.createServer({ cert: pem('server.pem'), key: pem('server-key.pem') }, (outside) => {
  const inside = net.connect(Number(values.to), '127.0.0.1');
  for (const [from, into] of [[outside, inside], [inside, outside]]) {
    from.pipe(into);
    from.on('error', () => into.destroy());
    from.on('close', () => into.destroy());
  }
}).listen(Number(values.port), '127.0.0.1');
