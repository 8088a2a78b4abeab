/* Mathematical functions that GCC may take for several numbers at once: libmvec of the GNU C library,
   which promises 4 units in the last place. The attribute does what -ffast-math would be needed for
   otherwise. With SCALAR_MATH, for libraries without them, the functions for one number serve. */
#ifdef SCALAR_MATH
#define VECTOR __attribute__((const, nothrow))
#else
#define VECTOR __attribute__((simd("notinbranch"), const, nothrow))
#endif
VECTOR double vexp(double) __asm__("exp");
VECTOR double vlog(double) __asm__("log");
VECTOR double vsin(double) __asm__("sin");
VECTOR double vcos(double) __asm__("cos");
VECTOR double vasin(double) __asm__("asin");
VECTOR double vtanh(double) __asm__("tanh");
VECTOR double verf(double) __asm__("erf");
