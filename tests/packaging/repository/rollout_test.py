#!/usr/bin/env python3
"""Thirty stores with real APT and dpkg update from a repository, and a real Prometheus tells how they do.

A good version goes all the way, a bad one reaches the canaries alone and is mended; a forged or an old index is refused.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3] / 'packaging/repository'
sys.path.insert(0, str(REPOSITORY))

import gate  # noqa: E402
import index  # noqa: E402
import lab  # noqa: E402
import prometheus  # noqa: E402
from rollout import Rollout  # noqa: E402
from store import AILMENTS, SNIPPETS, Store  # noqa: E402

RINGS = {'canary': 3, 'early': 7, 'stable': 20}
WINDOW = '10s'


class Story:
    def __init__(self, folder):
        self.folder = folder
        self.repository = folder / 'repository'
        self.stores, self.lies = {}, {}
        self.began = time.monotonic()

    def run(self, command, *arguments):
        """Exit status and output of tillkeeper-repository."""
        done = subprocess.run([sys.executable, str(REPOSITORY / 'tillkeeper-repository'), command, str(self.repository), *map(str, arguments)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout.strip()

    def must(self, command, *arguments):
        status, output = self.run(command, *arguments)
        assert status == 0, f'{command}: {output}'
        return output

    def gated(self, command, *arguments, window=WINDOW):
        return self.run(command, *arguments, '--prometheus', self.prometheus, '--window', window)

    def once_open(self, *promotion):
        lab.until(lambda: self.gated('promote', *promotion)[0] == 0, f'the gate opens for {promotion}')

    def night(self, step, *rings):
        """All stores update, or those of some rings; the table tells who has what."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Store.update, (store for store in self.stores.values() if not rings or store.suite in rings)))
        cells = []
        for ring in RINGS:
            versions = sorted(store.version for store in self.ring(ring))
            cells.append('  '.join(f'{versions.count(version)} x {version}' for version in sorted(set(versions))))
        print(f'{time.monotonic() - self.began:5.1f} s  {step:<34}' + ''.join(f'{cell:<34}' for cell in cells).rstrip(), flush=True)

    def phase(self, suite):
        """The percentages that stores read: those of the Packages that the signed InRelease names."""
        dist = self.repository / 'public/dists' / suite
        digest = re.search(r'^ (\w+) \d+ main/binary-amd64/Packages$', (dist / 'InRelease').read_text(encoding='utf-8'), re.MULTILINE)[1]
        packages = dist / 'main/binary-amd64/by-hash/SHA256' / digest
        return re.findall(r'^Phased-Update-Percentage: (\d+)$', packages.read_text(encoding='utf-8'), re.MULTILINE)

    def ring(self, name):
        return [store for store in self.stores.values() if store.suite == name]

    def having(self, version, ring=None):
        return sum(store.version == version for store in (self.ring(ring) if ring else self.stores.values()))


def expect(what, actual, expected):
    assert actual == expected, f'{what}: {actual}, not {expected}'


def first_version(story):
    story.must('add', lab.make_package(story.folder, '1.4.0-1'))
    story.must('promote', 'canary', 'early', '--without-gate', 'the first one')
    story.must('promote', 'early', 'stable', '--without-gate', 'the first one')
    story.night('the first version')
    expect('stores with 1.4.0', story.having('1.4.0-1'), 30)


def good_version(story):
    story.must('add', lab.make_package(story.folder, '1.4.1-1'))
    story.night('1.4.1: added')
    expect('stores with 1.4.1', (story.having('1.4.1-1'), story.having('1.4.1-1', 'canary')), (3, 3))
    status, output = story.gated('promote', 'canary', 'early', window='1h')
    assert status == 1 and 'wait' in output, f'the gate opened too early: {output}'
    status, output = story.run('promote', 'canary', 'early')
    assert status == 1 and 'nobody asked the stores' in output, output
    story.once_open('canary', 'early')
    story.night('1.4.1: early')
    expect('stores with 1.4.1', (story.having('1.4.1-1'), story.having('1.4.1-1', 'early')), (10, 7))
    story.once_open('early', 'stable', '--percent', '10')
    story.night('1.4.1: 10 % of stable')
    first = story.having('1.4.1-1', 'stable')
    assert 1 <= first <= 5, f'{first} of 20 at 10 %'
    story.night('1.4.1: another night', 'stable')
    expect('stores at 10 % after another night', story.having('1.4.1-1', 'stable'), first)
    story.once_open('early', 'stable', '--percent', '100')
    story.night('1.4.1: all of stable', 'stable')
    expect('stores with 1.4.1', story.having('1.4.1-1'), 30)
    story.must('add', lab.make_package(story.folder, '1.4.1-2'))
    status, output = story.gated('gate')
    assert status == 1 and '0 of 3 stores report' in output, f'no store has the new revision yet: {output}'


