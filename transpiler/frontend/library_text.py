"""Questions about strings, held as arrays of code points, as Python code that the compiler translates."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"


def same_text(a, b):
    """Whether two strings are equal."""
    return len(a) == len(b) and all(a[k] == b[k] for k in range(len(a)))


def text_less(a, b):
    """Whether string `a` comes before `b` in the order of code points."""
    for k in range(min(len(a), len(b))):
        if a[k] != b[k]:
            return bool(a[k] < b[k])
    return len(a) < len(b)


def text_has(a, code):
    """Whether the code point occurs in the string."""
    return any(a[k] == code for k in range(len(a)))


def text_place(a, part):
    """The first position at which string `part` stands in string `a`, -1 if it does not."""
    for k in range(len(a) - len(part) + 1):
        if all(a[k + j] == part[j] for j in range(len(part))):
            return k
    return -1


def text_count(a, code):
    """How often the code point occurs in the string."""
    n = 0
    for k in range(len(a)):
        if a[k] == code:
            n += 1
    return n


def text_find(a, code):
    """The first position of the code point in the string, -1 if it does not occur."""
    for k in range(len(a)):
        if a[k] == code:
            return k
    return -1
