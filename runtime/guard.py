"""Tests at the door of a kernel. They are exact, have no effects, and run no code of the user.

Exact means: a value is accepted only if its type is the very class, so that nothing that the original
would do with it can be overridden. Values that cannot be read that way come back as `MISSING`, which
no type test accepts.
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from abc import ABCMeta
from collections import namedtuple
from collections.abc import Sequence
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType, SimpleNamespace
from typing import Any, Final

import numpy as np
from numpy._core import umath

from .code import is_code_of

# the classes of C repeat the slots of `object`
_PLAIN_READS: Final[tuple[object, ...]] = (
    object.__getattribute__,
    ModuleType.__getattribute__,
    SimpleNamespace.__getattribute__,
    dict.__getattribute__,
    list.__getattribute__,
    tuple.__getattribute__,
)
_PLAIN_STORES: Final[tuple[object, ...]] = (object.__setattr__, SimpleNamespace.__setattr__)


_TUPLE_FIELD: Final = type(vars(namedtuple("_Pair", "first"))["first"])
_PLAIN_DICT: Final = ("__getitem__", "__contains__", "get")


class Missing:
    """The type of `MISSING`."""


MISSING: Final = Missing()
# absent in another NumPy: `quiet` then asks the public function each time
_settings: Any = getattr(umath, "_extobj_contextvar", None)
_quiet_setting: Any = MISSING
_minor_version: Final = ".".join(np.__version__.split(".")[:2])


def same_dtype(given: np.dtype[Any], wanted: np.dtype[Any]) -> bool:
    """True if `given` is the builtin native dtype `wanted`, although another object.

    Unpickled arrays carry such copies. `np.longlong` is not `np.int64`, even where both have 64 bits.
    """
    return given.num == wanted.num and given.isnative and given.metadata is None


def quiet() -> bool:
    """False if `np.errstate` or `np.seterr` asks for more than a warning.

    NumPy keeps the settings in a context variable whose value is replaced, never changed: one
    identity test tells that nothing happened since the last look (30 ns against 1.5 us).
    """
    global _quiet_setting
    setting: Any = MISSING if _settings is None else _settings.get(None)
    if setting is _quiet_setting and setting is not MISSING:
        return True
    if not all(mode in ("ignore", "warn") for mode in np.geterr().values()):
        return False
    _quiet_setting = setting
    return True


def draws_like(version: str) -> bool:
    """False if NumPy is of another minor version than `version` ("2.4"): streams may then differ."""
    return version == _minor_version


def alone() -> bool:
    """Whether a kernel may start threads of its own here.

    Numba's and OpenMP's thread pools abort the process when two threads use them at once, and hang in a
    child made by fork after they were started. Worker processes have the cores shared out already. So:
    one Python thread, no such child, no worker of `multiprocessing`.
    """
    global _started
    processes = sys.modules.get("multiprocessing.process")
    worker = processes is not None and processes.parent_process() is not None
    if _broken or worker or threading.active_count() > 1:
        return False
    _started = True
    return True


def _after_fork() -> None:
    global _broken
    pool = sys.modules.get("numba.np.ufunc.parallel")
    _broken = _broken or _started or bool(getattr(pool, "_is_initialized", False))


def _inherited() -> bool:
    """Whether Numba's threads were started before this process was forked off: it has none of them."""
    pool = sys.modules.get("numba.np.ufunc.parallel")
    if not getattr(pool, "_is_initialized", False):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # no Linux
        return False


