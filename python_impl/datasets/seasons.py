"""Twelve sentences on a river, a field, a bird and a farmer, written for this project."""

import numpy as np

from python_impl.functions.preprocess import preprocess

TEXT = """\
in spring the river is high and the field is green.
in summer the river is low and the field is gold.
in autumn the river is brown and the field is bare.
in winter the river is still and the field is white.
in spring the bird sings and the farmer sows.
in summer the bird rests and the farmer mows.
in autumn the bird leaves and the farmer reaps.
in winter the bird is gone and the farmer sleeps.
the farmer sows in spring when the river is high.
the farmer mows in summer when the river is low.
the farmer reaps in autumn when the river is brown.
the farmer sleeps in winter when the river is still.
"""


def load_seasons(characters: bool = False) -> tuple[np.ndarray, list[str]]:
    """The sentences as ids from 0, and what each id is: a word, or with `characters` a letter, blank or full stop.

    Shapes: -> corpus (M,), V texts. Source: written for this project.
    """
    text = " ".join(TEXT.split())
    if not characters:
        corpus, _, words = preprocess(text)
        return corpus, words
    letters = sorted(set(text))
    return np.array([letters.index(letter) for letter in text]), letters
