// oidc-provider as the login service of a retailer: client credentials and nothing else.
//
//   node provider.js --pki DIR --port N --clients FILE --resource URL [--lifetime SECONDS] [--clock-ahead SECONDS]
//
// FILE is an array of clients as RFC 7591 describes them; "public_key_file" stands for "jwks" with the key of that file.
// A token says what it is for (RFC 9068): the "resource" that was asked for (RFC 8707), else URL.
// Its keys are new at each start. The control port answers GET /grants: {"client": tokens it was given}.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';
import { originOf, readOptions, serve } from './serve.js';

const kScope = 'postings.write';
const kAlgorithm = 'ES256';  // of all that it signs
const options = readOptions({
  pki: undefined, port: undefined, clients: undefined, resource: undefined, lifetime: '600', 'clock-ahead': '0',
});

const trueNow = Date.now;
Date.now = () => trueNow() + Number(options['clock-ahead']) * 1000;

function clientOf({ public_key_file: file, ...client }) {
  const key = file && createPublicKey(readFileSync(file)).export({ format: 'jwk' });
  return {
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: kAlgorithm,
    ...client,
    ...(key && { jwks: { keys: [{ ...key, use: 'sig' }] } }),
  };
}

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const lifetime = Number(options.lifetime);
const provider = new Provider(originOf(options.port), {
  clients: JSON.parse(readFileSync(options.clients, 'utf8')).map(clientOf),
  jwks: { keys: [{ ...key, alg: kAlgorithm, use: 'sig' }] },
  scopes: [kScope],
  ttl: { ClientCredentials: lifetime },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
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

const grants = {};
provider.on('grant.success', ({ oidc }) => {
  grants[oidc.client.clientId] = (grants[oidc.client.clientId] ?? 0) + 1;
});
provider.on('grant.error', (_, error) => console.error(`${error.error}: ${error.error_detail ?? error.error_description}`));
provider.on('server_error', (_, error) => console.error(error));

await serve({ ...options, answer: provider.callback(), tell: (path) => (path === '/grants' ? grants : undefined) });
