"""What the theme says in English whatever the language of a page, as it stands in its HTML, in the other languages."""

from __future__ import annotations

from collections.abc import Mapping

_KOREAN = {
    "Back to top</span>": "맨 위로</span>",
    "<span>Next</span>": "<span>다음</span>",
    "<span>Previous</span>": "<span>이전</span>",
    'href="#furo-main-content">Skip to content<': 'href="#furo-main-content">본문으로 건너뛰기<',
    'title="Link to this heading"': 'title="이 제목의 주소"',
    'aria-label="Toggle site navigation sidebar"': 'aria-label="사이트 메뉴 열고 닫기"',
    'aria-label="Toggle table of contents sidebar"': 'aria-label="이 페이지의 목차 열고 닫기"',
    'aria-label="Toggle Light / Dark / Auto color theme"': 'aria-label="밝은 화면, 어두운 화면, 자동 전환"',
    'class="parity-languages" aria-label="Language"': 'class="parity-languages" aria-label="언어"',
}
THEME: Mapping[str, Mapping[str, str]] = {"ko": _KOREAN}
"""By language; none for English."""


def in_language(page: str, language: str) -> str:
    """A page of the theme's, with its own words in the language."""
    for english, words in THEME.get(language, {}).items():
        page = page.replace(english, words)
    return page
