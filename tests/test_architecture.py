"""The seven laws of the house, kept by reading its imports and its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONG = {  # modules past 250 lines, each with its reason
    "tables/model.py": "the nouns stand together on one page, as every room reads them",
    "tables/disclosure/checker.py": "one file that a sceptic reads and runs alone, with nothing of ours beside it",
}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def offenders(folders: tuple[str, ...], forbidden: tuple[str, ...], excused: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path} imports {name}"
        for path, tree in modules(*folders)
        if not path.startswith(excused)
        for name in sorted(imported(tree))
        if any(within(name, package) for package in forbidden)
    ]


def test_law_1_the_arrow_never_turns_back() -> None:
    assert not offenders(("tables",), ("service", "flask", "werkzeug", "gunicorn"))


def test_law_1_the_counter_sees_the_bank_the_nouns_the_errors_and_soem_only() -> None:
    allowed = ("tables.Bank", "tables.bank", "tables.model", "tables.errors", "tables.soem")
    wrong = [
        line
        for line in offenders(("service",), ("tables",), ("service/cli/",))
        if not line.endswith(" imports tables") and not any(within(line.split(" imports ")[1], ok) for ok in allowed)
    ]
    assert not wrong


def test_law_2_duckdb_stays_behind_the_door() -> None:
    excused = ("tables/cube.py", "tables/check.py", "tables/release", "tables/register/")
    assert not offenders(("service", "tables"), ("duckdb",), excused)


def test_law_4_nobody_but_the_bank_asks_the_clock() -> None:
    clock = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("tables", "service")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if clock.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= {"tables/bank.py"}


def test_law_6_formats_are_pure() -> None:
    assert not offenders(("service/formats",), ("flask", "werkzeug", "duckdb", "datetime.datetime.now", "tables.bank"))


def test_law_7_registries_are_literal_tuples() -> None:
    homes = {
        "service/formats/__init__.py": "FORMATS",
        "tables/disclosure/__init__.py": "METHODS",
        "tables/imports/__init__.py": "READERS",
        "service/cli/__init__.py": "COMMANDS",
        "service/__init__.py": "BLUEPRINTS",
    }
    for home, name in homes.items():
        tree = ast.parse((ROOT / home).read_text(encoding="utf-8"))
        values = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id == name
        ]
        assert values, f"{home} has no {name}"
        assert isinstance(values[0], ast.Tuple), f"{name} in {home} is not a literal tuple"


def test_the_judges_of_the_mask_share_no_code_with_its_maker() -> None:
    judges = ("audit", "certificate", "checker", "attack", "doors", "possible", "probes")
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules("tables/disclosure")
        if Path(path).stem in judges
        for name in imported(tree)
        if within(name, "tables.disclosure") and name.split(".")[2:3] and name.split(".")[2] not in judges
    ]
    assert not wrong


def test_only_settings_reads_the_environment() -> None:
    assert not offenders(("service", "tables"), ("os.environ", "os.getenv"), ("service/settings.py",))
    reads = [
        path.relative_to(ROOT).as_posix()
        for folder in ("service", "tables")
        for path in (ROOT / folder).rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8")
    ]
    assert set(reads) <= {"service/settings.py"}


@pytest.mark.parametrize("folder", ["tables", "service"])
def test_a_module_fits_on_five_screens(folder: str) -> None:
    long = {
        path: lines
        for path, lines in (
            (file.relative_to(ROOT).as_posix(), len(file.read_text(encoding="utf-8").splitlines()))
            for file in (ROOT / folder).rglob("*.py")
        )
        if lines > 250 and path not in LONG
    }
    assert not long


def test_the_top_of_the_house_is_what_was_agreed() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"dist"} <= {"service", "tables", "tests", "deploy"}
