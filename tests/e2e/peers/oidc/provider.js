// oidc-provider as the login service of a retailer: client credentials, and boxes that a person lets in (RFC 8628).
//
//   node provider.js --pki DIR --port N --clients FILE --resource URL [--lifetime SECONDS] [--clock-ahead SECONDS]
//
// FILE is an array of clients as RFC 7591 describes them; "public_key_file" stands for "jwks" with the key of that file,
// which may be a certificate's. A token says what it is for (RFC 9068): the "resource" that was asked for (RFC 8707), else URL.
// A refresh token serves once; shown again it takes all that came from it along. Its keys are new at each start.
// The control port answers GET /grants: {"client": tokens it was given}; /confirm/CODE and /refuse/CODE, what a person with
// a phone does; /delay/MS: tokens are given as before, and told so much later.
import { X509Certificate, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Provider } from 'oidc-provider';
import { originOf, readOptions, serve } from './serve.js';

const kScope = 'postings.write';
const kAlgorithm = 'ES256';  // of all that it signs
const options = readOptions({
  pki: undefined, port: undefined, clients: undefined, resource: undefined, lifetime: '600', 'clock-ahead': '0',
});

const trueNow = Date.now;
Date.now = () => trueNow() + Number(options['clock-ahead']) * 1000;

function jwkOf(pem) {
  const chain = pem.includes('BEGIN CERTIFICATE') ? { x5c: [new X509Certificate(pem).raw.toString('base64')] } : {};
  return { ...createPublicKey(pem).export({ format: 'jwk' }), use: 'sig', ...chain };
}

function clientOf({ public_key_file: file, ...client }) {
  return {
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: kAlgorithm,
    ...client,
    ...(file && { jwks: { keys: [jwkOf(readFileSync(file, 'utf8'))] } }),
  };
}

// What the pages of a login service do once a person has signed in there.
async function decide(userCode, confirmed) {
  const code = await provider.DeviceCode.findByUserCode(userCode.replace(/[^A-Z0-9]/g, ''));
  if (!code) return undefined;
  if (!confirmed) {
    code.error = 'access_denied';
    await code.save();
    return {};
  }
  const accountId = 'somebody';
  const grant = new provider.Grant({ accountId, clientId: code.clientId });
  grant.addResourceScope(options.resource, kScope);
  Object.assign(code, { accountId, resource: options.resource, scope: code.params.scope, grantId: await grant.save() });
  await code.save();
  return {};
}

const certificateOf = ({ socket }) => socket.getPeerX509Certificate();
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const lifetime = Number(options.lifetime);
const provider = new Provider(originOf(options.port), {
  clients: JSON.parse(readFileSync(options.clients, 'utf8')).map(clientOf),
  jwks: { keys: [{ ...key, alg: kAlgorithm, use: 'sig' }] },
  clientAuthMethods: [
    'client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth',
    'none',
  ],
  scopes: [kScope],
  ttl: { ClientCredentials: lifetime, DeviceCode: 60, Grant: 3600, RefreshToken: 3600 },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  expiresWithSession: () => false,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    // RFC 8705.
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      tlsClientAuth: true,
      selfSignedTlsClientAuth: true,
      getCertificate: certificateOf,
      certificateAuthorized: ({ socket }) => socket.authorized,
      certificateSubjectMatches: (context, property, expected) =>
        property === 'tls_client_auth_subject_dn' && certificateOf(context).subject === expected,
    },
    // RFC 9449: no proof without a nonce.
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => options.resource,
      getResourceServerInfo: (_, resource) => ({
        scope: kScope,
        audience: resource,
        accessTokenTTL: lifetime,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: kAlgorithm } },
      }),
    },
  },
});

let delay = 0;
provider.use(async (context, next) => {
  await next();
  if (context.path === '/token') await setTimeout(delay);
});

function tell(path) {
  const [, word, value] = path.split('/');
  if (word === 'confirm' || word === 'refuse') return decide(value, word === 'confirm');
  if (word === 'delay') delay = Number(value);
  return word === 'delay' ? {} : word === 'grants' ? grants : undefined;
}

const grants = {};
provider.on('grant.success', ({ oidc }) => {
  grants[oidc.client.clientId] = (grants[oidc.client.clientId] ?? 0) + 1;
});
provider.on('grant.error', (_, error) => console.error(`${error.error}: ${error.error_detail ?? error.error_description}`));
provider.on('server_error', (_, error) => console.error(error));

await serve({ ...options, answer: provider.callback(), tell });
