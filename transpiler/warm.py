"""Compile the Numba kernels of a folder in a child process, so that later processes load them from disk.

    python -m loopwright.warm FOLDER PACKAGE

Numba keys its cache by the module's name, hence PACKAGE: the name that the folder will be imported by.
"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from loopwright.diagnostics import NOWHERE, Declined
from loopwright.runtime.dispatch import load_backend


def warm(folder: Path, package: str, *, time_limit: float = 120.0) -> float | Declined:
    """Compile what needs compiling; the seconds that it took. Declined LW511 if it fails."""
    if not any(folder.glob("*_numba.py")):
        return 0.0
    begun = time.perf_counter()
    command = [sys.executable, "-m", "loopwright.warm", str(folder), package]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=time_limit, check=False
        )
    except subprocess.TimeoutExpired:
        return Declined(NOWHERE, "LW511", f"Numba took more than {time_limit:.0f} s")
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return Declined(NOWHERE, "LW511", f"Numba: {said[-1].strip() if said else 'crashed'}")
    return time.perf_counter() - begun


def main() -> None:
    folder, package = Path(sys.argv[1]), sys.argv[2]
    spec = spec_from_file_location(
        package, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules[package] = module_from_spec(spec)
    for source in sorted(folder.glob("*_numba.py")):
        load_backend(str(folder), source.stem, False)


if __name__ == "__main__":
    main()
