#!/usr/bin/python3
"""A till that sells N times and takes the first sale back, over the till bus of Tillkeeper.

Debian: python3-paho-mqtt (1.6). README.md tells how to run it; ../GUIDE.md tells the rules.
"""

import argparse
import datetime
import json
import os
import queue
import socket
import sys
import uuid

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

ANSWER_WAIT_S = 3  # without an answer for so long, the same bytes again
SESSION_EXPIRY_S = 7 * 24 * 3600


class Outbox:
    """One small file: the next number on its first line, then the exact bytes that wait for an answer, if any."""

    def __init__(self, path):
        self.path = path
        self.sequence, self.waiting = 1, b''
        if os.path.exists(path):
            with open(path, 'rb') as file:
                first, _, self.waiting = file.read().partition(b'\n')
            self.sequence = int(first)

    def keep(self, document):
        """Durable when it returns: only then the sale may be sent, and the receipt printed."""
        self._write(self.sequence + 1, document)

    def forget(self):
        self._write(self.sequence, b'')

    def put_aside(self):
        """What will not be taken is for a person; the till goes on with the next sale."""
        with open(self.path + '.refused', 'ab') as file:
            file.write(self.waiting + b'\n')
            file.flush()
            os.fsync(file.fileno())
        self.forget()

    def _write(self, sequence, waiting):
        with open(self.path + '.new', 'wb') as file:
            file.write(b'%d\n' % sequence + waiting)
            file.flush()
            os.fsync(file.fileno())
        os.rename(self.path + '.new', self.path)
        folder = os.open(os.path.dirname(os.path.abspath(self.path)), os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        self.sequence, self.waiting = sequence, waiting


class Bus:
    """The connection. It comes back by itself; what happens is put into `events`."""

    def __init__(self, options):
        self.topic = f'tillkeeper/v1/tills/{options.till}/'
        self.events = queue.Queue()  # (correlation, answer), or None for "connected"
        with open(options.password_file, encoding='utf-8') as file:
            password = file.read().rstrip('\r\n')
        client = self.client = mqtt.Client(client_id=options.till, protocol=mqtt.MQTTv5)
        client.username_pw_set(options.till, password)
        client.tls_set(ca_certs=options.ca)
        client.will_set(self.topic + 'presence', '{"state":"offline"}', qos=1, retain=True)
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        client.on_socket_open = lambda _c, _u, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.on_connect, client.on_message = self._connected, self._heard
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = SESSION_EXPIRY_S
        client.connect_async(options.host, options.port, keepalive=15, clean_start=False, properties=session)
        client.loop_start()

    def send(self, correlation, document):
        if not self.client.is_connected():
            return  # "connected" will come; the client must not pile up copies
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = correlation
        properties.ContentType = 'application/json'
        self.client.publish(self.topic + 'transactions', document, qos=1, properties=properties)

    def close(self):
        self.client.publish(self.topic + 'presence', '{"state":"offline"}', qos=1, retain=True).wait_for_publish(5)
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client, _userdata, _flags, reason, _properties):
        if reason != 0:
            print(f'not connected: {reason}', file=sys.stderr)
            return
        client.subscribe(self.topic + 'replies', qos=1)
        client.publish(self.topic + 'presence', '{"state":"online"}', qos=1, retain=True)
        self.events.put(None)

    def _heard(self, _client, _userdata, message):
        self.events.put((getattr(message.properties, 'CorrelationData', b''), json.loads(message.payload)))


def settle(bus, outbox):
    """Hands over what waits until it is answered for good. True when the store has it."""
    document = outbox.waiting
    name = json.loads(document)['id']
    wait = ANSWER_WAIT_S
    bus.send(name.encode(), document)
    while True:
        try:
            event = bus.events.get(timeout=wait)
        except queue.Empty:
            event = None  # no answer, or the time to try again has come
        if event is None:
            wait = ANSWER_WAIT_S
            bus.send(name.encode(), document)
            continue
        correlation, answer = event
        if correlation != name.encode():
            continue  # a second answer to an earlier sale
        if answer['outcome'] in ('accepted', 'duplicate', 'quarantined'):
            outbox.forget()
            print(name, answer['outcome'], answer['journal_number'], flush=True)
            return True
        if answer['retry_after_ms'] is not None:
            wait = answer['retry_after_ms'] / 1000
            continue
        outbox.put_aside()
        print(name, 'REFUSED, call the manager:', answer['problem'], flush=True)
        return False


def transaction(outbox, till, kind, quantity, more):
    """One article at 2.55; amounts are in cents. Below zero for what comes back."""
    amount = quantity * 255
    return {'id': str(uuid.uuid4()), 'type': kind, 'till_sequence': outbox.sequence,
            'occurred_at': datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='milliseconds'),
            'currency': 'EUR', 'receipt': f'{till}-{outbox.sequence}',
            'lines': [{'sku': '85123A', 'quantity': quantity, 'unit_price': 255, 'amount': amount}],
            'tenders': [{'type': 'cash', 'amount': amount}], 'total': amount, **more}


def read_options():
    parser = argparse.ArgumentParser(description='Sells, then takes the first sale back.')
    for name in ('host', 'ca', 'till', 'password-file', 'outbox'):
        parser.add_argument('--' + name, required=True)
    for name in ('port', 'sales'):
        parser.add_argument('--' + name, required=True, type=int)
    return parser.parse_args()


def main():
    options = read_options()
    outbox, bus = Outbox(options.outbox), Bus(options)
    first, sold, returned, kept = None, 0, 0, 0
    if outbox.waiting:  # from before a crash
        kept += not settle(bus, outbox)
    for _ in range(options.sales):
        sale = transaction(outbox, options.till, 'sale', 2, {})
        outbox.keep(json.dumps(sale).encode())
        safe = settle(bus, outbox)
        sold, kept, first = sold + safe, kept + (not safe), first or (sale if safe else None)
    if first:
        back = {'refers_to': first['id'], 'original_receipt': first['receipt']}
        outbox.keep(json.dumps(transaction(outbox, options.till, 'return', -2, back)).encode())
        returned = int(settle(bus, outbox))
        kept += 1 - returned
    bus.close()
    print(f'sold={sold} returned={returned} kept={kept}')
    return 0 if (sold, returned, kept) == (options.sales, 1, 0) else 1


if __name__ == '__main__':
    sys.exit(main())
