"""An article against the figures: every figure resolved, printed and checked, in both languages (ux §7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tables.errors import Fault
from tables.model import LANGUAGES, Bound, Figure, Lang, Release, Text
from tables.news.amounts import per_cent, printed, rounded
from tables.news.cells import Cell, Releases, Unbuilt, cell, laid, release_of
from tables.news.directions import directions, sentences, typed
from tables.news.front import check_front
from tables.news.grammar import BINDING, Binding
from tables.news.source import Fence, Place, Source

MOST = 20_000  # cells of a figure set off, as in a frame
Sources = Mapping[Lang, Source]


@dataclass(frozen=True, slots=True)
class Known:
    """What the front matter may name."""

    tables: Collection[str]
    subjects: Collection[str]
    documentation: Collection[str]


@dataclass(slots=True)
class Judged:
    """`bound` has the printed figures of each language in the order of its text."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    bound: dict[Lang, list[Bound]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)

    def told(self, article: str) -> list[str]:
        """Figure → cell → value → what it prints, a line each."""
        return [
            f"news/{article}/news.{lang}.md: {each.named}: "
            f"{f'{each.was} → {each.value}' if each.since else each.value} → {each.printed}"
            for lang in LANGUAGES
            for each in self.bound.get(lang, ())
        ]


@dataclass(frozen=True, slots=True)
class Amount:
    """What a binding prints, exact and scaled, and which way it went."""

    shown: int
    decimals: int
    way: int
    now: Cell
    was: int | None


def judge(article: str, sources: Sources, known: Known, releases: Releases) -> Judged:
    judged = Judged()
    for lang in LANGUAGES:
        source = sources[lang]
        check_front(article, sources, lang, known)
        judged.bound[lang] = _language(source, releases, judged)
        judged.faults += source.faults
    _figures(sources, releases, judged)
    _alike(sources, judged)
    return judged


def _language(source: Source, releases: Releases, judged: Judged) -> list[Bound]:
    found = [_found(source, place, releases, judged) for place in source.places]
    _directions(source, [each[1] if each else None for each in found], judged)
    _typed(source, {each[0].printed for each in found if each}, judged)
    return [each[0] for each in found if each]


def _found(source: Source, place: Place, releases: Releases, judged: Judged) -> tuple[Bound, Amount] | None:
    binding = place.binding
    if binding is None:
        return None
    if binding.table not in source.front.get("tables", (binding.table,)):
        what = f"{binding.table} is not under tables:; readers look for it there"
        judged.warnings.append(Fault(source.name, place.line, binding.written, what))
    try:
        return _bound(binding, source.lang, releases)
    except Unbuilt as error:
        judged.warnings.append(Fault(source.name, place.line, binding.written, str(error)))
        return None
    except ValueError as error:
        source.refuse(place.line, str(error), binding.written)
        return None


def _bound(binding: Binding, lang: Lang, releases: Releases) -> tuple[Bound, Amount]:
    """Raises ValueError with what is wrong, and the cure."""
    release = release_of(releases, binding.table)
    amount = _amount(binding, release)
    text = printed(amount.shown, amount.decimals, lang, sign=binding.sign)
    if binding.since is not None and not binding.sign:
        text = printed(abs(amount.shown), amount.decimals, lang)
    now = amount.now
    told = Bound(
        binding.table, release.id, binding.cell, text, now.value, now.decimals, since=binding.since, was=amount.was
    )
    return told, amount


def _amount(binding: Binding, release: Release) -> Amount:
    now = cell(release, binding.cell)
    if binding.since is None:
        shown, decimals = _shortened(binding, now.value, now.decimals)
        return Amount(shown, decimals, 0, now, None)
    old = cell(release, {**binding.cell, release.table.time.code: binding.since})
    way = (now.value > old.value) - (now.value < old.value)
    if binding.unit == "pct":
        if now.measure.kind == "ratio":
            raise ValueError("is a per cent of per cents; write unit=pp")
        if old.value == 0:
            raise ValueError(f"is a per cent of 0 in {binding.since}; write unit=abs")
        decimals = 1 if binding.decimals is None else binding.decimals
        return Amount(per_cent(now.value, old.value, decimals), decimals, way, now, old.value)
    if binding.unit == "pp" and now.measure.kind != "ratio":
        raise ValueError("percentage points go with a ratio; write unit=abs or unit=pct")
    shown, decimals = _shortened(binding, now.value - old.value, now.decimals)
    return Amount(shown, decimals, way, now, old.value)


def _shortened(binding: Binding, value: int, decimals: int) -> tuple[int, int]:
    """Rounded as asked: to a power of ten, or to fewer decimals."""
    if binding.round is not None:
        return rounded(value, binding.round * 10**decimals) // 10**decimals, 0
    if binding.decimals is None or binding.decimals == decimals:
        return value, decimals
    if binding.decimals > decimals:
        raise ValueError(f"decimals={binding.decimals}: the figure has {decimals}; write at most that")
    step = 10 ** (decimals - binding.decimals)
    return rounded(value, step) // step, binding.decimals


