# Tests of NumPy arrays that cost a few nanoseconds, and memoryviews of arrays that have passed them. (see
# cython_direct.py)

cdef extern from *:
    """
    #define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
    #include <numpy/ndarraytypes.h>

    static inline int lw_plain(PyObject *x, PyObject *kind, PyObject *dtype, int ndim, int flags) {
        PyArrayObject_fields *a = (PyArrayObject_fields *)x;
        if ((PyObject *)Py_TYPE(x) != kind) return 0;
        return (PyObject *)a->descr == dtype && a->nd == ndim && (a->flags & flags) == flags;
    }

    static inline long long lw_size(PyObject *x) {
        PyArrayObject_fields *a = (PyArrayObject_fields *)x;
        long long n = 1;
        for (int k = 0; k < a->nd; k++) n *= a->dimensions[k];
        return n;
    }

    static inline int lw_apart(PyObject *x, long long bytes, PyObject *y, long long others) {
        char *a = ((PyArrayObject_fields *)x)->data, *b = ((PyArrayObject_fields *)y)->data;
        return x != y && (a + bytes <= b || b + others <= a);
    }

    /* The settings of errors are a value that is replaced, never changed: the one looked at last is kept. */
    static PyObject *lw_settings = NULL;

    static inline int lw_settled(PyObject *variable) {
        PyObject *now = NULL;
        if (lw_settings == NULL || PyContextVar_Get(variable, NULL, &now) < 0) {
            PyErr_Clear();
            return 0;
        }
        int same = now == lw_settings;
        Py_XDECREF(now);
        return same;
    }

    static inline void lw_settle(PyObject *variable) {
        PyObject *now = NULL;
        if (!PyContextVar_CheckExact(variable) || PyContextVar_Get(variable, NULL, &now) < 0) {
            PyErr_Clear();
            return;
        }
        Py_XSETREF(lw_settings, now);
    }

    /* The memoryview object stands for no array: it only counts views, which compiled code asks it for. */
    #define lw_view(x, own) __extension__ ({ \
        PyArrayObject_fields *lw_a = (PyArrayObject_fields *)(x); \
        __Pyx_memviewslice lw_s = (own); \
        lw_s.data = lw_a->data; \
        for (int lw_k = 0; lw_k < lw_a->nd; lw_k++) { \
            lw_s.shape[lw_k] = lw_a->dimensions[lw_k]; \
            lw_s.strides[lw_k] = lw_a->strides[lw_k]; \
            lw_s.suboffsets[lw_k] = -1; \
        } \
        __PYX_INC_MEMVIEW(&lw_s, 1); \
        lw_s; })
    """
    bint plain "lw_plain"(object x, object kind, object dtype, int ndim, int flags) noexcept
    long long size "lw_size"(object x) noexcept
    bint settled "lw_settled"(object variable) noexcept
    void settle "lw_settle"(object variable) noexcept
    bint apart "lw_apart"(object x, long long bytes, object y, long long others) noexcept
    signed char[::1] view_schar_1 "lw_view"(object x, double[::1] own) noexcept
    const signed char[::1] fixed_schar_1 "lw_view"(object x, double[::1] own) noexcept
    signed char[:, ::1] view_schar_2 "lw_view"(object x, double[::1] own) noexcept
    const signed char[:, ::1] fixed_schar_2 "lw_view"(object x, double[::1] own) noexcept
    signed char[:, :, ::1] view_schar_3 "lw_view"(object x, double[::1] own) noexcept
    const signed char[:, :, ::1] fixed_schar_3 "lw_view"(object x, double[::1] own) noexcept
    short[::1] view_short_1 "lw_view"(object x, double[::1] own) noexcept
    const short[::1] fixed_short_1 "lw_view"(object x, double[::1] own) noexcept
    short[:, ::1] view_short_2 "lw_view"(object x, double[::1] own) noexcept
    const short[:, ::1] fixed_short_2 "lw_view"(object x, double[::1] own) noexcept
    short[:, :, ::1] view_short_3 "lw_view"(object x, double[::1] own) noexcept
    const short[:, :, ::1] fixed_short_3 "lw_view"(object x, double[::1] own) noexcept
    int[::1] view_int_1 "lw_view"(object x, double[::1] own) noexcept
    const int[::1] fixed_int_1 "lw_view"(object x, double[::1] own) noexcept
    int[:, ::1] view_int_2 "lw_view"(object x, double[::1] own) noexcept
    const int[:, ::1] fixed_int_2 "lw_view"(object x, double[::1] own) noexcept
    int[:, :, ::1] view_int_3 "lw_view"(object x, double[::1] own) noexcept
    const int[:, :, ::1] fixed_int_3 "lw_view"(object x, double[::1] own) noexcept
    long long[::1] view_longlong_1 "lw_view"(object x, double[::1] own) noexcept
    const long long[::1] fixed_longlong_1 "lw_view"(object x, double[::1] own) noexcept
    long long[:, ::1] view_longlong_2 "lw_view"(object x, double[::1] own) noexcept
    const long long[:, ::1] fixed_longlong_2 "lw_view"(object x, double[::1] own) noexcept
    long long[:, :, ::1] view_longlong_3 "lw_view"(object x, double[::1] own) noexcept
    const long long[:, :, ::1] fixed_longlong_3 "lw_view"(object x, double[::1] own) noexcept
    unsigned char[::1] view_uchar_1 "lw_view"(object x, double[::1] own) noexcept
    const unsigned char[::1] fixed_uchar_1 "lw_view"(object x, double[::1] own) noexcept
    unsigned char[:, ::1] view_uchar_2 "lw_view"(object x, double[::1] own) noexcept
    const unsigned char[:, ::1] fixed_uchar_2 "lw_view"(object x, double[::1] own) noexcept
    unsigned char[:, :, ::1] view_uchar_3 "lw_view"(object x, double[::1] own) noexcept
    const unsigned char[:, :, ::1] fixed_uchar_3 "lw_view"(object x, double[::1] own) noexcept
    unsigned short[::1] view_ushort_1 "lw_view"(object x, double[::1] own) noexcept
    const unsigned short[::1] fixed_ushort_1 "lw_view"(object x, double[::1] own) noexcept
    unsigned short[:, ::1] view_ushort_2 "lw_view"(object x, double[::1] own) noexcept
    const unsigned short[:, ::1] fixed_ushort_2 "lw_view"(object x, double[::1] own) noexcept
    unsigned short[:, :, ::1] view_ushort_3 "lw_view"(object x, double[::1] own) noexcept
    const unsigned short[:, :, ::1] fixed_ushort_3 "lw_view"(object x, double[::1] own) noexcept
    unsigned int[::1] view_uint_1 "lw_view"(object x, double[::1] own) noexcept
    const unsigned int[::1] fixed_uint_1 "lw_view"(object x, double[::1] own) noexcept
    unsigned int[:, ::1] view_uint_2 "lw_view"(object x, double[::1] own) noexcept
    const unsigned int[:, ::1] fixed_uint_2 "lw_view"(object x, double[::1] own) noexcept
    unsigned int[:, :, ::1] view_uint_3 "lw_view"(object x, double[::1] own) noexcept
    const unsigned int[:, :, ::1] fixed_uint_3 "lw_view"(object x, double[::1] own) noexcept
    unsigned long long[::1] view_ulonglong_1 "lw_view"(object x, double[::1] own) noexcept
    const unsigned long long[::1] fixed_ulonglong_1 "lw_view"(object x, double[::1] own) noexcept
    unsigned long long[:, ::1] view_ulonglong_2 "lw_view"(object x, double[::1] own) noexcept
    const unsigned long long[:, ::1] fixed_ulonglong_2 "lw_view"(object x, double[::1] own) noexcept
    unsigned long long[:, :, ::1] view_ulonglong_3 "lw_view"(object x, double[::1] own) noexcept
    const unsigned long long[:, :, ::1] fixed_ulonglong_3 "lw_view"(object x, double[::1] own) noexcept
    float[::1] view_float_1 "lw_view"(object x, double[::1] own) noexcept
    const float[::1] fixed_float_1 "lw_view"(object x, double[::1] own) noexcept
    float[:, ::1] view_float_2 "lw_view"(object x, double[::1] own) noexcept
    const float[:, ::1] fixed_float_2 "lw_view"(object x, double[::1] own) noexcept
    float[:, :, ::1] view_float_3 "lw_view"(object x, double[::1] own) noexcept
    const float[:, :, ::1] fixed_float_3 "lw_view"(object x, double[::1] own) noexcept
    double[::1] view_double_1 "lw_view"(object x, double[::1] own) noexcept
    const double[::1] fixed_double_1 "lw_view"(object x, double[::1] own) noexcept
    double[:, ::1] view_double_2 "lw_view"(object x, double[::1] own) noexcept
    const double[:, ::1] fixed_double_2 "lw_view"(object x, double[::1] own) noexcept
    double[:, :, ::1] view_double_3 "lw_view"(object x, double[::1] own) noexcept
    const double[:, :, ::1] fixed_double_3 "lw_view"(object x, double[::1] own) noexcept
