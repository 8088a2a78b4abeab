# Functions of C's math library that GCC may take for vectors (see vectors.py). For vectors sine and cosine
# may be 1 + 2**-52, which the functions for one number never are.

cdef extern from *:
    """
    #ifdef LOOPWRIGHT_SCALAR_MATH
    #define LOOPWRIGHT_MATH(c, name, params) extern c lw_##name params __asm__(#name);
    #else
    #define LOOPWRIGHT_MATH(c, name, params) \
        __attribute__((simd("notinbranch"), const, nothrow)) extern c lw_##name params __asm__(#name);
    #endif
    LOOPWRIGHT_MATH(double, exp, (double)) LOOPWRIGHT_MATH(float, expf, (float))
    LOOPWRIGHT_MATH(double, exp2, (double)) LOOPWRIGHT_MATH(float, exp2f, (float))
    LOOPWRIGHT_MATH(double, expm1, (double)) LOOPWRIGHT_MATH(float, expm1f, (float))
    LOOPWRIGHT_MATH(double, log, (double)) LOOPWRIGHT_MATH(float, logf, (float))
    LOOPWRIGHT_MATH(double, log2, (double)) LOOPWRIGHT_MATH(float, log2f, (float))
    LOOPWRIGHT_MATH(double, log1p, (double)) LOOPWRIGHT_MATH(float, log1pf, (float))
    LOOPWRIGHT_MATH(double, sin, (double)) LOOPWRIGHT_MATH(float, sinf, (float))
    LOOPWRIGHT_MATH(double, cos, (double)) LOOPWRIGHT_MATH(float, cosf, (float))
    LOOPWRIGHT_MATH(double, tan, (double)) LOOPWRIGHT_MATH(float, tanf, (float))
    LOOPWRIGHT_MATH(double, asin, (double)) LOOPWRIGHT_MATH(float, asinf, (float))
    LOOPWRIGHT_MATH(double, acos, (double)) LOOPWRIGHT_MATH(float, acosf, (float))
    LOOPWRIGHT_MATH(double, atan, (double)) LOOPWRIGHT_MATH(float, atanf, (float))
    LOOPWRIGHT_MATH(double, sinh, (double)) LOOPWRIGHT_MATH(float, sinhf, (float))
    LOOPWRIGHT_MATH(double, cosh, (double)) LOOPWRIGHT_MATH(float, coshf, (float))
    LOOPWRIGHT_MATH(double, tanh, (double)) LOOPWRIGHT_MATH(float, tanhf, (float))
    LOOPWRIGHT_MATH(double, asinh, (double)) LOOPWRIGHT_MATH(float, asinhf, (float))
    LOOPWRIGHT_MATH(double, acosh, (double)) LOOPWRIGHT_MATH(float, acoshf, (float))
    LOOPWRIGHT_MATH(double, atanh, (double)) LOOPWRIGHT_MATH(float, atanhf, (float))
    LOOPWRIGHT_MATH(double, erf, (double))
    LOOPWRIGHT_MATH(double, erfc, (double))
    LOOPWRIGHT_MATH(double, atan2, (double, double)) LOOPWRIGHT_MATH(float, atan2f, (float, float))
    #define LOOPWRIGHT_WITHIN_1(c, name) \
        static inline c lw_within_##name(c x) { c y = lw_##name(x); return y > 1 ? 1 : y < -1 ? -1 : y; }
    LOOPWRIGHT_WITHIN_1(double, sin) LOOPWRIGHT_WITHIN_1(float, sinf)
    LOOPWRIGHT_WITHIN_1(double, cos) LOOPWRIGHT_WITHIN_1(float, cosf)
    """
    double exp "lw_exp"(double) noexcept nogil
    float expf "lw_expf"(float) noexcept nogil
    double exp2 "lw_exp2"(double) noexcept nogil
    float exp2f "lw_exp2f"(float) noexcept nogil
    double expm1 "lw_expm1"(double) noexcept nogil
    float expm1f "lw_expm1f"(float) noexcept nogil
    double log "lw_log"(double) noexcept nogil
    float logf "lw_logf"(float) noexcept nogil
    double log2 "lw_log2"(double) noexcept nogil
    float log2f "lw_log2f"(float) noexcept nogil
    double log1p "lw_log1p"(double) noexcept nogil
    float log1pf "lw_log1pf"(float) noexcept nogil
    double sin "lw_within_sin"(double) noexcept nogil
    float sinf "lw_within_sinf"(float) noexcept nogil
    double cos "lw_within_cos"(double) noexcept nogil
    float cosf "lw_within_cosf"(float) noexcept nogil
    double tan "lw_tan"(double) noexcept nogil
    float tanf "lw_tanf"(float) noexcept nogil
    double asin "lw_asin"(double) noexcept nogil
    float asinf "lw_asinf"(float) noexcept nogil
    double acos "lw_acos"(double) noexcept nogil
    float acosf "lw_acosf"(float) noexcept nogil
    double atan "lw_atan"(double) noexcept nogil
    float atanf "lw_atanf"(float) noexcept nogil
    double sinh "lw_sinh"(double) noexcept nogil
    float sinhf "lw_sinhf"(float) noexcept nogil
    double cosh "lw_cosh"(double) noexcept nogil
    float coshf "lw_coshf"(float) noexcept nogil
    double tanh "lw_tanh"(double) noexcept nogil
    float tanhf "lw_tanhf"(float) noexcept nogil
    double asinh "lw_asinh"(double) noexcept nogil
    float asinhf "lw_asinhf"(float) noexcept nogil
    double acosh "lw_acosh"(double) noexcept nogil
    float acoshf "lw_acoshf"(float) noexcept nogil
    double atanh "lw_atanh"(double) noexcept nogil
    float atanhf "lw_atanhf"(float) noexcept nogil
    double erf "lw_erf"(double) noexcept nogil
    double erfc "lw_erfc"(double) noexcept nogil
    double atan2 "lw_atan2"(double, double) noexcept nogil
    float atan2f "lw_atan2f"(float, float) noexcept nogil
