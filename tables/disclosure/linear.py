"""A linear program that is solved again and again with other costs and bounds (HiGHS, warm-started, deterministic)."""

from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

INFINITE: Final = float(highspy.kHighsInf)
_NODES: Final = 200

Floats = NDArray[np.float64]


class Program:
    """Minimise cost·x over  low ≤ A·x ≤ high,  lower ≤ x ≤ upper. `solves` and `branches` count the work."""

    def __init__(self, matrix: sp.csc_matrix, low: Floats, high: Floats, lower: Floats, upper: Floats) -> None:
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = np.zeros(matrix.shape[1])
        model.col_lower_, model.col_upper_, model.row_lower_, model.row_upper_ = lower, upper, low, high
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data.astype(float)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
        options = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 1,
            "simplex_scale_strategy": 0,
            "mip_rel_gap": 0.3,
            "mip_max_nodes": _NODES,
        }
        for name, value in options.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(model)
        self._size = matrix.shape[1]
        self._cost = np.zeros(self._size)
        self.solves = self.branches = 0

    def bound(self, columns: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def add(self, rows: sp.csr_matrix, low: Floats) -> None:
        """More rows, each at least `low`."""
        high = np.full(rows.shape[0], INFINITE)
        starts, columns = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
        self._solver.addRows(rows.shape[0], low, high, rows.nnz, starts, columns, rows.data.astype(float))

    def minimise(self, cost: Floats) -> Floats | None:
        """The solution, or None where there is none."""
        changed = np.flatnonzero(cost != self._cost).astype(np.int32)
        if len(changed):
            self._solver.changeColsCost(len(changed), changed, cost[changed])
            self._cost = cost.copy()
        self._solver.run()
        self.solves += 1
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._solver.getSolution().col_value)

    def branch(self) -> Floats | None:
        """The last program again, in whole numbers and by branch and bound, if a few nodes suffice."""
        every = np.arange(self._size, dtype=np.int32)
        self._solver.changeColsIntegrality(self._size, every, np.array([highspy.HighsVarType.kInteger] * self._size))
        self._solver.run()
        self.branches += 1
        found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self._solver.getSolution().col_value) if found else None
        self._solver.changeColsIntegrality(self._size, every, np.array([highspy.HighsVarType.kContinuous] * self._size))
        return values


def used_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix(matrix[np.diff(matrix.indptr) > 0])


def mobile(equations: sp.csr_matrix, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cells that could move at all: none is alone in an equation."""
    while True:
        pattern = sp.csr_matrix(equations[:, cells])
        alone = np.flatnonzero(np.diff(pattern.indptr) == 1)
        stuck = np.unique(pattern.indices[pattern.indptr[alone]])
        if not len(stuck):
            return cells
        cells = np.delete(cells, stuck)
