"""The recording sheet: every prompt with its number, letters that its own font has, cells that calculate nothing."""

import asyncio
import base64
import csv
import io
import re
import wave
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from typer.testing import CliRunner

from ivr.prompts import Phrase, PromptMissing
from ivr.studio import MESSAGE
from recordings.numbers import Numbers
from recordings.sheet import BOM, Row, as_csv, as_page, harmless
from recordings.sound import read_wav
from routing.model import Language
from server import parts
from server.cli import app
from server.recordable import numbered, with_pieces
from server.sheet import CSV, PAGE, export
from server.voice import catalogue

AR, ZGH, FR = Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH
EVERY = tuple(Language)
CATALOGUE = with_pieces(catalogue())
CENTRE = {AR: "مركز", ZGH: "ⴰⵎⵎⴰⵙ", FR: "Centre « œuvres »"}


class Silent:
    """A voice that cannot say `menu.person`."""

    def __init__(self, folder: Path) -> None:
        self._sound = folder / "draft"
        with wave.open(f"{self._sound}.wav", "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(800))

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        if any(phrase.key == "menu.person" for phrase in phrases):
            raise PromptMissing("no voice")
        return tuple(str(self._sound) for _ in phrases)

    def text(self, language: Language, phrase: Phrase) -> str:
        return phrase.key


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    folder = tmp_path / "sheet"
    numbers = Numbers(tmp_path / "numbers.json")
    asyncio.run(export(folder, CATALOGUE, numbers, Silent(tmp_path), EVERY, CENTRE, date(2026, 11, 23)))
    return folder


def lines(folder: Path) -> list[dict[str, str]]:
    text = (folder / CSV).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class Texts(HTMLParser):
    """Each piece of text of a page, with the language that holds for it and whether it runs from right to left."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str | None, str | None]] = []
        self.found: list[tuple[str, str, str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta",):
            self._open.append((tag, dict(attrs).get("lang"), dict(attrs).get("dir")))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not any(tag in ("style", "title") for tag, *_ in self._open) and data.strip():
            language = next((lang for _, lang, _ in reversed(self._open) if lang), "")
            direction = next((way for _, _, way in reversed(self._open) if way), "")
            self.found.append((language, direction, data))


def letters_of(page: str) -> Iterator[tuple[str, str, str]]:
    texts = Texts()
    texts.feed(page)
    texts.close()
    assert texts._open == []
    return iter(texts.found)


def test_every_recordable_prompt_stands_in_the_table_once_with_what_is_needed_to_record_it(
    sheet: Path,
) -> None:
    rows = lines(sheet)
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    assert set(keys) == {part.key for language in EVERY for part in CATALOGUE.recordable(language)} - {
        MESSAGE
    }
    repeat = next(row for row in rows if row["key"] == "menu.repeat")
    assert repeat["text_fr"] == CATALOGUE.text(FR, Phrase("menu.repeat"))
    assert repeat["text_ar"] == CATALOGUE.text(AR, Phrase("menu.repeat"))
    assert (repeat["file_zgh"], repeat["review_zgh"]) == ("zgh/menu.repeat.wav", "draft")
    assert (sheet / repeat["draft_zgh"]).is_file()
    numbers = [row["number"] for row in rows if row["number"]]
    assert len(numbers) == len(set(numbers)) == len(numbered(CATALOGUE)) > 100
    legal = next(row for row in rows if row["key"] == "menu.subject.legal.part1")
    assert legal["context"] == "a piece of menu.subject.legal"
    assert legal["number"] in numbers


def test_a_draft_that_cannot_be_made_is_left_out_and_the_rest_is_there(sheet: Path) -> None:
    (person,) = [row for row in lines(sheet) if row["key"] == "menu.person"]
    assert person["draft_fr"] == ""
    assert person["file_fr"] == "fr/menu.person.wav"


def test_a_spreadsheet_program_knows_that_it_is_utf_8(sheet: Path) -> None:
    assert (sheet / CSV).read_bytes().startswith(BOM.encode())


@pytest.mark.parametrize("cell", ["=1+1", "+212", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    written = as_csv([Row("a.b", 101, {FR: cell}, context=cell)], EVERY)
    (row,) = csv.DictReader(io.StringIO(written.removeprefix(BOM), newline=""))
    assert (row["text_fr"], row["context"]) == (f"'{cell}", f"'{cell}")


def test_other_cells_stay_as_they_are() -> None:
    assert [harmless(cell) for cell in ("", "a=b", "مرحبا", "1-2")] == ["", "a=b", "مرحبا", "1-2"]


def test_every_letter_of_the_page_is_in_the_font_that_the_page_carries(sheet: Path) -> None:
    page = (sheet / PAGE).read_text(encoding="utf-8")
    known = set(TTFont(parts.sheet_font()).getBestCmap())
    lacking = {
        sign
        for _, _, text in letters_of(page)
        for sign in text
        if not sign.isspace() and ord(sign) not in known
    }
    assert lacking == set()


def test_the_font_is_in_the_page_and_nothing_comes_from_elsewhere(sheet: Path) -> None:
    page = (sheet / PAGE).read_text(encoding="utf-8")
    (font,) = re.findall(r"url\(data:font/ttf;base64,([^)]+)\)", page)
    assert base64.b64decode(font) == parts.sheet_font().read_bytes()
    rest = re.sub(r"url\(data:[^)]*\)", "", page)
    assert not re.findall(r"https?:|//|url\(|@import|<link|<script", rest)
    assert all((sheet / place).is_file() for place in re.findall(r'src="([^"]+)"', rest))


def test_arabic_runs_from_right_to_left_and_nothing_else_does(sheet: Path) -> None:
    page = (sheet / PAGE).read_text(encoding="utf-8")
    for language, direction, text in letters_of(page):
        arabic = bool(re.search("[\u0600-\u06ff]", text))
        tifinagh = bool(re.search("[\u2d30-\u2d7f]", text))
        assert arabic == (language == "ar"), text
        assert not tifinagh or language == "zgh", text
        assert (direction == "rtl") == arabic, text


def test_the_page_repeats_its_head_and_breaks_no_prompt_in_two(sheet: Path) -> None:
    page = (sheet / PAGE).read_text(encoding="utf-8")
    assert "thead { display: table-header-group; }" in page
    assert "tr { break-inside: avoid; }" in page
    assert page.count("<thead>") == page.count("<table>") > 5


def test_whatever_a_text_holds_it_cannot_become_part_of_the_page() -> None:
    row = Row("a.b", 101, {FR: "<b>&\"'$fonts"}, context="</td>", drafts={FR: '"><script>'})
    page = as_page([row], EVERY, CENTRE, "23/11/2026", b"font")
    assert "&lt;b&gt;&amp;&quot;&#x27;$fonts" in page
    assert "<script" not in page


def test_a_piece_without_a_number_is_listed_for_its_language_only() -> None:
    pieces = [Row("said.number.1", None, {FR: "un"}), Row("said.number.2", None, {AR: "اِثْنَان"})]
    page = as_page(pieces, EVERY, CENTRE, "23/11/2026", b"font")
    assert page.count('<section class="values">') == 2
    texts = Texts()
    texts.feed(page)
    assert [text for language, _, text in texts.found if text in ("un", "اِثْنَان")] == ["اِثْنَان", "un"]


def test_the_command_writes_a_sheet_with_drafts_that_can_be_heard(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["--state", str(tmp_path / "state"), "prompts", "export", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "out" / PAGE) in done.output
    draft = read_wav((tmp_path / "out/drafts/zgh/menu.repeat.wav").read_bytes())
    assert draft.rate == 16000
    assert draft.seconds > 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = CliRunner().invoke(
        app, ["--state", str(tmp_path / "state"), "prompts", "export", str(tmp_path / "file")]
    )
    assert done.exit_code == 1
    assert "name another folder" in done.output
