#' @title Logic gates as perceptrons
#'
#' @description
#' A perceptron is 1 where \eqn{w_1 x_1 + w_2 x_2 + b > 0}{w1 x1 + w2 x2 + b > 0}, else 0. AND, NAND and OR are one
#' each, and differ in nothing but their weights. No single one separates XOR, which is made of two layers: the AND of
#' a NAND and an OR.
#'
#' @param x1,x2 Two numbers, 0 or 1.
#' @return 0 or 1, a whole number.
#' @source The book, first volume, chapter 2, 2.3.3 and 2.5.2.
#' @family functions
#' @examples
#' AND(1, 0)
#' XOR(1, 0)
#' @name perceptrons
NULL

#' @rdname perceptrons
#' @export
AND <- function(x1, x2) .perceptron(x1, x2, w = c(0.5, 0.5), b = -0.7)

#' @rdname perceptrons
#' @export
NAND <- function(x1, x2) .perceptron(x1, x2, w = c(-0.5, -0.5), b = 0.7)

#' @rdname perceptrons
#' @export
OR <- function(x1, x2) .perceptron(x1, x2, w = c(0.5, 0.5), b = -0.2)

#' @rdname perceptrons
#' @export
XOR <- function(x1, x2) AND(NAND(x1, x2), OR(x1, x2))

.perceptron <- function(x1, x2, w, b) as.integer(sum(w * c(x1, x2)) + b > 0)
