"""Types in words: `ndarray of shape (n, m)`, `int or None`, `list of float`, `{'mean', 'sum'}`."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from loopwright.verify.annotations import array_likes, bare_arrays, dims_of, kind_of
from loopwright.verify.dtypes import DTYPES
from loopwright.verify.kinds import (
    NONE,
    ArrayKind,
    DictKind,
    Exactly,
    FunctionKind,
    Kind,
    Length,
    ListKind,
    NpNumber,
    PyNumber,
    RandomKind,
    Text,
    TupleKind,
    one_of,
)
from loopwright.verify.scope import Scope

_REAL = one_of((PyNumber("float"), PyNumber("int")))
_SCALARS: dict[str, Kind] = {
    "int": PyNumber("int"), "integer": PyNumber("int"), "float": PyNumber("float"),
    "double": PyNumber("float"), "bool": PyNumber("bool"), "boolean": PyNumber("bool"),
    "complex": PyNumber("complex"), "str": Text(), "string": Text(), "bytes": Text(binary=True),
    "scalar": _REAL, "number": _REAL, "numeric": _REAL, "real": _REAL, "none": NONE,
    "callable": FunctionKind(), "function": FunctionKind(),
    "generator": RandomKind("Generator"), "randomstate": RandomKind("RandomState"),
    "dict": DictKind(Text(), _REAL), "mapping": DictKind(Text(), _REAL),
    **{name: NpNumber(name) for name in DTYPES if name != "bool"},
}  # fmt: skip
_DTYPE_WORDS: dict[str, tuple[str, ...]] = {
    "float": ("float64",), "real": ("float64",), "double": ("float64",), "int": ("int64",),
    "integer": ("int64",), "bool": ("bool",), "boolean": ("bool",), "complex": ("complex128",),
    "number": ("float64", "float32", "int64"), "scalar": ("float64", "float32", "int64"),
    "numeric": ("float64", "float32", "int64"), **{name: (name,) for name in DTYPES},
}  # fmt: skip
_ARRAYS = {"array", "ndarray", "arrays", "vector", "matrix", "tensor"}
_LISTS = {"list": "list", "sequence": "sequence", "iterable": "iterable", "set": "set",
          "iterator": "iterator", "deque": "deque", "tuple": "tuple", "frozenset": "frozenset",
          "collection": "sequence"}  # fmt: skip
_RANKS = {"one": 1, "two": 2, "three": 3}
_FILLERS = re.compile(
    r"\b(a|an|the|positive|negative|non-negative|nonnegative|nonzero|strictly|numpy|np|python|plain|"
    r"single|input|given|dense|contiguous|native|random|valued|type|dtype|values?|elements?)\b[.-]?"
)
_OPTIONAL = re.compile(
    r"[,;]?\s*\(?\b(optional|keyword[- ]only|default\b.*|defaults? to\b.*)\)?\s*$", re.IGNORECASE
)
_SHAPE = re.compile(r",?\s*(?:of |with |and )*(?:shape|size|dims?|dimensions?)?\s*[=:]?\s*"
                    r"(\((?:[^()]|\([^()]*\))*\)|\[[\w\s,.*+-]+\])")  # fmt: skip
_LENGTH = re.compile(r"\b(?:of )?(?:length|len|size)\s*[=:]?\s*(\w+)")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")


def kind_of_words(text: str, scope: Scope) -> Kind | None:
    """The kind that a docstring's words for a type mean; None if they are not understood.

    Of alternatives (`float or Foo`) those that are understood count; a note of `scope` tells the others.
    """
    text = _OPTIONAL.sub("", _ROLE.sub(r"\1", text).replace("`", "")).strip().rstrip(".")
    text = _OPTIONAL.sub("", text).strip()
    if text.startswith("{") and (choice := _choice(text)) is not None:
        return choice
    whole = _one(text, scope)
    if whole is not None:
        return whole
    parts = _alternatives(text)
    kinds = [_one(part, scope) for part in parts]
    known = tuple(kind for kind in kinds if kind is not None)
    for part, kind in zip(parts, kinds, strict=True):
        if kind is None and known:
            scope.notes.append(f"`{part}` in the docstring is not understood and left out")
    return one_of(known) if known else None


def _choice(text: str) -> Kind | None:
    """`{'mean', 'sum'}`, in the order of the text."""
    inner = text[1 : text.find("}")] if "}" in text else ""
    try:
        values = ast.literal_eval(f"({inner},)")
    except (SyntaxError, ValueError):
        return None
    return Exactly(tuple(values))


def _alternatives(text: str) -> list[str]:
    """Split at `or`, `|` and commas that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        word = re.compile(r"\s+or\s+|\s*\|\s*|\s*,\s*(?:or\s+)?").match(text, place)
        if depth == 0 and word is not None and place >= start:
            parts.append(text[start:place])
            start = word.end()
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def _one(text: str, scope: Scope) -> Kind | None:
    """One alternative: an annotation, or a phrase about a number, an array or a container."""
    phrase = text.lower()
    if (known := _SCALARS.get(phrase)) is not None:
        return known
    if (several := _tuple(text, scope)) is not None:
        return several
    if _is_array(phrase):
        return _array(text, scope)
    head, of, rest = phrase.partition(" of ")
    if of and head.split()[-1:] and (form := _LISTS.get(_singular(head.split()[-1]))) is not None:
        return _container(form, rest, text, scope)
    if phrase.startswith(("dict of ", "mapping of ", "dictionary of ", "dict mapping ")):
        return _dict(phrase, scope)
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        node = None
    if node is not None and (kind := kind_of(node, scope)) is not None:
        return kind
    bare = " ".join(_FILLERS.sub("", _SHAPE.sub("", phrase)).split())
    return _SCALARS.get(bare) or _SCALARS.get(_singular(bare))


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and word not in ("bytes", "dimensions") else word


