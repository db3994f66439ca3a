"""Reads the lists of mutants, *.mutants. Their form is told in README.md."""

import re
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FINDERS = ['simulation', 'crash_states', 'fault_calls']
NAME = re.compile(r'[a-z][a-z0-9_]{2,48}')


class ListError(Exception):
    """What is wrong with a list, and where."""


@dataclass
class Edit:
    """One change: in `file`, `find` (which stands there exactly once) becomes `write`."""
    file: str
    find: str
    write: str


@dataclass
class Mutant:
    name: str
    where: str
    wrong: str = ''
    breaks: list = field(default_factory=list)
    finders: list = field(default_factory=lambda: list(DEFAULT_FINDERS))
    signal_counts: bool = False
    edits: list = field(default_factory=list)


class Reader:
    """Line by line through one list."""

    def __init__(self, path):
        self.path = path
        self.mutants = []
        self.file = None
        self.find, self.write = [], []

    def end_edit(self):
        if self.find or self.write:
            if not (self.file and self.find and self.write):
                raise ListError(f'{self.mutants[-1].where}: an edit of {self.mutants[-1].name} '
                                'needs "in FILE", then "-" and "+" lines')
            self.mutants[-1].edits.append(Edit(self.file, '\n'.join(self.find), '\n'.join(self.write)))
        self.find, self.write = [], []

    def property(self, key, value):
        mutant = self.mutants[-1]
        if key == 'wrong':
            mutant.wrong = value
        elif key == 'breaks':
            mutant.breaks = value.split()
        elif key == 'found by':
            mutant.finders = value.split()
        elif key == 'a signal counts':
            mutant.signal_counts = value == 'yes'
        else:
            raise ListError(f'{mutant.where}: {mutant.name} has an unknown property "{key}"')

    def line(self, number, text):
        if text.startswith('mutant '):
            self.end_edit()
            self.file = None
            self.mutants.append(Mutant(text[7:].strip(), f'{self.path.name}:{number}'))
        elif not self.mutants:
            raise ListError(f'{self.path.name}:{number}: a list begins with "mutant NAME"')
        elif text.startswith('  in '):
            self.end_edit()
            self.file = text[5:].strip()
        elif text == '  -' or text.startswith('  - '):
            if self.write:
                self.end_edit()
            self.find.append(text[4:])
        elif text == '  +' or text.startswith('  + '):
            self.write.append(text[4:])
        elif match := re.fullmatch(r'  ([a-z ]+): (.*)', text):
            self.property(match.group(1), match.group(2).strip())
        else:
            raise ListError(f'{self.path.name}:{number}: cannot be read: {text}')

    def read(self):
        for number, text in enumerate(self.path.read_text(encoding='utf-8').splitlines(), 1):
            if text.strip() and not text.startswith('#'):
                self.line(number, text.rstrip('\n'))
        self.end_edit()
        return self.mutants


def check(mutants):
    seen = {}
    for mutant in mutants:
        if not NAME.fullmatch(mutant.name):
            raise ListError(f'{mutant.where}: "{mutant.name}" is no name (snake_case, 3 to 49 characters)')
        if mutant.name in seen:
            raise ListError(f'{mutant.where}: {mutant.name} stands at {seen[mutant.name]} already')
        seen[mutant.name] = mutant.where
        for key, value in (('wrong', mutant.wrong), ('breaks', mutant.breaks), ('edit', mutant.edits)):
            if not value:
                raise ListError(f'{mutant.where}: {mutant.name} has no "{key}"')
        if not any('$ON' in edit.write for edit in mutant.edits):
            raise ListError(f'{mutant.where}: {mutant.name} never asks $ON')


def read_lists(folder):
    """All mutants of all lists of `folder`, checked, in the order of rooms and lines."""
    mutants = []
    for path in sorted(Path(folder).glob('*.mutants')):
        mutants += Reader(path).read()
    check(mutants)
    return mutants
