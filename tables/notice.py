"""The notice of a correction, a rollback or a withdrawal, as the office writes it: a text in both languages."""

from pathlib import Path

from tables.errors import CatalogError, Fault
from tables.model import Text
from tables.yamlfile import parse


def read_notice(path: Path) -> Text:
    """A YAML file with `da` and `en`: what was wrong, since when, which figures, whom to ask. Raises CatalogError."""
    try:
        told = parse(path.read_text(encoding="utf-8"), path.name).data
    except UnicodeDecodeError as error:
        raise CatalogError([Fault(path.name, 0, "", "is not UTF-8; save it as UTF-8")]) from error
    if not isinstance(told, dict):
        raise CatalogError([Fault(path.name, 1, "", "write two lines, da: … and en: …")])
    faults = [Fault(path.name, 1, key, "is not a key here; write da and en") for key in told if key not in ("da", "en")]
    silent = (lang for lang in ("da", "en") if not (isinstance(told.get(lang), str) and told[lang].strip()))
    faults += [Fault(path.name, 1, lang, "is missing; say what was wrong, and whom to ask") for lang in silent]
    if faults:
        raise CatalogError(faults)
    return Text(told["da"].strip(), told["en"].strip())
