"""The rules of the house. Each takes a File (or all of them) and yields (line, what is wrong)."""

import re
from pathlib import PurePosixPath

from source import code_of, functions_of, line_of

FUNCTION_LINES_MAX = 60
CPP_LINES_MAX = 300
HEADER_LINES_MAX = 120
TEST_LINES_MAX = 500

# An arrow in "platform <- storage <- sync <- agent" points at what is included.
ROOMS = ['platform', 'storage', 'sync', 'agent']
# The till library stands beside them, on the other side of the bus: it includes platform, and no room includes it.
TILL = 'till'

EDGE = ('platform/linux-arm/', 'tests/')
TILL_EXAMPLES = 'till/examples/'  # programs of their own: none includes a file of ours but library.c, the installed one
TILL_OUTBOX = ('till/outbox_file.h', 'till/outbox_file.cpp', 'till/outbox_room.cpp')  # the till's own disk: till/README.md, decisions
# Which folders may include the headers of a library.
VENDORS = [
    (r'sqlite3\.h', ('storage/', *TILL_OUTBOX, 'tests/storage/', 'tests/disk/', 'tests/crash/', 'tests/bench/')),
    (r'curl/', EDGE),
    (r'mosquitto\.h', (*EDGE, 'till/connection.cpp', TILL_EXAMPLES)),
    (r'asio(/|\.hpp)', EDGE),
    (r'openssl/', EDGE),
    (r'microhttpd\.h', EDGE),
    (r'systemd/', EDGE),
    (r'(jq|jv)\.h', ('sync/', 'tests/')),
    (r'zlib\.h', ('sync/', 'tests/')),
    (r'zstd\.h', ('storage/', 'sync/', 'tests/')),
    (r'(cjson/)?cJSON\.h', ('storage/', 'sync/', 'agent/', 'till/', 'tests/')),
    (r'toml\+\+/|toml\.hpp', ('agent/', 'tests/')),
    (r'CLI/', ('agent/', 'tests/')),
    (r'prometheus/', ('agent/', 'tests/')),
    (r'nghttp2/', ('tests/',)),
    (r'(gtest|gmock|benchmark)/', ('tests/',)),
]

CLOCKS = ('platform/linux-arm/', 'tests/', TILL_EXAMPLES)
# What may not be called, where it may all the same, and what to do instead.
BANNED = [
    (r'\bsleep_(for|until)\b|\bu?sleep\s*\(|\bnanosleep\b', (), 'nobody sleeps: wait for a condition with a deadline'),
    (r'\b(strcpy|strcat|strncpy|v?sprintf|gets)\s*\(', (), 'writes without bounds: std::format, std::string'),
    (r'\b(system|popen)\s*\(', (), 'a shell: start the program itself'),
    (r'\bs?rand\s*\(\s*\)|\bsrand\s*\(', (), 'randomness is passed in: platform/random.h'),
    (r'\btime\s*\(\s*(NULL|nullptr|0|&)|\bgettimeofday\b|\b(localtime|gmtime|ctime|asctime)\s*\(', (),
     'time is passed in: platform/clock.h'),
    (r'\blocaltime_r\b', ('platform/linux-arm/',), 'the zone is passed in: Machine'),
    (r'\b(system_clock|steady_clock|high_resolution_clock)::now\b|\bclock_gettime\b', CLOCKS,
     'time is passed in: platform/clock.h'),
    (r'\bstd::j?thread\b(?!::)|\bstd::async\b', ('agent/main', 'agent/linux_process.cpp', 'tests/', TILL_EXAMPLES), 'only the daemon makes threads'),
    (r'\bdetach\s*\(\s*\)', (), 'every thread is joined'),
    (r'\b(shared_ptr|make_shared|enable_shared_from_this)\b', (), 'know the owner: a member or unique_ptr'),
    (r'\busing\s+namespace\s+std\s*;', (), 'name what is used'),
    (r'\b(setenv|putenv)\s*\(', ('tests/',), 'not safe with threads'),
]

LEFTOVERS = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b|NOLINT|\bDISABLED_|GTEST_SKIP')
# What means something only where a line was written.
FOREIGN = re.compile(r'(?<![\w.])/(?:work|root|home/\w+)/|\b[Ii]ssue #?\d+|\bas discussed\b|\bper the brief\b|\blorem ipsum\b')

GOD_WORDS = {'manager', 'context', 'handler', 'storage', 'util', 'utils', 'helper', 'helpers', 'misc', 'stuff'}
PROMISE = re.compile(r'\[((?:%s)-\d+)\]' % '|'.join([*ROOMS, TILL]))


