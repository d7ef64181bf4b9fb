"""One loss an epoch, for as long as a training runs: in memory at first, then in a file.

A night of training makes more losses than memory should hold. Past a megabyte they lie in a
temporary file that is mapped into memory, and what was written long ago is left to the file.
"""

from __future__ import annotations

import mmap
import tempfile

import numpy as np

from model.experiment import FloatArray

FILED_FROM = 1 << 17
"""Values (8 bytes each) from which a column lies in a file."""

FIRST = 1024
_LET_GO_EVERY = 1 << 16
_BLANK = 1 << 16


class LossColumn:
    """A growing array of float64; what was never written is NaN.

    Attributes
    ----------
    values
        All there is room for. It is replaced when it grows, never resized, so a view that someone
        holds stays as it was.
    """

    def __init__(self) -> None:
        self.values: FloatArray = np.full(FIRST, np.nan)
        self._file: mmap.mmap | None = None
        self._let_go_at = FILED_FROM

    def write(self, index: int, value: float) -> None:
        """Write one value, growing where needed."""
        try:
            self.values[index] = value
        except IndexError:
            self.reserve(index + 1)
            self.values[index] = value

    def reserve(self, length: int) -> None:
        """Have room for `length` values."""
        known = len(self.values)
        if length > known:
            grown, self._file = _nothing(max(length, 2 * known))
            grown[:known] = self.values
            self.values = grown
            self._let_go_at = known
            self.let_go(known)

    def view(self, length: int) -> FloatArray:
        """Return the first `length` values, read-only."""
        view = self.values[:length]
        view.flags.writeable = False
        return view

    def let_go(self, length: int) -> None:
        """Let go of what the writer wrote, as often as is worth it.

        Parameters
        ----------
        length
            How many values are written; most calls with little more than before do nothing.
        """
        if length >= self._let_go_at:
            self._let_go_at = length + _LET_GO_EVERY
            self.leave()

    def leave(self) -> None:
        """Leave all to the file, if there is one; what is read comes back into memory.

        May be called from any thread.
        """
        file = self._file
        if file is not None and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)


def _nothing(length: int) -> tuple[FloatArray, mmap.mmap | None]:
    """Return `length` NaN and the file they lie in, if they are many and there is room for one."""
    if length < FILED_FROM:
        return np.full(length, np.nan), None
    blank = np.full(_BLANK, np.nan).tobytes()
    try:
        with tempfile.TemporaryFile(prefix="glassnet-losses-") as file:
            # Written and not only made long: a full disk has to say so here.
            for start in range(0, length, _BLANK):
                file.write(blank[: 8 * (length - start)])
            file.flush()
            mapped = mmap.mmap(file.fileno(), 8 * length)
    except OSError:
        return np.full(length, np.nan), None
    return np.frombuffer(mapped, np.float64), mapped
