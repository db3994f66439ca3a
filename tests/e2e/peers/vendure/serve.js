// Vendure at http://127.0.0.1:PORT/admin-api, over the database whose socket is in SOCKETS: node serve.js SOCKETS PORT
'use strict';

[, , process.env.VENDURE_SOCKETS, process.env.VENDURE_PORT] = process.argv;
const { bootstrap } = require('@vendure/core');
const { config } = require('./config');

bootstrap(config).catch((error) => {
  console.error(error);
  process.exit(1);
});
