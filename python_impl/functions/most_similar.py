from collections.abc import Sequence

import numpy as np

from python_impl.functions.cos_similarity import cos_similarity


def most_similar(
    query: str, words: Sequence[str], word_matrix: np.ndarray, top: int = 5
) -> tuple[list[str], np.ndarray]:
    """The `top` words whose rows are nearest to the query's by `cos_similarity`, the query itself left out.

    Of words that are as near as each other the first in `words` comes first. Raises ValueError for an unknown query.
    Shapes: words V of them, word_matrix (V, D) -> the words, and their similarities.
    Source: the book, second volume, chapter 2, 2.3.6, which prints them; the order of equals is that of its sort.
    """
    words = list(words)
    if query not in words:
        raise ValueError(f"{query} is not among the words")
    id = words.index(query)
    similarity = np.array([cos_similarity(row, word_matrix[id]) for row in word_matrix])
    nearest = [i for i in np.argsort(-similarity, kind="stable") if i != id][:top]
    return [words[i] for i in nearest], similarity[nearest]
