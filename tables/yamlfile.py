"""YAML as people write it here: every scalar is the text that was written, and every place knows its line.

Plain YAML would read `000` as 0, `no` as false and `12:30` as 750. Tags, anchors and keys written twice are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from tables.errors import CatalogError, Fault

Data: TypeAlias = dict[str, Any] | list[Any] | str | None
Place: TypeAlias = tuple[str | int, ...]

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # only its tokens and events are used, never its types
_DEEPEST: Final = 40


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. `data` holds dicts, lists, texts, and None where nothing was written.

    `faults` are those of the YAML itself; where a key came twice, `data` has the first.
    """

    name: str
    data: Data
    lines: dict[Place, int]
    faults: tuple[Fault, ...] = ()

    def line(self, path: Place) -> int:
        """The line of a place, or of the nearest place around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Place, what: str, *, below: int = 0) -> Fault:
        """`below` counts lines down from the place: a row inside a block of text."""
        return Fault(self.name, self.line(path) + below, written(path), what)


def written(path: Place) -> str:
    """A path as a person writes it: `dimensions[0].elimination`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def parse(text: str, name: str) -> Document:
    """The document, or a CatalogError with every fault of its YAML."""
    document = scan(text, name)
    if document.faults:
        raise CatalogError(document.faults)
    return document


def read(path: Path, name: str) -> Document:
    """The file as far as it can be read, with its faults; `name` is how a fault calls it."""
    try:
        return scan(path.read_text(encoding="utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Document(name, None, {}, (Fault(name, line, "", "is not UTF-8; save the file as UTF-8"),))
    except OSError as error:
        return Document(name, None, {}, (Fault(name, 0, "", f"cannot be read: {error.strerror}"),))


def scan(text: str, name: str) -> Document:
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.refuse(mark.line if mark else 0, f"is not YAML: {error.problem}; look at this line and the one above")
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") if isinstance(error.position, int) else 0
        builder.refuse(line, "has a character that YAML does not allow; take it out")
    except _Stop:
        pass
    return Document(name, builder.data, builder.lines, tuple(builder.faults))


class _Stop(Exception):
    """Ends the walk; the fault is noted already."""


@dataclass(slots=True)
class _Frame:
    """An open list or mapping; `key` is the one whose value comes next, `skip` if that value is refused."""

    path: Place
    holder: dict[str, Any] | list[Any]
    key: str | None = None
    skip: bool = False


@dataclass(slots=True)
class _Builder:
    """Builds the document from the parser's events, without recursion."""

    name: str
    data: Data = None
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    documents: int = 0

    def refuse(self, line: int, what: str, path: Place = ()) -> None:
        self.faults.append(Fault(self.name, line + 1, written(path), what))

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse(line, "starts a second document; one file holds one, so take out the ---")
                raise _Stop
        elif isinstance(event, yaml.AliasEvent):
            self.refuse(line, f"*{event.anchor} repeats another place; write the value out", self._here())
            self._put("", line)
        elif isinstance(event, yaml.ScalarEvent):
            self._plain(event, line)
            self._scalar(event, line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._plain(event, line)
            self._open({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()

    def _plain(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor:
            self.refuse(
                line, f"&{event.anchor} is an anchor; take it out, every value stands where it is used", self._here()
            )
        if event.tag:
            self.refuse(line, f"{event.tag} is a tag; take it out, every value is text", self._here())

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text = str(event.value)
        if not text.isascii() and not _encodes(text):
            self.refuse(line, "has half a character (a lone surrogate); write the character itself", self._here())
            text = ""
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.holder, dict) and top.key is None:
            self._name(top, text, line)
        else:
            self._put(text if text or event.style else None, line)

    def _name(self, top: _Frame, key: str, line: int) -> None:
        place = (*top.path, key)
        top.key = key
        top.skip = key in top.holder
        if top.skip:
            first = self.lines.get(place, line + 1)
            self.refuse(line, f"is written twice, first on line {first}; keep one of them", place)

    def _open(self, holder: dict[str, Any] | list[Any], line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.holder, dict) and top.key is None:
            self.refuse(line, "has a list or mapping for a key; a key is a text", top.path)
            raise _Stop
        if len(self.stack) >= _DEEPEST:
            self.refuse(line, f"goes more than {_DEEPEST} levels down; close the brackets", self._here())
            raise _Stop
        path = self._here()
        self._put(holder, line)
        self.stack.append(_Frame(path, holder))

    def _here(self) -> Place:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.holder, list):
            return (*top.path, len(top.holder))
        return top.path if top.key is None else (*top.path, top.key)

    def _put(self, value: Data, line: int) -> None:
        path = self._here()
        if not self.stack:
            self.data = value
            self.lines[path] = line + 1
            return
        top = self.stack[-1]
        if isinstance(top.holder, list):
            top.holder.append(value)
        elif top.key is not None:
            if not top.skip:
                top.holder[top.key] = value
            top.key = None
        self.lines.setdefault(path, line + 1)


def _encodes(text: str) -> bool:
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def walk(data: Data, path: Place = ()) -> Iterator[tuple[Place, str | None]]:
    """Every scalar with its place, in the order of the file."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from walk(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from walk(value, (*path, place))
    else:
        yield path, data
