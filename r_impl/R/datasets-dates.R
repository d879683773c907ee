#' @title Dates in many spellings
#'
#' @description
#' Questions such as "27.9.94" or "september 27, 1994" and answers such as "_1994-09-27", as ids of the digits, the small
#' letters, the capital ones and " ,-./_", **counted from 0**. The questions are padded with blanks at the end to the width
#' of the longest that there can be. All the days are drawn from NumPy's stream, from 1970 to 2029, before all the
#' spellings, of which there are ten. The names of months and weekdays are English in every locale.
#'
#' @param count How many.
#' @param seed A seed.
#' @return A list with `xs`, a matrix (count, 29), and `ts`, a matrix (count, 11).
#' @source The task is that of the book, second volume, chapter 8, 8.3.1; spellings and dates are our own.
#' @family datasets
#' @examples
#' dates <- load_dates(3, seed = 1)
#' characters <- c(0:9, letters, LETTERS, " ", ",", "-", ".", "/", "_")
#' apply(dates$xs + 1, 1, function(ids) paste(characters[ids], collapse = ""))
#' apply(dates$ts + 1, 1, function(ids) paste(characters[ids], collapse = ""))
#' @export
load_dates <- function(count, seed = 0) {
  # From 1970-01-01 to 2029-12-31: no century comes twice, so that two digits of a year tell all four.
  days <- np_randint(np_random_state(seed), 0, 21915, count)
  forms <- np_randint(days$state, 0, 10, count)
  asked <- .spellings(days$value)[cbind(seq_len(count), forms$value + 1)]
  day <- .calendar_day(days$value)
  list(
    xs = .date_ids(sprintf("%-29s", asked)),
    ts = .date_ids(sprintf("_%d-%02d-%02d", day$year, day$month, day$day))
  )
}

# Year, month, day and weekday (0 is Sunday) of numbers of days since 1970-01-01.
.calendar_day <- function(days) {
  # Numbers alone: format() and weekdays() give the names of whatever locale is set.
  parts <- as.POSIXlt(structure(days, class = "Date"))
  list(year = parts$year + 1900L, month = parts$mon + 1L, day = parts$mday, weekday = parts$wday)
}

# The ten ways in which a date may be asked, a column each.
.spellings <- function(days) {
  on <- .calendar_day(days)
  y <- on$year
  m <- on$month
  d <- on$day
  month <- month.name[m]
  weekday <- .weekdays[on$weekday + 1]
  short <- substr(month, 1, 3)
  yy <- sprintf("%02d", y %% 100L)
  cbind(
    paste(y, m, d, sep = "/"),
    paste(m, d, yy, sep = "/"),
    paste(d, m, yy, sep = "."),
    sprintf("%d%02d%02d", y, m, d),
    sprintf("%s %d, %d", short, d, y),
    # chartr(), for toupper() and tolower() have a Turkish "i" in a Turkish locale.
    paste(d, chartr(.small, .capital, short), y),
    paste(substr(weekday, 1, 3), d, short, yy),
    sprintf("%s %d, %d", chartr(.capital, .small, month), d, y),
    paste(d, month, y),
    sprintf("%s, %s %d, %d", weekday, month, d, y)
  )
}

.weekdays <- c("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
.small <- paste(letters, collapse = "")
.capital <- paste(LETTERS, collapse = "")

.date_ids <- function(texts) {
  characters <- c(0:9, letters, LETTERS, " ", ",", "-", ".", "/", "_")
  matrix(match(unlist(strsplit(texts, "")), characters) - 1L, length(texts), byrow = TRUE)
}
