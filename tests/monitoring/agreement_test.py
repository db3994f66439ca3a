#!/usr/bin/env python3
"""Do rules, dashboard and runbook speak of what a daemon says? agreement_test.py PACKAGING/MONITORING OPEN-METRICS TILLKEEPER"""

import json
import re
import subprocess
import sys
from pathlib import Path

TARGET = {'job', 'instance'}  # what a scrape gives to every series
NAME = r'(?:[a-z_]+:)?(?:tillkeeper|process)_[a-z_]+(?::[a-z0-9_]+)?'
STRINGS = r'"(?:[^"\\]|\\.)*"'


def exposed(text):
    """{sample name: its label names}"""
    known = {}
    for line in text.splitlines():
        sample = re.match(r'([a-z_:]+)(?:\{(.*)\})? \S+$', line)
        if sample and not line.startswith('#'):
            known.setdefault(sample[1], set()).update(re.findall(r'(\w+)="', sample[2] or ''))
    return known


def rules_of(text):
    """Yields {'alert' or 'record', 'expr', 'all'} of each rule of a rule file in our form."""
    for block in re.split(r'\n      - (?=alert:|record:)', text)[1:]:
        rule = dict(re.findall(r'(?m)^\s*(alert|record): (\S+)', block))
        inline = re.search(r'(?m)^        expr: (?!\|)(.*)$', block)
        folded = re.search(r'(?m)^        expr: \|\n((?:          .*\n?)+)', block)
        rule['expr'] = folded[1] if folded else inline[1]
        rule['all'] = block
        yield rule


def labels_kept(expression, known):
    """The labels that series of this expression can have at most."""
    kept = set(TARGET)
    for name in re.findall(NAME, re.sub(STRINGS, '""', expression)):
        kept |= known.get(name, set())
    return kept


def faults_of(expression, known):
    bare = re.sub(STRINGS, '""', expression)
    for name in re.findall(NAME, bare):
        if name not in known:
            yield f'no daemon says {name}'
    for name, inside in re.findall(r'(' + NAME + r')\{([^}]*)\}', bare):
        for label in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)', inside):
            if label not in known.get(name, set()) | TARGET:
                yield f'{name} has no label {label}'
    for group in re.findall(r'\b(?:by|on|without)\s*\(([^)]*)\)', bare):
        for label in re.findall(r'\w+', group):
            if label not in labels_kept(expression, known):
                yield f'nothing in it has the label {label}: {expression.strip()}'


def judge(folder, metrics, program):
    """Yields what does not agree."""
    known = exposed(metrics)
    rules = [rule for file in ('recording.yml', 'alerts.yml') for rule in rules_of((folder / file).read_text())]
    for rule in rules:
        kept = labels_kept(rule['expr'], known)
        if 'record' in rule:
            known[rule['record']] = kept  # it may name itself
        yield from faults_of(rule['expr'], known)
        for label in re.findall(r'\$labels\.(\w+)', rule['all']):
            if label not in kept:
                yield f'{rule.get("alert")}: its summary names the label {label}'
    panels = json.loads((folder / 'dashboard.json').read_text())['panels']
    for panel in panels:
        for target in panel.get('targets', []):
            for fault in faults_of(target['expr'], known):
                yield f'dashboard, {panel["title"]}: {fault}'

    runbook = (folder / 'RUNBOOK.md').read_text()
    sections = re.findall(r'(?m)^## (\w+)$', runbook)
    alerts = {rule['alert'] for rule in rules if 'alert' in rule}
    yield from (f'the runbook has no section {alert}' for alert in sorted(alerts - set(sections)))
    yield from (f'no alert is called like the section {section}' for section in sections if section not in alerts)
    anchors = {section.lower() for section in sections}
    yield from (f'the runbook has no place #{link}' for link in re.findall(r'\]\(#([^)]+)\)', runbook) if link not in anchors)
    source = (folder / 'alerts.yml').read_text()
    anchored = dict(re.findall(r'&(\w+)\n\s+summary:.*\n\s+runbook_url: (\S+)', source))
    for rule in rules:
        if 'alert' not in rule:
            continue
        url = re.search(r'runbook_url: (\S+)', rule['all']) or re.search(r'annotations: \*(\w+)', rule['all'])
        if not url or anchored.get(url[1], url[1]) != f'packaging/monitoring/RUNBOOK.md#{rule["alert"].lower()}':
            yield f'{rule["alert"]}: its runbook_url is not its section'
    told = subprocess.run([program, '--help'], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r'(?m)^  ([a-z-]+) ', told))
    yield from (f'there is no command tillkeeper {word}' for word in sorted(set(re.findall(r'`tillkeeper ([a-z-]+)', runbook)) - commands))
    if len(alerts) < 10 or len(panels) < 10 or len(known) < 20:
        yield 'hardly anything was found: this test does not see what it should'


def self_test():
    """Can it fail?"""
    known = exposed('a_total 1\ntillkeeper_x{cause="no {route}",destination="erp"} 1\n')
    assert known['tillkeeper_x'] == {'cause', 'destination'}, known
    assert not list(faults_of('sum by (job, cause) (tillkeeper_x{destination=~"e.*",job="b"})', known))
    assert list(faults_of('tillkeeper_y', known)) == ['no daemon says tillkeeper_y']
    assert list(faults_of('tillkeeper_x{till="1"}', known)) == ['tillkeeper_x has no label till']
    assert list(faults_of('sum by (till) (tillkeeper_x)', known))


def main():
    self_test()
    folder, metrics, program = sys.argv[1:]
    found = list(judge(Path(folder), Path(metrics).read_text(), program))
    print('\n'.join(found) or 'rules, dashboard, runbook and daemon agree')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
