#!/usr/bin/env python3
"""The folder that Debian packages are made from, against what is really installed: debian_folder_test.py ROOT BUILD."""

import fnmatch
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
DEBIAN = ROOT / 'packaging/debian'
STORE = '[store]\nid = "0042"\n'


def lines_of(path):
    return [line for line in path.read_text(encoding='utf-8').splitlines() if line and not line.startswith('#')]


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def installed():
    """What CMake installs, as paths without the folder of the machine's architecture."""
    with tempfile.TemporaryDirectory() as stage:
        made = run('cmake', '--install', BUILD, '--prefix', Path(stage) / 'usr')
        assert made.returncode == 0, made.stderr
        files = [str(path.relative_to(stage)) for path in Path(stage).rglob('*') if path.is_file()]
        return sorted(re.sub(r'^usr/lib/[a-z0-9_]+-linux-[a-z]+/', 'usr/lib/', file) for file in files)


class Packages(unittest.TestCase):
    def test_the_version_is_the_projects(self):
        project = re.search(r'project\(tillkeeper VERSION ([0-9.]+)', (ROOT / 'CMakeLists.txt').read_text()).group(1)
        top = (DEBIAN / 'changelog').read_text().splitlines()[0]
        self.assertRegex(top, rf'^tillkeeper \({re.escape(project)}\) ')

    def test_programs_are_told_the_packages_version(self):
        with tempfile.TemporaryDirectory() as tree:
            (Path(tree) / 'debian').mkdir()
            (Path(tree) / 'debian/changelog').write_text((DEBIAN / 'changelog').read_text().replace('(', '(2:', 1).replace(')', '-7)', 1))
            told = run('make', '--directory', tree, '--dry-run', '--makefile', (DEBIAN / 'rules').resolve(), 'override_dh_auto_configure')
        self.assertRegex(told.stdout, r' -DTILLKEEPER_VERSION=[0-9.]+-7 ', told.stderr)

    def test_each_installed_file_is_in_one_package(self):
        patterns = [line.split()[0].replace('/*/', '/') for path in DEBIAN.glob('*.install') for line in lines_of(path)]
        patterns = [each for each in patterns if not each.startswith('debian/')]
        files = installed()
        for file in files:
            matching = [each for each in patterns if fnmatch.fnmatch(file, each) or file.startswith(each + '/')]
            self.assertEqual(len(matching), 1, f'{file} is in {matching}')
        for each in patterns:
            self.assertTrue(any(fnmatch.fnmatch(file, each) or file.startswith(each + '/') for file in files),
                            f'{each} brings nothing')

    def test_what_lists_name_is_there(self):
        for kind in ('docs', 'examples', 'install'):
            for path in DEBIAN.glob('*.' + kind):
                for line in lines_of(path):
                    name = line.split()[0]
                    if kind == 'install' and not name.startswith('debian/'):
                        continue
                    found = list((DEBIAN.parent if name.startswith('debian/') else ROOT).glob(name))
                    self.assertTrue(found, f'{path.name}: {name}')

    def test_what_it_is_built_with_is_on_the_one_list(self):
        known = {line.split()[0] for line in lines_of(ROOT / 'packaging/debian-packages.txt')}
        needed = re.search(r'^Build-Depends:\n((?: .*\n)+)', (DEBIAN / 'control').read_text(), re.M).group(1)
        libraries = [name for name in re.findall(r'^ ([a-z0-9.+-]+-dev)', needed, re.M)]
        self.assertGreater(len(libraries), 10)
        self.assertLessEqual(set(libraries), known)

    def test_scripts_can_be_read(self):
        for path in [*DEBIAN.glob('*.post*'), *DEBIAN.glob('*.pre*'), ROOT / 'packaging/broker/prepare-broker']:
            self.assertEqual(run('sh', '-n', path).stderr, '')


class Configuration(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.parts = self.folder / 'tillkeeper.d'
        self.parts.mkdir()
        (self.folder / 'tillkeeper.toml').write_text((DEBIAN / 'etc/tillkeeper.toml').read_text())
        password = self.folder / 'agent.password'
        password.write_text('secret')
        password.chmod(0o600)
        bus = (DEBIAN / 'etc/bus.toml').read_text()
        (self.parts / 'bus.toml').write_text(bus.replace('/var/lib/tillkeeper-broker', scratch.name))

    def tillkeeper(self, *words):
        return run(BUILD / 'agent/tillkeeper', '--config', self.folder / 'tillkeeper.toml', *words)

    def test_a_box_without_a_store_says_what_to_do(self):
        told = self.tillkeeper('status')
        self.assertEqual(told.returncode, 1)
        self.assertIn('this box belongs to no store yet', told.stderr)
        self.assertIn('tillkeeper.d/store.toml', told.stderr)

    def test_a_store_is_all_that_is_missing(self):
        (self.parts / 'store.toml').write_text(STORE)
        checked = self.tillkeeper('config', 'check')
        self.assertEqual((checked.returncode, checked.stderr), (0, ''))

    def test_all_speak_of_one_port(self):
        port = re.search(r'^port = (\d+)$', (DEBIAN / 'etc/bus.toml').read_text(), re.M).group(1)
        self.assertIn(f'\nPORT={port}\n', (DEBIAN / 'tillkeeper-broker.default').read_text())
        self.assertIn('${PORT:-' + port + '}', (ROOT / 'packaging/broker/prepare-broker').read_text())


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
