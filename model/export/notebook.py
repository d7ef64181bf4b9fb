"""A network as a Jupyter notebook: the NumPy script in cells, with prose and output."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from foundation.files import StrPath
from model.data import Dataset, build_dataset
from model.errors import require
from model.experiment import Experiment
from model.export.numpy_script import numpy_parts, one_line
from model.export.run_back import RoundTrip, run_numpy
from model.files import write_bytes

_PROSE = Path(__file__).parents[2] / "assets" / "notebook"
LANGUAGES = ("en", "tr")
"""Languages of the prose."""
_HEADING = re.compile(r"^## (\w+): (.*)$", re.MULTILINE)
_MAIN = 'if __name__ == "__main__":\n'


def notebook(
    experiment: Experiment, dataset: Dataset | None = None, *, language: str = "en"
) -> tuple[dict[str, Any], RoundTrip]:
    """Return a notebook in nbformat 4.5 with outputs, and the check of its answers.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built.
    language
        Language of the prose: ``"en"`` or ``"tr"``.

    Returns
    -------
    tuple
        The notebook as a JSON object, and the :class:`model.export.run_back.RoundTrip` of its
        cells.

    Raises
    ------
    ModelError
        Code ``experiment.range`` for another language, and those of
        :func:`model.export.run_back.run_numpy` and
        :func:`model.experiment.checks.check_columns`.

    References ---------- The Jupyter notebook format,
    https://nbformat.readthedocs.io/en/latest/format_description.html
    """
    data = build_dataset(experiment) if dataset is None else dataset
    parts = numpy_parts(experiment, data)
    del parts["opening"]
    code = {key: _as_cell(part) for key, part in parts.items() if part.strip()}
    printed, trip = run_numpy(list(code.values()), experiment, data)
    opening, sections = _prose(language)
    cells = [_cell("opening", "markdown", opening.format(**_prose_values(experiment)))]
    for number, (key, text) in enumerate(code.items()):
        cells.append(_cell(f"about-{key}", "markdown", sections[key]))
        outputs = [{"output_type": "stream", "name": "stdout", "text": _lines(printed[number])}]
        cells.append(
            {
                **_cell(key, "code", text),
                "execution_count": number + 1,
                "outputs": outputs if printed[number] else [],
            }
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return made, trip


def export_notebook(
    experiment: Experiment,
    path: StrPath,
    dataset: Dataset | None = None,
    *,
    language: str = "en",
) -> RoundTrip:
    """Run the cells and write the notebook, completely or not at all.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built, or your own.
    language
        Language of the prose: ``"en"`` or ``"tr"``.
    path
        Path of the file; an existing file is replaced once the new one is complete.

    Returns
    -------
    RoundTrip
        Comparison of the notebook's answers with the network's.

    Raises
    ------
    ModelError
        If the data cannot be built or read; codes ``network.inputs`` and ``network.outputs`` if
        they do not fit the network; ``export.program`` if its answers have the wrong shape;
        ``experiment.range`` for another language; ``file.unwritable``.
    """
    made, trip = notebook(experiment, dataset, language=language)
    write_bytes(path, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode())
    return trip


def _as_cell(part: str) -> str:
    """Return a part of the script as a cell, without its ``__main__`` guard."""
    plain = part.strip("\n")
    return textwrap.dedent(plain.removeprefix(_MAIN)) if plain.startswith(_MAIN) else plain


def _prose(language: str) -> tuple[str, dict[str, str]]:
    """Return the notebook's introduction, and the prose of each cell by its part's name."""
    require(language in LANGUAGES, "The language", language, ", ".join(LANGUAGES))
    text = (_PROSE / f"{language}.md").read_text(encoding="utf-8")
    opening, *rest = _HEADING.split(text)
    return opening.strip(), {
        key: f"## {title}\n\n{body.strip()}"
        for key, title, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    }


def _prose_values(experiment: Experiment) -> dict[str, str]:
    """Return the network's title and layers for the prose."""
    layers = " → ".join(map(str, experiment.network.sizes))
    return {"title": _literal(experiment.title) or "Glassnet", "layers": layers}


def _literal(name: str) -> str:
    """Return a name on one line with Markdown, HTML and TeX escaped."""
    return re.sub(r"([!-+\--/:-@\[-`{-~])", r"\\\1", one_line((name,)))


def _cell(name: str, kind: str, text: str) -> dict[str, Any]:
    return {"id": name, "cell_type": kind, "metadata": {}, "source": _lines(text)}


def _lines(text: str) -> list[str]:
    """Return a text as nbformat stores it, a list of lines with line endings."""
    return text.splitlines(keepends=True)
