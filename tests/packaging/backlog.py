"""Sales that wait in a box, and that no update and no power cut may lose: what was handed over, what was answered
`accepted`, and what the journal shows."""

import json

from box import Wrong

TILL_SALES = 4000  # of one till in one go: the broker turns away who floods it


def sale(number):
    return json.dumps({'id': f'backlog-{number}', 'type': 'sale', 'till_sequence': number, 'occurred_at': '2026-11-20T10:42:07Z',
                       'total': 1530}, separators=(',', ':'))


class Backlog:
    """As seen from the folder that box and driver share."""

    def __init__(self, packages, sales):
        self.packages = packages
        self.sales = [f'backlog-{number}' for number in range(1, sales + 1)]
        (packages / 'answers').touch()
        for till, first in enumerate(range(1, sales + 1, TILL_SALES), start=1):
            numbers = range(first, min(first + TILL_SALES, sales + 1))
            (packages / f'wanted-{till}').write_text(''.join(sale(number) + '\n' for number in numbers))

    def promised(self):
        """The ids of all sales that must be there from now on."""
        accepted = set()
        for line in (self.packages / 'answers').read_text(encoding='utf-8', errors='replace').splitlines():
            try:
                answer = json.loads(line)
            except ValueError:
                continue  # a cut went through it
            if answer.get('outcome') in ('accepted', 'duplicate'):
                accepted.add(answer['id'])
        return accepted | set(self.sales)

    def stored(self):
        """The ids of all sales that the journal holds, each as often as it is there."""
        found = []
        for line in (self.packages / 'journal').read_text(encoding='utf-8').splitlines():
            entry = json.loads(line)
            if entry.get('type') == 'sale':
                found.append(entry['transaction_id'])
        return found

    def compare(self, promised):
        """How many are there; each once, and all that were promised."""
        found = self.stored()
        missing = promised - set(found)
        if missing:
            raise Wrong(f'{len(missing)} sales are lost, {sorted(missing)[:3]} among them')
        if len(found) != len(set(found)):
            raise Wrong(f'{len(found) - len(set(found))} sales are there twice')
        return len(found)

    def versions(self):
        """What runs in the box, in words."""
        runs = ' and '.join(line.split()[1] for line in (self.packages / 'versions').read_text().splitlines())
        healed = 'dpkg configures' in (self.packages / 'healed').read_text()
        return runs + ('   healed' if healed else '')
