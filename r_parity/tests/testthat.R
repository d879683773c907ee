library(testthat)
library(parity)

test_check("parity")
