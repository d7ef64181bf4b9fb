"""Command lines of `main.py`: their exit status, what they print, and the files they write."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import onnx

from tests.net.results import normalised, sha256
from tests.net.sources import write_sources

MAIN = Path("main.py").resolve()
TURKISH = "tr: "
"""What a command line begins with that is to be answered in Turkish."""

COMMANDS = """
--help
tr: --help
--version
train --help
tr: train --help
trace --help
lottery --help
sweep --help
classify --help
detect --help
teach --help
export --help
lessons --help
check --help
tour --help
install-desktop --help
train --data xor --epochs 300 --out xor.glassnet
train xor.glassnet --epochs 600 --out longer.glassnet --json
tr: train --data and:3 --hidden 0 --optimizer perceptron --epochs 50 --out and.glassnet
train --data spiral --hidden 8,8 --activation relu --init he --optimizer adam --rate 0.01 --batch 10 --epochs 20 --out spiral.glassnet
train --data iris --hidden 6 --optimizer momentum --rate 0,05 --epochs 40 --out iris.glassnet --json
train --data digits --hidden 16 --optimizer rmsprop --rate 0.005 --epochs 5 --out digits.glassnet
train --data titanic --features age --epochs 5
train --data titanic --optimizer adamw --epochs 10 --out titanic.glassnet
train --data "sin(3*x1)*x2" --hidden 8 --loss huber --optimizer nesterov --epochs 60 --out sine.glassnet
train --data circle --hidden 0 --features "x1^2,x2^2,x1*x2,sin(x1)" --epochs 60 --out circle.glassnet
train --data table.csv --hidden 4 --epochs 30 --seed 3 --out table.glassnet
train --data moons --until-loss 0.2 --epochs 500 --json
train --data regression_plane --loss absolute --epochs 20
train --data half_adder --epochs 0 --out untrained.glassnet
trace xor.glassnet --row 2
trace iris.glassnet --row 5 --json
tr: trace sine.glassnet
lottery xor.glassnet --seeds 40
tr: lottery circle.glassnet --seeds 10
lottery iris.glassnet --seeds 5 --json
sweep xor.glassnet --rates 0.1,0.5 --widths 2,4 --seeds 10
tr: sweep xor.glassnet --rates "0,1;1" --seeds 5
sweep xor.glassnet --widths 1,3 --seeds 5 --json
export xor.glassnet --onnx xor.onnx --numpy xor.py --pytorch xor_torch.py --notebook xor.ipynb
export table.glassnet --onnx table.onnx --numpy table.py --pytorch table_torch.py --notebook table.ipynb
tr: export iris.glassnet --notebook iris.ipynb --numpy iris.py
export sine.glassnet --onnx sine.onnx
export circle.glassnet --onnx circle.onnx --pytorch circle_torch.py
lessons
lessons --json
tr: lessons
check challenge.json xor.glassnet untrained.glassnet
tr: check challenge.json xor.glassnet
check perceptron xor.glassnet and.glassnet --json --csv marks.csv
classify coffee.png chelsea.png
tr: classify coffee.png --top 2
classify astronaut.png --json
classify coffee.png --size 200x200 --mean 0,0,0 --no-swap-rb --no-crop
detect coffee.png astronaut.png --score 0.3
tr: detect coffee.png --draw drawn
detect astronaut.png --overlap 0.2 --json
teach shoes --out shoes.glassteach --onnx shoes.onnx
tr: teach shoes --hidden 8 --hold-out 0.5 --seed 2
teach shoes --json
train cut.glassnet
train newer.glassnet
tr: train slip.glassnet
train --data nonsense --epochs 1
tr: train --data empty.csv --epochs 1
train --data xor --hidden 4,x
train --data xor
train --data xor --loss hinge --epochs 5
train --data xor --epochs 5 --out xor.onnx
trace xor.glassnet --row 9
tr: trace missing.glassnet
lottery xor.glassnet --seeds 0
export xor.glassnet
export xor.glassnet --numpy same.py --pytorch same.py
export digits.glassnet --onnx nowhere/digits.onnx
check "bad challenge.json" xor.glassnet
tr: check nonsense xor.glassnet
classify
classify broken.png coffee.png
tr: classify missing.png
classify coffee.png --model xor.glassnet
detect broken.png
teach missing
tr: teach shoes/Boot
trian xor.glassnet
tr: missing.glassnet
--nonsense
""".strip().splitlines()

WRITTEN = (
    ".glassnet", ".glassteach", ".onnx", ".py", ".ipynb", ".csv", ".json", ".svg", ".png", ".pdf",
)  # fmt: skip


def record(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Run every command line in `folder`; yield what each says, then what has been written."""
    write_sources(folder)
    given = set(folder.rglob("*"))
    for number, line in enumerate(COMMANDS, start=1):
        words = shlex.split(line.removeprefix(TURKISH))
        language = "tr_TR.UTF-8" if line.startswith(TURKISH) else "C.UTF-8"
        ended = subprocess.run(
            [sys.executable, str(MAIN), *words],
            cwd=folder,
            env=environment
            | {"LANGUAGE": language[:2] if language[0] == "t" else "", "LANG": language},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        said = f"$ {line}\nstatus {ended.returncode}\n{_indented(ended.stdout)}--- errors\n{ended.stderr}"
        short = re.sub(r"[^\w=,.]+", "_", line)[:60].strip("_")
        yield f"commands/{number:02} {short}", normalised(said, folder)
    for path in sorted(set(folder.rglob("*")) - given):
        if path.suffix in WRITTEN:
            yield f"written/{path.relative_to(folder).as_posix()}", describe(path, folder)


def _indented(text: str) -> str:
    """Return JSON over several lines, and any other text as it is."""
    if text.startswith(("{", "[")):
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    return text


def describe(path: Path, folder: Path) -> str:
    """Return what a written file holds, as a text that can be compared and read."""
    if path.suffix == ".onnx":
        return _onnx_text(path)
    if path.suffix == ".glassteach":
        return _zip_text(path, folder)
    content = path.read_bytes()
    if path.suffix == ".svg":
        return " ".join(re.findall(rb"<svg[^>]*>", content)[0].decode().split()) + "\n"
    if path.suffix == ".png":
        return f"{int.from_bytes(content[16:20])} x {int.from_bytes(content[20:24])} px\n"
    if path.suffix == ".pdf":
        return f"{len(re.findall(rb'/Type\s*/Page\b', content))} pages\n"
    return normalised(content.decode("utf-8"), folder)


def _onnx_text(path: Path) -> str:
    """Return a hash of the file, its graph, and its numbers where they are few."""
    network = onnx.load(path)
    network.producer_version = ""
    lines = [sha256(network.SerializeToString(deterministic=True))]
    for numbers in network.graph.initializer:
        array = onnx.numpy_helper.to_array(numbers)
        values = array.ravel()[:50].tolist()
        lines.append(f"{numbers.name} {array.dtype} {array.shape} {values}")
    del network.graph.initializer[:]
    return "\n".join([*lines, onnx.printer.to_text(network), ""])


def _zip_text(path: Path, folder: Path) -> str:
    """Return names and hashes of what a zip holds, and its JSON."""
    with zipfile.ZipFile(path) as archive:
        lines = []
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".json"):
                text = json.dumps(json.loads(content), indent=1, ensure_ascii=False)
                lines += [name, normalised(text, folder)]
            else:
                lines += [f"{name}: {len(content)} bytes", sha256(content)]
    return "\n".join([*lines, ""])
