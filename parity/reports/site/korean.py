"""Search in Korean: every two syllables in a row are a term, so that a word is found with whatever follows it.

Sphinx cuts a text into words at blanks, and finds a word by its beginning from three letters on. Korean words have two
syllables as often as not, and particles at their end: 편향은, 편향을.
"""

from __future__ import annotations

import re

from sphinx.search import SearchLanguage

_RUNS = re.compile(r"[가-힣]+|[^\W가-힣]+")


def terms(text: str) -> list[str]:
    """The pairs of syllables of each run of Hangul (a single one as it is), and the words of other scripts."""
    found: list[str] = []
    for run in _RUNS.findall(text):
        if "가" <= run[0] <= "힣" and len(run) > 1:
            found += [run[k : k + 2] for k in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class Korean(SearchLanguage):
    """What Sphinx asks of a language, here and in the browser."""

    lang = "ko"
    language_name = "Korean"
    js_splitter_code = """
var splitQuery = (query) => (query.match(/[가-힣]+|[\\p{L}\\p{N}_]+/gu) || []).flatMap((run) =>
  /^[가-힣]{2,}$/.test(run) ? Array.from({length: run.length - 1}, (_, k) => run.slice(k, k + 2)) : [run]);
"""

    def split(self, input: str) -> list[str]:
        return terms(input)

    def word_filter(self, word: str) -> bool:
        return len(word) > 1 or "가" <= word <= "힣"
