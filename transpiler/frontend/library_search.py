"""Searching in what kernels hold as sorted lists, as Python code that the compiler translates."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"


def position_of_key(keys, key):
    """The position of the int `key` in the ascending list `keys`, -1 if it is not there."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    if low < len(keys) and keys[low] == key:
        return low
    return -1


def by_count(counter):
    return sorted(counter.items(), key=lambda pair: pair[1], reverse=True)


def most_common_of(counter, n):
    if n < 0:
        raise ValueError("no number of items")
    return sorted(counter.items(), key=lambda pair: pair[1], reverse=True)[:n]
