#!/usr/bin/env python3
"""Plants one fault per rule and expects exactly that rule to find it; and plants look-alikes that nobody may find."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import tidy
from rules import PER_FILE, PER_PROJECT, File
from source import code_of, functions_of

HEADER = '// What it promises.\n#pragma once\n'


def findings(files, exceptions=None):
    """The rules that fire for {path: text}; each folder gets a README unless the test brings its own."""
    whole = [File(path, text) for path, text in files.items()]
    folders = {str(f.pure.parent) for f in whole}
    readmes = [f'{folder}/README.md' if folder != '.' else 'README.md' for folder in folders]
    whole += [File(path, '') for path in readmes if path not in files]
    return list(tidy.findings_of(whole, exceptions or {}))


def fired(path, text):
    return [rule for _, _, rule, _ in findings({path: text})]


def body(lines):
    return 'int work(int a) {\n' + '    ++a;\n' * lines + '}\n'


# rule, path, text that breaks it, text that looks alike and is fine
PLANTED = [
    ('size', 'sync/long.cpp', 'int x;\n' * 301, 'int x;\n' * 300),
    ('size', 'sync/long.h', HEADER + 'int x;\n' * 119, HEADER + 'int x;\n' * 118),
    ('size', 'tests/sync/long.cpp', 'int x;\n' * 501, 'int x;\n' * 500),
    ('function_length', 'sync/a.cpp', body(59), body(58)),
    ('function_length', 'sync/a.cpp', 'A::A(int b) : b_{b}, c_(2) {\n' + '    ++b_;\n' * 60 + '}\n',
     'namespace a {\nclass B {\n' + '    int f() { return 1; }\n' * 61 + '};\n}\n'),
    ('function_length', 'tests/sync/a.cpp', 'TEST(A, B) {\n' + '    f();\n' * 60 + '}\n',
     'TEST(A, B) {\n' + '    f();\n' * 30 + '}\nTEST(A, C) {\n' + '    f();\n' * 30 + '}\n'),
    ('function_length', 'sync/a.cpp', 'int f() {\n    g([] {\n' + '        h();\n' * 60 + '    });\n}\n',
     'const int kTable[] = {\n' + '    f(1),\n' * 90 + '};\n'),
    ('direction', 'platform/a.cpp', '#include "storage/journal.h"\n', '#include "platform/clock.h"\n'),
    ('direction', 'storage/a.cpp', '#include "sync/destination.h"\n', '#include "platform/clock.h"\n'),
    ('direction', 'sync/a.cpp', '#include "agent/bus.h"\n', '#include "storage/journal.h"\n'),
    ('direction', 'sync/a.cpp', '#include "tests/fakes/clock.h"\n', '// #include "tests/fakes/clock.h"\n'),
    ('direction', 'sync/a.cpp', '#include "platform/linux-arm/curl.h"\n', '#include "platform/http.h"\n'),
    ('direction', 'till/a.cpp', '#include "storage/journal.h"\n', '#include "platform/linux-arm/system.h"\n'),
    ('direction', 'agent/a.cpp', '#include "till/till.h"\n', '#include "storage/journal.h"\n'),
    ('vendors', 'till/till.cpp', '#include <sqlite3.h>\n', '#include <cjson/cJSON.h>\n'),
    ('vendors', 'till/outbox.cpp', '#include <mosquitto.h>\n', '#include "till/outbox_file.h"\n'),
    ('vendors', 'sync/a.cpp', '#include <sqlite3.h>\n', '#include <jq.h>\n'),
    ('vendors', 'storage/a.cpp', '#include <curl/curl.h>\n', '#include <sqlite3.h>\n'),
    ('vendors', 'agent/a.cpp', '#include <mosquitto.h>\n', '#include "platform/mqtt.h"\n'),
    ('vendors', 'agent/a.cpp', '#include <asio.hpp>\n', '#include <CLI/CLI.hpp>\n'),
    ('vendors', 'platform/a.h', HEADER + '#include <openssl/evp.h>\n', HEADER + '#include <string>\n'),
    ('banned', 'sync/a.cpp', 'f(); std::this_thread::sleep_for(1s);\n', '// never sleep_for\nconst char* k = "sleep_for";\n'),
    ('banned', 'tests/sync/a.cpp', 'usleep(3);\n', 'int asleep = usleeper;\n'),
    ('banned', 'sync/a.cpp', 'strcpy(a, b);\n', 'std::copy(a, b);\n'),
    ('banned', 'sync/a.cpp', 'sprintf(a, b);\n', 'snprintf(a, 3, b);\n'),
    ('banned', 'sync/a.cpp', 'system("ls");\n', 'file_system(a);\n'),
    ('banned', 'sync/a.cpp', 'int a = rand();\n', 'int a = operand();\n'),
    ('banned', 'sync/a.cpp', 'auto a = time(NULL);\n', 'auto a = arrival_time(b);\n'),
    ('banned', 'sync/a.cpp', 'auto a = localtime(&b);\n', 'auto a = mylocaltime(b);\n'),
    ('banned', 'sync/a.cpp', 'gettimeofday(&a, 0);\n', 'get_time();\n'),
    ('banned', 'sync/a.cpp', 'auto a = std::chrono::system_clock::now();\n', 'auto a = clock.wall();\n'),
    ('banned', 'sync/a.cpp', 'std::thread a(f);\n', 'std::thread::id a;\n'),
    ('banned', 'agent/main.cpp', 'a.detach();\n', 'std::thread a(f);\n'),
    ('banned', 'sync/a.cpp', 'std::shared_ptr<int> a;\n', 'std::unique_ptr<int> a;\n'),
    ('leftovers', 'sync/a.cpp', '// TODO more\n', '// what is still to do is done\n'),
    ('leftovers', 'sync/a.cpp', 'int a;  // NOLINT\n', 'int a;  // lint\n'),
    ('leftovers', 'tests/a.cpp', 'TEST(A, DISABLED_b) {}\n', 'TEST(A, b) {}\n'),
    ('leftovers', 'tests/a.cpp', 'void f() { GTEST_SKIP(); }\n', 'const char* k = "file-XXXXXX";\n'),
    ('leftovers', 'packaging/a.sh', '# FIXME\n', '# fixed\n'),
    ('foreign', 'sync/README.md', 'see /home/anna/notes\n', 'see /var/lib/tillkeeper\n'),
    ('foreign', 'sync/a.cpp', '// for issue 7\n', '// issues a token\n'),
    ('contract', 'sync/a.h', '#pragma once\n', HEADER),
    ('contract', 'sync/a.h', '// What it promises.\nint a;\n', HEADER),
    ('god_names', 'sync/a.h', HEADER + 'class SyncManager {\n};\n', HEADER + 'class Destination {\n};\n'),
    ('god_names', 'sync/a.h', HEADER + 'struct Context final : B {\n};\n', HEADER + 'class Context;\n'),
    ('god_names', 'sync/string_utils.cpp', '', None),
    ('promises', 'tests/sync/a.cpp', '// [sync-4]\n', '// sync-4\n'),
    ('promises', 'sync/README.md', '- [sync-4] once\n', '- once\n'),
]


class Rules(unittest.TestCase):
    def test_each_rule_finds_its_fault_and_nothing_else_does(self):
        for rule, path, bad, good in PLANTED:
            with self.subTest(rule=rule, path=path, bad=bad[:60]):
                self.assertEqual([rule], fired(path, bad))
                if good is not None:
                    self.assertEqual([], fired(path, good))

    def test_every_rule_has_a_planted_fault(self):
        planted = {rule for rule, *_ in PLANTED} | {'readmes'}
        self.assertEqual({rule.__name__ for rule in PER_FILE + PER_PROJECT}, planted)

    def test_a_folder_without_readme_is_found(self):
        found = list(tidy.findings_of([File('sync/a.cpp', '')], {}))
        self.assertEqual([('sync/README.md', 0, 'readmes')], [f[:3] for f in found])

    def test_a_promise_that_is_cited_is_fine(self):
        self.assertEqual([], findings({'sync/README.md': '[sync-1]', 'tests/sync/a.cpp': '// [sync-1]\n'}))


class Exceptions(unittest.TestCase):
    BAD = {'sync/a.cpp': 'usleep(3);\n'}

    def test_an_exception_with_a_reason_silences_its_rule_in_its_file(self):
        row = ['banned', 'sync/a.cpp', 'the hardware wants it']
        self.assertEqual([], findings(self.BAD, {('banned', 'sync/a.cpp'): row}))

    def test_an_exception_without_a_reason_or_without_need_is_found(self):
        self.assertEqual(1, len(findings(self.BAD, {('banned', 'sync/a.cpp'): ['banned', 'sync/a.cpp']})))
        unused = ['size', 'sync/a.cpp', 'it used to be long']
        self.assertEqual(['banned', 'size'], sorted(f[2] for f in findings(self.BAD, {('size', 'sync/a.cpp'): unused})))


class Reading(unittest.TestCase):
    def test_literals_and_comments_are_blanked_and_lines_stay(self):
        code = code_of('a("x{");\n/* {\n */ char c = \'{\';\nauto r = R"(\n{)"; int n = 1\'000;\n// {\n')
        self.assertNotIn('{', code)
        self.assertEqual(6, code.count('\n'))
        self.assertIn("1'000", code)

    def test_functions_are_found_with_their_lines(self):
        text = 'namespace n {\nstruct S {\n    S() : a_{1} {}\n    int a_{f(2)};\n};\n\nauto g(int a)\n    -> int {\n}\n}\n'
        self.assertEqual([(3, 1), (7, 3)], [found[:2] for found in functions_of(code_of(text))])


class Program(unittest.TestCase):
    def run_tidy(self, files):
        script = Path(tidy.__file__)
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(root) / path).write_text(text, encoding='utf-8')
            return subprocess.run(['python3', script, root], capture_output=True, text=True, check=False)

    def test_the_exit_status_tells(self):
        good = {'sync/README.md': 'good', 'sync/a.cpp': 'int a;\n'}
        self.assertEqual(0, self.run_tidy(good).returncode)
        bad = self.run_tidy({**good, 'sync/b.cpp': 'int b = rand();\n'})
        self.assertEqual(1, bad.returncode)
        self.assertIn('sync/b.cpp:1: banned', bad.stdout)

    def test_a_tree_without_files_does_not_pass(self):
        self.assertEqual(1, self.run_tidy({}).returncode)

    def test_format_finds_what_clang_format_would_change(self):
        script = Path(tidy.__file__).parent / 'format'
        for text, status in (('int a;\n', False), ('int   a;\n', True)):
            with tempfile.TemporaryDirectory() as root:
                (Path(root) / 'a.cpp').write_text(text, encoding='utf-8')
                run = subprocess.run([script, root], capture_output=True, text=True, check=False)
                self.assertEqual(status, run.returncode != 0, run.stderr)


if __name__ == '__main__':
    unittest.main()
