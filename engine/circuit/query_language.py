"""The language of filters: words to look for, comparisons, patterns, lists, joined by and, or, not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from engine.circuit.conditions import (
    Always,
    Condition,
    Either,
    Negated,
    Table,
    Value,
    comparison,
    containing,
    every,
    matching,
    membership,
)
from engine.errors import QueryError, UnknownNameError

TokenKind = Literal["word", "quoted", "column", "operator", "join", "punctuation", "end"]

_WHERE: Final = "the filter"
_DEEPEST = 50
_SYNONYMS = {"=": "==", "=~": "~", "&": "and", "&&": "and", "|": "or", "||": "or", "!": "not"}
_KEYWORDS = ("and", "or", "not", "in")
_PATTERN_OPERATORS = ("~", "!~")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<operator>==|!=|<=|>=|=~|!~|<|>|=|~)
      | (?P<join>&&?|\|\|?|!)
      | (?P<punctuation>[()\[\],])
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | '(?P<single>(?:[^'\\]|\\.)*)'
      | `(?P<column>[^`]+)`
      | (?P<word>[^\s()\[\],&|!=<>~"'`][^\s()\[\],&|!=<>~"`]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"""\\(["'\\])""")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a filter; `position` is the index of its first character."""

    kind: TokenKind
    text: str
    position: int


def parse(text: str, table: Table) -> Condition:
    """What a filter says of the nodes of `table`; an empty one is true of all. Raises QueryError."""
    tokens = _tokens(text)
    if tokens[0].kind == "end":
        return Always(answer=True)
    return _Parser(tokens, table).parsed()


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    while place < len(text) and text[place:].strip():
        if tokens and tokens[-1].kind == "operator" and tokens[-1].text in _PATTERN_OPERATORS:
            token, place = _pattern(text, place)
        else:
            token, place = _token(text, place)
        tokens.append(token)
    return [*tokens, Token("end", "", len(text))]


def _token(text: str, place: int) -> tuple[Token, int]:
    match = _TOKEN.match(text, place)
    if match is None:
        start = len(text) - len(text[place:].lstrip())
        _fail(f"The {text[start]} is opened and never closed.", start)
    kind = match.lastgroup or ""
    found, start = match[kind], match.start(kind)
    if kind in ("double", "single"):
        return Token("quoted", _ESCAPED.sub(r"\1", found), start - 1), match.end()
    if kind == "word" and found.casefold() in _KEYWORDS:
        return Token("join", found.casefold(), start), match.end()
    known: dict[str, TokenKind] = {
        "operator": "operator",
        "join": "join",
        "punctuation": "punctuation",
        "column": "column",
    }
    return Token(known.get(kind, "word"), _SYNONYMS.get(found, found), start), match.end()


def _pattern(text: str, place: int) -> tuple[Token, int]:
    """A pattern without quotes goes on to the next space, or to a bracket that closes one before it."""
    start = len(text) - len(text[place:].lstrip())
    if text[start] in "\"'":
        return _token(text, place)
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0) if text[index - 1] != "\\" else 0
        if text[index].isspace() or depth < 0:
            return Token("word", text[start:index], start), index
    return Token("word", text[start:], start), len(text)


class _Parser:
    def __init__(self, tokens: list[Token], table: Table) -> None:
        self._tokens = tokens
        self._table = table
        self._next = 0
        self._depth = 0

    def parsed(self) -> Condition:
        condition = self._alternatives()
        if (left := self._peek()).kind != "end":
            _fail(f"{left.text!r} is not expected here.", left.position)
        return condition

    def _alternatives(self) -> Condition:
        parts = [self._conjunction()]
        while self._accept("join", "or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _conjunction(self) -> Condition:
        """Parts that stand side by side, with `and` between them or without."""
        parts = [self._negation()]
        while self._accept("join", "and") or self._starts_a_part(self._peek()):
            parts.append(self._negation())
        return every(parts)

    def _negation(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            _fail("The filter is nested too deeply.", self._peek().position)
        negated = self._accept("join", "not")
        condition = Negated(self._negation()) if negated else self._primary()
        self._depth -= 1
        return condition

    def _primary(self) -> Condition:
        token = self._take()
        if token.text == "(" and token.kind == "punctuation":
            condition = self._alternatives()
            if not self._accept("punctuation", ")"):
                _fail("The bracket ( is opened and never closed.", token.position)
            return condition
        if token.kind not in ("word", "quoted", "column"):
            _fail(
                f"A condition is missing{f' before {token.text!r}' if token.text else ' at the end'}.",
                token.position,
                "Write for instance layer == 5, or a word to look for.",
            )
        following = self._peek()
        if following.kind == "operator":
            return self._comparison(token)
        if following.text == "in" and following.kind == "join":
            self._take()
            return self._membership(token)
        if following.text == "not" and self._follows_not("in"):
            self._next += 2
            return Negated(self._membership(token))
        if token.kind == "column":
            _fail(f"A comparison is missing after the column {token.text!r}.", following.position)
        return containing(self._table, token.text)

    def _comparison(self, name: Token) -> Condition:
        column = self._column(name)
        symbol = self._take()
        value = self._take()
        if value.kind not in ("word", "quoted"):
            _fail(f"A value is missing after {symbol.text}.", value.position)
        if symbol.text in _PATTERN_OPERATORS:
            found = _placed(value, lambda: matching(self._table, column, value.text))
            return found if symbol.text == "~" else Negated(found)
        meant = Value.of(value.text)
        return _placed(value, lambda: comparison(self._table, column, symbol.text, meant))

    def _membership(self, name: Token) -> Condition:
        column = self._column(name)
        opening = self._take()
        closing = {"[": "]", "(": ")"}.get(opening.text) if opening.kind == "punctuation" else None
        if closing is None:
            _fail("A list such as [L4, L5] is missing after in.", opening.position)
        members: list[Token] = []
        while not self._accept("punctuation", closing):
            token = self._take()
            if token.kind in ("word", "quoted"):
                members.append(token)
                self._accept("punctuation", ",")
            elif token.kind == "end":
                _fail(f"The list is opened by {opening.text} and never closed.", opening.position)
            else:
                _fail(f"{token.text!r} is not expected in a list.", token.position, "Put it into quotes.")
        values = [Value.of(member.text) for member in members]
        return _placed(opening, lambda: membership(self._table, column, values))

    def _column(self, name: Token) -> str:
        if name.text not in self._table.columns:
            error = UnknownNameError("column", name.text, self._table.columns)
            _fail(error.what, name.position, error.hint)
        return name.text

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _accept(self, kind: TokenKind, text: str) -> bool:
        token = self._peek()
        accepted = token.kind == kind and token.text == text
        if accepted:
            self._take()
        return accepted

    def _follows_not(self, text: str) -> bool:
        following = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return following.kind == "join" and following.text == text

    def _starts_a_part(self, token: Token) -> bool:
        return (
            token.kind in ("word", "quoted", "column")
            or (token.kind == "punctuation" and token.text == "(")
            or (token.kind == "join" and token.text == "not")
        )


def _placed(token: Token, make: Callable[[], Condition]) -> Condition:
    """Say where in the filter it was that a condition could not be made."""
    try:
        return make()
    except QueryError as error:
        raise QueryError(
            error.what, where=_place(token.position), hint=error.hint, position=token.position
        ) from error


def _fail(what: str, position: int, hint: str = "") -> NoReturn:
    raise QueryError(what, where=_place(position), hint=hint, position=position)


def _place(position: int) -> str:
    return f"{_WHERE}, at character {position + 1}"
