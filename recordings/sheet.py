"""The recording sheet: what a person is to say, as a table for a spreadsheet program and as a page to print. Pure.

The page carries its own font, which has the letters of all three languages, so that it is right on any machine.
"""

import base64
import csv
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from routing.model import Language

PAGE = Path(__file__).with_suffix(".html")
NAMES: Mapping[Language, str] = {
    Language.ARABIC: "العربية",
    Language.TAMAZIGHT: "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    Language.FRENCH: "français",
}
BOM = "\ufeff"
"""Spreadsheet programs take a file for UTF-8 when it begins with it."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is calculated by spreadsheet programs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt, or a piece of one. `number` is keyed on a telephone; a piece of a value has none.

    `texts` has the languages in which it is said, `drafts` the files of the synthetic voice beside the sheet.
    """

    key: str
    number: int | None
    texts: Mapping[Language, str]
    reviews: Mapping[Language, str] = field(default_factory=dict)
    context: str = ""
    drafts: Mapping[Language, str] = field(default_factory=dict)

    @property
    def area(self) -> str:
        """What it belongs to: the beginning of its key."""
        return self.key.partition(".")[0]


def file_name(language: Language, key: str) -> str:
    """How a recording must be called for the import."""
    return f"{language.value}/{key}.wav"


# ---- for spreadsheet programs


def as_csv(rows: Iterable[Row], languages: Sequence[Language]) -> str:
    """One line a prompt; `BOM` first."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    head = [
        f"{what}_{language.value}" for language in languages for what in ("text", "review", "file", "draft")
    ]
    writer.writerow(["number", "key", "context", *head])
    for row in rows:
        cells = ["" if row.number is None else str(row.number), row.key, row.context]
        for language in languages:
            said = language in row.texts
            cells += [
                row.texts.get(language, ""),
                row.reviews.get(language, "") if said else "",
                file_name(language, row.key) if said else "",
                row.drafts.get(language, ""),
            ]
        writer.writerow([harmless(cell) for cell in cells])
    return BOM + made.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


# ---- to print


def as_page(
    rows: Sequence[Row],
    languages: Sequence[Language],
    centre: Mapping[Language, str],
    made: str,
    font: bytes,
) -> str:
    """A page that prints on A4, a table for each area, its head on every sheet.

    `centre` is its name in each language, `made` a day for people, `font` a TrueType file.
    """
    whole = [row for row in rows if row.number is not None]
    values = [row for row in rows if row.number is None]
    areas = dict.fromkeys(row.area for row in whole)
    tables = [_table(area, [row for row in whole if row.area == area], languages) for area in areas]
    tables += [_values(language, values) for language in languages if _said_in(values, language)]
    page = Template(PAGE.read_text(encoding="utf-8"))
    return page.substitute(
        font=base64.b64encode(font).decode("ascii"),
        centre=" · ".join(
            f'<span lang="{language.value}"{_direction(language)}>{_text(centre[language])}</span>'
            for language in languages
            if language in centre
        ),
        made=_text(made),
        count=len(whole),
        tables="\n".join(tables),
    )


def _table(area: str, rows: Sequence[Row], languages: Sequence[Language]) -> str:
    heads = "".join(f'<th lang="{one.value}"{_direction(one)}>{NAMES[one]}</th>' for one in languages)
    body = "\n".join(_row(row, languages) for row in rows)
    return (
        f"<section><h2>{_text(area)}</h2><table><thead><tr><th>No.</th><th>Prompt</th>{heads}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></section>"
    )


def _row(row: Row, languages: Sequence[Language]) -> str:
    context = f"<small>{_text(row.context)}</small>" if row.context else ""
    cells = "".join(_cell(row, language) for language in languages)
    return (
        f'<tr><td class="number">{row.number}</td><td><code>{_text(row.key)}</code>{context}</td>{cells}</tr>'
    )


def _cell(row: Row, language: Language) -> str:
    if language not in row.texts:
        return "<td></td>"
    said = f'<p lang="{language.value}"{_direction(language)}>{_text(row.texts[language])}</p>'
    review = row.reviews.get(language, "")
    note = f"<small>{_text(review)}</small>" if review else ""
    return f'<td>{said}{_draft(row, language)}<span class="done"></span>{note}</td>'


def _values(language: Language, rows: Sequence[Row]) -> str:
    body = "\n".join(
        f"<tr><td><code>{_text(row.key)}</code></td>"
        f'<td><p lang="{language.value}"{_direction(language)}>{_text(row.texts[language])}</p></td>'
        f'<td>{_draft(row, language)}<span class="done"></span></td></tr>'
        for row in _said_in(rows, language)
    )
    name = f'<span lang="{language.value}"{_direction(language)}>{NAMES[language]}</span>'
    return (
        f'<section class="values"><h2>Values, {name}</h2>'
        "<p>Numbers, times and the like: record them in one session, by one voice.</p>"
        "<table><thead><tr><th>File</th><th>Text</th><th></th></tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></section>"
    )


def _said_in(rows: Sequence[Row], language: Language) -> list[Row]:
    return [row for row in rows if language in row.texts]


def _draft(row: Row, language: Language) -> str:
    if language not in row.drafts:
        return ""
    return f'<audio controls preload="none" src="{_text(row.drafts[language])}"></audio>'


def _direction(language: Language) -> str:
    return ' dir="rtl"' if language is Language.ARABIC else ' dir="ltr"'


def _text(text: str) -> str:
    return html.escape(text, quote=True)
