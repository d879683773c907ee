"""Pairs of lines in a Quarto document: shown in tabs, typed into both languages, and verified when it is rendered.

    ::: {.parity rtol=1e-12}
    ```python
    x @ W + b
    ```
    ```r
    sweep(x %*% W, 2, b, "+")
    ```
    :::

`extension/` is what Quarto loads: a filter that hands the pairs to `parity quarto --pairs` and makes tabs of the
answer. Both sides of that are documents of Pandoc in JSON (`document.py`), so that a pair is read by Pandoc alone. The
lines of all pairs go into one Python and one R (`lines.py`), and what they show is held against each other by
`parity.check` (`holding.py`): nothing of the verdict is made here.
"""

from parity.quarto.document import answer
from parity.quarto.errors import PairDisagreement, PairError

__all__ = ["PairDisagreement", "PairError", "answer"]
