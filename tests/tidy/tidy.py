#!/usr/bin/env python3
"""Checks the house style of a tree: tidy.py ROOT. Prints one line per finding; exit status 1 if there is any."""

import subprocess
import sys
from pathlib import Path

import rules

TEXT = ('.cpp', '.h', '.js', '.css', '.py', '.md', '.txt', '.cmake', '.json', '.jq', '.sql', '.sh', '.toml', '.yaml', '.service', '')
HERE = 'tests/tidy/'  # names what it forbids


def project_paths(root):
    """Everything that is, or would be, committed; all files where there is no git."""
    listing = subprocess.run(['git', '-C', root, 'ls-files', '-co', '--exclude-standard'],
                             capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        paths = listing.stdout.splitlines()
    else:
        paths = [str(p.relative_to(root)) for p in Path(root).rglob('*') if '.git' not in p.parts]
    return sorted(p for p in paths if (Path(root) / p).is_file() and not p.startswith('build/'))


def read_files(root):
    for path in project_paths(root):
        if Path(path).suffix not in TEXT:
            continue
        try:
            yield rules.File(path, (Path(root) / path).read_text(encoding='utf-8'))
        except UnicodeDecodeError:
            continue  # not a text


def read_exceptions(root):
    """{(rule, path)} of tests/tidy/exceptions.txt: 'rule path reason' in each line."""
    table = Path(root) / HERE / 'exceptions.txt'
    lines = table.read_text(encoding='utf-8').splitlines() if table.exists() else []
    rows = [line.split(None, 2) for line in lines if line.strip() and not line.startswith('#')]
    return {(row[0], row[1]): row for row in rows}


def findings_of(files, exceptions):
    """Yields (path, line, rule, text); an exception that is no longer needed is a finding as well."""
    used = set()
    found = []
    for rule in rules.PER_FILE:
        for file in files:
            if not file.path.startswith(HERE):
                found += [(file.path, line, rule.__name__, text) for line, text in rule(file)]
    for rule in rules.PER_PROJECT:
        found += [(path, line, rule.__name__, text) for path, line, text in rule(files)]
    for path, line, rule, text in sorted(found):
        if (rule, path) in exceptions:
            used.add((rule, path))
        else:
            yield path, line, rule, text
    for rule, path in sorted(set(exceptions) - used):
        yield path, 0, rule, 'is excepted in tests/tidy/exceptions.txt but keeps the rule: remove the exception'
    for (rule, path), row in sorted(exceptions.items()):
        if len(row) < 3:
            yield path, 0, rule, 'is excepted in tests/tidy/exceptions.txt without a reason'


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    files = list(read_files(sys.argv[1]))
    found = list(findings_of(files, read_exceptions(sys.argv[1])))
    for path, line, rule, text in found:
        print(f'{path}:{line}: {rule}: {text}')
    print(f'{len(files)} files, {len(found)} findings')
    return 1 if found or not files else 0


if __name__ == '__main__':
    sys.exit(main())
