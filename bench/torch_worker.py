"""Run jobs inside the peer's own environment; `bench.torch_peer` starts this as a program.

It uses nothing but the standard library, and not the `bench` package: the environment has PyTorch
and NumPy, and perhaps an older Python.

Each line of standard input is ``{"file", "function", "arguments"}``; each answer is one line,
``{"result"}`` or ``{"error"}`` with the traceback.
"""

import json
import os
import runpy
import sys
import traceback
from typing import Any


def answer(request: dict[str, Any], loaded: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Call one function of one file, loading the file once."""
    path = request["file"]
    try:
        if path not in loaded:
            loaded[path] = runpy.run_path(path)
        result = loaded[path][request["function"]](**request["arguments"])
        json.dumps(result)
    except Exception:  # noqa: BLE001  # whatever fails in a job is reported to the other side
        return {"error": traceback.format_exc()}
    return {"result": result}


def main() -> None:
    """Answer requests until standard input ends."""
    # A job that prints must not write into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    loaded: dict[str, dict[str, Any]] = {}
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line), loaded)) + "\n")
        answers.flush()


if __name__ == "__main__":
    # Run as a script, this folder is first on the path; its modules are not the jobs' business.
    del sys.path[0]
    main()
