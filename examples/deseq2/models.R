suppressMessages(library(DESeq2))

read_counts <- function(data, design, without = NULL) {
  frame <- read.csv(data, row.names = 1, stringsAsFactors = TRUE)
  frame <- frame[!names(frame) %in% unlist(without)]
  samples <- frame[c("condition", "batch")]
  DESeqDataSetFromMatrix(t(as.matrix(frame[, -(1:2)])), samples, as.formula(design))
}

# What is missing is NA here and NaN in Python.
nan <- function(x) replace(x, is.na(x), NaN)

size_factors <- function(data, kind = "ratio") {
  unname(sizeFactors(estimateSizeFactors(read_counts(data, ~condition), type = kind)))
}

tested <- function(fit, cooks, filtered, missing = nan) {
  options <- if (cooks) list() else list(cooksCutoff = FALSE)
  table <- do.call(results, c(list(fit, contrast = c("condition", "B", "A"), independentFiltering = filtered), options))
  columns <- c(
    mean = "baseMean", lfc = "log2FoldChange", se = "lfcSE", statistic = "stat", p = "pvalue", adjusted = "padj"
  )
  lapply(columns, function(column) missing(table[[column]]))
}

deseq <- function(data, design, fit_type = "parametric", cooks = TRUE, filtered = TRUE) {
  fit <- DESeq(read_counts(data, design), fitType = fit_type, quiet = TRUE)
  genes <- mcols(fit)
  c(tested(fit, cooks, filtered), list(
    genewise = nan(genes$dispGeneEst), trend = nan(genes$dispFit), dispersion = nan(genes$dispersion)
  ))
}

wald <- function(data, design, dispersion, without = NULL, as_na = FALSE) {
  fit <- estimateSizeFactors(read_counts(data, design, without))
  dispersions(fit) <- rep(dispersion, nrow(fit))
  tested(nbinomWaldTest(fit, betaTol = 1e-14, quiet = TRUE), FALSE, FALSE, if (as_na) identity else nan)
}
