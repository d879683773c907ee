#' Hold R against Python, in testthat
#'
#' [expect_parity()] calls an R function in this session, has its Python
#' counterpart called with the same arguments, and fails where the two differ.
#' [check_parity()] gives the same verdict as a value, outside of a test.
#'
#' @section What is needed:
#' Python 3.10 or newer with the package `parity-r`. Which Python that is, is
#' said by the option `parity.python`, else by the environment variable
#' `PARITY_PYTHON`; without them the Python that reticulate has started, that
#' of an active virtual environment, and `python3` are tried in this order. See
#' [parity_python()].
#'
#' @section Where nothing can be compared:
#' A test that shows nothing must not look like one that passed. Without a
#' Python that has `parity-r`, [expect_parity()] skips its test and says why;
#' where the environment variable `CI` is set, it fails.
#'
#' @section Options:
#' \describe{
#'   \item{`parity.python`}{The Python to use: the path of an executable.}
#'   \item{`parity.path`}{The folder beside whose files Python's modules are
#'     looked for, besides what Python finds by itself; the working directory
#'     where it is not set.}
#'   \item{`parity.backend`}{`"auto"` (the Python that reticulate has started, where
#'     it fits, else one of its own), `"process"` or `"reticulate"`.}
#'   \item{`parity.timeout`}{Seconds after which a check is given up; 600 where
#'     it is not set.}
#' }
#'
#' @keywords internal
"_PACKAGE"
