# The counts beside this file, by the simulation that ships with DESeq2: 150 genes, 12 samples of two conditions.
# Run once with DESeq2 1.38.3 under R 4.2.2: Rscript data.R
suppressMessages(library(DESeq2))
set.seed(20)
simulated <- makeExampleDESeqDataSet(
  n = 150, m = 12, betaSD = 1, interceptMean = 6, interceptSD = 2, sizeFactors = rep(c(0.5, 1, 1.5), 4)
)
counts <- counts(simulated)
counts[1, ] <- 0L # a gene that is never seen
counts[2, 3] <- 40000L # an outlier
table <- data.frame(
  sample = colnames(counts), condition = simulated$condition, batch = factor(rep(c("p", "q"), 6)), t(counts),
  check.names = FALSE
)
write.csv(table, "counts.csv", row.names = FALSE, quote = FALSE)
