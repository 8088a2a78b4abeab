"""Fast versions of the loops beside this folder, made by loopwright.

Without this folder the original loops run. `loopwright revert` removes it; edits here are lost.
"""

import importlib
import os
import re
import sys
import zlib
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any


def load(name: str, user: dict[str, Any]) -> Any:
    """The kernels of one module, whose namespace is `user`.

    The folder is a package of its own, named after the folder around it, and not found by import: two
    such folders in one process stay apart, and scripts find theirs as well as packages.
    """
    folder = os.path.dirname(os.path.abspath(__file__))
    package = "_loopwright_" + re.sub(r"\W", "_", os.path.basename(os.path.dirname(folder)))
    found = sys.modules.get(package)
    if found is not None and list(found.__path__) != [folder]:
        package = f"{package}_{zlib.crc32(folder.encode()):08x}"
    if package not in sys.modules:
        spec = spec_from_file_location(package, __file__, submodule_search_locations=[folder])
        if spec is None:
            raise ImportError(f"{__file__} cannot be loaded")
        sys.modules[package] = module_from_spec(spec)
    loader = importlib.import_module(f"{package}.runtime.load")
    return loader.load(package, folder, name, user)
