"""What a roll-out needs around it, all on loopback: a web server, Prometheus, a key, packages. Ends what it started."""

import http.server
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path

KEY = 'Tillkeeper test repository'
NEEDED = ['apt-get', 'dpkg', 'dpkg-deb', 'gpg', 'gpgconf', 'prometheus', 'setpriv', 'setsid']


def missing():
    return [program for program in NEEDED if not shutil.which(program)]


def in_chroot():
    """APT looks as well, and knows of no phases there."""
    try:
        return not os.path.samefile('/', '/proc/1/root')
    except OSError:
        return False


def until(condition, what, seconds=300):
    """Waits for a condition; its value when it is true."""
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {seconds} s: {what}')
        tick.wait(0.4)
    return value


class Pages(http.server.SimpleHTTPRequestHandler):
    """The repository below /, and /stores/NAME/metrics. A lie in place of a page is for the test of APT's suspicion."""

    def __init__(self, *arguments, stores, lies, **more):
        self.stores, self.lies = stores, lies
        super().__init__(*arguments, **more)

    def do_GET(self):
        parts = self.path.split('/')
        if parts[1] == 'stores':
            metrics = self.stores[parts[2]].metrics()
            if metrics is None:
                self.send_error(503)
            else:
                self.answer(metrics.encode(), 'text/plain; version=0.0.4')
        elif self.path in self.lies:
            self.answer(self.lies[self.path], 'application/octet-stream')
        else:
            super().do_GET()

    def answer(self, content, kind):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # else Prometheus ended while it asked


@contextmanager
def web(folder, stores, lies):
    pages = partial(Pages, directory=str(folder), stores=stores, lies=lies)
    with Server(('127.0.0.1', 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f'127.0.0.1:{server.server_port}'
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def prometheus(folder, address, stores):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    targets = ''.join(f'      - targets: ["{address}"]\n        labels: {{instance: {name}, __metrics_path__: /stores/{name}/metrics}}\n'
                      for name in stores)
    (folder / 'prometheus.yml').write_text(f'global: {{scrape_interval: 2s}}\nscrape_configs:\n  - job_name: stores\n'
                                           f'    static_configs:\n{targets}', encoding='utf-8')
    command = ['setpriv', '--pdeathsig', 'KILL', 'prometheus', f'--config.file={folder}/prometheus.yml', f'--storage.tsdb.path={folder}/series',
               f'--web.listen-address=127.0.0.1:{port}', '--log.level=warn']
    with open(folder / 'prometheus.log', 'wb') as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            url = f'http://127.0.0.1:{port}'
            until(lambda: answers(url + '/-/ready'), 'Prometheus is ready')
            yield url
        finally:
            server.terminate()


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def gpg_home():
    """A folder for gpg, its path short enough for the socket of its agent. The agent is no child of ours: it is ended, and the
    folder removed, by who sees this process end, however it ends."""
    home, before = tempfile.mkdtemp(prefix='gpg-'), os.environ.get('GNUPGHOME')
    os.environ['GNUPGHOME'] = home
    end = 'read -r _; gpgconf --kill all; rm -rf "$GNUPGHOME"'
    with subprocess.Popen(['setsid', '--fork', 'sh', '-c', end], stdin=subprocess.PIPE):
        try:
            yield
        finally:
            os.environ.pop('GNUPGHOME')
            if before:
                os.environ['GNUPGHOME'] = before
    until(lambda: not os.path.exists(home), 'the agent of gpg has ended')


@contextmanager
def keyring():
    with gpg_home():
        subprocess.run(['gpg', '--batch', '--quiet', '--passphrase', '', '--quick-generate-key', KEY, 'ed25519', 'sign', '1d'], check=True)
        yield KEY


def make_package(folder, version):
    """A package that installs one file: what its program calls itself."""
    tree = folder / f'tree-{version}'
    (tree / 'DEBIAN').mkdir(parents=True)
    (tree / 'usr/lib/tillkeeper').mkdir(parents=True)
    (tree / 'usr/lib/tillkeeper/build').write_text(version + '\n', encoding='utf-8')
    (tree / 'DEBIAN/control').write_text(
        f'Package: tillkeeper\nVersion: {version}\nArchitecture: amd64\nMaintainer: Tillkeeper <packages@example.com>\n'
        f'Provides: tillkeeper-core (= {version})\nDescription: a store goes on selling\n Two lines\n .\n of it.\n', encoding='utf-8')
    target = folder / f'tillkeeper_{version}_amd64.deb'
    subprocess.run(['dpkg-deb', '-b', str(tree), str(target)], check=True, stdout=subprocess.DEVNULL)
    return target