# -------------------------------------------------------------------- arrays


def _is_array(phrase: str) -> bool:
    words = set(re.findall(r"[a-z]+", phrase.partition("[")[0]))
    return bool(words & (_ARRAYS | {"arraylike"})) or "array_like" in phrase


def _array(text: str, scope: Scope) -> Kind | None:
    lists = _LISTS.get(_singular(text.lower().split()[0]))
    if lists is not None and " of " in text:
        return _container(lists, text.partition(" of ")[2], text, scope)
    try:  # `NDArray[np.float64]`, `np.ndarray`, but not the single word that says less than a shape
        kind = kind_of(ast.parse(text, mode="eval").body, scope)
        if kind is not None:
            return kind
    except SyntaxError:
        pass
    phrase = text.lower()
    dims = _shape(text)
    dtypes = _stated_dtypes(phrase)
    if dims is None and (rank := _rank(phrase)) is not None:
        dims = (None,) * rank
    like = re.search(r"array[-_ ]?like", phrase) is not None
    if not dtypes:
        if not like:
            scope.notes.append(
                "an array of no stated dtype was taken as float64, float32 and int64"
            )
        return array_likes(dims) if like else bare_arrays(dims)
    ranks: Sequence[tuple[Length, ...]] = ((None,), (None, None)) if dims is None else (dims,)
    arrays: list[Kind] = [ArrayKind(d, shape) for d in dtypes for shape in ranks]
    return (
        one_of((*arrays, *(_nested(dtypes, shape) for shape in ranks)))
        if like
        else one_of(tuple(arrays))
    )


def _nested(dtypes: Sequence[str], dims: Sequence[Length]) -> Kind:
    """Lists of lists of numbers, as they stand for an array."""
    name = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}[dtypes[0][0]]
    kind: Kind = PyNumber(name)
    for length in reversed(dims):
        kind = ListKind(kind, length)
    return kind


def _shape(text: str) -> tuple[Length, ...] | None:
    found = _SHAPE.search(text)
    if found is not None:
        inner = re.sub(r"\s*([-+*/])\s*", r"\1", found[1][1:-1])
        return dims_of(inner) if re.fullmatch(r"[\w\s,.*+/-]*", inner) else None
    length = _LENGTH.search(text)
    return dims_of(length[1]) if length is not None else None


def _rank(phrase: str) -> int | None:
    found = re.search(r"\b(\d|one|two|three)[- ]?d(?:im\w*)?\b", phrase)
    if found is not None:
        return int(found[1]) if found[1].isdigit() else _RANKS[found[1]]
    return 1 if "vector" in phrase else 2 if "matrix" in phrase else None


def _stated_dtypes(phrase: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z]+\d*", re.sub(r"\([^)]*\)", "", phrase))
    found = [d for word in words for d in _DTYPE_WORDS.get(_singular(word), ())]
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------- containers


def _container(form: str, rest: str, text: str, scope: Scope) -> Kind | None:
    length = _LENGTH.search(rest)
    inner = re.sub(r"\b(of |with )?(length|len|size)\b.*$", "", rest).strip(" ,")
    elem = kind_of_words(inner, scope) or kind_of_words(_singular(inner), scope)
    if elem is None:
        return None
    if form == "tuple" and (count := re.match(r"(two|three|\d) ", inner)) is not None:
        return None if count is None else ListKind(elem, form="tuple")
    dims = None if length is None else dims_of(length[1])
    return ListKind(elem, dims[0] if dims else None, form)


def _tuple(text: str, scope: Scope) -> Kind | None:
    """`tuple of (int, float)`, `(int, int)`, `tuple (int, int)`, `pair of floats`."""
    phrase = text.lower()
    pair = re.fullmatch(r"(?:pair|2-tuple|two-tuple) of (\w+)", phrase)
    if pair is not None:
        each = kind_of_words(_singular(pair[1]), scope)
        return None if each is None else TupleKind((each, each))
    found = re.fullmatch(r"(?:tuple)?\s*(?:of)?\s*\(([^()]*,[^()]*)\)(?:\s*tuple)?", text.strip())
    if found is None:
        return None
    kinds = [kind_of_words(part, scope) for part in found[1].split(",") if part.strip()]
    known = tuple(kind for kind in kinds if kind is not None)
    return TupleKind(known) if known and len(known) == len(kinds) else None


def _dict(phrase: str, scope: Scope) -> Kind | None:
    """`dict of str to float`, `dict mapping str to float`, `dict of floats`."""
    rest = re.sub(r"^\w+ (of|mapping) (from )?", "", phrase)
    key_text, to, value_text = rest.partition(" to ")
    key = kind_of_words(_singular(key_text), scope) if to else Text()
    value = kind_of_words(_singular(value_text if to else key_text), scope)
    return None if key is None or value is None else DictKind(key, value)
