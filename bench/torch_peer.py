"""PyTorch as a peer: a worker process in `.venv-torch`, spoken to over a pipe.

PyTorch is large and, for the CPU alone, not to be had for every Python, so it stays out of the
environment everything else runs in (docs/adr/0003-environments-and-dependencies.md).

A job is a function in a file of `bench/peers/`. It imports torch itself, does its own timing, and
takes and returns what JSON can say; large data goes by the path of a file.
"""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).parent.parent
_WORKER = Path(__file__).parent / "torch_worker.py"
TORCH_PYTHON = _ROOT / ".venv-torch" / "bin" / "python"


class PeerError(RuntimeError):
    """A job failed in the peer's process; the message holds its traceback."""


class Peer:
    """A process of another Python that runs jobs one at a time.

    Use it as a context manager; the process ends with it.

    Parameters
    ----------
    python : Path
        The interpreter of the peer's environment.
    """

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=_ROOT,
        )

    def call(self, job: str, **arguments: Any) -> Any:
        """Run a job and return its result.

        Parameters
        ----------
        job : str
            ``"bench/peers/torch_xor.py:seconds"``: a file, from the root of the repository or
            absolute, and a function in it.
        **arguments
            Passed on by name.

        Raises
        ------
        PeerError
            If the job raised, or the process ended before it answered.
        """
        file, _, function = job.rpartition(":")
        request = {"file": file, "function": function, "arguments": arguments}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise PeerError(f"the peer's process has ended before {job}") from error
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(f"the peer's process ended during {job}")
        reply = json.loads(line)
        if "error" in reply:
            raise PeerError(f"{job} failed in the peer's process:\n{reply['error']}")
        return reply["result"]

    def close(self) -> None:
        """End the process: it stops when its input ends, or is killed after 10 s."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def torch_peer() -> Peer | None:
    """Start a peer with PyTorch, or return None where `.ci/torch.sh` could not install it.

    A measurement leaves its PyTorch rows out on None.
    """
    return Peer(TORCH_PYTHON) if TORCH_PYTHON.exists() else None
