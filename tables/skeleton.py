"""The first lines of a table, so that a statistician begins with words and not with keys."""

import re
from pathlib import Path
from typing import Final

from tables.catalog import Library
from tables.errors import Refused
from tables.model import Subject

_ID: Final = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)
_TEXT: Final = """\
id: {id}
status: active
subject: "{subject}"                  # an id in site/subjects.yaml
title:                              # the dimensions are added by themselves
  da: Skriv, hvad tabellen tæller
  en: Write what the table counts
source: {{da: Skriv kilden, en: Write the source}}
contacts:                           # offices, never persons
  - {{name: {{da: "{office_da}", en: "{office_en}"}}, email: {email}, phone: "{phone}"}}

dimensions:
  - code: OMRÅDE
    text: {{da: område, en: region}}
    values: |
      code ; da          ; en
      000  ; Hele landet ; All Denmark
      01   ; Første del  ; First part
      02   ; Anden del   ; Second part
    elimination: "000"              # answers when the question leaves the dimension out: a code, or sum
  - code: Tid
    text: {{da: tid, en: time}}
    time: 2023-2024

measures:
  - code: antal                     # the column in cube.parquet
    text: {{da: Antal, en: Number}}
    unit: {{da: Antal, en: Number}}
    kind: additive                  # additive | distinct | ratio | estimate
    series: stock                   # stock | flow | average
    decimals: 0
    minimum: 0
    missing: zero                   # a combination that the cube lacks is 0; otherwise: unknown

disclosure:                         # must be there; for what cannot be about a person: {{method: none, reason: …}}
  - {{method: threshold, below: 5}}
"""


def new_table(library: Library, table: str) -> Path:
    """Writes <ID>/table.yaml; raises Refused for an id that cannot be, or is there already."""
    if not _ID.fullmatch(table):
        raise Refused(
            "table",
            f"'{table}' er ikke et id: store bogstaver, cifre og _, fx NEW01.",
            f"'{table}' is no id: capitals, digits and _, like NEW01.",
        )
    path = library.folder / table / "table.yaml"
    if path.parent.exists():
        raise Refused("table", f"{table} findes allerede.", f"{table} is there already.")
    office = library.site.contact
    text = _TEXT.format(
        id=table,
        subject=_leaf(library.site.subjects),
        office_da=office.name.da,
        office_en=office.name.en,
        email=office.email,
        phone=office.phone,
    )
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def _leaf(subjects: tuple[Subject, ...]) -> str:
    """The first subject with none below it."""
    first = subjects[0]
    return _leaf(first.subjects) if first.subjects else first.id