class File:
    """One file of the project: `path` from the root with slashes, its text, and its code without literals."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.pure = PurePosixPath(path)
        self.is_header = path.endswith('.h')
        self.is_cpp = path.endswith(('.h', '.cpp'))
        self.code = code_of(text) if self.is_cpp else ''


def size(file):
    lines = file.text.count('\n')
    if file.path.startswith('tests/'):
        limit = TEST_LINES_MAX if file.is_cpp or file.path.endswith('.py') else None
    else:
        limit = HEADER_LINES_MAX if file.is_header else CPP_LINES_MAX if file.is_cpp else None
    if limit and lines > limit:
        yield limit, f'{lines} lines, at most {limit}: one idea per file'


def function_length(file):
    for line, lines, signature in functions_of(file.code):
        if lines > FUNCTION_LINES_MAX:
            yield line, f'{lines} lines, at most {FUNCTION_LINES_MAX}: {signature[:60]}'


def direction(file):
    room = file.pure.parts[0]
    for number, line in enumerate(file.text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*"([^"]+)"', line) if file.is_cpp else None
        if not match or room not in [*ROOMS, TILL] or file.path.startswith(TILL_EXAMPLES):
            continue
        other = match.group(1).split('/')[0]
        if other == 'tests':
            yield number, f'{room} includes from tests'
        elif TILL in (room, other) and other not in (room, 'platform'):
            yield number, f'{room} includes from {other}; the till library shares nothing but platform'
        elif room in ROOMS and other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
            yield number, f'{room} includes from {other}; the direction is {" <- ".join(ROOMS)}'
        elif match.group(1).startswith('platform/linux-arm/') and not file.path.startswith(('platform/linux-arm/', 'agent/', 'till/')):
            yield number, f'{room} includes an implementation, not a seam'


def vendors(file):
    for number, line in enumerate(file.text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line) if file.is_cpp else None
        for pattern, folders in VENDORS if match else ():
            if re.match(pattern, match.group(1)) and not file.path.startswith(folders):
                yield number, f'<{match.group(1)}> is included only by {", ".join(folders)}'


def banned(file):
    for pattern, folders, instead in BANNED:
        if folders and file.path.startswith(folders):
            continue
        for match in re.finditer(pattern, file.code):
            yield line_of(file.code, match.start()), f'{match.group(0).strip()}: {instead}'


def leftovers(file):
    for match in LEFTOVERS.finditer(file.text):
        yield line_of(file.text, match.start()), f'{match.group(0)}: finish it or leave it out'


def foreign(file):
    for match in FOREIGN.finditer(file.text):
        yield line_of(file.text, match.start()), f'"{match.group(0)}" means nothing to a reader of this project'


def contract(file):
    if not file.is_header:
        return
    if not file.text.startswith('//'):
        yield 1, 'a header starts with a comment that says what it promises'
    if not re.search(r'^#pragma once$', file.text, re.MULTILINE):
        yield 1, '#pragma once is missing'


def god_names(file):
    if not file.is_cpp:
        return
    if file.pure.stem.split('_')[-1].lower() in GOD_WORDS:
        yield 1, f'the file name "{file.pure.stem}" says nothing about what lives here'
    for match in re.finditer(r'^[ \t]*(?:class|struct)\s+(?:\[\[\w+\]\]\s*)?(\w+)[^;]*?\{', file.code, re.MULTILINE):
        words = re.findall(r'[A-Z]?[a-z0-9]+|[A-Z]+', match.group(1))
        if words and words[-1].lower() in GOD_WORDS:
            yield line_of(file.code, match.start()), f'the class name {match.group(1)} says nothing about what it does'


def readmes(files):
    """Every folder with something to explain explains it."""
    paths = {file.path for file in files}
    explained = {}
    for file in files:
        folder = file.pure.parent
        if file.path.endswith(('.cpp', '.h', '.py', '.cmake', 'CMakeLists.txt')) and not file.path.startswith('.'):
            explained.setdefault(folder, f'{folder}/README.md' if str(folder) != '.' else 'README.md')
    texts = {file.path: file.text for file in files if file.pure.name == 'README.md'}
    for folder, readme in sorted(explained.items()):
        if readme not in paths and f'`{folder.name}/`' not in texts.get(f'{folder.parent}/README.md', ''):
            yield readme, 0, f'the folder {folder} has no README.md'


def promises(files):
    """A promise stands in the README of its room, and some test cites it."""
    promised, cited = {}, {}
    for file in files:
        for match in PROMISE.finditer(file.text):
            where = (file.path, line_of(file.text, match.start()))
            if file.pure.name == 'README.md' and file.pure.parts[0] == match.group(1).split('-')[0]:
                promised.setdefault(match.group(1), where)
            elif file.path.startswith('tests/') and file.path.endswith(('.cpp', '_test.js')):
                cited.setdefault(match.group(1), where)
    for name, where in sorted(cited.items()):
        if name not in promised:
            yield *where, f'[{name}] is cited but no README of that room promises it'
    for name, where in sorted(promised.items()):
        if name not in cited:
            yield *where, f'[{name}] is promised but no test cites it'


PER_FILE = [size, function_length, direction, vendors, banned, leftovers, foreign, contract, god_names]
PER_PROJECT = [readmes, promises]
