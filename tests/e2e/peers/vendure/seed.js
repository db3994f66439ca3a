// A small retailer in Vendure: node seed.js KEY_FILE. Makes the tables, money and taxes, articles, and a key for the
// stores.
'use strict';

const fs = require('node:fs');
const { bootstrap } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config');

const ARTICLES = ['85123A', '22633', '22423', 'till'];  // "till" stands for all that is unknown here
const initialData = {
  defaultLanguage: 'en',
  defaultZone: 'Europe',
  countries: [{ name: 'United Kingdom', code: 'GB', zone: 'Europe' }],
  taxRates: [{ name: 'Standard Tax', percentage: 20 }],
  shippingMethods: [],
  paymentMethods: [{
    name: 'Till', handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
  }],
  collections: [],
};

let token = '';
async function ask(query, variables) {
  const answer = await fetch(`http://127.0.0.1:${config.apiOptions.port}/admin-api`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  token ||= answer.headers.get('vendure-auth-token');
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function makeArticles() {
  const { channels, taxCategories } = await ask('{ channels { items { id } } taxCategories { items { id } } }');
  await ask(`mutation($id: ID!) { updateChannel(input: {id: $id, pricesIncludeTax: true,
      defaultCurrencyCode: GBP, availableCurrencyCodes: [GBP]}) { __typename ... on ErrorResult { message } } }`,
  { id: channels.items[0].id });
  for (const sku of ARTICLES) {
    const { createProduct } = await ask(`mutation($name: String!) { createProduct(input: {translations: [
        {languageCode: en, name: $name, slug: $name, description: ""}]}) { id } }`, { name: sku });
    await ask('mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }', {
      input: [{
        productId: createProduct.id, sku, price: 100, taxCategoryId: taxCategories.items[0].id, trackInventory: 'FALSE',
        translations: [{ languageCode: 'en', name: sku }],
      }],
    });
  }
}

async function makeKey(file) {
  const { createRole } = await ask(`mutation { createRole(input: {code: "stores", description: "stores", permissions: [
      ReadOrder, CreateOrder, UpdateOrder, DeleteOrder, ReadCatalog, ReadCustomer, CreateCustomer]}) { id } }`);
  const { createApiKey } = await ask(`mutation($roles: [ID!]!) { createApiKey(input: {roleIds: $roles, translations: [
      {languageCode: en, name: "stores"}]}) { apiKey } }`, { roles: [createRole.id] });
  fs.writeFileSync(file, `${createApiKey.apiKey}\n`, { mode: 0o600 });
}

async function main() {
  const app = await populate(() => bootstrap(config), initialData);
  const { identifier, password } = config.authOptions.superadminCredentials;
  await ask(`mutation($name: String!, $password: String!) {
      login(username: $name, password: $password) { __typename } }`, { name: identifier, password });
  await makeArticles();
  await makeKey(process.argv[2]);
  await app.close();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
