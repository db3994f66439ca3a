// Messages that must not pass: an example of a schema, with one thing changed for the worse.
'use strict';

const wrong = [];
const add = (schema, why, change, example = 0) => wrong.push({schema: `${schema}.json`, why, change, example});
const set = (member, value) => (message) => { message[member] = value; };

for (const id of ['', 'a b', 'ä', 'x'.repeat(65), 7, null]) add('transaction', `id ${id}`, set('id', id));
for (const type of ['', 'x'.repeat(65), 7, null]) add('transaction', `type ${type}`, set('type', type));
for (const sequence of [-1, 1.5, '7', null, 2 ** 53 + 2]) add('transaction', `till_sequence ${sequence}`, set('till_sequence', sequence));
for (const time of ['yesterday', '2026-11-20', '2026-11-20T10:42:07', '2026-02-30T10:42:07Z', '2026-11-20T25:00:00Z', 1, null])
  add('transaction', `occurred_at ${time}`, set('occurred_at', time));
for (const day of ['20.11.2026', '2026-13-01', '2026-11-20T00:00:00Z', 20261120, null]) add('transaction', `business_day ${day}`, set('business_day', day));
for (const currency of ['eur', 'EURO', '', 978, null]) add('transaction', `currency ${currency}`, set('currency', currency));
for (const receipt of ['x'.repeat(65), 7]) add('transaction', `receipt ${receipt}`, set('receipt', receipt));
for (const other of ['', 'a b', 7]) add('transaction', `refers_to ${other}`, set('refers_to', other));
for (const total of [15.3, '1530', null, 2 ** 53 + 2, -(2 ** 53) - 2]) add('transaction', `total ${total}`, set('total', total));
add('transaction', 'member_id is a number', set('member_id', 17850));
for (const array of ['lines', 'tenders']) {
  add('transaction', `${array} is an object`, set(array, {}));
  add('transaction', `${array} is null`, set(array, null));
  add('transaction', `${array} of numbers`, set(array, [7]));
  add('transaction', `${array} without amount`, (message) => { delete message[array][0].amount; });
  add('transaction', `${array}: half a cent`, (message) => { message[array][0].amount = 0.5; });
}
add('transaction', 'unit_price is text', (message) => { message.lines[0].unit_price = '255'; });
add('transaction', 'quantity is text', (message) => { message.lines[0].quantity = '6'; });

for (const type of ['totals', 'urn:tillkeeper:problem:', 'urn:tillkeeper:problem:unheard-of', null]) add('problem', `type ${type}`, set('type', type));
for (const pointer of ['lines', '/a~2', '~', null]) add('problem', `pointer ${pointer}`, set('pointer', pointer));
add('problem', 'no title', set('title', ''));
add('problem', 'detail is a number', set('detail', 7));

for (const kind of ['accepted', 'duplicate', 'quarantined']) {
  add(kind, 'answers something else', set('reply_to', 'lookup'));
  add(kind, 'another outcome', set('outcome', 'refused'));
  for (const number of [0, -1, 1.5, '90210', null]) add(kind, `journal_number ${number}`, set('journal_number', number));
  for (const hash of ['6f1c', 'G'.repeat(64), 'A'.repeat(64), null]) add(kind, `hash ${hash}`, set('hash', hash));
  add(kind, 'id is a number', set('id', 7));
  add(kind, 'problems are no list', set('problems', null));
}
for (const kind of ['accepted', 'duplicate']) add(kind, 'has a problem', set('problems', [{}]));
add('accepted', 'has no id', set('id', null));
add('quarantined', 'nobody says why', set('problems', []));
add('quarantined', 'a problem without pointer', (message) => { delete message.problems[0].pointer; });

add('refused', 'answers something else', set('reply_to', 'lookup'));
add('refused', 'another outcome', set('outcome', 'accepted'));
add('refused', 'an unknown problem', set('problem', 'tired'));
add('refused', 'two problems', (message) => { message.problems.push(message.problems[0]); });
add('refused', 'no problem', set('problems', []));
for (const example of [0, 1, 2, 3]) add('refused', 'trying again does not help', set('retry_after_ms', 500), example);
for (const example of [4, 5]) {
  add('refused', 'nobody says when to try again', set('retry_after_ms', null), example);
  add('refused', 'at once', set('retry_after_ms', 0), example);
}
for (const example of [0, 1, 2, 3, 4, 5])
  add('refused', 'the problem of another refusal', (message) => { message.problems[0].type = 'urn:tillkeeper:problem:totals'; }, example);

for (const state of ['gone', 'Online', true, null]) add('presence', `state ${state}`, set('state', state));

