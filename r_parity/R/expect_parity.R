#' Expect that an R function and its counterpart in Python agree
#'
#' An expectation for testthat. It fails where the two differ, with a block that
#' says where, what stands there on each side, and how far apart it is. See
#' [check_parity()] for how arguments go over and how values are compared.
#'
#' Where there is no Python with parity the test is skipped with the reason;
#' where the environment variable `CI` is set, it fails. On CRAN it is skipped,
#' as by [testthat::skip_on_cran()].
#'
#' @inheritParams check_parity
#' @param info A text for the failure's message.
#' @return The result of [check_parity()], invisibly.
#' @family checks
#' @export
#' @examples
#' \dontrun{
#' test_that("scale() does what port.py does", {
#'   m <- matrix(c(1, 4, 9, 2, 3, 5), 3)
#'   expect_parity(scale, "port:scale", x = m, rtol = 1e-12)
#' })
#' }
expect_parity <- function(object, python, ..., args = list(), only = list(), rtol = NULL, atol = NULL, values = NULL,
                          names = NULL, layout = NULL, origin = NULL, returns = NULL, key = NULL, raises = NULL, warns = NULL,
                          expected = list(), path = getOption("parity.path", "."), info = NULL, label = NULL,
                          envir = parent.frame()) {
  refuse_cut_names(sys.call())
  if (!requireNamespace("testthat", quietly = TRUE)) {
    stop_usage("expect_parity() needs the package testthat; without it, check_parity() gives the verdict as a value")
  }
  if (!on_ci()) testthat::skip_on_cran()
  if (missing(object)) stop_usage("object is missing; expected a function of R, or its name")
  if (missing(python)) stop_usage("python is missing; expected a function of Python, as \"module:name\"")
  if (is.null(label)) label <- label_of(substitute(object), object)
  result <- tryCatch(
    check_parity(object, python, ...,
      args = args, only = only, rtol = rtol, atol = atol, values = values, names = names, layout = layout,
      origin = origin, returns = returns, key = key, raises = raises, warns = warns, expected = expected, path = path, label = label,
      envir = envir
    ),
    parity_unavailable = identity
  )
  if (inherits(result, "parity_unavailable")) {
    if (!on_ci()) testthat::skip(paste0("nothing was compared: ", conditionMessage(result)))
    testthat::expect(FALSE, paste0("nothing was compared, and CI is set: ", conditionMessage(result)), info = info)
    return(invisible(result))
  }
  testthat::expect(isTRUE(result$ok), result$text, info = info)
  invisible(result)
}

on_ci <- function() !tolower(Sys.getenv("CI")) %in% c("", "0", "false", "no")
