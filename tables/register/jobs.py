"""Which of the planned tables can be counted now, and whether the library says what the rules count."""

from collections.abc import Iterator, Mapping

from tables.errors import CatalogError, Fault
from tables.model import Table
from tables.register.codes import Codes
from tables.register.lines import uncounted
from tables.register.plan import PLANS, Inputs, Plan
from tables.register.scheme import AGES, BANDS, KOMMUNE, SEXES, Job


def choose(tables: Mapping[str, Table], inputs: Inputs, codes: Codes) -> tuple[tuple[Job, ...], dict[str, list[str]]]:
    """The tables to count, and those left out with the options they lack. Raises CatalogError for the former."""
    planned = [Job(plan, tables[plan.table]) for plan in PLANS if plan.table in tables]
    left_out = {
        job.plan.table: list(inputs.missing(job.plan.needs)) for job in planned if inputs.missing(job.plan.needs)
    }
    jobs = tuple(job for job in planned if job.plan.table not in left_out)
    faults = [fault for job in jobs for fault in _faults(job, codes)]
    if faults:
        raise CatalogError(faults)
    return jobs, left_out


def find_kommuner(tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The kommuner of the tables that have any, in table order; raises CatalogError when none has."""
    found: dict[str, None] = {}
    for plan in PLANS:
        if plan.table in tables:
            areas = next((dim for dim in tables[plan.table].dimensions if dim.code == plan.area), None)
            found |= dict.fromkeys(value.code for value in (areas.values if areas else ()) if value.level == KOMMUNE)
    if not found:
        what = f"no table has kommuner; {PLANS[0].table} needs its {PLANS[0].area} with the level {KOMMUNE}"
        raise CatalogError([Fault(f"{PLANS[0].table}/table.yaml", 0, "dimensions", what)])
    return tuple(found)


def _faults(job: Job, codes: Codes) -> Iterator[Fault]:
    file = f"{job.plan.table}/table.yaml"
    wanted = [name for name in (job.plan.area, job.plan.line, job.plan.age, job.plan.sex) if name]
    have = [dimension.code for dimension in job.table.dimensions if not dimension.time]
    if sorted(wanted) != sorted(have):
        what = f"the registers give {', '.join(wanted)} and a time, not {', '.join(have)}; mend the dimensions"
        yield Fault(file, 0, "dimensions", what)
        return
    if len(job.table.measures) != 1 or (job.table.measures[0].kind == "ratio") != (job.plan.table == "BU43"):
        yield Fault(file, 0, "measures", "the registers give one measure here; a ratio in BU43 alone")
    for name in wanted:
        dimension = job.table.dimension(name)
        if dimension.elimination not in dimension.codes:
            yield Fault(file, 0, f"dimensions.{name}", "the registers give a total; name its code under elimination")
    for code in job.table.time.codes:
        if not (len(code) == 4 and code.isdecimal()):
            yield Fault(
                file, 0, f"dimensions.{job.table.time.code}", f"'{code}' is not a year; the registers are yearly"
            )
            break
    for line in uncounted(job.plan, job.table, codes):
        yield Fault(file, 0, f"dimensions.{job.plan.line}", f"no rule counts '{line}'; take it out")
    yield from _own_values(file, job, job.plan)


def _own_values(file: str, job: Job, plan: Plan) -> Iterator[Fault]:
    """Ages and sexes are written in the table; the rules know which there must be."""
    counted = {
        plan.age: sorted(set(BANDS.values())) if plan.table == "BU43" else sorted(AGES),
        plan.sex: sorted((*plan.boys_girls, SEXES[-1])),
    }
    for name, codes in counted.items():
        if name and sorted(set(job.table.dimension(name).codes) - {job.total(name)}) != codes:
            what = f"beside the total the registers give {', '.join(codes)}; write these values"
            yield Fault(file, 0, f"dimensions.{name}", what)
