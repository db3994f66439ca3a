#!/usr/bin/env python3
"""The gate's verdicts, and what a repacked package is."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / 'packaging/repository'))

import deb  # noqa: E402
import lab  # noqa: E402
from gate import Store, chance, judge  # noqa: E402
from rollout import Refused, Rollout  # noqa: E402


def stores(well, unwell=0, **signs):
    return [Store(f'well-{n}') for n in range(well)] + [Store(f'unwell-{n}', **signs) for n in range(unwell)]


class Gate(unittest.TestCase):
    def verdict(self, new, old, stores_min=3):
        return judge(new, old, stores_min).kind

    def test_all_is_well(self):
        self.assertEqual(self.verdict(stores(3), stores(27)), 'good')

    def test_each_sign_halts(self):
        for signs in ({'refused': 0.02}, {'held': 1}, {'behind': 101}, {'restarts': 1}, {'silent': True}):
            with self.subTest(signs):
                self.assertEqual(self.verdict(stores(0, 3, **signs), stores(27)), 'bad')
                self.assertNotEqual(self.verdict(stores(1, 2, **signs), stores(27)), 'bad', 'two of three beside so few')
                self.assertEqual(self.verdict(stores(1, 2, **signs), stores(997)), 'bad')

    def test_what_is_within_limits_is_no_sign(self):
        self.assertEqual(self.verdict(stores(0, 3, refused=0.01, behind=100), stores(27)), 'good')
        self.assertEqual(self.verdict(stores(0, 3, held=-5), stores(27)), 'good')

    def test_one_odd_store_halts_nobody(self):
        self.assertEqual(self.verdict(stores(2, 1, refused=0.5), stores(27)), 'good')
        self.assertEqual(self.verdict(stores(2, 1, refused=0.5), stores(10_000)), 'good')

    def test_a_national_outage_is_no_bad_version(self):
        self.assertEqual(self.verdict(stores(0, 3, behind=5000), stores(0, 27, behind=5000)), 'wait')
        self.assertEqual(self.verdict(stores(0, 3, silent=True), stores(7, 20, silent=True), 3), 'wait')

    def test_a_bad_version_shows_while_some_stores_are_unwell_anyway(self):
        self.assertEqual(self.verdict(stores(0, 10, refused=0.5), stores(80, 10, refused=0.5)), 'bad')

    def test_too_few(self):
        self.assertEqual(self.verdict(stores(2), stores(27)), 'wait')
        self.assertEqual(self.verdict([], stores(27)), 'wait')
        self.assertEqual(self.verdict(stores(3), []), 'wait')
        self.assertEqual(self.verdict(stores(3), stores(2)), 'wait', 'three beside two tell nothing')
        self.assertEqual(self.verdict(stores(2, 1, silent=True), stores(27)), 'wait', 'who is silent does not count')

    def test_chance(self):
        self.assertAlmostEqual(chance(3, 3, 0, 27), 1 / 4060)
        self.assertAlmostEqual(chance(1, 3, 0, 27), 3 / 30)
        self.assertEqual(chance(0, 3, 0, 27), 1)
        self.assertEqual(chance(0, 0, 0, 0), 1)


class Course(unittest.TestCase):
    def setUp(self):
        self.rollout = Rollout()
        self.add('1.0')
        self.rollout.promote('canary', 'early', 100)
        self.rollout.promote('early', 'stable', 100)

    def add(self, version):
        return self.rollout.add([{'Package': 'tillkeeper', 'Version': version, 'Architecture': 'all'}])

    def refuses(self, what, *arguments):
        with self.assertRaises(Refused):
            what(*arguments)

    def test_only_upwards(self):
        self.refuses(self.add, '1.0')
        self.refuses(self.add, '0.9')
        self.add('1.1')

    def test_no_suite_is_skipped(self):
        self.add('1.1')
        self.refuses(self.rollout.promote, 'canary', 'stable', 100)
        self.refuses(self.rollout.promote, 'early', 'stable', 100)
        self.rollout.promote('canary', 'early', 50)
        self.refuses(self.rollout.promote, 'early', 'stable', 100)

    def test_a_percentage_only_grows(self):
        self.add('1.1')
        self.rollout.promote('canary', 'early', 50)
        self.refuses(self.rollout.promote, 'canary', 'early', 10)

    def test_a_halted_version_is_for_nobody_and_stays_halted(self):
        self.add('1.1')
        self.rollout.promote('canary', 'early', 50)
        self.rollout.halt('1.1', 'it is bad')
        self.assertEqual(self.rollout.listed('early'), [('1.0', 100), ('1.1', 0)])
        self.refuses(self.rollout.promote, 'canary', 'early', 100)
        self.assertIsNone(self.rollout.under_way())
        self.assertEqual(self.rollout.good_before('1.1'), '1.0')

    def test_a_good_version_that_turns_out_bad_is_good_no_longer(self):
        self.add('1.1')
        self.rollout.promote('canary', 'early', 100)
        self.rollout.promote('early', 'stable', 100)
        self.assertEqual(self.rollout.under_way(), '1.1', 'it is looked at for as long as it is the newest')
        self.rollout.halt('1.1', 'found later')
        self.assertEqual(self.rollout.forward(), ('1.1', '1.0', '1.1+really1.0'))

    def test_forward_goes_to_all_of_a_suite_of_which_a_part_is_bad(self):
        self.add('1.1')
        self.rollout.promote('canary', 'early', 100)
        self.rollout.promote('early', 'stable', 10)
        self.rollout.halt('1.1', 'it is bad')
        bad, good, name = self.rollout.forward()
        self.rollout.add_forward(bad, good, name, [])
        self.assertEqual(self.rollout.listed('stable'), [('1.0', 100), ('1.1', 0), (name, 100)])

    def test_forward_goes_where_the_bad_one_was(self):
        self.refuses(self.rollout.forward)
        self.add('1.1')
        self.rollout.halt('1.1', 'it is bad')
        bad, good, name = self.rollout.forward()
        self.rollout.add_forward(bad, good, name, [])
        self.assertEqual(self.rollout.listed('canary')[-1], (name, 100))
        self.assertEqual(self.rollout.listed('early'), [('1.0', 100)])
        self.refuses(self.rollout.promote, 'canary', 'early', 100)
        self.add('1.2')


class Repacked(unittest.TestCase):
    def test_versions(self):
        for bad, good, name, build in (('1.5.0-1', '1.4.1-1', '1.5.0+really1.4.1-1', '1.4.1-1'), ('1.5.0', '1.4.1', '1.5.0+really1.4.1', '1.4.1'),
                                       ('1:1.5.0-2', '1:1.4.1-1', '1:1.5.0+really1.4.1-1', '1.4.1-1'),
                                       ('1.5.1', '1.5.0+really1.4.1', '1.5.1+really1.4.1', '1.4.1')):
            self.assertEqual(deb.forward_version(bad, good), name)
            self.assertEqual(deb.build_version(name), build)
            self.assertEqual(deb.compare(bad, name), -1)
        self.assertEqual(deb.compare('1.5.0+really1.4.1-1', '1.5.1-1'), -1)

    def test_the_same_files_under_another_version(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            source = lab.make_package(folder, '1.4.1-1')
            again = deb.repacked(source, '1.5.0+really1.4.1-1')
            self.assertEqual(again, deb.repacked(source, '1.5.0+really1.4.1-1'))
            (folder / 'again.deb').write_bytes(again)
            before, after = (dict(deb.read_ar(package)) for package in (source.read_bytes(), again))
            self.assertEqual(before['data.tar.xz'], after['data.tar.xz'])
            old, new = deb.read(source), deb.read(folder / 'again.deb')
            changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
            self.assertEqual(changed, {'Version', 'Provides', 'Repacked-From', 'Size', 'SHA256'})
            self.assertEqual(new['Provides'], 'tillkeeper-core (= 1.5.0+really1.4.1-1)')
            listing = subprocess.run(['dpkg-deb', '-c', folder / 'again.deb'], capture_output=True, text=True, check=True).stdout
            self.assertIn('./usr/lib/tillkeeper/build', listing)


if __name__ == '__main__':
    unittest.main()