add('status', 'an unknown state', set('state', 'fine'));
add('status', 'a time without offset', set('since', '2026-11-20T10:42:00'));
add('status', 'an unknown cause', set('cause', 'weather'));
add('status', 'offline until tomorrow', set('offline_until', 'tomorrow'));
for (const member of ['safe', 'quarantined', 'held', 'journal_number']) {
  add('status', `${member} below zero`, set(member, -1));
  add('status', `${member} is text`, set(member, '1'));
}
add('status', 'accepting is text', set('accepting', 'yes'));
add('status', 'destinations are a list', set('destinations', []));
add('status', 'a destination with an unknown state', (message) => { message.destinations.erp.state = 'online'; });
add('status', 'a destination without cause', (message) => { delete message.destinations.erp.cause; });
add('status', 'eta_s below zero', (message) => { message.destinations.erp.eta_s = -1; });
add('status', 'oldest is no time', (message) => { message.destinations.erp.oldest = 'long ago'; });
add('status', 'hours are a fraction', (message) => { message.runway.hours = 1.5; });
add('status', 'no limited_by', (message) => { delete message.runway.limited_by; });

add('lookup-request', 'neither key nor by', (message) => { delete message.key; });
add('lookup-request', 'both', set('by', {receipt: '1'}));
add('lookup-request', 'by nothing', set('by', {}), 1);
add('lookup-request', 'by two fields', set('by', {receipt: '1', id: '2'}), 1);
add('lookup-request', 'a key too long', set('key', 'x'.repeat(257)));
add('lookup-request', 'no request_id', set('request_id', ''));
add('lookup-request', 'by a number', set('by', {receipt: 1}), 1);
add('lookup-request', 'a currency of no text', set('currency', 978), 2);
add('lookup-request', 'at no time', set('at', 'tomorrow'), 2);
add('lookup-answer', 'unknown, and the answer to it', set('deferred', true), 1);
add('lookup-answer', 'an empty list', set('records', []), 2);
add('lookup-answer', 'a list, and nobody says whether that is all', (message) => { delete message.more; }, 2);
add('lookup-refused', 'answers something else', set('reply_to', 'transaction'));
add('lookup-refused', 'another outcome', set('outcome', 'found'));
add('lookup-refused', 'an unknown problem', set('problem', 'tired'));
add('lookup-refused', 'no problem', set('problems', []));
for (const example of [0, 1, 2, 3, 4, 5]) add('lookup-refused', 'asking again does not help', set('retry_after_ms', 500), example);
for (const example of [6, 7]) add('lookup-refused', 'nobody says when to ask again', set('retry_after_ms', null), example);
for (const example of [0, 1, 2, 3, 4, 5, 6, 7])
  add('lookup-refused', 'the problem of another refusal', (message) => { message.problems[0].type = 'urn:tillkeeper:problem:totals'; }, example);
add('lookup-answer', 'an unknown outcome', set('outcome', 'maybe'));
add('lookup-answer', 'an unknown source', set('source', 'memory'));
add('lookup-answer', 'found, and no record', (message) => { delete message.record; });
add('lookup-answer', 'found nothing', set('record', null));
add('redemption-request', 'no points', set('points', 0));
add('redemption-request', 'points as text', set('points', '100'));
add('redemption-request', 'no transaction', set('transaction_id', ''));
add('redemption-answer', 'an unknown outcome', set('outcome', 'accepted'));
add('redemption-answer', 'an unknown source', set('source', 'mirror'));
add('redemption-answer', 'half a point', set('balance', 0.5));
add('redemption-answer', 'approved without a name', (message) => { delete message.redemption_id; });
add('redemption-answer', 'declined without a reason', (message) => { delete message.reason; }, 1);
add('redemption-request', 'a member without end', set('member_id', 'm'.repeat(129)));
add('redemption-refused', 'answers something else', set('reply_to', 'lookup'));
add('redemption-refused', 'another outcome', set('outcome', 'declined'));
add('redemption-refused', 'a problem of look-ups', set('problem', 'not_searchable'));
add('redemption-refused', 'no problem', set('problems', []));
for (const example of [0, 1, 2, 3]) add('redemption-refused', 'asking again does not help', set('retry_after_ms', 500), example);
for (const example of [4, 5]) add('redemption-refused', 'nobody says when to ask again', set('retry_after_ms', null), example);
for (const example of [0, 1, 2, 3, 4, 5])
  add('redemption-refused', 'the problem of another refusal', (message) => { message.problems[0].type = 'urn:tillkeeper:problem:totals'; }, example);

module.exports = wrong;
