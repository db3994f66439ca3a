#!/usr/bin/env python3
"""Switches every mutant on, one at a time, and lets the finders look for it.

The limit counts the seconds that a finder works, not those that it waits for a busy machine. A finder has found a mutant
when it exits with 1 and says what is broken. One that the limit ends, or that dies of a signal, has found nothing (unless the mutant says that a signal counts). First each finder runs without any mutant
and must find nothing. Last line: found/total. Exit status 0 only when all were found."""

import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from mutant_list import read_lists

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# How each finder is asked: with more work than the time allows, so that the clock is the limit.
FINDERS = {
    'simulation': ['simulation_mutated', '--jobs', '1', '--shrink', '0', '--outages', '20000', '--seed', '{seed}'],
    'points': ['simulation_mutated', '--points', '--jobs', '1', '--shrink', '0', '--outages', '20000', '--seed', '{seed}'],
    'crash_states': ['crash_states_mutated', '--until-lost', '--stride', '13', '--states', '1000000', '--seed', '{seed}'],
    'fault_calls': ['fault_calls_mutated', '--until-lost', '--stride', '7', '--memory-stride', '97', '--seed', '{seed}'],
}
# A run without mutants, which must find nothing.
CONTROLS = {
    'simulation': ['--jobs', '1', '--outages', '500', '--seed', '{seed}'],
    'points': ['--points', '--jobs', '1', '--outages', '500', '--seed', '{seed}'],
    'crash_states': ['--stride', '13', '--states', '5000', '--seed', '{seed}'],
    'fault_calls': ['--stride', '7', '--memory-stride', '97', '--seed', '{seed}'],
}
CONTROL_SECONDS = 120
WAIT_FACTOR = 10  # where a machine is busy, and against a finder that sleeps
FIRST_SHARE = 0.6  # of the limit, for the finder that a mutant names first
# The line that tells: it names the promise, or says so in words.
TELLING = [re.compile(r'\[\w+-\d+\]|^story \d+:|^LOST '), re.compile(r'\b(broken|lost|fail|failed|missing|wrong|hangs?)\b', re.IGNORECASE)]


class Finder:
    def __init__(self, name, program):
        self.name = name
        self.program = program

    def run(self, mutant, args, seconds):
        """(exit status or None at the limit, its output)"""
        def limit():
            # A moment before the limit that cannot be caught.
            resource.setrlimit(resource.RLIMIT_CPU, (max(1, round(seconds)), max(1, round(seconds)) + 1))

        process = subprocess.Popen([self.program, *args], env={**os.environ, 'TILLKEEPER_MUTANT': mutant}, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   errors='replace', start_new_session=True, preexec_fn=limit)
        try:
            out, _ = process.communicate(timeout=seconds * WAIT_FACTOR)
            status = None if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
            status = None
        return status, out


def first_failure(out):
    lines = [line.strip() for line in re.split(r'[\r\n]+', out) if line.strip()]
    telling = [line for pattern in TELLING for line in lines if pattern.search(line)]
    return (telling or lines[-1:] or [''])[0][:160]


def finders_of(build):
    """The finders that are built."""
    found = {}
    for name, (program, *_) in FINDERS.items():
        path = build / 'tests/mutants' / program
        if path.exists():
            found[name] = Finder(name, path)
    return found


def fill(args, seed):
    return [arg.format(seed=seed) for arg in args]


class Hunt:
    def __init__(self, finders, limit, seed):
        self.finders, self.limit, self.seed = finders, limit, seed

    def control(self, name):
        """None when the finder finds nothing in a program without mutants, else what it says."""
        status, out = self.finders[name].run('', fill(CONTROLS[name], self.seed), CONTROL_SECONDS)
        return None if status == 0 else f'{name} without any mutant: status {status}: {first_failure(out)}'

    def seek(self, mutant):
        """(finder or None, seconds, how)"""
        finders = [name for name in mutant.finders if name in self.finders]
        began, how = time.monotonic(), 'no finder of it is built' if not finders else ''
        rest = self.limit * (1 - FIRST_SHARE) / max(1, len(finders) - 1)
        for place, name in enumerate(finders):
            share = self.limit if len(finders) == 1 else rest if place else self.limit * FIRST_SHARE
            status, out = self.finders[name].run(mutant.name, fill(FINDERS[name][1:], self.seed), share)
            spent = time.monotonic() - began
            died = status is not None and status < 0
            if status == 1 or (died and mutant.signal_counts):
                return name, spent, first_failure(out)
            if died or status not in (0, None):
                how = f'{name} ended with status {status}: {first_failure(out)}'
        return None, time.monotonic() - began, how


def wanted_mutants(only):
    mutants = read_lists(HERE)
    unknown = set(only or []) - {mutant.name for mutant in mutants}
    if unknown:
        sys.exit(f'hunt.py: there is no mutant called {", ".join(sorted(unknown))}')
    return [mutant for mutant in mutants if not only or mutant.name in only]


def table(mutants, results):
    width = max(len(mutant.name) for mutant in mutants)
    print(f'\n{"mutant":{width}}  {"found by":12}  seconds  how')
    for mutant in mutants:
        name, seconds, how = results[mutant.name]
        print(f'{mutant.name:{width}}  {name or "-":12}  {seconds:7.1f}  {how}')
    lost = [mutant for mutant in mutants if not results[mutant.name][0]]
    for mutant in lost:
        print(f'not found: {mutant.name} ({" ".join(mutant.breaks)}): {mutant.wrong}')
    print(f'{len(mutants) - len(lost)}/{len(mutants)}')
    return not lost


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('only', nargs='*', help='names of mutants; all when none is given')
    parser.add_argument('--build', type=Path, default=ROOT / 'build/release', help='the build tree')
    parser.add_argument('--limit', type=float, default=10, help='seconds for each mutant')
    parser.add_argument('--jobs', type=int, default=2, help='mutants at a time')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--list', action='store_true', help='only names the mutants and what is wrong with each')
    return parser.parse_args()


def main():
    wanted = options()
    mutants = wanted_mutants(wanted.only)
    if wanted.list:
        for mutant in mutants:
            print(f'{mutant.name:28} {" ".join(mutant.breaks):10} {mutant.wrong}')
        return 0
    hunt = Hunt(finders_of(wanted.build), wanted.limit, wanted.seed)
    if not hunt.finders:
        sys.exit(f'hunt.py: no finder is built in {wanted.build}')
    with ThreadPoolExecutor(wanted.jobs) as pool:
        complaints = [text for text in pool.map(hunt.control, hunt.finders) if text]
        print('\n'.join(complaints) if complaints else f'without mutants: {", ".join(hunt.finders)} find nothing')
        results = {}
        running = {pool.submit(hunt.seek, mutant): mutant for mutant in mutants}
        for future in as_completed(running):
            name = running[future].name
            results[name] = future.result()
            found = f'found by {results[name][0]}' if results[name][0] else 'NOT FOUND'
            print(f'[{len(results)}/{len(mutants)}] {name}: {found} after {results[name][1]:.1f} s', flush=True)
    return 0 if table(mutants, results) and not complaints else 1


if __name__ == '__main__':
    sys.exit(main())
