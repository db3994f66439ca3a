// Shows tokens at the gateway as their owners do, and as others would: one line, {"what was shown": the status}.
//
//   node visitor.js --folder DIR --provider URL --guard URL
//
// DIR has what the clients "basic", "tls" and "bound" prove themselves with, and a foreign certificate. What each brings is
// an empty batch. Owners come last with a token, so that it cannot have been refused for its age.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { readOptions } from './serve.js';

const kScope = 'postings.write';
const kPatienceMs = 15_000;
const options = readOptions({ folder: undefined, provider: undefined, guard: undefined });
const file = (name) => readFileSync(`${options.folder}/${name}`);
const ca = file('pki/ca.pem');
const tokens = `${options.provider}/token`;

function post(url, body, headers, certified = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, { method: 'POST', agent: false, ca, headers, ...certified });
    request.on('response', async (response) =>
      resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }));
    request.on('error', reject).end(body);
  });
}

const [ours, theirs] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
async function proof(htu, { token, nonce, key = ours }) {
  const ath = token && createHash('sha256').update(token).digest('base64url');
  const jwk = await exportJWK(key.publicKey);
  const claims = new SignJWT({ htm: 'POST', htu, ath, nonce, jti: randomUUID() }).setIssuedAt();
  return claims.setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(key.privateKey);
}

async function tokenFor(client, { certified, bound, scope = kScope, resource } = {}) {
  const given = new URLSearchParams({ grant_type: 'client_credentials', scope });
  if (resource) given.set('resource', resource);
  if (certified) given.set('client_id', client);
  const secret = !certified && encodeURIComponent(String(file(`${client}.secret`)).trim());
  const basic = secret && { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` };
  const ask = async (nonce) => {
    const dpop = bound && { dpop: await proof(tokens, { nonce }) };
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...basic, ...dpop };
    return post(tokens, given.toString(), headers, certified);
  };
  let answer = await ask();
  if (answer.headers['dpop-nonce'] && answer.status !== 200) answer = await ask(answer.headers['dpop-nonce']);
  if (answer.status !== 200) throw new Error(answer.body);
  return JSON.parse(answer.body).access_token;
}

const told = {};
async function show(what, path, headers, certified) {
  told[what] = (await post(`${options.guard}${path}`, '[]', headers, certified)).status;
  return told[what];
}

const bearer = (token) => ({ authorization: `Bearer ${token}` });

const plain = await tokenFor('basic');
await show('bearer', '/bearer/basic', bearer(plain));
await show('bearer: as somebody else', '/bearer/tls', { ...bearer(plain), 'x-client': 'tls' });
await show('bearer: without', '/bearer/basic', { 'x-client': 'basic' });
const forged = new SignJWT(decodeJwt(plain)).setProtectedHeader(decodeProtectedHeader(plain)).sign(theirs.privateKey);
await show('bearer: of another issuer', '/bearer/basic', bearer(await forged));
const elsewhere = await tokenFor('basic', { resource: 'https://elsewhere.example' });
await show('bearer: for another service', '/bearer/basic', bearer(elsewhere));
await show('bearer: without scope', '/bearer/basic', bearer(await tokenFor('basic', { scope: '' })));

const certified = { cert: file('tls.pem'), key: file('tls.key') };
const certifiedToken = await tokenFor('tls', { certified });
await show('certificate: without', '/certificate/tls', bearer(certifiedToken));
const foreign = { cert: file('foreign.pem'), key: file('foreign.key') };
await show('certificate: foreign', '/certificate/tls', bearer(certifiedToken), foreign);
await show('certificate', '/certificate/tls', bearer(certifiedToken), certified);
await show('certificate: token of a bearer', '/certificate/basic', bearer(await tokenFor('basic')), certified);

const token = await tokenFor('bound', { bound: true });
const book = `${options.guard}/key/bound`;
const bound = (dpop) => ({ authorization: `DPoP ${token}`, ...(dpop && { dpop }) });
await show('key: without proof', '/key/bound', bound());
await show('key: foreign proof', '/key/bound', bound(await proof(book, { token, key: theirs })));
await show('key: proof for elsewhere', '/key/bound', bound(await proof(`${book}s`, { token })));
await show('key: as bearer', '/key/bound', { ...bearer(token), dpop: await proof(book, { token }) });
const once = await proof(book, { token });
await show('key', '/key/bound', bound(once));
await show('key: proof once more', '/key/bound', bound(once));

const end = Date.now() + kPatienceMs;
const old = () => show('bearer: expired', '/bearer/basic', bearer(plain));
while ((await old()) === 200 && Date.now() < end) await setTimeout(100);
console.log(JSON.stringify(told));
