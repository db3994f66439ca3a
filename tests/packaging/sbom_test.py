#!/usr/bin/env python3
"""Does the bill of materials name all that a program is made of? sbom_test.py PROGRAM..."""

import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MAKE_SBOM = Path(__file__).resolve().parents[2] / 'packaging/make-sbom'
loader = importlib.machinery.SourceFileLoader('make_sbom', str(MAKE_SBOM))
sbom = importlib.util.module_from_spec(importlib.util.spec_from_loader('make_sbom', loader))
loader.exec_module(sbom)

ARCHITECTURE = subprocess.run(['dpkg', '--print-architecture'], capture_output=True, text=True, check=True).stdout.strip()
PROGRAMS = []


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.tree = Path(folder.name)
        (cls.tree / 'usr/sbin').mkdir(parents=True)
        (cls.tree / 'usr/share').mkdir()
        (cls.tree / 'usr/share/README').write_text('no program')
        for program in PROGRAMS:
            shutil.copy(program, cls.tree / 'usr/sbin')
        cls.text = cls.bill()

    @classmethod
    def bill(cls):
        done = subprocess.run([sys.executable, '-B', str(MAKE_SBOM), cls.tree, 'tillkeeper', '1.2.3-1+x', ARCHITECTURE], capture_output=True,
                              text=True, check=False, env={**os.environ, 'SOURCE_DATE_EPOCH': '1700000000'})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_each_needed_library_is_named_with_version_and_licence(self):
        document = json.loads(self.text)
        parts = {part['name']: part for part in document['components']}
        for program in PROGRAMS:
            libraries = sbom.needed(program)
            self.assertGreater(len(libraries), 1, program)
            edges = next(each for each in document['dependencies'] if each['ref'] == f'file:/usr/sbin/{Path(program).name}')
            for library in libraries:
                if library.startswith('ld-linux'):
                    continue
                owner = subprocess.run(['dpkg', '-S', f'*/{sbom.MULTIARCH[ARCHITECTURE]}/{library}'], capture_output=True, text=True, check=True).stdout.split(':')[0]
                self.assertIn(f'debian:{owner}', edges['dependsOn'], library)
                self.assertRegex(parts[owner]['version'], r'^\d')
                self.assertTrue(parts[owner]['licenses'][0]['license']['name'])
                self.assertTrue(parts[owner]['purl'].startswith(f'pkg:deb/debian/{owner}@'))

    def test_what_is_compiled_in_is_named(self):
        names = {part['name']: part for part in json.loads(self.text)['components']}
        for package in ('libasio-dev', 'libcli11-dev'):
            self.assertEqual(names[package]['properties'][0]['value'], 'compiled in')
        self.assertNotIn('libcurl4-openssl-dev', names)

    def test_it_is_whole(self):
        document = json.loads(self.text)
        self.assertEqual((document['bomFormat'], document['specVersion'], document['version']), ('CycloneDX', '1.5', 1))
        self.assertRegex(document['serialNumber'], r'^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
        self.assertEqual(document['metadata']['timestamp'], '2023-11-14T22:13:20Z')
        self.assertIn('1.2.3-1%2Bx', document['metadata']['component']['purl'])
        refs = [part['bom-ref'] for part in document['components']] + ['itself']
        self.assertEqual(len(refs), len(set(refs)))
        for each in document['dependencies']:
            self.assertLessEqual({each['ref'], *each['dependsOn']}, set(refs))

    def test_same_input_same_bytes(self):
        self.assertEqual(self.bill(), self.text)

    def test_a_table_of_licences(self):
        table = sbom.licence_table(json.loads(self.text))
        self.assertRegex(table, r'libsqlite3-0 .*public-domain')
        self.assertRegex(table, r'libasio-dev .*compiled in')

    def test_a_library_of_nobody_is_a_fault(self):
        with self.assertRaises(SystemExit):
            sbom.package_of('libnobody-brings-this.so.1', [Path('/usr/lib')])


class Reading(unittest.TestCase):
    def test_licences(self):
        text = 'Format: x\n\nFiles: *\nCopyright: a\nLicense: curl\n\nFiles: debian/*\nLicense: GPL-2\n\nFiles: b\nLicense: ISC or MIT\n text\n\nLicense: curl\n text\n'
        self.assertEqual(sbom.licences_in(text), ['ISC or MIT', 'curl'])
        self.assertEqual(sbom.licences_in('This package was debianized by hand.'), [])

    def test_the_list_of_packages(self):
        text = '# to build\ncmake  x\nlibwrong-dev y\n\n# libraries\nliba-dev  one\nb-dev two\n\n# to run\nlibc-dev three\n'
        self.assertEqual(sbom.build_packages(text), ['liba-dev', 'b-dev'])


if __name__ == '__main__':
    PROGRAMS = [path for path in sys.argv[1:] if os.path.isfile(path)]
    unittest.main(argv=sys.argv[:1])
