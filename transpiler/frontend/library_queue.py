"""Heaps in lists and bisection, as CPython does both, as Python code that the compiler translates.

The steps are those of the modules `heapq` and `bisect` of CPython: the same comparisons give the same list.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"


def heap_rise(heap, top, at):
    """Move the element at `at` up to its place, no further than `top`."""
    item = heap[at]
    while at > top:
        above = (at - 1) // 2
        parent = heap[above]
        if not item < parent:
            break
        heap[at] = parent
        at = above
    heap[at] = item


def heap_sink(heap, at):
    """Move the element at `at` down to a leaf along the smaller children, then up to its place."""
    top = at
    item = heap[at]
    child = 2 * at + 1
    while child < len(heap):
        right = child + 1
        if right < len(heap) and not heap[child] < heap[right]:
            child = right
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    heap_rise(heap, top, at)


def heap_make(heap):
    """Order the list as a heap."""
    for at in range(len(heap) // 2 - 1, -1, -1):
        heap_sink(heap, at)


def heap_refill(heap, last):
    """Put `last`, which was taken from the end, in place of the least element; the one that leaves."""
    if len(heap) == 0:
        return last
    least = heap[0]
    heap[0] = last
    heap_sink(heap, 0)
    return least


def heap_replace(heap, item):
    """Put `item` in place of the least element, which is returned."""
    least = heap[0]
    heap[0] = item
    heap_sink(heap, 0)
    return least


def heap_push_pop(heap, item):
    """The least of the heap and `item`; the heap keeps the rest."""
    if len(heap) > 0 and heap[0] < item:
        return heap_replace(heap, item)
    return item


def bisect_left(a, x, low, high):
    """Where `x` goes into the sorted `a`, before those that equal it."""
    while low < high:
        middle = (low + high) // 2
        if a[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


def bisect_right(a, x, low, high):
    """Where `x` goes into the sorted `a`, behind those that equal it."""
    while low < high:
        middle = (low + high) // 2
        if x < a[middle]:
            high = middle
        else:
            low = middle + 1
    return low
