"""The neural network in NumPy, without Qt or OpenCV; scipy, onnx and msgspec where needed.

Usable as a library, installed as ``glassnet.model``::

    import model

    xor = model.default_experiment(model.named_data("xor"))
    trained = model.train(xor)
    print(model.Network.of(trained).forward([[0, 0], [0, 1], [1, 0], [1, 1]]))

The names below are imported on first use, so ``import model`` is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation.lazy import lazy_names

if TYPE_CHECKING:
    from model.backprop import loss_and_gradients
    from model.data import Dataset, build_dataset, data_names, named_data
    from model.data.arrays import dataset
    from model.defaults import default_experiment
    from model.errors import ModelError
    from model.experiment import (
        ArraysData,
        CsvData,
        Experiment,
        GateData,
        IdxData,
        InitialiserSpec,
        LayerSpec,
        NetworkSpec,
        OptimiserSpec,
        PlaneData,
        PointsData,
        ScheduleSpec,
        SplitSpec,
        StopSpec,
        TableData,
        TrainingSpec,
        TruthTableData,
    )
    from model.export import export_notebook, export_numpy, export_onnx, export_pytorch
    from model.files import read_experiment, write_experiment
    from model.importing import read_network
    from model.initialisers import initialise
    from model.insight import check_gradient, separability, trace
    from model.lessons.challenges import Challenge, check_challenge, read_challenge
    from model.network import Network
    from model.own_units import fit, predict
    from model.training import Snapshot, Trainer, train
    from model.training.ensemble.lottery import Lottery, draw_lottery, wilson_interval
    from model.training.ensemble.population import Population
    from model.training.ensemble.sweep import Sweep, draw_sweep

# The public names, by the module that has them.
_NAMES = {
    "backprop": "loss_and_gradients",
    "data": "Dataset build_dataset data_names named_data",
    "data.arrays": "dataset",
    "defaults": "default_experiment",
    "errors": "ModelError",
    "experiment": (
        "ArraysData CsvData Experiment GateData IdxData InitialiserSpec LayerSpec NetworkSpec "
        "OptimiserSpec PlaneData PointsData ScheduleSpec SplitSpec StopSpec TableData "
        "TrainingSpec TruthTableData"
    ),
    "export": "export_notebook export_numpy export_onnx export_pytorch",
    "files": "read_experiment write_experiment",
    "importing": "read_network",
    "initialisers": "initialise",
    "insight": "check_gradient separability trace",
    "lessons.challenges": "Challenge check_challenge read_challenge",
    "network": "Network",
    "own_units": "fit predict",
    "training": "Snapshot Trainer train",
    "training.ensemble.lottery": "Lottery draw_lottery wilson_interval",
    "training.ensemble.population": "Population",
    "training.ensemble.sweep": "Sweep draw_sweep",
}
__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_names(__name__, _NAMES)
