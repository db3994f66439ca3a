#!/usr/bin/python3
"""A till that sells, keeps each sale until the store's box has answered it, and takes a sale back by its receipt.

Needs Debian's python3-paho-mqtt (1.6). README.md tells how to run it and what it prints, ../GUIDE.md the rules.
"""

import argparse
import datetime
import fcntl
import json
import os
import queue
import random
import socket
import sys
import time
import uuid

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

FIRST_WAIT_S, LAST_WAIT_S = 2, 30  # for an answer; doubled each time, up to the last
SESSION_EXPIRY_S = 7 * 24 * 3600
TURN_S = 0.02


class Outbox:
    """The till's memory, one file that only grows: "kept DOCUMENT" for each transaction, "OUTCOME ID" for each answer."""

    def __init__(self, path):
        self.next_sequence = 1
        self.waiting = {}  # id: the exact bytes; oldest first
        self.sold = {}  # receipt: transaction
        self.file = open(path, 'a+b')
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.file.seek(0)
        content = self.file.read()
        whole = content.rfind(b'\n') + 1
        self.file.truncate(whole)  # half a line: the power went while it was written, and nobody got a receipt
        for line in content[:whole].split(b'\n')[:-1]:
            word, _, rest = line.partition(b' ')
            if word == b'kept':
                self._remember(rest)
            else:
                self._forget(rest.decode(), word.decode())
        folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
        os.fsync(folder)  # a new file's name must survive the power cut as well
        os.close(folder)

    def keep(self, transaction):
        """On the disk when it returns: only then the receipt may be printed, and the transaction sent."""
        document = json.dumps(transaction).encode()
        self.file.write(b'kept ' + document + b'\n')
        self.file.flush()
        os.fsync(self.file.fileno())
        self._remember(document)

    def answered(self, name, outcome):
        """Not synced: if the power takes it, the box is asked once more and says "duplicate"."""
        self.file.write(f'{outcome} {name}\n'.encode())
        self.file.flush()
        self._forget(name, outcome)

    def _remember(self, document):
        transaction = json.loads(document)
        self.next_sequence = transaction['till_sequence'] + 1
        self.waiting[transaction['id']] = document
        self.sold[transaction['receipt']] = transaction

    def _forget(self, name, outcome):
        document = self.waiting.pop(name, None)
        if document and outcome == 'refused':
            self.sold.pop(json.loads(document)['receipt'])  # the store does not have it: nothing to take back


class Bus:
    """The connection. It comes back by itself, for ever. What happens on its thread is put into `events`."""

    def __init__(self, options):
        self.topic = f'tillkeeper/v1/tills/{options.till}/'
        self.events = queue.Queue()  # (id, answer), or (None, None) for "connected"
        with open(options.password_file, encoding='utf-8') as file:
            password = file.readline().rstrip('\r\n')
        client = self.client = mqtt.Client(client_id=options.till, protocol=mqtt.MQTTv5)
        client.username_pw_set(options.till, password)
        client.tls_set(ca_certs=options.ca)
        client.will_set(self.topic + 'presence', '{"state":"offline"}', qos=1, retain=True)
        # Doubles from a start of its own, so that a store's tills do not all come back in the same second.
        client.reconnect_delay_set(min_delay=random.uniform(0.2, 1), max_delay=random.uniform(15, 30))
        client.on_socket_open = lambda _client, _data, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.on_connect, client.on_message = self._connected, self._heard
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = SESSION_EXPIRY_S
        client.connect_async(options.host, options.port, keepalive=15, clean_start=False, properties=session)
        client.loop_start()

    def send(self, name, document):
        """False without a connection: the client must not pile up copies. "connected" will come."""
        if not self.client.is_connected():
            return False
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = name.encode()
        properties.ContentType = 'application/json'
        self.client.publish(self.topic + 'transactions', document, qos=1, properties=properties)
        return True

    def close(self):
        """Says good-bye if somebody is there to hear it; else the will has spoken already."""
        try:
            if self.client.is_connected():
                gone = self.client.publish(self.topic + 'presence', '{"state":"offline"}', qos=1, retain=True)
                gone.wait_for_publish(5)
        except (RuntimeError, ValueError):
            pass  # paho: the connection went meanwhile
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client, _data, _flags, reason, _properties):
        if reason != 0:
            print(f'the broker refuses this till: {reason}', file=sys.stderr)
            return
        client.subscribe(self.topic + 'replies', qos=1)
        client.publish(self.topic + 'presence', '{"state":"online"}', qos=1, retain=True)
        self.events.put((None, None))

    def _heard(self, _client, _data, message):
        # Nothing that can fail is done here: an exception would end paho's thread.
        self.events.put((getattr(message.properties, 'CorrelationData', b''), message.payload))


