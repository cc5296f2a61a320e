"""What proves that nothing hidden can be computed: the certificates of an act, judged from released files alone."""

from collections.abc import Iterator
from pathlib import Path

from tables.acts import History
from tables.catalog import read_table
from tables.disclosure.checker import check
from tables.fold import home
from tables.model import Act, Text
from tables.shown import CELLS
from tables.yamlfile import parse


def faults(act: Act, history: History) -> Iterator[Text]:
    """What is wrong with the certificates of an act, or that one is missing; withdrawn files prove nothing.

    Groups that were masked by their rules alone, as only the release itself can ask for, have none; see `unproven`.
    """
    for group, told in act.groups.items():
        protection = act.folder / "protection" / group
        where = f"{act.folder.name}/protection/{group}"
        folders = _members(act, group, history)
        if not all((folder / CELLS).is_file() for folder in folders.values()):
            continue
        if (protection / "certificate.parquet").is_file():
            yield from (Text(f"{where}: {fault}", f"{where}: {fault}") for fault in check(folders, protection))
        elif told.get("hidden") and not told.get("rules_only") and not all(map(_estimates, folders.values())):
            yield Text(
                f"{where}: der er skjulte celler og intet certifikat; udgiv tabellerne igen.",
                f"{where}: there are hidden cells and no certificate; release the tables again.",
            )


def unproven(act: Act) -> Iterator[Text]:
    """The groups of an act that were masked by their rules alone: nothing proves that the rest cannot be computed."""
    for group, told in act.groups.items():
        where = f"{act.folder.name}/protection/{group}"
        folders = [act.folder / table for table in told["tables"]]
        if not told.get("rules_only") or not told.get("hidden") or all(map(_estimates, folders)):
            continue
        yield Text(
            f"{where}: kun skjult efter reglerne, uden sekundær diskretionering og certifikat",
            f"{where}: hidden by the rules alone, without secondary suppression and certificate",
        )


def _estimates(folder: Path) -> bool:
    """Whether a table has nothing but estimates, which are in no line with others."""
    return all(measure.kind == "estimate" for measure in read_table(folder).measures)


def _members(act: Act, group: str, history: History) -> dict[str, Path]:
    """The folders of the group's tables: those of the act, and partners as they stood."""
    written = act.folder / "protection" / group / "group.yaml"
    told = parse(written.read_text(encoding="utf-8"), written.name).data if written.is_file() else {}
    members = told.get("tables", [group]) if isinstance(told, dict) else [group]
    found: dict[str, Path] = {}
    for table in members:
        holder = act if table in act.tables else _parent(act, table, history)
        if holder is not None:
            found[table] = home(holder, table, history).folder / table
    return found


def _parent(act: Act, table: str, history: History) -> Act | None:
    seq = act.parents.get(table)
    return history.act(seq) if seq is not None else None
