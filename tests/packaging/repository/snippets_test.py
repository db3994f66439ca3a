#!/usr/bin/env python3
"""The files a store is given: when it may update, and by which name APT draws its lot."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SNIPPETS = Path(__file__).resolve().parents[3] / 'packaging/repository/store'


class MayUpdate(unittest.TestCase):
    def run_with(self, active, answer):
        """Its exit status where the unit is `active` or not, and `tillkeeper` is the script `answer`, or not there."""
        with tempfile.TemporaryDirectory() as folder:
            for name, script in (('systemctl', f'exit {0 if active else 3}'), ('tillkeeper', answer)):
                if script is not None:
                    (Path(folder) / name).write_text(f'#!/bin/sh\n{script}\n', encoding='utf-8')
                    (Path(folder) / name).chmod(0o755)
            path = os.pathsep.join([folder, '/usr/bin', '/bin'])
            return subprocess.run([SNIPPETS / 'may-update'], env={'PATH': path}, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False).returncode

    def test_only_a_daemon_that_runs_and_says_no_keeps_an_update_away(self):
        self.assertEqual(self.run_with(True, 'test "$1" = update-window'), 0)
        self.assertEqual(self.run_with(True, 'echo the store is open; exit 1'), 1)

    def test_a_version_that_is_broken_or_older_does_not_keep_out_the_next(self):
        self.assertEqual(self.run_with(False, 'exit 1'), 0, 'no daemon: nobody sells')
        self.assertEqual(self.run_with(True, 'exit 2'), 0, 'an older version does not know the question')
        self.assertEqual(self.run_with(True, 'kill -SEGV $$'), 0, 'it crashes')
        self.assertEqual(self.run_with(True, None), 0, 'it is not there')


class NameForApt(unittest.TestCase):
    def name_of(self, serial):
        """The machine id that APT reads on a box with that serial number; None for the box's own."""
        with tempfile.TemporaryDirectory() as root:
            for folder in ('sys/firmware/devicetree/base', 'etc/apt/apt.conf.d'):
                (Path(root) / folder).mkdir(parents=True)
            if serial:
                (Path(root) / 'sys/firmware/devicetree/base/serial-number').write_bytes(serial)
            made = Path(root) / 'etc/apt/apt.conf.d/53tillkeeper-name'
            made.write_text('APT::Machine-ID "of the image";\n', encoding='utf-8')
            subprocess.run([SNIPPETS / 'name-for-apt', root], check=True, stderr=subprocess.DEVNULL)
            if not made.exists():
                return None
            said = subprocess.run(['apt-config', '-c', str(made), 'dump', '--format=%v', 'APT::Machine-ID'],
                                  capture_output=True, text=True, check=True).stdout
            return said.strip()

    def test_clones_differ_and_a_box_stays_itself(self):
        first, again, other = (self.name_of(serial) for serial in (b'100000001\0', b'100000001\0', b'100000002\0'))
        self.assertRegex(first, '^[0-9a-f]{32}$')
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_without_a_serial_number_it_is_the_machine_id(self):
        self.assertIsNone(self.name_of(None))


if __name__ == '__main__':
    if not shutil.which('apt-config'):
        print('SKIPPED: NO APT IS INSTALLED. The snippets for stores were NOT tested.', file=sys.stderr)
        sys.exit(77)
    unittest.main()
