"""Arabic respelt for the voice: what is written and what is said."""

import pytest

from speech.alphabets import is_vocalised
from speech.arabic import for_voice

SHADDA, FATHA = "\u0651", "\u064e"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("سِتَّة", "سِتْتَ"),
        ("السَّاعَةَ", "أَسْسَاعَةَ"),
        ("فِي الْمَرْكَزِ", "فِ لْمَرْكَزِ"),
        ("بَعْدَ الزَّوَالِ", "بَعْدَ زْزَوَالِ"),
        ("يَوْمَ الِاثْنَيْنِ", "يَوْمَ لِثْنَيْنِ"),
        ("نَعَمْ، الْآنَ", "نَعَمْ، أَلْآنَ"),
        ("وَاثْنَانِ", "وَثْنَانِ"),
        ("اِضْغَطُوا عَلَى", "إِضْغَطُو عَلَى"),
        ("ثُمَّ اضْغَطُوا", "ثُمْمَ ضْغَطُو"),
        ("لِلسُّؤَالِ", "لِسْسُؤَالِ"),
        ("بَالِغٌ", "بَالِغٌ"),
        ("هَٰذَا", "هَاذَا"),
        ("الِاتِّصَالِ", "أَلِتْتِصَالِ"),
    ],
)
def test_what_is_said(written, said):
    assert for_voice(written) == said


def test_the_order_of_marks_does_not_matter():
    assert for_voice("ت" + SHADDA + FATHA) == for_voice("ت" + FATHA + SHADDA)


@pytest.mark.parametrize(
    "word", ["مِنْ", "فِي", "سِتَّة", "السَّلَامُ", "لِلْجَمْعِيَّاتِ", "اِضْغَطُوا", "هَٰذَا", "الِاثْنَيْنِ", "مُوَاكَبَةِ"]
)
def test_vocalised_words(word):
    assert is_vocalised(word)


@pytest.mark.parametrize("word", ["من", "مرحبا", "السلام", "ستة", "للجمعيات", "مَركز", "كتاب"])
def test_unvocalised_words(word):
    assert not is_vocalised(word)
