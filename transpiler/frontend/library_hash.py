"""Hash tables over lists, as Python code that the compiler translates.

Open addressing with linear probing (Knuth, The Art of Computer Programming, volume 3, section 6.4). `slots`,
whose length is a power of two, holds positions of keys in the order of insertion, -1 where it is free.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import math

import numpy as np


def mixed(h, x):
    """The hash `h` with the int `x` worked in; an int of 64 bits."""
    h = (np.int64(h) ^ np.int64(x)) * np.int64(-7046029254386353131)
    return int(h ^ (h >> np.int64(29)))


def mixed_float(h, x):
    """The hash `h` with a float worked in: the same for those that are equal. NaN, which is not equal to
    itself, is found again by its identity only."""
    if x != x:
        raise ValueError("NaN")
    if math.isinf(x):
        return mixed(h, 1 if x > 0.0 else -1)
    while math.fabs(x) >= 4611686018427387904.0:
        x = x * 0.00000000023283064365386962890625
        h = mixed(h, 0)
    whole = int(x)
    h = mixed(h, whole)
    rest = x - whole
    while rest != 0.0:
        rest = rest * 4503599627370496.0
        whole = int(rest)
        h = mixed(h, whole)
        rest = rest - whole
    return h


def key_position(slots, hashes, keys, key, start):
    """The position of `key`, whose hash is `start`; if it is not there, -1 minus its free slot."""
    last = len(slots) - 1
    place = start & last
    while slots[place] >= 0:
        at = slots[place]
        if hashes[at] == start and keys[at] == key:
            break
        place = (place + 1) & last
    at = slots[place]
    return int(at) if at >= 0 else -1 - place


def slots_of(hashes, size):
    """New slots for the keys with these hashes."""
    slots = np.full(size, -1)
    for at in range(len(hashes)):
        place = hashes[at] & (size - 1)
        while slots[place] >= 0:
            place = (place + 1) & (size - 1)
        slots[place] = at
    return slots
