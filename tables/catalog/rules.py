"""The steps under `disclosure:`: each names a method and gives it parameters that it understands."""

from collections.abc import Mapping

from marshmallow import ValidationError

from tables.catalog.place import Dimensions, place
from tables.catalog.reading import Reading
from tables.disclosure import METHODS
from tables.model import Rule
from tables.schema.shape import meant, told


def rules(reading: Reading, dimensions: Dimensions) -> tuple[Rule, ...]:
    if "disclosure" not in reading.shape:
        return ()
    steps = reading.document.data["disclosure"] if isinstance(reading.document.data, dict) else []
    if not steps:
        reading.refuse(("disclosure",), "is empty; write {method: none, reason: …} if nothing is to be hidden")
    methods = {method.name: method for method in METHODS}
    found: list[Rule] = []
    for at, step in enumerate(steps):
        path = ("disclosure", at)
        if not isinstance(step, dict):
            continue  # told by the shape
        name = step.get("method")
        if not isinstance(name, str):
            reading.refuse(path, f"names no method; write method: and one of {', '.join(methods)}")
        elif reading.known((*path, "method"), name, methods, "a disclosure method"):
            params = {key: value for key, value in step.items() if key != "method"}
            _params(reading, at, params, dimensions)
            found += _loaded(reading, at, name, params)
    if len(steps) > 1 and any(rule.method == "none" for rule in found):
        reading.refuse(("disclosure",), "has none beside other methods; keep none alone, or take it out")
    return tuple(found)


def _loaded(reading: Reading, at: int, name: str, params: Mapping[str, object]) -> list[Rule]:
    schema = next(method.params for method in METHODS if method.name == name)()
    try:
        return [Rule(name, schema.load(params))]
    except ValidationError as error:
        messages = dict(error.messages) if isinstance(error.messages, dict) else {"_schema": error.messages}
        known = {field.data_key or key for key, field in schema.fields.items()}
        for key in messages:
            if key in params and key not in known:
                messages[key] = [f"is not a parameter of {name}; {meant(str(key), known)}"]
        reading.faults.extend(told(messages, reading.document, ("disclosure", at)))
        return []


def _params(reading: Reading, at: int, params: Mapping[str, object], dimensions: Dimensions) -> None:
    """A method that hides by hand says where, with dimensions and codes that exist."""
    where = params.get("at")
    if not isinstance(where, dict):
        return
    listed = {
        code: tuple(str(text) for text in codes) if isinstance(codes, list) else (str(codes),)
        for code, codes in where.items()
    }
    place(reading, ("disclosure", at, "at"), listed, dimensions)
