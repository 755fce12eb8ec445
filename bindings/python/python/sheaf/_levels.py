"""Chooses the build of the native module that is best for this CPU.

The package holds a build for every CPU, `_native`, and may hold others for microarchitecture levels of x86-64, in
`_builds/LEVEL`. The first one knows what the CPU has. The one that is chosen takes its place as `sheaf._native` before
anything else of the package imports it.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

_NAME = "sheaf._native"
_BUILDS = Path(__file__).parent / "_builds"


def load(path: Path) -> ModuleType:
    """The build of the native module in this file."""
    spec = importlib.util.spec_from_file_location(_NAME, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module of Python: {path}", name=_NAME, path=str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def builds() -> dict[str, Path]:
    """The levels for which there is a build besides the one for every CPU, with its file."""
    return {path.parent.name: path for path in _BUILDS.glob("*/_native.*")}


def choose() -> None:
    """Makes the best build that the CPU can run `sheaf._native`."""
    import sheaf
    from sheaf import _native

    found = builds()
    best = next((level for level in _native.cpu_levels() if level in found), None)
    if best is not None:
        module = load(found[best])
        sys.modules[_NAME] = module
        sheaf._native = module
