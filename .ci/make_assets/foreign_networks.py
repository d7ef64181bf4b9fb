"""Makes the networks of other libraries that the tests of `model.importing` read.

Run once, where the library is installed (Glassnet needs none of them):

    python .ci/make_assets/foreign_networks.py sklearn    # scikit-learn and skl2onnx
    python .ci/make_assets/foreign_networks.py pytorch    # torch and onnxscript
    python .ci/make_assets/foreign_networks.py keras      # tensorflow and tf2onnx

Each writes ONNX files to tests/model/importing/foreign/, and to answers.json there what the library
itself answers to a few rows. The weights are this script's own.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[2] / "tests" / "model" / "importing" / "foreign"


def keep(name: str, rows: Any, answers: Any) -> None:
    """Write a network's answers beside those of the others."""
    path = FOLDER / "answers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {
        "rows": np.asarray(rows, np.float64).round(3).tolist(),
        "answers": np.asarray(answers, np.float64).reshape(len(rows), -1).tolist(),
    }
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(known[key])}" for key in sorted(known))
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def from_sklearn() -> None:
    """Write networks and linear models of scikit-learn, some behind a scaler."""
    from skl2onnx import to_onnx
    from sklearn.datasets import load_diabetes, load_iris
    from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    warnings.filterwarnings("ignore", module="sklearn")  # few epochs are enough here
    iris, (sick, course) = load_iris(), load_diabetes(return_X_y=True)
    flowers, kinds = iris.data.astype(np.float32), iris.target
    small = {"hidden_layer_sizes": (5,), "max_iter": 300, "random_state": 0}
    classes = StandardScaler(), MLPClassifier(activation="tanh", **small)
    labels = StandardScaler(), MLPClassifier(activation="tanh", **small)
    values = MinMaxScaler(), MLPRegressor(activation="logistic", **small)
    double = StandardScaler(), MLPRegressor(activation="relu", **small)
    made: dict[str, tuple[Any, Any, Callable[[Any], Callable[[Any], Any]]]] = {
        "iris": (
            make_pipeline(*classes).fit(flowers, iris.target_names[kinds]),
            flowers,
            lambda model: model.predict_proba,
        ),
        "two_classes": (
            MLPClassifier(activation="relu", **small).fit(flowers, kinds == 2),
            flowers,
            lambda model: lambda x: model.predict_proba(x)[:, 1],
        ),
        "several_labels": (
            make_pipeline(*labels).fit(flowers, np.c_[kinds != 0, kinds != 1, kinds == 2]),
            flowers,
            lambda model: model.predict_proba,
        ),
        "diabetes": (
            make_pipeline(*values).fit(sick, course),
            sick.astype(np.float32),
            lambda model: model.predict,
        ),
        "double": (
            make_pipeline(*double).fit(sick, course),
            sick,
            lambda model: model.predict,
        ),
        "logistic": (
            LogisticRegression().fit(flowers, kinds == 2),
            flowers,
            lambda model: lambda x: model.predict_proba(x)[:, 1],
        ),
        "logistic_of_three": (
            make_pipeline(StandardScaler(), LogisticRegression()).fit(flowers, kinds),
            flowers,
            lambda model: model.predict_proba,
        ),
        "perceptron": (
            Perceptron().fit(flowers, kinds == 2),
            flowers,
            lambda model: model.decision_function,
        ),
        "linear": (
            LinearRegression().fit(sick, np.c_[course, -course]),
            sick.astype(np.float32),
            lambda model: model.predict,
        ),
    }
    for name, (model, x, answer) in made.items():
        network = to_onnx(model, x[:1])
        (FOLDER / f"sklearn_{name}.onnx").write_bytes(network.SerializeToString())
        rows = x[::60].astype(np.float64).round(3)
        keep(f"sklearn_{name}", rows, answer(model)(rows))


def from_pytorch() -> None:
    """Write networks of PyTorch by both of its exporters."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    plain = nn.Sequential(
        *(nn.Linear(4, 6), nn.Tanh(), nn.Dropout(0.2), nn.Linear(6, 5), nn.LeakyReLU()),
        *(nn.Linear(5, 3), nn.Softmax(dim=1)),
    )
    normed = nn.Sequential(
        *(nn.Linear(4, 6), nn.ReLU(), nn.BatchNorm1d(6), nn.Linear(6, 5, bias=False)),
        *(nn.BatchNorm1d(5), nn.ELU(), nn.Linear(5, 1)),
    )
    flat = nn.Sequential(
        *(nn.Flatten(), nn.Linear(16, 8), nn.Softplus(), nn.Linear(8, 3), nn.LogSoftmax(dim=-1))
    )
    gelu = nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 6), nn.SiLU(), nn.Linear(6, 1))
    for module in normed.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2.0)
            module.weight.data.normal_()
    for name, network, shape in (
        ("plain", plain, (4,)),
        ("normed", normed, (4,)),
        ("pictures", flat, (1, 4, 4)),
        ("gelu", gelu, (4,)),
    ):
        network.eval()
        x = torch.randn(3, *shape).round(decimals=3)
        for exporter in ("old", "new"):
            path = FOLDER / f"pytorch_{name}_{exporter}.onnx"
            torch.onnx.export(network, (x[:1],), str(path), dynamo=exporter == "new")
            without_paths(path)
            data = path.with_name(path.name + ".data")
            if data.exists() and data.stat().st_size == 0:
                data.unlink()
            if name != "gelu":
                answers = network(x).detach()
                answers = answers.exp() if name == "pictures" else answers
                keep(path.stem, x.reshape(3, -1).numpy(), answers.numpy())


def without_paths(path: Path) -> None:
    """Remove this machine's paths from a file's nodes."""
    import onnx

    model = onnx.load(path, load_external_data=False)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        part.ClearField("metadata_props")
    for part in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        part.ClearField("metadata_props")
    path.write_bytes(model.SerializeToString())


def from_keras() -> None:
    """Write a network of Keras."""
    import keras
    import tensorflow as tf
    import tf2onnx

    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense
    network = keras.Sequential(
        [
            keras.Input((4,)),
            dense(6, activation="relu", bias_initializer="random_normal"),
            keras.layers.Dropout(0.1),
            dense(5, activation="tanh"),
            dense(3, activation="softmax", bias_initializer="random_normal"),
        ]
    )
    network.output_names = ["out"]  # tf2onnx still asks for it
    kind = [tf.TensorSpec((None, 4), tf.float32)]
    tf2onnx.convert.from_keras(network, kind, output_path=str(FOLDER / "keras_plain.onnx"))
    rows = np.random.default_rng(0).normal(size=(3, 4)).round(3)
    keep("keras_plain", rows, network(rows.astype(np.float32)).numpy())


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    {"sklearn": from_sklearn, "pytorch": from_pytorch, "keras": from_keras}[sys.argv[1]]()
