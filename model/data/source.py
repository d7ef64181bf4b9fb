"""The base class of the kinds of data."""

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
"""A path; no operating system allows a NUL in one."""


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
    """The conversion of pixels to the inputs of a network.

    Attributes
    ----------
    size_wh
        Width and height of the pictures, in pixels.
    white
        The value of a white pixel.
    offset, factor
        Shape (pixels,): input = (value - offset) * factor.
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
        Position of the kind in lists.
    known_names
        Names of data of this kind on the command line.
    identity_field
        The field that settings do not change, such as a name; empty if there is no such field.
    path_fields
        The fields that contain a file's path.
    own_name
        Name of unnamed data of this kind in a lesson's conditions.
    settings
        The fields set by sliders in the window, among ``"copies"``, ``"points"`` and
        ``"noise"``.
    is_truth_table
        Whether the rows are a truth table, all of which should be learned.
    is_on_plane
        Whether the rows are points on a plane.
    offers_scaling
        Whether the scaling of the columns can be chosen.
    usual_proposal
        Hidden layers and training, unless the data propose others.
    dtype
        The number type proposed for training.
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
        """Return the data for a name, path or formula, ``None`` if not of this kind."""
        return None

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Build the arrays, split into training and test rows.

        Raises
        ------
        ModelError
            If the data cannot be built or read; the code begins with ``data.``.
        """
        raise NotImplementedError

    def shape(self) -> DataShape | None:
        """Return the shape of the data if it is known without the rows."""
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
        """The scaling of the columns, ``None`` if it cannot be chosen."""
        return getattr(self, "scaling", None) if self.offers_scaling else None

    def with_scaling(self, scaling: Scaling) -> Self:
        """Return the data with another scaling, if it can be chosen."""
        return replace(self, scaling=scaling) if self.offers_scaling else self

    def with_default_scaling(self) -> Self:
        """Return the data with their recommended scaling, if none was chosen."""
        return self

    def with_proposed_columns(self) -> Self:
        """Return the data with the proposed columns stored in them."""
        return self

    @property
    def identity(self) -> object:
        """The part that settings do not change: a name, or a file's path."""
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
        """The path of the user's table, empty for other data."""
        return ""

    @property
    def unpacked_factor(self) -> int:
        """Maximum ratio of memory use to file size."""
        return 1

    @property
    def is_pictures(self) -> bool:
        """Whether the columns are the pixels of pictures."""
        return False

    def pixels(self, split: SplitSpec, generator: Generator) -> Pixels | None:
        """Return the conversion of pixels to inputs, ``None`` if other pictures cannot be used."""
        return None

    def truth_table(self) -> TruthTableData | None:
        """Return the rows of a truth table, ``None`` for other data."""
        return None

    def editable_rows(self, dataset: Dataset) -> TruthTableData | None:
        """Return the rows that can be edited individually, ``None`` if they cannot."""
        return self.truth_table()

    @property
    def rows_by_hand(self) -> int | None:
        """The number of rows entered by hand, ``None`` for other data."""
        return None

    def check_kept(self) -> None:
        """Raise if the data are too large to be stored in a file by value.

        Raises
        ------
        ModelError
            Code ``file.arrays``.
        """
