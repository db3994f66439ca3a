"""Which version is in which suite, for how many of its stores. Decisions only: no file, no clock."""

from dataclasses import asdict, dataclass, field

import deb

SUITES = ['canary', 'early', 'stable']


class Refused(Exception):
    """What was asked for is not done; the text says why."""


@dataclass
class Version:
    packages: list  # a stanza each, as deb.read() gives it
    percent: dict = field(default_factory=dict)  # suite: how many of its stores take it
    halted: str = ''  # why
    content_of: str = ''  # the good version that came again under this name


class Rollout:
    def __init__(self, document=None):
        self.versions = {name: Version(**version) for name, version in (document or {}).items()}

    def document(self):
        return {name: asdict(version) for name, version in self.versions.items()}

    def names(self):
        return sorted(self.versions, key=deb.by_version)

    def newest(self):
        if not self.versions:
            raise Refused('no version is here yet')
        return self.names()[-1]

    def good_before(self, name):
        """The highest version below `name` that all stores may have; None before there is one."""
        names = self.names()
        good = [older for older in names[:names.index(name)] if self.percent(older, 'stable') == 100]
        return good[-1] if good else None

    def percent(self, name, suite):
        version = self.versions[name]
        return 0 if version.halted else version.percent.get(suite, 0)

    def listed(self, suite):
        """(name, percent) of what an index shows: a halted version stays, for nobody, so that apt can tell what it has."""
        return [(name, self.percent(name, suite)) for name in self.names() if suite in self.versions[name].percent]

    def add(self, stanzas):
        """New packages of one version; canaries take it."""
        names = {stanza['Version'] for stanza in stanzas}
        if len(names) != 1:
            raise Refused(f'one version at a time, these are {", ".join(sorted(names))}')
        name = names.pop()
        if self.versions and deb.compare(name, self.newest()) <= 0:
            raise Refused(f'{name} is not higher than {self.newest()}: no store would take it')
        self.versions[name] = Version(stanzas, {'canary': 100})
        return name

    def promote(self, source, target, percent):
        """The newest version of a suite comes into the next one, or to more of its stores."""
        if SUITES.index(target) != SUITES.index(source) + 1:
            raise Refused(f'{source} does not lead to {target}')
        name = self.may_leave(source)
        if percent < self.percent(name, target):
            raise Refused(f'{self.percent(name, target)} % have it; less is a halt')
        self.versions[name].percent[target] = percent
        return name

    def may_leave(self, suite):
        """The version that is next to go on from a suite."""
        name = self.newest()
        version = self.versions[name]
        if version.halted:
            raise Refused(f'{name} is halted: {version.halted}')
        if version.content_of:
            raise Refused(f'{name} is {version.content_of} again: the next one is a mended version')
        if self.percent(name, suite) != 100:
            raise Refused(f'{name} is not in all of {suite} yet')
        return name

    def halt(self, name, why):
        if name not in self.versions:
            raise Refused(f'there is no {name} here')
        self.versions[name].halted = self.versions[name].halted or why

    def under_way(self):
        """The version that may still turn out bad, in all of stable as well; None when there is none."""
        if not self.versions:
            return None
        name = self.newest()
        return None if self.versions[name].halted or self.versions[name].content_of else name

    def forward(self):
        """(bad, good, name of the good one's content above the bad one)."""
        bad = self.newest()
        good = self.good_before(bad)
        if not self.versions[bad].halted:
            raise Refused(f'{bad} is not halted: halt it first')
        if good is None:
            raise Refused('no version was ever good: add a mended one')
        return bad, good, deb.forward_version(bad, good)

    def add_forward(self, bad, good, name, stanzas):
        """To all stores of every suite that the bad version came to."""
        self.versions[name] = Version(stanzas, {suite: 100 for suite in self.versions[bad].percent}, content_of=good)
