#' @title Positive pointwise mutual information
#'
#' @description
#' \deqn{\max(0, \log_2(C_{ij} N / (S_i S_j) + \epsilon))}{max(0, log2(C[i, j] N / (S[i] S[j]) + eps))}
#' where N is the sum of C and S the sums of its columns; eps keeps the logarithm away from 0.
#'
#' @param C How often words stand near each other, a matrix (V, V).
#' @param eps A small number.
#' @return A matrix (V, V).
#' @source The book, second volume, chapter 2, 2.4.1.
#' @family functions for texts
#' @examples
#' round(ppmi(create_co_matrix(preprocess("You say goodbye and I say hello.")$corpus, 7)), 3)
#' @export
ppmi <- function(C, eps = 1e-8) {
  .check_matrix("C", C)
  S <- colSums(C)
  M <- log2(C * sum(C) / outer(S, S) + eps)
  pmax(M, 0)
}
