import numpy as np


def preprocess(text: str) -> tuple[np.ndarray, dict[str, int], list[str]]:
    """The text as ids: lower case, the full stop a word of its own, ids from 0 in the order of the first appearance.

    -> corpus (the ids), word_to_id, id_to_word (a list; the book has a dict with the same numbers).
    Source: the book, second volume, chapter 2, 2.3.1.
    """
    words = text.lower().replace(".", " .").split(" ")
    id_to_word = list(dict.fromkeys(words))
    word_to_id = {word: number for number, word in enumerate(id_to_word)}
    return np.array([word_to_id[word] for word in words]), word_to_id, id_to_word