class Till:
    """Hands over what waits, the oldest first, one at a time; says what became of each."""

    def __init__(self, outbox, bus):
        self.outbox, self.bus = outbox, bus
        self.due, self.tries = 0, 0  # of the oldest
        self.counts = {'safe': 0, 'look': 0, 'refused': 0}

    def sell(self, transaction):
        self.outbox.keep(transaction)
        print('kept', transaction['receipt'], flush=True)

    def send_if_due(self):
        now = time.monotonic()
        if now < self.due or not self.outbox.waiting:
            return
        name, document = next(iter(self.outbox.waiting.items()))
        if not self.bus.send(name, document):
            return
        wait = min(FIRST_WAIT_S * 2**self.tries, LAST_WAIT_S) * random.uniform(0.75, 1)
        print(f'sent {name}, again in {wait:.2f} s without an answer', file=sys.stderr, flush=True)
        self.due, self.tries = now + wait, self.tries + 1

    def take(self, name, answer):
        if name is None:  # connected: what was sent before may be lost
            self.due = 0
            return
        try:
            name, answer = name.decode(), json.loads(answer)
            if name in self.outbox.waiting:  # else a second answer to an earlier one
                self._learn(name, json.loads(self.outbox.waiting[name])['receipt'], answer)
        except (ValueError, KeyError, TypeError) as fault:
            print(f'an answer that nobody understands: {fault!r}', file=sys.stderr)  # it will be asked for again

    def _learn(self, name, receipt, answer):
        outcome = answer['outcome']
        why = '; '.join(f"{one['title']} {one.get('pointer') or ''}" for one in answer.get('problems', []))
        if outcome == 'accepted':
            kind, words = 'safe', f"journal number {answer['journal_number']}"
        elif outcome == 'duplicate':
            kind, words = 'safe', f"it was there already, journal number {answer['journal_number']}"
        elif outcome == 'quarantined':
            kind, words = 'look', f'the store has it, and a person there must look: {why}'
        elif outcome == 'refused' and answer.get('retry_after_ms') is not None:
            print('later', receipt, answer['problem'], flush=True)
            self.due = time.monotonic() + answer['retry_after_ms'] / 1000 * random.uniform(1, 1.25)
            return
        elif outcome == 'refused':
            kind, words = 'refused', f"call somebody, the store does NOT have it: {answer['problem']}: {why}"
        else:
            raise ValueError(outcome)
        self.outbox.answered(name, outcome)
        self.due, self.tries = 0, 0
        self.counts[kind] += 1
        print(kind, receipt, words, flush=True)


def transaction(outbox, till, kind, lines, total, more):
    """Amounts are in cents; below zero for what comes back."""
    return {'id': str(uuid.uuid4()), 'type': kind, 'till_sequence': outbox.next_sequence,
            'occurred_at': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='milliseconds'),
            'currency': 'EUR', 'receipt': f'{till}-{outbox.next_sequence}', 'lines': lines,
            'tenders': [{'type': 'cash', 'amount': total}], 'total': total, **more}


def sale(outbox, options):
    line = {'sku': '85123A', 'description': options.description, 'quantity': 2, 'unit_price': 255, 'amount': 510}
    return transaction(outbox, options.till, 'sale', [line], options.total, {})


def taken_back(outbox, options, receipt):
    sold = outbox.sold[receipt]
    lines = [{**line, 'quantity': -line['quantity'], 'amount': -line['amount']} for line in sold['lines']]
    more = {'refers_to': sold['id'], 'original_receipt': receipt}
    return transaction(outbox, options.till, 'return', lines, -sold['total'], more)


def read_options():
    parser = argparse.ArgumentParser(description='A till that sells, or takes a sale back.')
    for name in ('host', 'ca', 'till', 'password-file', 'outbox'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--port', required=True, type=int)
    parser.add_argument('--sales', default=0, type=int, help='how many to sell')
    parser.add_argument('--return', dest='receipt', metavar='RECEIPT', help='take the sale of this receipt back')
    parser.add_argument('--description', default='white hanging heart')
    parser.add_argument('--total', default=510, type=int, help='in cents; anything but 510 does not add up')
    return parser.parse_args()


def main():
    options = read_options()
    outbox = Outbox(options.outbox)
    if options.receipt and options.receipt not in outbox.sold:
        print('this till has no sale of that receipt to take back', file=sys.stderr)
        return 2
    bus = Bus(options)
    till = Till(outbox, bus)
    if options.receipt:
        till.sell(taken_back(outbox, options, options.receipt))
    sales = options.sales
    while sales > 0 or outbox.waiting:  # a till's own loop would go on for ever
        if sales > 0:
            till.sell(sale(outbox, options))
            sales -= 1
        till.send_if_due()
        try:
            till.take(*bus.events.get(timeout=TURN_S))
        except queue.Empty:
            pass
    bus.close()
    counts = till.counts
    print(f"safe={counts['safe']} look={counts['look']} refused={counts['refused']}")
    return 1 if counts['refused'] else 3 if counts['look'] else 0


if __name__ == '__main__':
    sys.exit(main())
