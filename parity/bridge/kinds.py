"""R's types by number, and the numbers that mean something there (R Internals, 1.1)."""

from __future__ import annotations

import numpy as np

from parity.arrays import NA_BITS

NILSXP, SYMSXP, ENVSXP, PROMSXP, LANGSXP, BCODESXP = 0, 1, 4, 5, 6, 21
LGLSXP, INTSXP, REALSXP, CPLXSXP, STRSXP, VECSXP, RAWSXP = 10, 13, 14, 15, 16, 19, 24
EVALUATED_WHEN_PASSED = frozenset({SYMSXP, PROMSXP, LANGSXP, BCODESXP})
S4SXP = 25
FUNCTIONS = frozenset({3, 7, 8})  # closure, special, builtin

TYPEOF = {
    NILSXP: "NULL",
    SYMSXP: "symbol",
    2: "pairlist",
    3: "closure",
    ENVSXP: "environment",
    PROMSXP: "promise",
    LANGSXP: "language",
    7: "special",
    8: "builtin",
    9: "char",
    LGLSXP: "logical",
    INTSXP: "integer",
    REALSXP: "double",
    CPLXSXP: "complex",
    STRSXP: "character",
    17: "...",
    18: "any",
    VECSXP: "list",
    20: "expression",
    BCODESXP: "bytecode",
    22: "externalptr",
    23: "weakref",
    RAWSXP: "raw",
    S4SXP: "S4",
}
"""What R's `typeof` says."""

FLOAT64, INT32, UINT8 = np.dtype(np.float64), np.dtype(np.int32), np.dtype(np.uint8)
COMPLEX128 = np.dtype(np.complex128)
INT_MAX = 2**31 - 1
NA_INTEGER = -(2**31)
NA_REAL_BITS = np.uint64(NA_BITS)
