"""Writes `assets/datasets/` from scikit-learn's copies and from public counts.

Run by hand: ``python .ci/make_assets/datasets.py``. Only the numbers are taken; the layout is ours:
a header, one row an example, the target last.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, load_iris

FOLDER = Path(__file__).parents[2] / "assets" / "datasets"

# Died and survived by class and sex, children and adults (Dawson 1995, table of the 2,201 people).
TITANIC = {
    ("1", "male"): ((0, 5), (118, 57)),
    ("2", "male"): ((0, 11), (154, 14)),
    ("3", "male"): ((35, 13), (387, 75)),
    ("crew", "male"): ((0, 0), (670, 192)),
    ("1", "female"): ((0, 1), (4, 140)),
    ("2", "female"): ((0, 13), (13, 80)),
    ("3", "female"): ((17, 14), (89, 76)),
    ("crew", "female"): ((0, 0), (3, 20)),
}


def _iris() -> str:
    data = load_iris()
    lines = ["sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species"]
    for row, target in zip(data.data, data.target, strict=True):
        lines.append(",".join([*(f"{v:g}" for v in row), str(data.target_names[target])]))
    return "\n".join(lines) + "\n"


def _digits() -> str:
    data = load_digits()
    names = [f"r{r}c{c}" for r in range(8) for c in range(8)]
    out = io.StringIO()
    rows = np.column_stack((data.data, data.target)).astype(int)
    np.savetxt(out, rows, fmt="%d", delimiter=",", header=",".join([*names, "digit"]), comments="")
    return out.getvalue()


def _titanic() -> str:
    lines = ["class,sex,age,survived,people"]
    for (cabin, sex), ages in TITANIC.items():
        for age, counts in zip(("child", "adult"), ages, strict=True):
            lines += [f"{cabin},{sex},{age},{s},{n}" for s, n in enumerate(counts) if n]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the three files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "iris.csv").write_text(_iris(), encoding="utf-8")
    (FOLDER / "titanic.csv").write_text(_titanic(), encoding="utf-8")
    with gzip.GzipFile(FOLDER / "digits.csv.gz", "wb", mtime=0) as stream:
        stream.write(_digits().encode())


if __name__ == "__main__":
    main()
