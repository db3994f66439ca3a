#!/usr/bin/env python3
"""No mutant is in what is shipped: clean_release.py MUTATED PROGRAM...

The mark of mutants must not be in any PROGRAM, and must be in MUTATED, or this test could not see it."""

import sys
from pathlib import Path

MARK = b'TILLKEEPER_MUTANT'


def main():
    mutated, *shipped = sys.argv[1:]
    if MARK not in Path(mutated).read_bytes():
        print(f'{mutated} has no mutants: this test sees nothing')
        return 1
    bad = [program for program in shipped if MARK in Path(program).read_bytes()]
    for program in bad:
        print(f'{program} has mutants in it')
    print(f'{len(shipped) - len(bad)} of {len(shipped)} programs are free of mutants')
    return 1 if bad or not shipped else 0


if __name__ == '__main__':
    sys.exit(main())
