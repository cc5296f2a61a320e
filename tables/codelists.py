"""The classifications that released tables use, each as its newest release has it."""

from collections.abc import Mapping

from tables.catalog.classification import Classification, read_classification
from tables.catalogue import Catalogue
from tables.errors import CatalogError
from tables.verify import Verified


def codelists(catalogue: Catalogue, verified: Verified) -> Mapping[str, Classification]:
    """By id; one that cannot be read is left out, as its tables are."""
    found: dict[str, Classification] = {}
    for release in sorted(catalogue.releases.values(), key=lambda each: each.updated, reverse=True):
        source = release.source or release.act
        for dimension in release.table.dimensions:
            name = dimension.classification
            file = source.files.get(f"{release.table.id}/classifications/{name}.yaml")
            if name is None or name in found or file is None or not verified.holds(source.folder / file.path, file):
                continue
            try:
                found[name] = read_classification(source.folder / file.path)
            except CatalogError:
                continue
    return dict(sorted(found.items()))
