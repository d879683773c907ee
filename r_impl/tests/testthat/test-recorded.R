# R held against what Python gave when it was recorded, with no Python.

recorded_fixtures <- function() {
  dir <- fixtures_dir()
  files <- if (is.null(dir)) character() else list.files(dir, "[.]python[.]json$", recursive = TRUE)
  file.path(dir, sub("recorded/(.*)[.]python[.]json$", "\\1.json", files))
}

test_that("R gives what Python gave when it was recorded", {
  skip_if(is.null(fixtures_dir()), "the shared fixtures are not beside this package; set DEEPSCRATCH_FIXTURES")
  files <- recorded_fixtures()
  expect_gte(length(files), 4L)
  for (file in files) {
    recording <- read_recording(file)
    fixture <- absolute_files(jsonlite::fromJSON(file, simplifyVector = FALSE), dirname(file))
    expect_setequal(names(recording$cases), vapply(fixture$cases, function(case) case$id, ""))
    for (entry in fixture$cases) {
      case <- read_case(fixture, entry)
      found <- against_recorded(case, recording$cases[[case$id]]$observations)
      label <- paste(basename(file), "/", case$id)
      expect_identical(found$wrong, character(), label = label)
      raising <- all(vapply(case$calls, function(call) !is.null(call$raises), NA))
      expect_true(found$count > 0L || raising, label = paste(label, "compares something; that it"))
    }
  }
})

# A small project: a fixture, Python's source, and the recording that Python's side would write.
a_project <- function() {
  folder <- new_folder()
  writeLines("def f(x): return 2 * x", file.path(folder, "port.py"))
  fixture <- file.path(folder, "double.json")
  writeLines('{"cases": []}', fixture)
  lines <- c(
    "{",
    ' "parity": "recording",',
    ' "version": 1,',
    ' "checksum": "",',
    ' "side": "python",',
    ' "fixture": "double.json",',
    paste0(' "document": "', md5_of_file(fixture), '",'),
    paste0(' "sources": {"port.py": "', md5_of_file(file.path(folder, "port.py")), '"},'),
    ' "cases": {"one": {"inputs": "x", "observations": []}}',
    "}"
  )
  write_recording(fixture, lines)
  fixture
}

new_folder <- function() {
  folder <- tempfile("project")
  dir.create(file.path(folder, "recorded"), recursive = TRUE)
  folder
}

write_recording <- function(fixture, lines) {
  kept <- lines[!startsWith(lines, ' "checksum": "')]
  sum <- md5_of(charToRaw(paste0(kept, "\n", collapse = "")))
  writeLines(sub(' "checksum": ".*"', paste0(' "checksum": "', sum, '"'), lines), recording_file(fixture))
}

edit <- function(fixture, from, to) {
  lines <- readLines(recording_file(fixture))
  stopifnot(any(grepl(from, lines, fixed = TRUE)))
  lines <- sub(from, to, lines, fixed = TRUE)
  write_recording(fixture, lines)
}

test_that("a recording is read only for what it is of", {
  fixture <- a_project()
  expect_named(read_recording(fixture)$cases, "one")

  writeLines('{"cases": [1]}', fixture)
  expect_error(read_recording(fixture), "is stale: double.json changed; where there is Python: parity record --side python")

  fixture <- a_project()
  writeLines("def f(x): return 3 * x", file.path(dirname(fixture), "port.py"))
  expect_error(read_recording(fixture), "is stale: port.py changed")
  unlink(file.path(dirname(fixture), "port.py"))
  expect_named(read_recording(fixture)$cases, "one")

  fixture <- a_project()
  lines <- readLines(recording_file(fixture))
  writeLines(sub('"inputs": "x"', '"inputs": "y"', lines), recording_file(fixture))
  expect_error(read_recording(fixture), "was changed by hand")

  fixture <- a_project()
  edit(fixture, '"side": "python"', '"side": "r"')
  expect_error(read_recording(fixture), "holds what r gave")

  fixture <- a_project()
  edit(fixture, '"fixture": "double.json"', '"fixture": "half.json"')
  expect_error(read_recording(fixture), "is of half.json")

  fixture <- a_project()
  edit(fixture, '"version": 1', '"version": 2')
  expect_error(read_recording(fixture), "no recording of version 1")

  unlink(recording_file(fixture))
  expect_error(read_recording(fixture), "is not there")
})

test_that("line ends of another system are no change", {
  fixture <- a_project()
  port <- file.path(dirname(fixture), "port.py")
  writeBin(charToRaw("def f(x): return 2 * x\r\n"), port)
  expect_named(read_recording(fixture)$cases, "one")
})

test_that("recorded values come back bit for bit", {
  leaf <- function(text) recorded_value(jsonlite::fromJSON(text, simplifyVector = FALSE))
  expect_identical(leaf('{"float64": [1.5, "NaN", "NA", "-Inf", 5e-324]}'), c(1.5, NaN, NA, -Inf, 2^-1074))
  expect_identical(1 / leaf('{"float64": [-0.0]}'), -Inf)
  expect_identical(leaf('{"float64": [1, 2, 3, 4, 5, 6], "shape": [2, 3]}'), rbind(c(1, 2, 3), c(4, 5, 6)))
  expect_identical(leaf('{"float64": [7.0], "shape": []}'), 7)
  expect_identical(leaf('{"bool": [true, null]}'), c(TRUE, NA))
  expect_identical(leaf('{"text": ["NA", null]}'), c("NA", NA))
  expect_error(leaf('{"float64": [1.0], "shape": [2]}'), "do not fit")
  expect_error(leaf('{"uncomparable": "a closure"}'), "no value of uncomparable")
  large <- leaf('{"float64": "base64:zlib:eNpjYACDhlkzQWCnPSOEzwAAQooFEQ=="}')
  expect_identical(large, c(0, 0.1, 2^-1074))
  expect_identical(1 / large[1L], -Inf)
})

test_that("what R gives otherwise than Python gave is found", {
  skip_if(is.null(fixtures_dir()), "the shared fixtures are not beside this package; set DEEPSCRATCH_FIXTURES")
  file <- file.path(fixtures_dir(), "layers", "repeat.json")
  fixture <- absolute_files(jsonlite::fromJSON(file, simplifyVector = FALSE), dirname(file))
  case <- read_case(fixture, fixture$cases[[1L]])
  seen <- read_recording(file)$cases[[case$id]]$observations
  path <- names(seen[[1L]]$values)[1L]
  seen[[1L]]$values[[path]]$float64[[1L]] <- seen[[1L]]$values[[path]]$float64[[1L]] + 1e-6
  expect_named(against_recorded(case, seen)$wrong, paste(seen[[1L]]$do, "/", path))
  seen[[1L]]$do <- "another"
  expect_error(against_recorded(case, seen), "of other calls")
})
