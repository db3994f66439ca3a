"""What stores read: Packages and a signed InRelease for each suite. All of it follows from the roll-out's state."""

import hashlib
import os
import subprocess
import time
from email.utils import format_datetime
from datetime import timedelta
from pathlib import Path

import deb
from rollout import SUITES

VERSIONS_MAX = 5  # of an index: the newest, and some to go back to by hand
ORIGIN = 'Tillkeeper'


def publish(folder, rollout, key, valid, now):
    """Writes dists/ anew. A store that reads meanwhile gets the old one or the new one: indices by hash first, then InRelease."""
    for suite in SUITES:
        publish_suite(Path(folder) / 'public', suite, rollout, key, valid, now)


def publish_suite(public, suite, rollout, key, valid, now):
    shown = rollout.listed(suite)[-VERSIONS_MAX:]
    stanzas = [(stanza, percent) for name, percent in shown for stanza in rollout.versions[name].packages]
    architectures = sorted({stanza['Architecture'] for stanza, _ in stanzas} - {'all'}) or ['amd64', 'arm64', 'armhf']
    dist = public / 'dists' / suite
    entries = []
    for architecture in architectures:
        packages = ''.join(stanza_text(s, p) for s, p in stanzas if s['Architecture'] in (architecture, 'all')).encode()
        path = f'main/binary-{architecture}/Packages'
        digest = hashlib.sha256(packages).hexdigest()
        write(dist / path, packages)
        by_hash = dist / f'main/binary-{architecture}/by-hash/SHA256'
        write(by_hash / digest, packages)
        forget(by_hash, digest, now)
        entries.append(f' {digest} {len(packages)} {path}\n')
    release = {
        'Origin': ORIGIN, 'Label': ORIGIN, 'Suite': suite, 'Codename': suite,
        'Date': format_datetime(now, usegmt=True), 'Valid-Until': format_datetime(now + timedelta(days=valid), usegmt=True),
        'Architectures': ' '.join(architectures), 'Components': 'main', 'Acquire-By-Hash': 'yes',
        'SHA256': '\n' + ''.join(entries).rstrip('\n'),
    }
    publish_release(dist / 'InRelease', sign(deb.text(release), key))


def publish_release(path, signed):
    """APT asks for an index newer than its own, by whole seconds: each one is of a later second than the one before, also
    when two follow at once, or the clock was set back."""
    before = int(path.stat().st_mtime) if path.exists() else 0
    write(path, signed, second=max(int(time.time()), before + 1))


def forget(by_hash, current, now):
    """A store that reads just now may still need what was current a moment ago, not what was a day ago."""
    for path in by_hash.iterdir():
        if path.name != current and path.stat().st_mtime < (now - timedelta(days=1)).timestamp():
            path.unlink()


def stanza_text(stanza, percent):
    phase = {} if percent == 100 else {'Phased-Update-Percentage': percent}
    return deb.text({**stanza, 'Filename': f'pool/{deb.file_name(stanza)}', **phase}) + '\n'


def sign(release, key):
    command = ['gpg', '--batch', '--yes', '--local-user', key, '--digest-algo', 'SHA256', '--clearsign']
    return subprocess.run(command, input=release.encode(), capture_output=True, check=True).stdout


def export_key(key):
    return subprocess.run(['gpg', '--batch', '--export', '--armor', key], capture_output=True, check=True).stdout


def write(path, content, second=None):
    """All of it or nothing, also after a power cut; as of the given second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + '.part')
    with open(part, 'wb') as file:
        file.write(content)
        file.flush()
        if second:
            os.utime(file.fileno(), (second, second))
        os.fsync(file.fileno())
    os.replace(part, path)
