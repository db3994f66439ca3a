"""Does a version do worse in stores than the one before? A pure decision over what stores report.

Both versions are looked at over the same minutes, so that what happens to the whole fleet is no version's fault. How
surprising a difference is tells Fisher's exact test: the chance that as many of the unwell stores have the new version
if the version made no difference.
"""

from dataclasses import dataclass
from math import comb

SIGNS = ['refused', 'held', 'behind', 'restarts', 'silent']
CHANCE_MAX = 0.001  # less is no accident, even where a timer asks each minute
UNWELL_MIN = 2  # one odd store is a matter for its store, not for the fleet
FLEET_UNWELL_MAX = 0.2  # of the stores with the version before: beyond it, this is no time to judge


@dataclass(frozen=True)
class Store:
    """One store over the window; what it does not report is no sign."""
    name: str
    refused: float = 0  # share of the answers to tills
    held: float = 0  # more transactions held than before
    behind: float = 0  # the least that its worst destination was behind
    restarts: float = 0
    silent: bool = False  # it reported with this version within a day, and not once in the window


LIMITS = {'refused': 0.01, 'held': 0, 'behind': 100, 'restarts': 0, 'silent': False}


@dataclass(frozen=True)
class Verdict:
    kind: str  # good, wait, bad
    why: str


def unwell(stores, sign):
    return sorted(store.name for store in stores if getattr(store, sign) > LIMITS[sign])


def chance(new_unwell, new, old_unwell, old):
    """That at least `new_unwell` of the unwell stores are among the `new` ones by accident."""
    sick = new_unwell + old_unwell
    ways = sum(comb(sick, k) * comb(new + old - sick, new - k) for k in range(new_unwell, min(sick, new) + 1))
    return ways / comb(new + old, new)


def judge(new, old, stores_min):
    """`new`, `old`: the stores with the version, and with the one before."""
    for sign in SIGNS:
        sick, before = unwell(new, sign), unwell(old, sign)
        if len(sick) >= UNWELL_MIN and chance(len(sick), len(new), len(before), len(old)) < CHANCE_MAX:
            names = ', '.join(sick[:5]) + (' ...' if len(sick) > 5 else '')
            return Verdict('bad', f'{sign}: {len(sick)} of {len(new)} stores ({names}), {len(before)} of {len(old)} with the version before')
    reporting = [store for store in new if not store.silent]
    if len(reporting) < stores_min:
        return Verdict('wait', f'{len(reporting)} of {stores_min} stores report for long enough')
    if chance(len(new), len(new), 0, len(old)) >= CHANCE_MAX:
        return Verdict('wait', f'{len(new)} stores beside {len(old)} with the version before are too few to tell a bad version')
    for sign in SIGNS:
        before = unwell(old, sign)
        if len(before) > FLEET_UNWELL_MAX * len(old):
            return Verdict('wait', f'{sign}: {len(before)} of {len(old)} stores with the version before are unwell themselves')
    return Verdict('good', f'{len(reporting)} stores do as well as {len(old)} with the version before')
