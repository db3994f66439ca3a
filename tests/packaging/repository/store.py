"""A simulated store: APT and dpkg of its own in a folder, and a daemon that is nothing but its metrics."""

import hashlib
import os
import subprocess
import time
from pathlib import Path

SNIPPETS = Path(__file__).resolve().parents[3] / 'packaging/repository/store'
AILMENTS = ['refused', 'held', 'behind', 'restarts', 'silent']


class Store:
    def __init__(self, name, suite, folder, url, key):
        self.name, self.suite, self.folder, self.url = name, suite, Path(folder) / name, url
        self.version = None
        self.bad_build = None  # the version that makes this store refuse
        self.ailment = None
        self.restarted()
        for made in ('etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'etc/apt/sources.list.d', 'var/lib/apt/lists/partial',
                     'var/cache/apt/archives/partial', 'var/log/apt', 'var/lib/dpkg/info', 'var/lib/dpkg/updates'):
            (self.folder / made).mkdir(parents=True)
        (self.folder / 'var/lib/dpkg/status').touch()
        self.configure(key)

    def configure(self, key):
        """The snippets of packaging/repository/store, with this store's suite and address."""
        sources = (SNIPPETS / 'tillkeeper.sources').read_text(encoding='utf-8')
        for line, ours in (('URIs: https://packages.example.com/', f'URIs: {self.url}'), ('Suites: stable', f'Suites: {self.suite}'),
                           ('/usr/share/keyrings/tillkeeper.asc', str(key))):
            assert line in sources, line
            sources = sources.replace(line, ours)
        (self.folder / 'etc/apt/sources.list.d/tillkeeper.sources').write_text(sources, encoding='utf-8')
        updates = SNIPPETS / '52tillkeeper-updates'
        (self.folder / 'etc/apt/apt.conf.d' / updates.name).write_bytes(updates.read_bytes())
        options = ['--root=' + str(self.folder), '--force-not-root', '--force-bad-path', '--force-unsafe-io', '--log=/dev/null']
        (self.folder / 'apt.conf').write_text(
            f'Dir "{self.folder}";\nDir::State::status "{self.folder}/var/lib/dpkg/status";\n'
            f'APT::Machine-ID "{hashlib.sha256(self.name.encode()).hexdigest()[:32]}";\n'
            'APT::Sandbox::User "";\nAcquire::Languages "none";\nAPT::Architectures { "amd64"; };\n'
            'DPkg::Use-Pty "0";\nDPkg::Options { ' + ' '.join(f'"{option}";' for option in options) + ' };\n', encoding='utf-8')

    def apt(self, *arguments):
        command = ['apt-get', '-q', '-y', *arguments]
        return subprocess.run(command, env={**os.environ, 'APT_CONFIG': str(self.folder / 'apt.conf'), 'LC_ALL': 'C'},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def refresh(self, *options):
        """True when APT believed what the repository says."""
        return self.apt('update', '--error-on=any', *options).returncode == 0

    def forget(self):
        """As a box that never saw the repository."""
        for path in (self.folder / 'var/lib/apt/lists').glob('*_*'):
            path.unlink()

    def update(self):
        """What a night's unattended update does."""
        if not self.refresh():
            return
        done = self.apt('dist-upgrade' if self.version else 'install', *([] if self.version else ['tillkeeper']))
        if done.returncode:
            raise AssertionError(f'{self.name}: {done.stdout}')
        version = self.installed()
        if version != self.version:
            self.version = version
            self.restarted()

    def installed(self):
        for line in (self.folder / 'var/lib/dpkg/status').read_text(encoding='utf-8').splitlines():
            if line.startswith('Version: '):
                return line.removeprefix('Version: ')
        return None

    def program(self):
        """What the package installed."""
        return (self.folder / 'usr/lib/tillkeeper/build').read_text(encoding='utf-8').strip()

    def restarted(self):
        self.started = time.time()
        self.reports = self.refused = 0

    def metrics(self):
        """None where nobody answers."""
        if self.version is None or self.ailment == 'silent':
            return None
        build = self.program()
        self.reports += 1
        self.refused += 4 if build == self.bad_build or self.ailment == 'refused' else 0
        return '\n'.join([
            f'tillkeeper_build_info{{version="{build}"}} 1',
            f'process_start_time_seconds {self.started + (self.reports if self.ailment == "restarts" else 0)}',
            f'tillkeeper_destination_held{{destination="erp"}} {self.reports if self.ailment == "held" else 7}',
            'tillkeeper_destination_behind{destination="crm"} 0',
            f'tillkeeper_destination_behind{{destination="erp"}} {5000 if self.ailment == "behind" else 3}',
            f'tillkeeper_transactions_total{{outcome="accepted"}} {10 * self.reports - self.refused}',
            f'tillkeeper_transactions_total{{outcome="refused"}} {self.refused}',
        ]) + '\n'
