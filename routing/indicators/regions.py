"""In which region a caller's number is at home, by the beginnings of Morocco's fixed lines. Mobiles have none.

Source: the numbering plan as `phonenumbers`' geographical data names its blocks, each put to the region of its towns.
Blocks that reach over several regions (0521 Casablanca and the centre, 05288 Agadir to Tarfaya, 05289 Laâyoune and
Dakhla, 0532 Fès to Errachidia) are left out, and with them the two regions of the far south: nobody's is known there.
"""

from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN, MOBILE, ABROAD = "", "mobile", "abroad"
"""The region of who shows no number or has one of no region; of a mobile; of a number of another country."""
MOROCCO, MOBILES = "+212", ("+2126", "+2127")

_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "Tanger-Tétouan-Al Hoceïma": (
        *("531", "5374", "5384", "5385", "5388", "5393", "5394"),
        *("5395", "5396", "5397", "5398", "5399"),
    ),
    "Oriental": ("5362", "5363", "5365", "5366", "5367", "5368"),
    "Fès-Meknès": ("5352", "5354", "5355", "5356", "5358", "5359", "5386", "5387", "5389"),
    "Rabat-Salé-Kénitra": (
        *("530", "5372", "5373", "5375", "5376", "5377", "5378", "5379"),
        *("5380", "5381"),
    ),
    "Béni Mellal-Khénifra": ("5235",),
    "Casablanca-Settat": (
        *("520", "5220", "5222", "5223", "5224", "5225", "5226", "5227", "5228", "5229"),
        *("5232", "5233", "5234", "5237", "529"),
    ),
    "Marrakech-Safi": ("5242", "5243", "5244", "5246", "5247", "5296", "5298"),
    "Drâa-Tafilalet": ("5248", "5353", "5357"),
    "Souss-Massa": ("5282", "5283", "5285", "5286", "5297", "5299"),
    "Guelmim-Oued Noun": ("5287",),
}
PREFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {region: tuple(MOROCCO + block for block in blocks) for region, blocks in _BLOCKS.items()}
)
"""By region, how its fixed lines begin (E.164)."""
_REGIONS = {prefix: region for region, prefixes in PREFIXES.items() for prefix in prefixes}
_LENGTHS = sorted({len(prefix) for prefix in _REGIONS}, reverse=True)


def region_of(number: str | None) -> str:
    """The region of E.164 `number`: the longest beginning that is known decides."""
    if not number:
        return UNKNOWN
    if not number.startswith(MOROCCO):
        return ABROAD
    if number.startswith(MOBILES):
        return MOBILE
    return next((_REGIONS[start] for length in _LENGTHS if (start := number[:length]) in _REGIONS), UNKNOWN)