def bad_version(story):
    for store in story.stores.values():
        store.bad_build = '1.5.0-1'
    story.must('add', lab.make_package(story.folder, '1.5.0-1'))
    story.night('1.5.0: added, and refuses sales')
    expect('stores with 1.5.0', (story.having('1.5.0-1'), story.having('1.5.0-1', 'canary')), (3, 3))
    lab.until(lambda: story.gated('gate')[1].startswith('bad'), 'the gate sees the bad version')
    with lab.gpg_home():  # without a key
        lab.until(lambda: 'gpg' in story.gated('watch')[1], 'a halt that cannot be signed')
    expect('for how many, where it could not be signed', story.phase('canary'), [])
    status, output = story.gated('watch')
    expect('the next look publishes what the last one decided', (status, story.phase('canary')), (0, ['0']))
    assert 'refused: 3 of 3 stores' in story.must('status')
    status, output = story.gated('promote', 'canary', 'early')
    assert status == 1 and 'is halted' in output, output
    story.night('1.5.0: halted by itself')
    expect('stores with 1.5.0', story.having('1.5.0-1'), 3)


def mended(story):
    story.must('roll-forward')
    story.night('1.4.1 comes again', 'canary', 'early')
    name = '1.5.0+really1.4.1-1'
    expect('canaries that are mended', (story.having(name), story.having(name, 'canary')), (3, 3))
    expect('what they run', {store.program() for store in story.stores.values()}, {'1.4.1-1'})
    status, output = story.gated('gate')
    assert status == 1 and 'cannot be told from 1.4.1-1' in output, output


def national_outage(story):
    """What happens to all stores is not the version's fault; nor is it a time to go on."""
    story.must('add', lab.make_package(story.folder, '1.5.1-1'))
    story.night('1.5.1: added, all stores refuse', 'canary')
    for store in story.stores.values():
        store.ailment = 'refused'
    lab.until(lambda: 'unwell themselves' in story.gated('gate')[1], 'the gate sees the outage')
    status, output = story.gated('watch')
    assert status == 0, output
    for store in story.stores.values():
        store.ailment = None
    story.once_open('canary', 'early')


def each_sign_is_seen(story):
    """What the gate judges is what ails a store, and nothing else."""
    for ailment, store in zip(AILMENTS, story.ring('stable')):
        store.ailment = ailment

    def signs():
        seen = {store.name: store for store in prometheus.stores(story.prometheus, '1.4.1-1', WINDOW)}
        return {sign: gate.unwell(seen.values(), sign) for sign in gate.SIGNS}
    ailing = {ailment: [store.name] for ailment, store in zip(AILMENTS, story.ring('stable'))}
    lab.until(lambda: signs() == ailing, f'{ailing} is seen')
    for store in story.stores.values():
        store.ailment = None
    print(f'{time.monotonic() - story.began:5.1f} s  each sign of an unwell store: seen')


def by_hand(story):
    """One store goes back, and comes on again."""
    store = story.ring('stable')[0]
    pin = (SNIPPETS / 'tillkeeper-go-back').read_text(encoding='utf-8')
    assert 'version 1.4.1-1' in pin
    file = store.folder / 'etc/apt/preferences.d/tillkeeper-go-back'
    file.write_text(pin.replace('1.4.1-1', '1.4.0-1'), encoding='utf-8')
    store.apt('install', '--allow-downgrades', 'tillkeeper')
    expect('by hand', store.installed(), '1.4.0-1')
    store.update()
    expect('a night later', store.version, '1.4.0-1')
    file.unlink()
    store.update()
    expect('without the pin', store.version, '1.4.1-1')
    print(f'{time.monotonic() - story.began:5.1f} s  one store back by hand, and on again')


