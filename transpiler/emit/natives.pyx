# cython: language_level=3
"""Elements of lists of Python numbers as the contents of an array, and columns of lists of tuples.

What `lists` of the runtime does in Python, in a tenth of the time; it does without where this is not built.
The elements are looked at and never run: they have the very types `float`, `int` or `bool`.
"""

from cpython.buffer cimport PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.ref cimport PyObject


cdef extern from "Python.h":
    bint PyFloat_CheckExact(PyObject *)
    double PyFloat_AS_DOUBLE(PyObject *)
    bint PyList_CheckExact(PyObject *)
    Py_ssize_t PyList_GET_SIZE(PyObject *)
    PyObject *PyList_GET_ITEM(PyObject *, Py_ssize_t)
    bint PyLong_CheckExact(PyObject *)
    long long PyLong_AsLongLongAndOverflow(PyObject *, int *) except? -1
    PyObject *Py_True
    PyObject *Py_False


def floats(list rows, array):
    """Put the elements of the lists `rows` one behind another into a C-contiguous float64 `array`; False
    unless they are floats, and as many as there is room for."""
    cdef Py_buffer room
    cdef Py_ssize_t at = 0, total, r, k, n
    cdef double *out
    cdef PyObject *row
    cdef PyObject *item
    PyObject_GetBuffer(array, &room, PyBUF_WRITABLE)
    try:
        out, total = <double *>room.buf, room.len // <Py_ssize_t>sizeof(double)
        for r in range(len(rows)):
            row = PyList_GET_ITEM(<PyObject *>rows, r)
            n = PyList_GET_SIZE(row) if PyList_CheckExact(row) else -1
            if n < 0 or n > total - at:
                return False
            for k in range(n):
                item = PyList_GET_ITEM(row, k)
                if not PyFloat_CheckExact(item):
                    return False
                out[at + k] = PyFloat_AS_DOUBLE(item)
            at += n
        return at == total
    finally:
        PyBuffer_Release(&room)


def ints(list rows, array, long long least, long long greatest):
    """`floats` for int64 and ints from `least` to `greatest`."""
    cdef Py_buffer room
    cdef Py_ssize_t at = 0, total, r, k, n
    cdef long long *out
    cdef long long value
    cdef int overflow = 0
    cdef PyObject *row
    cdef PyObject *item
    PyObject_GetBuffer(array, &room, PyBUF_WRITABLE)
    try:
        out, total = <long long *>room.buf, room.len // <Py_ssize_t>sizeof(long long)
        for r in range(len(rows)):
            row = PyList_GET_ITEM(<PyObject *>rows, r)
            n = PyList_GET_SIZE(row) if PyList_CheckExact(row) else -1
            if n < 0 or n > total - at:
                return False
            for k in range(n):
                item = PyList_GET_ITEM(row, k)
                if not PyLong_CheckExact(item):
                    return False
                value = PyLong_AsLongLongAndOverflow(item, &overflow)
                if overflow or value < least or value > greatest:
                    return False
                out[at + k] = value
            at += n
        return at == total
    finally:
        PyBuffer_Release(&room)


def bools(list rows, array):
    """`floats` for an array of booleans."""
    cdef Py_buffer room
    cdef Py_ssize_t at = 0, total, r, k, n
    cdef unsigned char *out
    cdef PyObject *row
    cdef PyObject *item
    PyObject_GetBuffer(array, &room, PyBUF_WRITABLE)
    try:
        out, total = <unsigned char *>room.buf, room.len
        for r in range(len(rows)):
            row = PyList_GET_ITEM(<PyObject *>rows, r)
            n = PyList_GET_SIZE(row) if PyList_CheckExact(row) else -1
            if n < 0 or n > total - at:
                return False
            for k in range(n):
                item = PyList_GET_ITEM(row, k)
                if item == Py_True:
                    out[at + k] = 1
                elif item == Py_False:
                    out[at + k] = 0
                else:
                    return False
            at += n
        return at == total
    finally:
        PyBuffer_Release(&room)


def records(list values, Py_ssize_t count):
    """For each of `count` places the list of what tuples have there; () unless `values` are such tuples."""
    cdef Py_ssize_t n = len(values), i, k
    cdef tuple row
    found = tuple([[None] * n for _ in range(count)])
    for i in range(n):
        if type(values[i]) is not tuple or len(<tuple>values[i]) != count:
            return ()
        row = <tuple>values[i]
        for k in range(count):
            (<list>found[k])[i] = row[k]
    return found
