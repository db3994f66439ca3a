#!/usr/bin/env python3
"""The tools of the mutants keep their own promises, and the lists are fit to be hunted."""

import re
import sys
import tempfile
import unittest
from pathlib import Path

import hunt
from mutant_list import ListError, Reader, check, read_lists
from plant import plant

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCE = 'int a() {\n    return 1;\n}\nint b() { return 2; }\n'
MUTANT = 'mutant one_wrong\n  wrong: It is wrong.\n  breaks: storage-1\n  in room/a.cpp\n'


def mutants_of(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'room.mutants'
        path.write_text(text)
        mutants = Reader(path).read()
    check(mutants)
    return mutants


def planted(text, source=SOURCE):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / 'room').mkdir()
        (root / 'room/a.cpp').write_text(source)
        plant(root, root / 'out', mutants_of(text))
        return (root / 'out/room/a.cpp').read_text().replace(str(root), '')


class Planting(unittest.TestCase):
    def test_an_edit_replaces_its_text_and_nothing_else(self):
        out = planted(MUTANT + '  - return 1\n  + return $ON ? 9 : 1\n')
        self.assertRegex(out, r'return ::tillkeeper::mutant_on\(0x[0-9a-f]{8}U\) \? 9 : 1;')
        self.assertIn('int b() { return 2; }', out)

    def test_lines_are_told_as_in_the_origin(self):
        out = planted(MUTANT + '  - return 1;\n  + if ($ON)\n  +     return 9;\n  + return 1;\n')
        after = out.split('#line')
        self.assertEqual(after[1].splitlines()[0], ' 1 "/room/a.cpp"')
        self.assertEqual(after[2].splitlines()[:2], [' 3 "/room/a.cpp"', '}'])

    def test_text_that_is_not_there_names_the_mutant(self):
        with self.assertRaisesRegex(ListError, 'one_wrong: its text stands 0 times'):
            planted(MUTANT + '  - return 3\n  + $ON\n')

    def test_text_that_is_there_twice_names_the_mutant(self):
        with self.assertRaisesRegex(ListError, 'one_wrong: its text stands 2 times'):
            planted(MUTANT + '  - int\n  + $ON\n')

    def test_two_mutants_of_the_same_text_need_it(self):
        other = MUTANT.replace('one_wrong', 'other_wrong')
        with self.assertRaisesRegex(ListError, 'other_wrong: another mutant changes the same text'):
            planted(MUTANT + '  - 1;\n  + $ON;\n' + other + '  - 1;\n  + $ON;\n')
        out = planted(MUTANT + '  - 1;\n  + $ON ? 8 : 1;\n' + other + '  - 1;\n  + $ON ? 9 : $IT\n')
        self.assertRegex(out, r'return \S+ \? 9 : \S+ \? 8 : 1;')

    def test_a_copy_goes_with_its_last_mutant(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / 'out/room').mkdir(parents=True)
            (root / 'out/room/old.h').write_text('int old();')
            plant(root, root / 'out', [])
            self.assertFalse((root / 'out/room/old.h').exists())


class Lists(unittest.TestCase):
    def test_what_is_missing_is_told(self):
        for text, told in [('  wrong: x\n', 'begins with "mutant NAME"'),
                           ('mutant one_wrong\n', 'has no "wrong"'),
                           (MUTANT + '  - a\n  + b\n', 'never asks'),
                           (MUTANT + '  - a\n', 'needs "in FILE"'),
                           (MUTANT + '  colour: red\n', 'unknown property'),
                           (2 * (MUTANT + '  - a\n  + $ON\n'), 'stands at room.mutants:1 already')]:
            with self.subTest(told), self.assertRaisesRegex(ListError, told):
                mutants_of(text)

    def test_each_breaks_a_promise_that_is_given(self):
        mutants = read_lists(HERE)
        promised = set()
        for readme in ROOT.glob('*/**/README.md'):
            promised |= set(re.findall(r'^- (?:\*\*)?\[(\w+-\d+)\]', readme.read_text(encoding='utf-8'), re.MULTILINE))
        for mutant in mutants:
            with self.subTest(mutant.name):
                self.assertLessEqual(set(mutant.breaks), promised)
                self.assertLessEqual(set(mutant.finders), set(hunt.FINDERS))


class Hunting(unittest.TestCase):
    def seek(self, script, **properties):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / 'finder'
            program.write_text('#!/bin/sh\n' + script)
            program.chmod(0o755)
            mutant = mutants_of(MUTANT + '  - a\n  + $ON\n')[0]
            mutant.finders = ['simulation']
            for name, value in properties.items():
                setattr(mutant, name, value)
            return hunt.Hunt({'simulation': hunt.Finder('simulation', program)}, 1, 1).seek(mutant)

    def test_exit_status_1_is_found_and_quoted(self):
        self.assertEqual(self.seek('echo 10 runs; echo "lost: sale 7 of $TILLKEEPER_MUTANT"; exit 1')[::2],
                         ('simulation', 'lost: sale 7 of one_wrong'))

    def test_everything_else_is_not_found(self):
        for script in ('exit 0', 'exit 2', 'kill -SEGV $$', 'while :; do :; done'):
            with self.subTest(script):
                self.assertIsNone(self.seek(script)[0])

    def test_a_signal_counts_where_the_mutant_says_so(self):
        self.assertEqual(self.seek('kill -SEGV $$', signal_counts=True)[0], 'simulation')


if __name__ == '__main__':
    sys.exit(unittest.main(verbosity=1))
