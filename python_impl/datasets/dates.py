"""Dates in many spellings, generated, and what each is as YYYY-MM-DD."""

from datetime import date, timedelta

import numpy as np

CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ,-./_"
# Tables of our own: `calendar` and `strftime` give the names of whatever locale is set.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# From 1970-01-01 to 2029-12-31: no century comes twice, so that two digits of a year tell all four.
FIRST, DAYS = date(1970, 1, 1), 21915


def spellings(day: date) -> list[str]:
    """The ten ways in which a date may be asked."""
    y, m, d = day.year, day.month, day.day
    month, weekday = MONTHS[m - 1], WEEKDAYS[day.weekday()]
    short, yy = month[:3], f"{y % 100:02d}"
    return [
        f"{y}/{m}/{d}",
        f"{m}/{d}/{yy}",
        f"{d}.{m}.{yy}",
        f"{y}{m:02d}{d:02d}",
        f"{short} {d}, {y}",
        f"{d} {short.upper()} {y}",
        f"{weekday[:3]} {d} {short} {yy}",
        f"{month.lower()} {d}, {y}",
        f"{d} {month} {y}",
        f"{weekday}, {month} {d}, {y}",
    ]


def load_dates(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Questions such as "27.9.94" or "september 27, 1994" and answers such as "_1994-09-27", as ids of `CHARACTERS`.

    The questions are padded with blanks at the end to the width of the longest that there can be. All the days are
    drawn, from 1970 to 2029, before all the spellings, of which there are ten.
    Shapes: -> xs (count, 29), ts (count, 11).
    Source: the task is that of the book, second volume, chapter 8, 8.3.1; spellings and dates are our own.
    """
    rng = np.random.RandomState(seed)
    days, forms = rng.randint(0, DAYS, count), rng.randint(0, 10, count)
    dates = [FIRST + timedelta(int(day)) for day in days]
    questions = [spellings(day)[form].ljust(29) for day, form in zip(dates, forms, strict=True)]
    return _ids(questions), _ids([f"_{day.isoformat()}" for day in dates])


def _ids(texts: list[str]) -> np.ndarray:
    return np.array([[CHARACTERS.index(character) for character in text] for text in texts])
