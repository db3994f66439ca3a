#!/usr/bin/env python3
"""Plants mutants into copies of the sources: plant.py ROOT OUT writes the copies below OUT; plant.py ROOT --files names
the sources that are copied; plant.py ROOT --names names the mutants. Exit status 1 tells which mutant to mend."""

import sys
import zlib
from collections import defaultdict
from pathlib import Path

from mutant_list import ListError, read_lists

HERE = Path(__file__).resolve().parent
INCLUDE = '#include "mutants/mutant_on.h"\n'


def code_of(mutant):
    """Its number: the same for as long as its name is, so that a new mutant changes only the file it is in."""
    return zlib.crc32(mutant.name.encode())


def switch(mutant):
    return f'::tillkeeper::mutant_on({code_of(mutant):#010x}U)'


class Copy:
    """One source and what is planted in it. Edits of the same text are put one into the other by $IT."""

    def __init__(self, root, path):
        self.path = Path(root) / path
        self.text = self.path.read_text(encoding='utf-8')
        self.places = {}  # (begin, end) -> the text that stands there now

    def plant(self, mutant, edit):
        count = self.text.count(edit.find)
        if count != 1:
            raise ListError(f'{mutant.where}: mutant {mutant.name}: its text stands {count} times in {edit.file}, '
                            f'not once; mend the mutant:\n{edit.find}')
        begin = self.text.index(edit.find)
        place = (begin, begin + len(edit.find))
        for other in self.places:
            if other != place and other[0] < place[1] and place[0] < other[1]:
                raise ListError(f'{mutant.where}: mutant {mutant.name}: its text overlaps that of another mutant in '
                                f'{edit.file}; take exactly the same text and $IT, or other text')
        if place in self.places and '$IT' not in edit.write:
            raise ListError(f'{mutant.where}: mutant {mutant.name}: another mutant changes the same text in '
                            f'{edit.file}; write $IT for what stands there')
        it = self.places.get(place, edit.find)
        self.places[place] = edit.write.replace('$ON', switch(mutant)).replace('$IT', it)

    def result(self):
        """The mutated text; compilers' messages name lines of the origin."""
        out = [INCLUDE, f'#line 1 "{self.path}"\n']
        at = 0
        for (begin, end), new in sorted(self.places.items()):
            out += [self.text[at:begin], new]
            at = end
            if new.count('\n') != self.text[begin:end].count('\n'):
                rest = self.text.index('\n', end) + 1
                line = self.text.count('\n', 0, rest) + 1
                if any(begin < other[0] < rest for other in self.places):
                    continue  # another edit in the same line: the next one sets it right
                out += [self.text[at:rest], f'#line {line} "{self.path}"\n']
                at = rest
        return ''.join(out + [self.text[at:]])


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding='utf-8') != text:
        path.write_text(text, encoding='utf-8')


def remove_others(out, copies):
    """A copy of what no mutant changes any more, a header above all, would still be found first."""
    for path in out.rglob('*'):
        name = path.relative_to(out).as_posix()
        if path.is_file() and name not in copies and not name.startswith('mutants/'):
            path.unlink()


def names_table(mutants):
    rows = ''.join(f'    {{"{m.name}", {code_of(m):#010x}U}},\n' for m in mutants)
    return '// Made by plant.py.\n' + rows


def plant(root, out, mutants):
    copies = {}
    by_code = defaultdict(list)
    faults = []
    for mutant in mutants:
        by_code[code_of(mutant)].append(mutant.name)
        for edit in mutant.edits:
            if edit.file not in copies:
                copies[edit.file] = Copy(root, edit.file)
            try:
                copies[edit.file].plant(mutant, edit)
            except ListError as fault:
                faults.append(str(fault))
    if faults:
        raise ListError('\n'.join(faults))
    for names in by_code.values():
        if len(names) > 1:
            raise ListError(f'the names {" and ".join(names)} have the same number: rename one')
    remove_others(Path(out), copies)
    for path, copy in copies.items():
        write(Path(out) / path, copy.result())
    write(Path(out) / 'mutants/names.inc', names_table(mutants))


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    root, what = sys.argv[1:]
    try:
        mutants = read_lists(HERE)
        if what == '--files':
            print('\n'.join(sorted({edit.file for mutant in mutants for edit in mutant.edits})))
        elif what == '--names':
            print('\n'.join(mutant.name for mutant in mutants))
        else:
            plant(root, what, mutants)
    except (ListError, OSError) as error:
        print(f'plant.py: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
