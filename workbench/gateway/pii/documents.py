"""A JSON document of an answer as it comes: looked at value by value, and put back so that it stays JSON.

Placeholders and personal data may stand in it escaped (``\\u005bPERSON_1\\u005d``, ``anna\\u0040example.com``), and an original may hold a
quotation mark. So every string is read as what it says, goes the way of a text (``TextStream``), and is written as a string again; RFC 8259.
What turns out to be no JSON goes on as text from there on.
"""

from __future__ import annotations

import json
import re

from .answers import Reply, TextStream

_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LONGEST_LITERAL = 400
#: What stands first in an object and in a list; behind anything else a bracket is one of a text, as in "[PERSON_1] asks".
_FIRST = {"{": '"}', "[": '"[{]-0123456789tfn'}
_LONGEST_NAME = 40


class StringReader:
    """The characters of a JSON string, without its quotation marks, as what they say."""

    def __init__(self) -> None:
        self._escape = ""
        self._high = ""

    @property
    def escaped(self) -> bool:
        """Whether the next character belongs to an escape."""
        return bool(self._escape)

    def read(self, char: str) -> str:
        """What is certain with this character; empty while an escape is not over."""
        if not self._escape and char != "\\":
            return self._lone() + char
        self._escape += char
        if len(self._escape) == 1 or (self._escape[1] == "u" and len(self._escape) < 6):
            return ""
        said = self._said()
        self._escape = ""
        if "\ud800" <= said <= "\udbff":
            lone, self._high = self._lone(), said
            return lone
        if self._high and "\udc00" <= said <= "\udfff":
            said = (self._high + said).encode("utf-16", "surrogatepass").decode("utf-16")
            self._high = ""
        return self._lone() + ("\ufffd" if "\udc00" <= said <= "\udfff" else said)

    def finish(self) -> str:
        """What was begun and is not over: half of a pair, or an escape that broke off."""
        return self._lone() + self._escape

    def _said(self) -> str:
        if self._escape[1] != "u":
            return _ESCAPES.get(self._escape[1], self._escape)
        try:
            return chr(int(self._escape[2:], 16))
        except ValueError:
            return self._escape

    def _lone(self) -> str:
        """What stands for half of a pair, which cannot be written in UTF-8."""
        lone, self._high = bool(self._high), ""
        return "\ufffd" if lone else ""


class DocumentStream:
    """A JSON document of an answer: ``feed`` and ``finish`` like ``TextStream``, and the same for every split."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._rest: TextStream | None = None
        """Takes everything from the place on where the document is over, or turns out to be none."""
        self._string: TextStream | None = None
        self._reader = StringReader()
        self._inside: list[str] = []
        """The brackets that are open."""
        self._opening = ""
        """A bracket of which the next character tells whether it is one of JSON."""
        self._token = ""
        self._name = self._said = ""

    def feed(self, chunk: str) -> str:
        """Take the next chunk; what may leave now."""
        out: list[str] = []
        for at, char in enumerate(chunk):
            if self._rest is not None:
                out.append(self._rest.feed(chunk[at:]))
                break
            out.append(self._between(char) if self._string is None else self._within(self._string, char))
        return "".join(out)

    def finish(self) -> str:
        """What was held back. The document is over then, whole or not."""
        if self._string is not None:
            return _written(self._string.feed(self._reader.finish()) + self._string.finish())
        if self._rest is not None:
            return self._rest.finish()
        literal = self._literal()
        return literal + self._as_text(self._opening + self._token) + self.finish()

    def _within(self, string: TextStream, char: str) -> str:
        """A character of a string."""
        if char == '"' and not self._reader.escaped:
            self._string = None
            return _written(string.feed(self._reader.finish()) + string.finish()) + '"'
        said = self._reader.read(char)
        if len(self._said) <= _LONGEST_NAME:
            self._said += said
        return _written(string.feed(said)) if said else ""

    def _between(self, char: str) -> str:
        """A character between strings."""
        if self._opening:
            if char.isspace():
                self._opening += char
                return ""
            if char not in _FIRST[self._opening[0]]:
                return self._as_text(self._opening + char)
            opened, self._opening = self._opening, ""
            self._inside.append(opened[0])
            return opened + self._between(char)
        if char in '[{"' and self._token:
            return self._as_text(self._token + char)
        if char in "[{":
            self._opening = char
            return ""
        if char == '"':
            return self._begin_string()
        if char not in "]},:" and not char.isspace():
            self._token += char
            return self._as_text(self._token) if len(self._token) > _LONGEST_LITERAL else ""
        if self._token and not _LITERAL.fullmatch(self._token):
            return self._as_text(self._token + char)
        literal = self._literal()
        if not char.isspace():
            self._punctuated(char)
        return literal + char

    def _begin_string(self) -> str:
        # A value is looked at together with the name of its field: "name", "phone".
        known = 0 < len(self._name) <= _LONGEST_NAME
        self._string = TextStream(self._reply, f'"{self._name}": "', '"') if known else TextStream(self._reply)
        self._reader, self._said = StringReader(), ""
        return '"'

    def _punctuated(self, char: str) -> None:
        if char == ":":
            self._name = self._said
        elif char == ",":
            self._name = self._name if self._inside[-1:] == ["["] else ""
        elif self._inside:
            self._inside.pop()
            self._name = ""
        if not self._inside:
            self._rest = TextStream(self._reply)

    def _literal(self) -> str:
        """A number or a word of JSON; a number at which somebody could be called becomes a string with its mark."""
        token = self._token
        if not _LITERAL.fullmatch(token):
            return ""
        self._token = ""
        found = self._reply.unexpected(token) if token[0] in "-0123456789" else []
        return json.dumps(self._reply.mark(found[0].type, token)) if found else token

    def _as_text(self, text: str) -> str:
        self._token = self._opening = ""
        self._rest = TextStream(self._reply)
        return self._rest.feed(text)


def _written(text: str) -> str:
    """A piece of a string as it stands within quotation marks."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
