"""Reads C++ just well enough to judge its shape: comments and strings blanked, functions found by their braces."""

import re

LITERALS = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)

NOT_A_FUNCTION = re.compile(r'\b(namespace|class|struct|enum|union|extern)\b')


def blank(match):
    """Keeps line breaks and the opening mark, so that line numbers stay true and include lines stay readable."""
    return re.sub(r'[^\n]', ' ', match.group(0))


def code_of(text):
    """The text without comments and without what stands in string and character literals."""
    return LITERALS.sub(blank, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def functions_of(code):
    """Yields (first line, number of lines, signature) of every function body that is not inside another one."""
    code = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', blank, code, flags=re.MULTILINE)
    kinds = []  # of the braces that are open: 'function', 'scope', 'value'
    parentheses = 0
    head = 0  # where the statement before the next brace starts
    begin = 0
    for match in re.finditer(r'[{}();]', code):
        mark, at = match.group(0), match.start()
        if mark in '()':
            parentheses += 1 if mark == '(' else -1
        elif mark == '{':
            statement = code[head:at].strip()
            kind = 'value' if parentheses or kinds and kinds[-1] == 'value' else kind_of(statement)
            if kind == 'function' and 'function' not in kinds:
                begin = head + len(code[head:at]) - len(code[head:at].lstrip())
            kinds.append(kind)
            if kind != 'value':
                head = at + 1
        elif mark == '}':
            kind = kinds.pop() if kinds else 'scope'
            if kind == 'function' and 'function' not in kinds:
                signature = re.sub(r'\s+', ' ', code[begin:at].split('{')[0]).strip()
                yield line_of(code, begin), code.count('\n', begin, at) + 1, signature
            if kind != 'value':
                head = at + 1
        elif not parentheses:
            head = at + 1


def kind_of(statement):
    """What the brace after `statement` opens."""
    before_parameters = statement.split('(')[0]
    if statement.endswith(('=', ',', 'return')) or re.search(r'\)\s*(?:noexcept\s*)?:(?!:).*[\w>]$', statement, re.DOTALL):
        return 'value'  # an initializer, also of a member in a constructor's list
    if NOT_A_FUNCTION.search(re.sub(r'template\s*<[^{]*?>', '', before_parameters)):
        return 'scope'
    return 'function' if '(' in statement else 'scope'
