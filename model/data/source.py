"""The protocol of kinds of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, Self

import msgspec
from msgspec.structs import replace

from model.data.split import SplitSpec

if TYPE_CHECKING:
    from numpy.random import Generator

    from model.arrays import FloatArray
    from model.data.dataset import Dataset
    from model.data.scaling import Scaling
    from model.data.shape import DataShape
    from model.data.sources.truth_table import TruthTableData
    from model.experiment import Activation, Optimiser

PathText = Annotated[str, msgspec.Meta(pattern=r"\A[^\0]*\Z")]
"""A path: no system takes a NUL in one."""


class Proposal(NamedTuple):
    """The hidden layers and training proposed for data."""

    hidden: tuple[int, ...]
    activation: Activation
    optimiser: Optimiser
    rate: float
    batch: int
    epochs: int
    scale: float = 1.0


class Pixels(NamedTuple):
    """How pixels become the inputs of a network.

    Attributes
    ----------
    size_wh
        Width and height of the pictures.
    white
        The value of a white pixel.
    offset, factor
        Of each pixel: input = (value - offset) * factor.
    """

    size_wh: tuple[int, int]
    white: float
    offset: FloatArray
    factor: FloatArray


class DataSource(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """A kind of data with its settings; each kind is a module of `model.data.sources`.

    Attributes
    ----------
    order
        The kinds' order in lists.
    known_names
        What the command line calls data of this kind.
    identity_field
        The field that settings leave alone, as a name; empty where all of it counts.
    path_fields
        The fields that hold a file's path.
    own_name
        What a lesson's condition calls data of this kind without a name of their own.
    settings
        The fields that the sliders of a window set, of ``"copies"``, ``"points"`` and ``"noise"``.
    is_truth_table
        Whether these are rows to be learned to the last one.
    is_on_plane
        Whether these are points on a plane.
    offers_scaling
        Whether the scaling of the columns can be chosen.
    usual_proposal
        Hidden layers and training, unless the data propose others.
    dtype
        The type of number that training is proposed to use.
    """

    order: ClassVar[int]
    known_names: ClassVar[tuple[str, ...]] = ()
    identity_field: ClassVar[str] = ""
    path_fields: ClassVar[tuple[str, ...]] = ()
    own_name: ClassVar[str] = ""
    settings: ClassVar[tuple[str, ...]] = ()
    is_truth_table: ClassVar[bool] = False
    is_on_plane: ClassVar[bool] = False
    offers_scaling: ClassVar[bool] = False
    usual_proposal: ClassVar[Proposal] = Proposal((16,), "relu", "adam", 0.01, 32, 100)
    dtype: ClassVar[Literal["float32", "float64"]] = "float64"

    @classmethod
    def named(cls, name: str) -> DataSource | None:
        """Return the data for a name, a path or a formula, ``None`` if it is not of this kind."""
        return None

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Build the arrays, split into training and test rows.

        Raises
        ------
        ModelError
            Where the data cannot be made or read; the code begins with ``data.``.
        """
        raise NotImplementedError

    def shape(self) -> DataShape | None:
        """Return the columns if they are known without the rows."""
        return None

    @property
    def default_split(self) -> SplitSpec:
        """The split proposed for the data."""
        is_whole = self.is_truth_table or self.has_test_rows
        return SplitSpec() if is_whole else SplitSpec(test_fraction=0.2)

    @property
    def has_test_rows(self) -> bool:
        """Whether the data define their own test rows."""
        return False

    def proposal(self, dataset: Dataset | DataShape) -> Proposal:
        """Return hidden layers and training proposed for the data."""
        return self.usual_proposal

    @property
    def own_formula(self) -> str | None:
        """The function that the user typed, ``None`` for other data."""
        return None

    def setting(self, name: str) -> float:
        """Return the value of a setting; 0 if the data do not have it."""
        return getattr(self, name) if name in self.settings else 0

    @property
    def scaling_choice(self) -> Scaling | None:
        """How the columns are scaled, ``None`` if that cannot be chosen."""
        return getattr(self, "scaling", None) if self.offers_scaling else None

    def with_scaling(self, scaling: Scaling) -> Self:
        """Return the data with another scaling, if it can be chosen."""
        return replace(self, scaling=scaling) if self.offers_scaling else self

    def with_default_scaling(self) -> Self:
        """Return the data with the scaling that suits them, if none was chosen."""
        return self

    def with_proposed_columns(self) -> Self:
        """Return the data with the proposed columns, which the experiment then keeps."""
        return self

    @property
    def identity(self) -> object:
        """What stays the same under all settings: a name, or a file's path."""
        return getattr(self, self.identity_field) if self.identity_field else self

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files that are read."""
        return tuple(path for name in self.path_fields if (path := getattr(self, name)))

    @property
    def file_name(self) -> str:
        """The name of the file that is read, without its folder; empty if there is none."""
        # A path written on another system keeps its last part alone, whichever slash it has.
        return self.paths[0].replace("\\", "/").rpartition("/")[2] if self.paths else ""

    @property
    def table_path(self) -> str:
        """The path of the user's own table, empty for other data."""
        return ""

    @property
    def unpacked_factor(self) -> int:
        """The largest ratio of the memory used to the size of the files."""
        return 1

    @property
    def is_pictures(self) -> bool:
        """Whether the columns are the pixels of pictures."""
        return False

    def pixels(self, split: SplitSpec, generator: Generator) -> Pixels | None:
        """Return how pictures become inputs, where a program may supply similar ones."""
        return None

    def truth_table(self) -> TruthTableData | None:
        """Return the rows of a truth table, ``None`` for other data."""
        return None

    def editable_rows(self, dataset: Dataset) -> TruthTableData | None:
        """Return the rows that can be edited one by one, ``None`` if they cannot."""
        return self.truth_table()

    @property
    def rows_by_hand(self) -> int | None:
        """The number of rows made by hand, ``None`` for other data."""
        return None

    def check_kept(self) -> None:
        """Refuse data that are too large to be stored in a file by value.

        Raises
        ------
        ModelError
            Code ``file.arrays``.
        """
