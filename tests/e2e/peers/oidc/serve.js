// What the two programs of this folder share: options, TLS on loopback, a plain port for the test, one line when both
// answer, and an orderly end at SIGTERM.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseArgs } from 'node:util';

const kAddress = '127.0.0.1';

// Options by name, each with its default; undefined: it must be given.
export function readOptions(defaults) {
  const kinds = Object.entries(defaults).map(([name]) => [name, { type: 'string' }]);
  const { values } = parseArgs({ options: Object.fromEntries(kinds) });
  const options = { ...defaults, ...values };
  const missing = Object.keys(options).filter((name) => options[name] === undefined);
  if (missing.length > 0) {
    console.error(`missing: ${missing.map((name) => `--${name}`).join(' ')}`);
    process.exit(2);
  }
  return options;
}

export const originOf = (port) => `https://${kAddress}:${port}`;

async function listen(server, port) {
  server.listen(port, kAddress);
  await once(server, 'listening');
  process.once('SIGTERM', () => {
    server.close();
    server.closeIdleConnections();
  });
  return server.address().port;
}

// `answer` takes requests on `port`, with the certificate in the folder `pki`; `behind`, where there is one, takes what a
// proxy on this machine passes on to `behind-port`, in plain text. `tell` has a document for some paths of the control port,
// which is a free one, or promises it.
export async function serve({ pki, port, answer, behind, 'behind-port': behindPort, tell }) {
  const pem = (name) => readFileSync(`${pki}/${name}.pem`);
  const identity = { key: pem('server-key'), cert: pem('server'), ca: pem('ca') };
  // Whether a client's certificate is there, and whose it is, is for `answer` to judge.
  const tls = { ...identity, requestCert: true, rejectUnauthorized: false };
  await listen(https.createServer(tls, answer), Number(port));
  if (behind) await listen(http.createServer(behind), Number(behindPort));
  const control = http.createServer(async (request, response) => {
    const told = await tell(request.url);
    response.writeHead(told ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(told ?? {}));
  });
  const controlPort = await listen(control, 0);
  console.log(JSON.stringify({ port: Number(port), control_port: controlPort }));
}