def _directions(source: Source, amounts: list[Amount | None], judged: Judged) -> None:
    left = iter(zip(source.places, amounts, strict=True))
    for piece in source.pieces:
        for sentence in sentences(piece.text):
            here = [next(left) for _ in BINDING.finditer(sentence)]
            changes = [(p.line, p.binding, amount) for p, amount in here if p.binding and p.binding.since is not None]
            if len(changes) != 1:
                continue
            line, written, amount = changes[0][0], changes[0][1].written, changes[0][2]
            if amount is None:
                continue
            ways = directions(BINDING.sub(" ", sentence), source.lang)
            if len(ways) == 2:
                what = "the sentence says both up and down; part it, or look at it twice"
                judged.warnings.append(Fault(source.name, line, written, what))
            elif ways:
                _direction(source, line, written, rises="rise" in ways, amount=amount)


def _direction(source: Source, line: int, written: str, *, rises: bool, amount: Amount) -> None:
    if amount.way != (1 if rises else -1):
        said, is_ = ("a rise", "fell" if amount.way else "did not change") if rises else ("a fall", "rose")
        if not amount.way:
            is_ = "did not change"
        source.refuse(line, f"the sentence tells of {said}, but the figure {is_}; mend the words", written)
    elif amount.shown == 0:
        source.refuse(line, "rounds to zero beside a word of direction; give it more decimals", written)


def _typed(source: Source, shown: set[str], judged: Judged) -> None:
    lines = [(source.document.line(("title",)), source.front.get("title", ""))]
    for piece in source.pieces:
        lines += [(piece.line + at, text) for at, text in enumerate(piece.text.split("\n"))]
    for line, text in lines:
        for digits in typed(BINDING.sub(" ", text)):
            if digits not in shown:
                what = f"'{digits}' was typed by hand; bind it to a cell with :figure[…]"
                judged.warnings.append(Fault(source.name, line, "", what))


def _figures(sources: Sources, releases: Releases, judged: Judged) -> None:
    """The figures set off, the same number of them in both languages."""
    one, other = (sources[lang] for lang in LANGUAGES)
    if len(one.fences) != len(other.fences):
        what = f"has {len(other.fences)} figures, {one.name} has {len(one.fences)}; they go by their number"
        judged.faults.append(Fault(other.name, 0, "", what))
        return
    for fence, twin in zip(one.fences, other.fences, strict=True):
        for source, each in ((one, fence), (other, twin)):
            try:
                release = _laid(each, releases)
            except Unbuilt as error:
                judged.warnings.append(each.document.fault((), str(error)))
                continue
            except ValueError as error:
                judged.faults.append(each.document.fault((), str(error)))
                continue
            if source is one:
                titles = Text(
                    *(f.shape.get("title") or release.table.title[s.lang] for s, f in ((one, fence), (other, twin)))
                )
                judged.figures.append(_figure(fence, release, titles))
        keys = ("table", "select", "rows", "columns", "view", "asof")
        if any(fence.shape.get(key) != twin.shape.get(key) for key in keys):
            what = f"shows something else than the figure on line {fence.line} of {one.name}; its own counts"
            judged.warnings.append(Fault(other.name, twin.line, "", what))


def _laid(fence: Fence, releases: Releases) -> Release:
    shape = fence.shape
    if "table" not in shape:
        raise ValueError("names no table")
    asof = shape.get("asof", "release")
    release = release_of(releases, shape["table"], None if asof in ("release", "live") else asof)
    codes = {dimension.code for dimension in release.table.dimensions} | {"ContentsCode"}
    for key in ("rows", "columns"):
        for code in shape.get(key, ()):
            if code not in codes:
                raise ValueError(f"{key}: {code} is no variable of {release.table.id}")
    rows, columns = shape.get("rows", ()), shape.get("columns", ())
    laid(release, shape.get("select", {}), rows=rows, columns=columns, limit=MOST)
    return release


def _figure(fence: Fence, release: Release, title: Text) -> Figure:
    shape = fence.shape
    live = shape.get("asof") == "live"
    return Figure(
        release.table.id,
        title,
        None if live else release.id,
        dict(shape.get("select", {})),
        tuple(shape.get("rows", ())),
        tuple(shape.get("columns", ())),
        shape.get("view", "table"),
    )


def _alike(sources: Sources, judged: Judged) -> None:
    """The two languages bind the same cells, in any order."""
    one, other = (sources[lang] for lang in LANGUAGES)
    cells = [sorted(_cell(p.binding) for p in source.places if p.binding) for source in (one, other)]
    for binding in [each for each in cells[0] if each not in cells[1]]:
        judged.warnings.append(Fault(other.name, 0, binding, f"is in {one.name} and not here; do both tell the same?"))
    for binding in [each for each in cells[1] if each not in cells[0]]:
        judged.warnings.append(Fault(one.name, 0, binding, f"is in {other.name} and not here; do both tell the same?"))


def _cell(binding: Binding) -> str:
    chosen = "&".join(f"{code}={value}" for code, value in sorted(binding.cell.items()))
    return f"{binding.table}?{chosen}{f' from {binding.since}' if binding.since else ''}"
