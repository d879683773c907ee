#' @title Fisher's irises
#'
#' @description
#' R's own [datasets::iris], as a matrix and labels.
#'
#' @details
#' These are the numbers of Fisher's paper. The file of the UCI repository, which is what most Python code reads, has
#' three wrong numbers in two flowers: flower 35 has a petal width of 0.1 there (here 0.2), and flower 38 has a sepal
#' width of 3.1 and a petal length of 1.5 (here 3.6 and 1.4).
#'
#' @return A list with `x`, a matrix (150, 4): length and width of sepal and petal in cm, and `t`, 150 labels: 0 setosa,
#'   1 versicolor, 2 virginica.
#' @source R. A. Fisher (1936) The use of multiple measurements in taxonomic problems. Annals of Eugenics 7, 179-188; the
#'   data were collected by E. Anderson.
#' @family datasets
#' @examples
#' iris <- load_iris()
#' dim(iris$x)
#' table(iris$t)
#' iris$x[c(35, 38), ]
#' @export
load_iris <- function() {
  iris <- datasets::iris
  list(x = unname(as.matrix(iris[, 1:4])), t = as.integer(iris$Species) - 1L)
}
