"""Examples run: those of the package's documentation, of the documents, and the programs."""

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sheaf

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "bindings" / "python" / "examples"


def blocks(document: Path) -> list[str]:
    """The blocks of Python in a document."""
    return re.findall(r"^```python\n(.*?)^```$", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def test_doctests() -> None:
    result = doctest.testmod(sheaf, raise_on_error=False)
    assert result.attempted > 5 and not result.failed


@pytest.mark.parametrize("document", ["README.md", "bindings/python/README.md"])
def test_the_documents_run(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = blocks(ROOT / document)
    assert found
    for block in found:
        exec(compile(block, document, "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["20", "60"], r"20 signatures in a proof of \d+ bytes"), (["512", "0.01"], "no proof of 512 signatures")],
)
def test_the_example_with_a_deadline(arguments: list[str], expected: str) -> None:
    command = [sys.executable, str(EXAMPLES / "deadline.py"), *arguments]
    output = subprocess.run(command, check=True, text=True, capture_output=True).stdout
    assert re.match(expected, output)


def test_measurements_are_drawn(tmp_path: Path) -> None:
    measurements = [
        {
            "version": "0.1.0",
            "cpu": "some CPU",
            "scheme": "prod",
            "threads": 2,
            "simd": "avx2",
            "signatures": signatures,
            "rate_log": rate_log,
            "prove_seconds": signatures / 1000,
            "verify_seconds": 0.004,
            "proof_bytes": 200_000 >> rate_log,
        }
        for signatures in (64, 16, 256)
        for rate_log in (1, 2)
    ]
    source = tmp_path / "bench.json"
    pictures = []
    for kind, data in [("svg", measurements), ("svg", measurements), ("png", measurements[0])]:
        source.write_text(json.dumps(data))
        picture = tmp_path / f"bench.{kind}"
        command = [sys.executable, str(ROOT / "scripts" / "plot-bench"), str(source), str(picture)]
        subprocess.run(command, check=True, capture_output=True)
        pictures.append(picture.read_bytes())
    assert pictures[0] == pictures[1]
    for text in ["prod, rate 1/4", "some CPU, 2 threads, avx2"]:
        assert text in pictures[0].decode()
    assert pictures[2].startswith(b"\x89PNG")
