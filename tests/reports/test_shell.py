"""Pages whose files and commands are real: a folder for each page, and what the shell prints in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from parity.consoles.shell import shell_lines, shell_session
from parity.consoles.transcript import ConsoleError, Entry, Transcript
from parity.reports.pages.documents import parse, render
from parity.reports.pages.files import PagesError
from parity.reports.pages.page_consoles import run_consoles


def test_what_the_shell_prints_stands_below_each_command(tmp_path: Path) -> None:
    lines = [
        "mkdir inside",
        "cd inside",
        "touch a b",
        "ls",
        "echo one \\",
        "  two",
        "n=3; echo $((n + 1)) >&2",
        "false",
    ]
    assert shell_session(lines, tmp_path).entries == (
        Entry(("mkdir inside",)),
        Entry(("cd inside",)),
        Entry(("touch a b",)),
        Entry(("ls",), "a\nb\n"),
        Entry(("echo one \\", "  two"), "one two\n"),
        Entry(("n=3; echo $((n + 1)) >&2",), "4\n"),
        Entry(("false",), "", failed=True),
    )
    assert shell_session(["false | cat"], tmp_path).entries == (Entry(("false | cat",), "", failed=True),)


def test_a_shell_that_stops_is_named_and_reads_nothing_itself(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="the shell stopped at 'exit 3'"):
        shell_session(["exit 3", "echo never"], tmp_path)
    assert shell_session(["cat", "echo next"], tmp_path).entries[1] == Entry(("echo next",), "next\n")
    with pytest.raises(ConsoleError, match="unfinished command"):
        shell_lines(["echo one \\"])


def page(words: str, folder: Path, language: str = "en") -> str:
    document = parse(words, folder / f"a.{language}.md", "a", language)
    _, ((*transcripts,),) = run_consoles([], [document], packages={}, width=74)
    return render(document, transcripts, lambda part: pytest.fail(str(part)))


FILES = "```file port.py\ndef twice(x):\n    return 2 * x\n```\n\n```file sub/port.R\ntwice <- function(x) 2 * x\n```\n"


def test_all_lines_of_a_page_are_typed_among_its_files(tmp_path: Path) -> None:
    text = page(
        FILES + "\n```python-session\nfrom port import twice\ntwice(4)\n```\n"
        "\n```r-session\nsource('sub/port.R')\ntwice(5)\n```\n"
        "\n```shell-session\nls\nparity check port.py:twice sub/port.R::twice --with 'x=[1.5, 2]'\n```\n",
        tmp_path,
    )
    assert "**`port.py`**\n\n```python file\ndef twice(x):\n    return 2 * x\n```" in text
    assert ">>> twice(4)\n8\n" in text
    assert "> twice(5)\n[1] 10\n" in text
    assert "$ ls\nport.py\nsub\n$ parity check" in text.replace("__pycache__\n", "")
    assert "1 subject, 1 case, 2 values compared" in text
    assert text.rstrip().endswith(": agree\n```")
    assert not list(tmp_path.iterdir())


def test_pages_with_files_of_one_name_have_their_own(tmp_path: Path) -> None:
    documents = [
        parse(
            f"```file port.py\nx = {n}\n```\n```python-session\nfrom port import x\nx\n```\n"
            "```shell-session\ncat port.py\n```",
            tmp_path / f"{n}.en.md",
            f"page{n}",
            "en",
        )
        for n in (1, 2)
    ]
    _, transcripts = run_consoles([], documents, packages={}, width=74)

    def printed(one: Sequence[Transcript]) -> list[str]:
        return [transcript.entries[-1].output for transcript in one]

    assert [*map(printed, transcripts)] == [["1\n", "x = 1\n"], ["2\n", "x = 2\n"]]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("```shell-session\necho fine\nfalse\n```", "line 3: 'false' fails"),
        ("```shell-session raises\ntrue\n```", "no line of it fails"),
        ("```shell-session\nexit\n```", "line 1: the shell stopped at 'exit'"),
        ("```file\nx\n```", "line 1: file needs the name of a file"),
        ("```file ../x.py\nx\n```", "line 1: file needs the name of a file in the page's own folder"),
        ("```file /x.py\nx\n```", "line 1: file needs the name of a file"),
        ("```file x.py\n```\n```file x.py\n```", "line 3: the file x.py is there already"),
        ("```bash-session\nls\n```", "there is no bash-session; expected python-session or r-session or shell-session"),
    ],
)
def test_what_does_not_go_as_the_page_says_stops_the_build(tmp_path: Path, words: str, problem: str) -> None:
    with pytest.raises(PagesError, match=problem):
        page(words, tmp_path)
