"""From the registers of measures and placements to the cubes of the tables, and the lists beside them."""

from tables.register.build import BuildReport, build

__all__ = ["BuildReport", "build"]
