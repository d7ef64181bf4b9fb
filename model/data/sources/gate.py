"""Logic gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.data.dataset import Dataset, Task
from model.data.gates import GATES, gate_inputs, truth_table
from model.data.shape import DataShape, input_names
from model.data.source import DataSource, Proposal
from model.data.sources.truth_table import TruthTableData, truth_table_proposal
from model.data.split import SplitSpec
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator


class GateData(DataSource, frozen=True, tag="gate"):
    """The truth table of a named logic gate, with optional copies and noise.

    Attributes
    ----------
    name
        A gate of :mod:`model.data.gates`: ``"xor"``, ``"and"``, ``"half_adder"``, ``"parity"``,
        ...
    inputs
        Number of inputs, 1 to 8; ignored if the gate fixes it.
    copies
        Number of copies of each row, at least 1.
    noise
        Standard deviation, 0 or more, of the Gaussian noise added to the inputs of every copy.
    """

    name: str = "xor"
    inputs: int = 2
    copies: int = 1
    noise: float = 0.0

    order = 0
    known_names = tuple(GATES)
    identity_field = "name"
    settings = ("copies", "noise")
    is_truth_table = True

    @classmethod
    def named(cls, name: str) -> GateData | None:
        base, _, count = name.lower().partition(":")
        if base not in GATES or (count and not count.isdecimal()):
            return None
        fewest, most = GATES[base].inputs
        return cls(base, int(count) if count else min(max(2, fewest), most))

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        return self._rows().build(split, generator)

    def shape(self) -> DataShape:
        inputs = gate_inputs(self.name, self.inputs)
        outputs = GATES[self.name].outputs
        task: Task = "binary" if len(outputs) == 1 else "multilabel"
        return DataShape(inputs, len(outputs), task, input_names(inputs), outputs, ("0", "1"))

    def proposal(self, dataset: Dataset | DataShape) -> Proposal:
        return truth_table_proposal(dataset)

    def truth_table(self) -> TruthTableData | None:
        """Return the gate's rows, ``None`` if a file names an unknown gate."""
        try:
            return self._rows()
        except ModelError:
            return None

    def _rows(self) -> TruthTableData:
        x, y = truth_table(self.name, self.inputs)
        return TruthTableData(
            input_names=input_names(x.shape[1]),
            output_names=GATES[self.name].outputs,
            rows=tuple(map(tuple, x.tolist())),
            targets=tuple(map(tuple, y.tolist())),
            copies=self.copies,
            noise=self.noise,
        )
