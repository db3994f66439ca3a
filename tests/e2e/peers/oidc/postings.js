// A service that takes postings from whoever has a token of the issuer: the smallest resource server.
//
//   node postings.js --pki DIR --port N --issuer URL --audience URL [--behind-port N]
//
// POST /postings/BOOK takes a batch of CloudEvents; each id counts once in its book, and the answer names each item. What it
// asks of a token: RFC 9068, section 4, RFC 8705, section 3, and RFC 9449, section 7; how it refuses: RFC 6750, section 3.1,
// and RFC 9449, section 9. On the other port it believes a proxy that has done so, and says whose the token is: the book's
// owner has the book's name. The control port answers GET /ids/BOOK: {"id": how often it came}.
import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EmbeddedJWK, calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from 'jose';
import { readOptions, serve } from './serve.js';

const kScope = 'postings.write';
const kBodyBytesMax = 4 << 20;
// The others say that the keys could not be had: that is not the token's fault.
const kFaultsOfTheToken = /^ERR_(JWT_|JWS_|JWKS_NO_MATCHING_KEY|JOSE_ALG_|JOSE_NOT_SUPPORTED)/;

const options = readOptions({
  pki: undefined, port: undefined, issuer: undefined, audience: undefined, 'behind-port': '0',
});
// The issuer may have new keys at any moment: look at once.
const keys = createRemoteJWKSet(new URL(`${options.issuer}/jwks`), { cooldownDuration: 0 });
const nonce = randomUUID();  // that each proof must have
const proofs = new Set();  // that were shown
const books = new Map();
const bookIn = (path, folder) => new RegExp(`^/${folder}/([a-z0-9_-]{1,32})$`).exec(path)?.[1];

class Refusal extends Error {
  constructor(status, error, scheme = 'Bearer') {
    super(error);
    this.status = status;
    this.headers = status === 401 || status === 403 ? { 'www-authenticate': `${scheme} error="${error}"` } : {};
    if (error === 'use_dpop_nonce') this.headers['dpop-nonce'] = nonce;
  }
}

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('base64url');
const thumbprintOf = (certificate) => certificate && hashOf(certificate.raw);

// RFC 9449, section 4.3.
async function checkProof({ headers, method, url }, token, thumbprint) {
  const refuse = (error) => new Refusal(401, error, 'DPoP');
  const wanted = { typ: 'dpop+jwt', algorithms: ['ES256'], maxTokenAge: '1 minute', requiredClaims: ['jti'] };
  const { payload, protectedHeader } = await jwtVerify(headers.dpop ?? '', EmbeddedJWK, wanted).catch(() => {
    throw refuse('invalid_dpop_proof');
  });
  const { htm, htu, ath, jti } = payload;
  const right = htm === method && htu === new URL(url, options.audience).href && ath === hashOf(token);
  if (!right || proofs.has(jti)) throw refuse('invalid_dpop_proof');
  proofs.add(jti);
  if ((await calculateJwkThumbprint(protectedHeader.jwk)) !== thumbprint) throw refuse('invalid_token');
  if (payload.nonce !== nonce) throw refuse('use_dpop_nonce');
}

async function checkToken(request) {
  const { headers, socket } = request;
  const [, scheme, token] = /^(Bearer|DPoP) ([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '') ?? [];
  if (!token) throw new Refusal(401, 'invalid_request');
  const { issuer, audience } = options;
  const wanted = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp', 'client_id'] };
  const { payload } = await jwtVerify(token, keys, wanted).catch((error) => {
    throw kFaultsOfTheToken.test(error.code) ? new Refusal(401, 'invalid_token') : new Refusal(503, String(error));
  });
  const bound = payload.cnf?.['x5t#S256'];
  if (bound && bound !== thumbprintOf(socket.getPeerX509Certificate())) throw new Refusal(401, 'invalid_token');
  const { jkt } = payload.cnf ?? {};
  if (Boolean(jkt) !== (scheme.toLowerCase() === 'dpop')) throw new Refusal(401, 'invalid_token');
  if (jkt) await checkProof(request, token, jkt);
  if (!(payload.scope ?? '').split(' ').includes(kScope)) throw new Refusal(403, 'insufficient_scope');
}

function checkOwner({ headers, url }) {
  if (headers['x-client'] !== bookIn(url, 'postings')) throw new Refusal(403, 'not its book');
}

async function bodyOf(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > kBodyBytesMax) throw new Refusal(413, 'too large');
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  return promisify(gunzip)(body, { maxOutputLength: kBodyBytesMax });
}

function take(book, events) {
  const seen = books.get(book) ?? new Map();
  books.set(book, seen);
  return events.map(({ id }) => {
    seen.set(id, (seen.get(id) ?? 0) + 1);
    return { id, outcome: seen.get(id) === 1 ? 'delivered' : 'duplicate' };
  });
}

async function answerTo(request, check) {
  const body = await bodyOf(request);
  await check(request);
  const book = request.method === 'POST' && bookIn(request.url, 'postings');
  if (!book) throw new Refusal(404, 'no such book');
  const events = JSON.parse(body);
  if (!Array.isArray(events) || !events.every(({ id, specversion }) => typeof id === 'string' && specversion === '1.0'))
    throw new Refusal(400, 'no batch of CloudEvents');
  return { items: take(book, events) };
}

const answerAfter = (check) => (request, response) => {
  const send = (status, headers, document) =>
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(document));
  answerTo(request, check).then(
    (document) => send(200, {}, document),
    (error) => {
      console.error(error.message);
      send(error.status ?? 400, error.headers ?? {}, { error: error.message });
    },
  );
};

function tell(path) {
  const book = bookIn(path, 'ids');
  return book && Object.fromEntries(books.get(book) ?? []);
}

await serve({ ...options, answer: answerAfter(checkToken), behind: answerAfter(checkOwner), tell });
