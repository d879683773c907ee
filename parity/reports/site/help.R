# The help pages of a package, out of its sources, as pages that stand by themselves:
# Rscript help.R PACKAGE SOURCES FOLDER
asked <- commandArgs(trailingOnly = TRUE)
# Formulas in their plain form: the other one asks a server for a script.
options(help.htmlmath = "", warn = -1)
pages <- list.files(file.path(asked[2], "man"), "[.]Rd$", full.names = TRUE)
html <- sub("[.]Rd$", ".html", basename(pages))
topics <- lapply(pages, function(page) {
  lines <- grep("^\\\\alias[{]", readLines(page, encoding = "UTF-8"), value = TRUE)
  sub("[}]\\s*$", "", sub("^\\\\alias[{]", "", lines))
})
links <- stats::setNames(rep(html, lengths(topics)), unlist(topics))
dir.create(asked[3], showWarnings = FALSE, recursive = TRUE)
for (k in seq_along(pages)) {
  tools::Rd2HTML(pages[k], file.path(asked[3], html[k]), package = asked[1], Links = links, Links2 = character(),
                 stylesheet = "../help.css", dynamic = FALSE)
}
