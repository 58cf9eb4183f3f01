"""What the centre's own words look like in the file: numbers, extensions, short names, secrets; and a section."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

from config.values import listed, one_of, pattern, wrong
from routing.model import Language


def _by_subject(value: Any) -> Any:
    if not isinstance(value, dict):
        raise wrong("is not a list of subjects", "write for each subject its articles: legal: [founding]")
    return value


Dialled = Annotated[
    str, pattern(r"\+?[0-9]{2,15}", "is not a telephone number", "write its digits, such as 2000")
]
Extension = Annotated[
    str, pattern(r"[0-9]{2,6}", "is not an extension", "write two to six digits, such as 101")
]
Prefix = Annotated[
    str, pattern(r"\+[0-9]{1,14}", "is not the beginning of an international number", "write +212 or +2125")
]
Code = Annotated[
    str,
    pattern(
        r"[a-z][a-z0-9_-]{0,30}",
        "is not a short name",
        "use small letters a–z, digits, - and _, a letter first",
    ),
]
Secret = Annotated[
    SecretStr,
    pattern(
        r"(?!>)[!-\[\]-~]{8,128}",
        "is not usable as a secret",
        r"write 8 to 128 letters, digits and signs, without spaces and \, not beginning with >",
        hidden=True,
    ),
]
Pin = Annotated[
    SecretStr,
    pattern(r"[0-9]{4,12}", "is not a PIN", "write four to twelve digits", hidden=True),
]
DatabaseUrl = Annotated[
    SecretStr,
    pattern(
        r"(sqlite|sqlite\+aiosqlite|postgres|postgresql|postgresql\+asyncpg)://\S*",
        "is not the address of a database that is known here",
        "write postgresql://user@host/name, or remove the line to use SQLite",
        hidden=True,
    ),
]
Languages = Annotated[
    tuple[Annotated[Language, one_of(Language)], ...], listed("languages such as [ar, zgh, fr]")
]
Subjects = Annotated[tuple[Code, ...], listed("subjects such as [legal, funding]")]
Articles = Annotated[
    dict[Code, Annotated[tuple[Code, ...], listed("articles such as [petitions, motions]")]],
    BeforeValidator(_by_subject),
]
Numbers = Annotated[tuple[Dialled, ...], listed("numbers such as [2000]")]


class Section(BaseModel):
    """A part of the file: no key that is not known, nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