_started = False
_broken = _inherited()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def contiguous(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A C-contiguous aligned copy, in the same shape also for rank 0."""
    return np.array(array, order="C", copy=True)


def separate(array: np.ndarray[Any, Any]) -> bool:
    """True if no two elements of a view share memory, which `as_strided` does not promise.

    Sufficient: sorted by stride, each axis steps over all that the axes before it span.
    """
    spanned = array.itemsize
    for step, length in sorted(zip(map(abs, array.strides), array.shape, strict=True)):
        if length > 1:
            if step < spanned:
                return False
            spanned += step * (length - 1)
    return True


def in_rows(array: np.ndarray[Any, Any]) -> bool:
    """Whether the axes lie in memory as those of a C-contiguous array do, whatever is between the rows: what
    arithmetic makes of the array is C-contiguous then.

    Axes of length 0 and 1 say nothing about the order, and are turned away.
    """
    last = sys.maxsize
    for step, length in zip(array.strides, array.shape, strict=True):
        if length < 2 or not 0 < step < last:
            return False
        last = step
    return True


def known(found: Any, given: Sequence[tuple[Any, Any]]) -> Any:
    """The argument whose memory `found` is, or `found` itself if that is new.

    `given` are pairs of the array that a kernel got and the argument that it was made of. Raises
    ValueError where the memory does not tell: without elements, or if two arguments have the same.
    """
    place = _place(found)
    same = [value for array, value in given if array is found or _place(array) == place]
    if found.size == 0 or any(value is not same[0] for value in same):
        raise ValueError("it is not known which array this is")
    return same[0] if same else found


def _place(array: np.ndarray[Any, Any]) -> object:
    return array.ctypes.data, array.shape, array.strides


def called_by_itself() -> bool:
    """Whether the function that asks for a kernel was called by itself, perhaps from a generator in it.

    The kernel of a function that calls itself makes all these calls; they are only made by the original
    where the kernel has given up, and it would do so again at each of them.
    """
    asking = sys._getframe(2)
    above = asking.f_back
    for _ in range(_FRAMES):
        if above is None:
            return False
        if above.f_code is asking.f_code:
            return True
        above = above.f_back
    return False


_FRAMES = 3
"""Up to the one of the function itself, if a generator's or another function's stands between."""


def attribute(obj: Any, name: str) -> Any:
    """`obj.name` if that is a plain read: of the instance's dictionary, of a slot, of a field of a named
    tuple, or of a class attribute without descriptor. `MISSING` if anything else takes part (property,
    `__getattr__`)."""
    cls: Any = type(obj)
    if cls.__getattribute__ not in _PLAIN_READS:
        return MISSING
    found = _in_class(cls, name)
    if found is not MISSING:
        kind = type(found)
        if kind is MemberDescriptorType:
            try:
                return found.__get__(obj, cls)
            except AttributeError:
                return MISSING
        if kind is _TUPLE_FIELD:
            return found.__get__(obj, cls)
        if hasattr(kind, "__set__") or hasattr(kind, "__delete__"):
            return MISSING
    try:
        values = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        values = {}
    own = dict.get(values, name, MISSING)
    if own is not MISSING:
        return own
    if found is MISSING or hasattr(type(found), "__get__"):
        return MISSING
    return found


def readable(cls: Any, name: str) -> bool:
    """True if `obj.name` is a plain read for every instance of `cls`, as in `attribute`, or raises
    AttributeError."""
    if cls.__getattribute__ not in _PLAIN_READS or _in_class(cls, "__getattr__") is not MISSING:
        return False
    found = _in_class(cls, name)
    return type(found) is MemberDescriptorType or not hasattr(type(found), "__get__")


def assignable(obj: Any, name: str) -> bool:
    """True if `obj.name = value` is a plain store that nobody observes."""
    cls: Any = type(obj)
    if obj is MISSING or cls.__setattr__ not in _PLAIN_STORES:
        return False
    found = _in_class(cls, name)
    if type(found) is MemberDescriptorType:
        return True
    if hasattr(type(found), "__set__") or hasattr(type(found), "__delete__"):
        return False
    try:
        return type(object.__getattribute__(obj, "__dict__")) is dict
    except AttributeError:
        return False


def owns(obj: Any, name: str) -> bool:
    """True if the object itself has the attribute; what its class has becomes the object's own only where it
    is set."""
    found = _in_class(type(obj), name)
    if type(found) is MemberDescriptorType:
        return attribute(obj, name) is not MISSING
    return name in getattr(obj, "__dict__", ())


def is_one(a: Any, b: Any) -> bool:
    """True if two names stand for one object, or for two that share their attributes."""
    return a is b or getattr(a, "__dict__", a) is getattr(b, "__dict__", b)


def item(obj: Any, key: str | int) -> Any:
    """`obj[key]` of a dict that has the key and is read as a plain one, or of a plain list or tuple with the
    position in range."""
    if isinstance(obj, dict) and is_read_plainly(type(obj)):
        return dict.get(obj, key, MISSING)
    if type(obj) in (list, tuple) and type(key) is int and -len(obj) <= key < len(obj):
        return obj[key]
    return MISSING


def is_read_plainly(cls: Any) -> bool:
    """True if a dict of that class finds the keys that it has as a plain one does."""
    return cls is dict or all(_in_class(cls, name) is dict.__dict__[name] for name in _PLAIN_DICT)


def is_function(user: dict[str, Any] | None, name: str) -> bool:
    """True if the module's global `name` is still the function that its source defines.

    `user` is the namespace of the module, None where there is no module (verification).
    """
    return user is None or _defined_as(user.get(name), name, user)


def stands_for(user: dict[str, Any] | None, name: str, origin: str) -> bool:
    """True if the global or builtin `name` is the thing called `origin`: a module, or one's attribute.
    `user` as for `is_function`."""
    if user is None:
        return True
    return _leads_to(user.get(name, vars(builtins).get(name)), origin)


def is_method(
    user: dict[str, Any] | None, obj: Any, name: str, qualname: str, binding: str = "method"
) -> bool:
    """True if `obj.name` is the method `qualname` of the module, a plain one or what the decorator `binding`
    makes: no subclass and no instance attribute overrides it. `user` as for `is_function`."""
    if user is None:
        return True
    cls: Any = type(obj)
    if cls.__getattribute__ is not object.__getattribute__:
        return False
    values = getattr(obj, "__dict__", {})
    return name not in values and _is_bound_as(_in_class(cls, name), qualname, binding, user)


def method(obj: Any, name: str) -> Any:
    """The function that `obj.name` finds in the class of the object; `MISSING` if that is no plain method."""
    cls: Any = type(obj)
    if cls.__getattribute__ is not object.__getattribute__:
        return MISSING
    found = _in_class(cls, name)
    plain = type(found) is FunctionType and name not in getattr(obj, "__dict__", {})
    return found if plain else MISSING


def is_callable(user: dict[str, Any] | None, value: Any, qualname: str, digest: str = "") -> bool:
    """True if `value` is the function `qualname` of the module.

    `digest` is that of its code (`code.code_digest`) where the name may be several functions'.
    `user` as for `is_function`.
    """
    return user is None or (
        _defined_as(value, qualname, user) and (digest == "" or is_code_of(value, digest))
    )


def is_bound(user: dict[str, Any] | None, value: Any, qualname: str, obj: Any) -> bool:
    """True if `value` is the method `qualname` of the module, bound to the object `obj`."""
    return user is None or (
        type(value) is MethodType
        and value.__self__ is obj
        and _defined_as(value.__func__, qualname, user)
    )


def encloses(user: dict[str, Any] | None, value: Any, /, **fixed: object) -> bool:
    """True if the names `fixed` stand for those very numbers in the function `value`: variables of
    functions around it, else globals of its module."""
    if user is None:
        return True
    cells = dict(zip(value.__code__.co_freevars, value.__closure__ or (), strict=True))
    for name, wanted in fixed.items():
        try:
            found = cells[name].cell_contents if name in cells else value.__globals__.get(name)
        except ValueError:
            return False
        if type(found) is not type(wanted) or repr(found) != repr(wanted):
            return False
    return True


def has_code(
    user: dict[str, Any] | None,
    value: Any,
    digest: str,
    builtin: tuple[str, ...] = (),
    /,
    **known: str,
) -> bool:
    """True if `value` is a function with the code of that digest, of whatever module, and in its module
    nothing hides the names `builtin`, and the global names `known` mean what the dotted names say."""
    if user is None:
        return True
    if type(value) is not FunctionType or not is_code_of(value, digest):
        return False
    names = value.__globals__
    return names.keys().isdisjoint(builtin) and all(
        map(_leads_to, map(names.get, known), known.values())
    )


def has_defaults(
    user: dict[str, Any] | None, value: Any, helper: str = "", /, **texts: str
) -> bool:
    """True if the parameters in `texts` of the function `value`, or of the function that its global name
    `helper` stands for, have defaults with these texts."""
    if user is None:
        return True
    function = value.__globals__.get(helper) if helper else value
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    given = function.__defaults__ or ()
    known = dict(zip(names[len(names) - len(given) :], given, strict=True))
    known.update(function.__kwdefaults__ or {})
    return all(
        type(found := known.get(name, MISSING)) in _CONSTANTS and repr(found) == text
        for name, text in texts.items()
    )


_CONSTANTS = (int, float, bool, complex, str, bytes, type(None), tuple)
"""Classes whose `repr` runs no code of the user."""


def has_helpers(user: dict[str, Any] | None, value: Any, /, **digests: str) -> bool:
    """True if the global names `digests` of the function `value` are functions of its module with code of
    those digests."""
    if user is None:
        return True
    names = value.__globals__
    return all(
        type(found := names.get(name)) is FunctionType
        and found.__globals__ is names
        and is_code_of(found, digest)
        for name, digest in digests.items()
    )


def _leads_to(value: Any, dotted: str) -> bool:
    """True if that is the thing, or what stands for it in `autograd`, whose numpy calls NumPy's functions."""
    if value is sys.modules.get(dotted, _NOTHING) or _is_named(value, dotted):
        return True
    return dotted.split(".")[0] == "numpy" and _leads_to(value, f"autograd.{dotted}")


def is_library(user: dict[str, Any] | None, value: Any, name: str) -> bool:
    """True if `value` is the function that the dotted `name` of a module and its function leads to.
    `user` as for `is_function`."""
    return user is None or _leads_to(value, name)


def _is_named(value: Any, dotted: str) -> bool:
    module, _, last = dotted.rpartition(".")
    return value is getattr(sys.modules.get(module), last, _NOTHING)


_NOTHING: Final = object()
"""What no name leads to, nor does `MISSING` stand for it."""


def is_property(user: dict[str, Any] | None, obj: Any, name: str, qualname: str) -> bool:
    """True if reading `obj.name` runs the function `qualname` of the module as a property."""
    if user is None:
        return True
    cls: Any = type(obj)
    if cls.__getattribute__ is not object.__getattribute__:
        return False
    found = _in_class(cls, name)
    return type(found) is property and _defined_as(found.fget, qualname, user)


def makes(user: dict[str, Any] | None, name: str, init: str, stored: tuple[str, ...] = ()) -> bool:
    """True if calling the module's class `name` makes a plain object and runs the function `init` on it.

    `init` is "" for a class without `__init__` and `dataclass` for what that decorator makes. `stored`
    are attributes that are then set, which nothing may observe. `user` as for `is_function`.
    """
    if user is None:
        return True
    cls = own_class(user, name)
    if cls is MISSING or type(cls) is ABCMeta:
        return False
    if not (
        cls.__new__ is object.__new__
        and cls.__getattribute__ is object.__getattribute__
        and cls.__setattr__ is object.__setattr__
        and cls.__dictoffset__
        and not hasattr(cls, "__del__")
    ):
        return False
    if any(hasattr(type(_in_class(cls, attr)), "__set__") for attr in stored):
        return False
    found = _in_class(cls, "__init__")
    if init == "":
        return found is object.__init__
    if init != "dataclass":
        return _defined_as(found, init, user)
    # its text is made at run time, so that the file's name tells it
    return (
        "__dataclass_params__" in cls.__dict__
        and not hasattr(cls, "__post_init__")
        and found is cls.__dict__.get("__init__")
        and type(found) is FunctionType
        and found.__code__.co_filename == "<string>"
    )


def class_has(
    user: dict[str, Any] | None, cls: Any, attr: str, qualname: str, binding: str
) -> bool:
    """True if `cls` is a class where `attr` is the method `qualname` of the module, bound in that way. `user`
    as for `is_function`."""
    return user is None or (
        _finds_plainly(cls, attr) and _is_bound_as(_in_class(cls, attr), qualname, binding, user)
    )


def class_is(user: dict[str, Any] | None, cls: Any, attr: str, value: object) -> bool:
    """True if `cls` is a class with the very number `value` as `attr`. `user` as for `is_function`."""
    if user is None:
        return True
    if not _finds_plainly(cls, attr):
        return False
    found = _in_class(cls, attr)
    return type(found) is type(value) and repr(found) == repr(value)


def _finds_plainly(cls: Any, attr: str) -> bool:
    """Whether `cls.attr` is what the first class in the order of `cls` has: nothing of a class of classes
    comes first, as it does for `__name__`."""
    return _is_plain(cls) and not hasattr(type(_in_class(type(cls), attr)), "__set__")


def _is_plain(cls: Any) -> bool:
    return type(cls) is type or type(cls) is ABCMeta


def own_class(user: dict[str, Any] | None, name: str) -> Any:
    """The class that the module defines under its global `name`; `MISSING` if there is none, or if a class
    of classes of its own makes it another thing."""
    if user is None:
        return MISSING
    cls: Any = user.get(name)
    plain = _is_plain(cls) and cls.__module__ == user.get("__name__")
    return cls if plain and cls.__qualname__ == name else MISSING


def _defined_as(found: Any, qualname: str, user: dict[str, Any]) -> bool:
    return (
        type(found) is FunctionType
        and found.__code__.co_qualname == qualname
        and found.__globals__ is user
    )


def _is_bound_as(found: Any, qualname: str, binding: str, user: dict[str, Any]) -> bool:
    """Whether what the body of a class holds is that function, under that decorator."""
    kind = _BINDINGS.get(binding)
    if kind is not None:
        holds = type(found) is kind
        found = (found.fget if kind is property else found.__func__) if holds else MISSING
    return _defined_as(found, qualname, user)


_BINDINGS: Final[dict[str, type]] = {
    "staticmethod": staticmethod,
    "classmethod": classmethod,
    "property": property,
}


def _in_class(cls: Any, name: str) -> Any:
    for base in cls.__mro__:
        found = base.__dict__.get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING
