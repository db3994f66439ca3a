"""Debian packages: what a repository tells about one, and the same content under another version."""

import functools
import hashlib
import io
import re
import subprocess
import tarfile
from pathlib import Path

AR_MAGIC = b'!<arch>\n'
REPACKED = 'Repacked-From'  # the version whose content it is


@functools.cache
def compare(left, right):
    """-1, 0 or 1, as dpkg sees it."""
    for sign, relation in ((-1, 'lt'), (1, 'gt')):
        if subprocess.run(['dpkg', '--compare-versions', left, relation, right], check=False).returncode == 0:
            return sign
    return 0


by_version = functools.cmp_to_key(compare)


def read(path):
    """The stanza of a package for an index, without Filename: {field: value} in the order of its control file."""
    data = Path(path).read_bytes()
    control = subprocess.run(['dpkg-deb', '-f', str(path)], capture_output=True, text=True, check=True).stdout
    return {**parse(control), 'Size': str(len(data)), 'SHA256': hashlib.sha256(data).hexdigest()}


def parse(control):
    fields = re.split(r'^(?=[^\s])', control, flags=re.MULTILINE)
    pairs = (field.rstrip('\n').partition(':') for field in fields if field.strip())
    return {name: value.strip(' ') for name, _, value in pairs}


def text(fields):
    return ''.join(f'{name}: {value}\n' for name, value in fields.items())


def file_name(stanza):
    version = stanza['Version'].split(':')[-1]  # an epoch is no part of a file's name
    return f'{stanza["Package"]}_{version}_{stanza["Architecture"]}.deb'


def forward_version(bad, good):
    """Higher than `bad`, lower than what follows it, and tells whose content it is."""
    return f'{upstream(bad)}+really{good.split(":")[-1].split("+really")[-1]}'


def build_version(version):
    """What the program inside calls itself in tillkeeper_build_info."""
    return version.split(':')[-1].split('+really')[-1]


def upstream(version):
    """Without the revision of the packaging."""
    return version.rpartition('-')[0] or version


def repacked(source, version):
    """The bytes of `source` under another version. The files it installs stay the same to the byte; the same input makes the same output."""
    members = dict(read_ar(Path(source).read_bytes()))
    stanza = read(source)
    control = subprocess.run(['dpkg-deb', '--ctrl-tarfile', str(source)], capture_output=True, check=True).stdout
    output = []
    for name, content in members.items():
        if name.startswith('control.tar'):
            name, content = 'control.tar', with_version(control, stanza['Version'], version)
        output.append((name, content))
    return write_ar(output)


def with_version(control_tar, old, new):
    """Packages of one build name each other by their exact version: those names change as well."""
    output = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(control_tar)) as source, \
            tarfile.open(fileobj=output, mode='w', format=tarfile.GNU_FORMAT) as target:
        for entry in source:
            content = source.extractfile(entry).read() if entry.isfile() else b''
            if entry.name == './control':
                fields = parse(content.decode())
                fields = {name: value.replace(f'(= {old})', f'(= {new})') for name, value in fields.items()}
                description = fields.pop('Description', '')  # the last by custom
                content = text({**fields, 'Version': new, REPACKED: old, 'Description': description}).encode()
                entry.size = len(content)
            target.addfile(entry, io.BytesIO(content))
    return output.getvalue()


def read_ar(data):
    if not data.startswith(AR_MAGIC):
        raise ValueError('this is no Debian package')
    at = len(AR_MAGIC)
    while at + 60 <= len(data):
        name = data[at:at + 16].decode().rstrip(' /')
        size = int(data[at + 48:at + 58])
        yield name, data[at + 60:at + 60 + size]
        at += 60 + size + size % 2


def write_ar(members):
    output = [AR_MAGIC]
    for name, content in members:
        output.append(f'{name:<16}{0:<12}{0:<6}{0:<6}{"100644":<8}{len(content):<10}`\n'.encode())
        output.append(content + b'\n' * (len(content) % 2))
    return b''.join(output)
