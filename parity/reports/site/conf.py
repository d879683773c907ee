"""Sphinx's configuration of a site in one language; site.json beside it says what is the project's own."""

import json
from pathlib import Path
from typing import Any

_site = json.loads((Path(__file__).parent / "site.json").read_text("utf-8"))

project = _site["title"]
html_title = _site["title"]
language = _site["language"]
extensions = ["sphinx_copybutton"]
exclude_patterns = ["site.json"]
html_theme = "furo"
html_static_path = [_site["theme"] + "/static"]
templates_path = [_site["theme"] + "/templates"]
html_css_files = ["parity.css"]
if _site["live"]:
    html_static_path.append(_site["live"])
    html_css_files.append("live.css")
    html_js_files = [("live.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_theme_options = {"light_css_variables": _site["colours"], "dark_css_variables": {}, "navigation_with_keys": True}
if _site["repository"]:
    html_theme_options["footer_icons"] = [
        {"name": _site["repository"], "url": _site["repository"], "html": _site["repository"], "class": ""}
    ]
copybutton_selector = "div.highlight pre"
copybutton_prompt_text = r">>> |\.\.\. |> |\+ |\$ "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = ""


def _other_languages(_app: Any, pagename: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    own = _site["languages"].get(pagename, list(_site["names"]))
    up = "../" * (pagename.count("/") + 1)
    context["languages"] = [
        {
            "code": code,
            "name": name,
            "url": f"{up}{code}/{pagename if code in own else 'index'}.html",
            "here": code == language,
        }
        for code, name in _site["names"].items()
    ]


def setup(app: Any) -> None:
    app.connect("html-page-context", _other_languages)
    if language == "ko":
        from parity.reports.site.korean import Korean

        app.add_search_language(Korean)
