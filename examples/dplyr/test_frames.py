"""Data frames that a test has at hand."""

from __future__ import annotations

import pandas as pd
import pytest

import parity

SALES = pd.DataFrame(
    {
        "id": [1, 2, 3, 4, 5, 6],
        "shop": ["b", "a", "b", None, "a", "c"],
        "day": pd.to_datetime(["2024-01-03", "2024-01-01", "2024-02-10", "2024-01-01", "2024-02-29", "2024-12-31"]),
        "amount": [10.5, 2.0, 3.25, 8.0, 12.0, 7.75],
    }
)
SHOPS = pd.DataFrame({"shop": ["a", "b", "d"], "city": ["서울", "부산", "대구"]})


def totals(d, dropna):
    return d.groupby("shop", as_index=False, dropna=dropna).agg(total=("amount", "sum"), last=("day", "max"))


TOTALS = "function(d) dplyr::summarise(dplyr::group_by(d, shop), total = sum(amount), last = max(day))"


def test_totals_of_groups() -> None:
    parity.check(totals, TOTALS, d=SALES, only={"python": {"dropna": False}}, key="shop", rtol=1e-14)


def test_a_missing_key_is_a_group_in_r_alone() -> None:
    with pytest.raises(parity.Disagreement, match="r alone has a row"):
        parity.check(totals, TOTALS, d=SALES, only={"python": {"dropna": True}}, key="shop", rtol=1e-14)


def test_a_join_with_texts() -> None:
    parity.check(
        lambda x, y: x.merge(y, on="shop"),
        "function(x, y) dplyr::inner_join(x, y, by = 'shop')",
        x=SALES,
        y=SHOPS,
        key="id",
    )