def forged(story):
    """Another version in Packages, another suite in InRelease; the control is the same store without the lie."""
    store = story.ring('stable')[0]
    public = story.repository / 'public'
    packages = public / 'dists/stable/main/binary-amd64/Packages'
    by_hash = packages.parent / 'by-hash/SHA256' / hashlib.sha256(packages.read_bytes()).hexdigest()
    in_release = public / 'dists/stable/InRelease'
    for paths, true, false in (([packages, by_hash], b'1.4.1', b'6.6.6'), ([in_release], b'Suite: stable', b'Suite: canary')):
        for path in paths:
            assert true in path.read_bytes()
            story.lies['/' + str(path.relative_to(public))] = path.read_bytes().replace(true, false)
        store.forget()
        assert not store.refresh(), f'APT took a forged {paths[0].name}'
        story.lies.clear()
        assert store.refresh(), f'APT refuses the true {paths[0].name}'
    print(f'{time.monotonic() - story.began:5.1f} s  forged Packages and InRelease: refused')


def expired(story):
    """An index of long ago, signed by the right key: somebody keeps a store from what is new."""
    store = story.ring('stable')[0]
    state = json.loads((story.repository / 'state.json').read_text(encoding='utf-8'))
    long_ago = datetime.now(timezone.utc) - timedelta(days=state['valid_days'] + 1)
    index.publish(story.repository, Rollout(state['versions']), state['key'], state['valid_days'], long_ago)
    store.forget()
    assert not store.refresh(), 'APT took an index that has run out'
    assert store.refresh('-o', 'Acquire::Check-Valid-Until=false'), 'it was refused for another reason'
    story.must('renew')
    store.forget()
    assert store.refresh(), 'APT refuses the renewed index'
    print(f'{time.monotonic() - story.began:5.1f} s  an index that has run out: refused, and renewed')


def at_once(story):
    """An index of the same second as the one before, or of an earlier one because the clock was set back, reaches a store all the same."""
    store = story.ring('stable')[0]
    state = json.loads((story.repository / 'state.json').read_text(encoding='utf-8'))
    published = story.repository / 'public/dists/stable/InRelease'
    for days, ahead in ((20, 0), (21, 60)):
        second = int(time.time()) + ahead
        os.utime(published, (second, second))
        store.forget()
        assert store.refresh()
        index.publish(story.repository, Rollout(state['versions']), state['key'], days, datetime.now(timezone.utc))
        assert store.refresh()
        read, = (store.folder / 'var/lib/apt/lists').glob('*_stable_InRelease')
        expect(f'what the store has read, {ahead} s ahead', read.read_bytes(), published.read_bytes())
    print(f'{time.monotonic() - story.began:5.1f} s  two indices in one second, and a clock set back: read')


def everything_is_recorded(story):
    lines = [json.loads(line) for line in (story.repository / 'decisions.jsonl').read_text(encoding='utf-8').splitlines()]
    expect('kinds of decisions', {line['what'] for line in lines}, {'init', 'add', 'promote', 'refused', 'halt', 'roll-forward'})
    assert all(line['when'] and line['why'] for line in lines)


def main():
    if gone := lab.missing():
        print(f'SKIPPED: {", ".join(gone)} NOT INSTALLED. Roll-outs were NOT tested.', file=sys.stderr)
        return 77
    if lab.in_chroot():
        print('SKIPPED: THIS IS A CHROOT, WHERE APT KNOWS OF NO PHASES. Roll-outs were NOT tested.', file=sys.stderr)
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended from outside'))
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix='rollout-')))
        story = Story(folder)
        story.must('init', '--key', open_things.enter_context(lab.keyring()))
        public = story.repository / 'public'
        address = open_things.enter_context(lab.web(public, story.stores, story.lies))
        for ring, count in RINGS.items():
            for number in range(1, count + 1):
                name = f'{ring}-{number}'
                story.stores[name] = Store(name, ring, folder, f'http://{address}/', public / 'tillkeeper.asc')
        story.prometheus = open_things.enter_context(lab.prometheus(folder, address, story.stores))
        print(' ' * 9 + f'{"":<34}' + ''.join(f'{ring:<34}' for ring in RINGS).rstrip())
        for step in (first_version, good_version, bad_version, mended, national_outage,
                     each_sign_is_seen, by_hand, forged, expired, at_once, everything_is_recorded):
            step(story)
        print(story.must('status'))
    return 0


if __name__ == '__main__':
    sys.exit(main())
