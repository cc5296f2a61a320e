"""HiGHS as the auditor uses it: maximise over  low ≤ A·x ≤ high,  lower ≤ x ≤ upper; single-threaded, no clock."""

from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.disclosure.certificate.piece import Floats, Vector

INFINITE: Final = float(highspy.kHighsInf)
_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "mip_max_nodes": 300,
    "mip_rel_gap": 0.3,
    "mip_max_improving_sols": 1,
}


class Solver:
    def __init__(self, matrix: sp.csr_matrix, rows: tuple[Floats, Floats], columns: tuple[Floats, Floats]) -> None:
        model, data = highspy.HighsLp(), sp.csc_matrix(matrix)
        model.num_row_, model.num_col_ = data.shape
        model.row_lower_, model.row_upper_ = rows
        model.col_lower_, model.col_upper_ = columns
        model.col_cost_ = np.zeros(data.shape[1])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = data.indptr, data.indices
        model.a_matrix_.value_ = data.data.astype(float)
        self._size = data.shape[1]
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.solves = 0

    def bound(self, columns: Vector, lower: Floats, upper: Floats) -> None:
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def hold(self, rows: Vector, low: Floats, high: Floats) -> None:
        """These rows stand between these levels from now on."""
        for row, least, most in zip(rows.tolist(), low.tolist(), high.tolist(), strict=True):
            self._solver.changeRowBounds(row, least, most)

    def add(self, rows: sp.csr_matrix, low: Floats) -> None:
        """More rows, each at least `low`."""
        high = np.full(rows.shape[0], INFINITE)
        starts, columns = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
        self._solver.addRows(rows.shape[0], low, high, rows.nnz, starts, columns, rows.data.astype(float))

    def inside(self) -> None:
        """From now on, by an interior point that stays one: of all best solutions one in their middle, no vertex."""
        self._solver.setOptionValue("solver", "ipm")
        self._solver.setOptionValue("run_crossover", "off")

    def maximise(self, worth: Floats, *, whole: bool = False) -> Floats | None:
        """The best solution, `whole`: in integers and by branch and bound; None where none was found."""
        every = np.arange(self._size, dtype=np.int32)
        self._solver.changeColsCost(self._size, every, worth)
        if whole:
            self._kinds(every, highspy.HighsVarType.kInteger)
        self._solver.run()
        self.solves += 1
        found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self._solver.getSolution().col_value) if found else None
        if whole:
            self._kinds(every, highspy.HighsVarType.kContinuous)
        return values

    def _kinds(self, every: NDArray[np.int32], kind: highspy.HighsVarType) -> None:
        self._solver.changeColsIntegrality(self._size, every, np.array([kind] * self._size))
