"""Whatever stands in a prompt file, it is read or refused in words; and what is read can be said."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.prompts import Phrase
from ivr.spoken.parts import text_of
from routing.model import Language
from speech.catalogue import Catalogue
from speech.prompt_file import entry_faults, prompt_of

PIECES = st.sampled_from(
    [
        "شُكْرًا",
        "شكرا",
        "مَرْحَبًا",
        "ⵜⴰⵏⵎⵎⵉⵔⵜ",
        "ⴳⵯ",
        "ⵯ",
        "Merci",
        "l'",
        "«",
        "»",
        " ",
        ", ",
        ". ",
        ":",
        "2",
        "٣",
        "é",
        "\u0301",
    ]
    + [
        "{n:number}",
        "{n:number feminine}",
        "{n:count minute}",
        "{n:count}",
        "{low,high:wait}",
        "{n",
        "}",
        "{}",
        "{:}",
    ]
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)
ANYTHING = st.one_of(
    TEXTS,
    st.none(),
    st.integers(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(
        st.sampled_from(["ar", "fr", "en"]),
        st.sampled_from(["reviewed by A on 2026-12-01", "no", ""]),
        max_size=2,
    ),
)
NAMES = st.sampled_from(["ar", "zgh", "fr", "review", "context", "en"])
ENTRIES = st.one_of(ANYTHING, st.dictionaries(st.one_of(NAMES, NAMES, st.integers()), ANYTHING, max_size=6))
KEYS = st.one_of(
    st.sampled_from(["a", "a.b", "A", "a..b", "said.x", "a.part1", ""]), st.integers(), st.none()
)


@given(key=KEYS, entry=ENTRIES)
def test_any_entry_is_read_or_refused_in_words(key: object, entry: object) -> None:
    assert all(isinstance(fault, str) and fault for fault in entry_faults(key, entry))


ARABIC = st.sampled_from(["شُكْرًا ", "{n:number}", "{n:count minute}", ". ", "، ", "مَرْحَبًا"])
TIFINAGH = st.sampled_from(["ⵜⴰⵏⵎⵎⵉⵔⵜ ", "{n:number}", "{n:count minute}", ". ", ", ", "ⴰⵣⵓⵍ"])
FRENCH = st.sampled_from(["Merci ", "{n:number}", "{n:count minute}", ". ", ", ", "l'"])


def texts(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(pieces, min_size=1, max_size=5).map("".join)


@given(ar=texts(ARABIC), zgh=texts(TIFINAGH), fr=texts(FRENCH), n=st.integers(0, 9999))
def test_what_is_read_is_said_by_parts_that_each_have_words(ar: str, zgh: str, fr: str, n: int) -> None:
    entry = {"ar": ar, "zgh": zgh, "fr": fr}
    if entry_faults("a.b", entry):
        return
    prompt = prompt_of("a.b", entry, "area.yaml")
    catalogue = Catalogue({"a.b": prompt})
    for language in Language:
        phrase = Phrase("a.b", {name: str(n) for name in prompt.slots})
        parts = catalogue.parts(language, phrase)
        assert text_of(parts) == catalogue.text(language, phrase)
        assert all(part.words for part in parts)
        listed = {part.key: part.words for part in catalogue.recordable(language)}
        assert {part.key: part.words for part in parts}.items() <= listed.items()
