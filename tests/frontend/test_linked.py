"""Which class of another file an imported name stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.frontend.classes import find_method, lineage
from loopwright.frontend.linked import classes_at_hand, imported_class
from loopwright.frontend.overrides import overrides
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import module_names, site_of

FILES = {
    "pkg/__init__.py": "",
    "pkg/base.py": "class Base:\n    def f(self):\n        return 0\n    def g(self):\n        return 1\n",
    "pkg/kinds/__init__.py": "from .one import One\nfrom .two import *\n",
    "pkg/kinds/one.py": (
        "from ..base import Base\nclass One(Base):\n    def f(self):\n        return 1\n"
    ),
    "pkg/kinds/two.py": "from ..base import Base\nclass Two(Base):\n    pass\n",
    "pkg/round.py": "from .trip import Trip\n",
    "pkg/trip.py": "from .round import Trip\n",
    "pkg/broken.py": "class Broken(:\n",
    "pkg/sub/__init__.py": "",
    "pkg/sub/use.py": (
        "from ..base import Base as Above\nfrom ..kinds import One\nfrom pkg.kinds.two import Two\n"
        "from ..round import Trip\nfrom ..broken import Broken\nfrom numpy import ndarray\n"
        "from pkg.base import missing\n\nclass Own(Above):\n    def h(self):\n        return self.f()\n"
        "class Base:\n    pass\n"
    ),
}


@pytest.fixture
def use(tmp_path: Path) -> Module:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    module = parse_module(tmp_path / "pkg" / "sub" / "use.py", tmp_path)
    assert isinstance(module, Module)
    return module


@pytest.mark.parametrize(
    ("name", "file"), [("Above", "base.py"), ("One", "kinds/one.py"), ("Two", "kinds/two.py")]
)
def test_an_import_is_followed_to_its_file(use: Module, name: str, file: str) -> None:
    found = imported_class(use, name)
    assert found is not None
    method = find_method(use, found, "f")
    assert method is not None
    assert imported_class(use, name) is found
    assert FILES[f"pkg/{file}"].count(f"class {found.name}") == 1


@pytest.mark.parametrize("name", ["Trip", "Broken", "ndarray", "missing", "Own", "Base", "nothing"])
def test_what_is_no_class_of_another_file_is_none(use: Module, name: str) -> None:
    assert imported_class(use, name) is None


def test_methods_are_inherited_from_there(use: Module) -> None:
    own = module_names(use).classes["Own"]
    assert [cls.name for cls in lineage(use, own)] == ["Own", "Base"]
    found = find_method(use, own, "g")
    assert found is not None
    assert site_of(use, found[1]).qualname == "Base.g"
    assert overrides(use, own, "g") == (found[1],), "which one a call finds a recording tells"


def test_classes_that_derive_from_one_there_may_override_its_methods(use: Module) -> None:
    above, one = imported_class(use, "Above"), imported_class(use, "One")
    assert above is not None and one is not None
    assert {cls.name for cls in classes_at_hand(use)} >= {"Base", "One", "Two"}
    found = overrides(use, above, "f")
    wanted = [find_method(use, cls, "f") for cls in (above, one)]
    assert found == tuple(w[1] for w in wanted if w is not None)
