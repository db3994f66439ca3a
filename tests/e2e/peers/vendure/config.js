// What a retailer sets in Vendure for the sales of stores; sync/examples/vendure/README.md tells why.
'use strict';

const { createHash } = require('node:crypto');
const { configureDefaultOrderProcess, DefaultLogger, dummyPaymentHandler, LogLevel,
  RandomBytesApiKeyStrategy } = require('@vendure/core');

// A key is 32 random bytes, which nobody guesses: bcrypt would cost a third of a second with each request, for nothing.
const digest = async (key) => createHash('sha256').update(key).digest('hex');
const hashingStrategy = { hash: digest, check: async (key, hash) => await digest(key) === hash };

const sockets = process.env.VENDURE_SOCKETS;

module.exports.config = {
  apiOptions: {
    port: Number(process.env.VENDURE_PORT), hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    adminApiKeyStrategy: new RandomBytesApiKeyStrategy({ hashingStrategy, lastUsedAtUpdateInterval: '5m' }),
    superadminCredentials: { identifier: 'superadmin', password: process.env.VENDURE_PASSWORD || 'unused' },
  },
  dbConnectionOptions: {
    type: 'postgres', host: sockets, username: 'postgres', database: 'vendure',
    synchronize: Boolean(process.env.VENDURE_FILL), migrations: [],
  },
  customFields: {
    Order: [{ name: 'posReceiptId', type: 'string', unique: true, nullable: true }],
    OrderLine: [{ name: 'posPrice', type: 'int', nullable: true }, { name: 'posText', type: 'string', nullable: true }],
  },
  orderOptions: {
    // A receipt is paid and carried away, often by somebody whom nobody knows.
    process: [configureDefaultOrderProcess({
      arrangingPaymentRequiresCustomer: false, arrangingPaymentRequiresShipping: false,
    })],
    orderItemsLimit: 1_000_000,
    orderLineItemsLimit: 1_000_000,
    // The till's price counts.
    orderItemPriceCalculationStrategy: {
      calculateUnitPrice: (ctx, variant, fields) => ({
        price: fields.posPrice ?? variant.listPrice, priceIncludesTax: true,
      }),
    },
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [],
};
