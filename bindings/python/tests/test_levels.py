"""The package chooses the best build that the CPU can run, and all builds make the same proofs."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import sheaf
from conftest import MESSAGE, SLOT, sign
from sheaf import _levels, _native

PACKAGE = Path(sheaf.__file__).parent

PROGRAM = """
import sys
import sheaf
from sheaf import _native
assert sheaf._native is _native is sys.modules["sheaf._native"]
assert sheaf.Prover is _native.Prover
print(_native.__file__)
"""


def chosen(path: Path) -> Path:
    """The build that the package in this directory chooses."""
    program = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(program, env={"PYTHONPATH": str(path)}, check=True, text=True, capture_output=True)
    return Path(result.stdout.strip())


def every_cpus_build() -> Path:
    (path,) = PACKAGE.glob("_native.*.so")
    return path


def runnable_builds() -> dict[str, ModuleType]:
    """The builds that this CPU can run, by their levels."""
    every_cpus = _levels.load(every_cpus_build())
    levels = every_cpus.cpu_levels()
    others = {level: _levels.load(path) for level, path in _levels.builds().items() if level in levels}
    return {levels[-1]: every_cpus, **others}


def test_the_best_build_for_the_cpu_is_chosen(tmp_path: Path) -> None:
    levels = _levels.load(every_cpus_build()).cpu_levels()
    package = tmp_path / "sheaf"
    ignored = shutil.ignore_patterns("_builds")
    shutil.copytree(PACKAGE, package, ignore=ignored)
    assert chosen(tmp_path) == package / every_cpus_build().name
    # One build stands in for all: which is loaded is what is tested.
    for level in [*reversed(levels), "x86-64-v9"]:
        (package / "_builds" / level).mkdir(parents=True)
        shutil.copy(every_cpus_build(), package / "_builds" / level)
        best = level if level in levels else levels[0]
        assert chosen(tmp_path).parent == package / "_builds" / best


def test_all_builds_make_the_same_proof(prover: sheaf.Prover) -> None:
    keys, signatures = sign(sheaf.PROD, 5)
    groups = [(SLOT, MESSAGE, keys, signatures)]
    proof = prover.aggregate(sheaf.Batch(sheaf.PROD, groups), form=sheaf.Form.PROOF)
    for module in runnable_builds().values():
        with module.Prover(threads=2) as other:
            assert other.aggregate(module.Batch(sheaf.PROD, groups), form=sheaf.Form.PROOF) == proof


def test_a_build_says_what_it_uses() -> None:
    build = sheaf.build_info()
    assert build.version == sheaf.__version__
    assert str(build) == build.description
    assert build.simd in build.description and build.cpu_simd in build.description
    assert Path(str(_native.__file__)).is_relative_to(PACKAGE)


@pytest.mark.skipif(not _levels.builds(), reason="the wheel holds one build, for this machine")
def test_every_build_is_for_its_level_and_not_for_the_cpu_that_built_it() -> None:
    simd = {"x86-64": "scalar", "x86-64-v3": "avx2", "x86-64-v4": "avx512"}
    builds = runnable_builds()
    assert {level: module.build_info().simd for level, module in builds.items()} == {
        level: simd[level] for level in builds
    }
    assert not sheaf.build_info().leaves_simd_unused


def test_what_is_no_module_is_an_import_error(tmp_path: Path) -> None:
    with pytest.raises(ImportError):
        _levels.load(tmp_path / "_native")


def test_the_import_is_fast() -> None:
    """Two tenths of a second are the promise. Time of the CPU, since the machine may have other work."""
    program = "import time; start = time.process_time(); import sheaf; print(time.process_time() - start)"
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, check=True, text=True, capture_output=True)
    assert float(result.stdout) < 0.2
