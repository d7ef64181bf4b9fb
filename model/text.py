"""Text that a file can hold: without half letters."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from model.experiment import DataSpec, Experiment


def mended_text(text: str) -> str:
    """Return text with what is half a letter, a lone surrogate, replaced by U+FFFD.

    Notes
    -----
    JSON can write half of a UTF-16 pair, and a clipboard can hold it, but UTF-8 has no bytes for
    it: an experiment with such a name could be opened and never saved again.
    """
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def mended(value: Any) -> Any:
    """Return what a JSON document holds with every text in it mended, keys too."""
    if isinstance(value, str):
        return mended_text(value)
    if isinstance(value, (list, tuple)):
        return [mended(each) for each in value]
    if isinstance(value, dict):
        return {mended_text(key): mended(each) for key, each in value.items()}
    return value


def mended_experiment(experiment: Experiment) -> Experiment:
    """Return the experiment with its title and the texts of its data and inputs mended."""
    try:
        texts = experiment.title, experiment.data, experiment.features
        msgspec.json.encode(texts, enc_hook=lambda array: None)
    except UnicodeEncodeError:
        plain = mended(msgspec.to_builtins(experiment.data, enc_hook=np.ndarray.tolist))
        data = msgspec.convert(plain, DataSpec, dec_hook=lambda kind, rows: np.array(rows))
        title = mended_text(experiment.title)
        features = tuple(map(mended_text, experiment.features))
        return replace(experiment, title=title, data=data, features=features)
    return experiment
