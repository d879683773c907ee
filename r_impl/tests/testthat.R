library(testthat)
library(deepscratch)

test_check("deepscratch")
