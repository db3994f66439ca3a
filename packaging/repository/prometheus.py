"""Asks Prometheus for what gate.py judges."""

import json
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from gate import Store

ANSWER_SECONDS_MAX = 30
SILENT_FOR = '1d'  # stores that a version silences do not fall silent within one window: they update at hours of their own
HAS = 'tillkeeper_build_info{{version="{version}"}}'
# Of each store over the window {w}. A daemon that does not tell when it started shows a restart by counters that begin anew.
SIGNS = {
    'refused': 'sum by (instance) (increase(tillkeeper_transactions_total{{outcome="refused"}}[{w}]))'
               ' / (sum by (instance) (increase(tillkeeper_transactions_total[{w}])) > 0)',
    'held': 'sum by (instance) (tillkeeper_destination_held) - sum by (instance) (tillkeeper_destination_held offset {w})',
    'behind': 'max by (instance) (min_over_time(tillkeeper_destination_behind[{w}]))',
    'restarts': 'max by (instance) (changes(process_start_time_seconds[{w}]) or resets(tillkeeper_accept_seconds_count[{w}]))',
}


class Unanswered(Exception):
    """Prometheus cannot be asked: no verdict."""


def query(url, expression):
    """{instance: value}"""
    try:
        with urlopen(f'{url}/api/v1/query?{urlencode({"query": expression})}', timeout=ANSWER_SECONDS_MAX) as answer:
            document = json.load(answer)
    except (OSError, URLError, ValueError) as error:
        raise Unanswered(f'{url}: {error}') from error
    if document.get('warnings'):
        raise Unanswered(f'{url}: half an answer: {document["warnings"]}')
    return {row['metric'].get('instance', ''): float(row['value'][1]) for row in document['data']['result']}


def stores(url, version, window):
    """The stores that have had a version for all of the window, those among them that fell silent included."""
    has = HAS.format(version=version)
    settled = query(url, f'{has} and {has} offset {window}')
    silent = query(url, f'last_over_time({has}[{SILENT_FOR}]) unless on (instance) last_over_time(tillkeeper_build_info[{window}])')
    signs = {sign: query(url, expression.format(w=window)) for sign, expression in SIGNS.items()}
    return [Store(name, silent=name in silent, **{sign: values.get(name, 0) for sign, values in signs.items()})
            for name in sorted({*settled, *silent})]
