"""Values as words in the three languages: never a digit reaches a voice, which would read it wrongly."""

from ivr.spoken.parts import Part, Parts, text_of
from ivr.spoken.recordings import recordable
from ivr.spoken.slots import KINDS, PRIVATE_KINDS, BadValue, said, spoken, takes

__all__ = [
    "KINDS",
    "PRIVATE_KINDS",
    "BadValue",
    "Part",
    "Parts",
    "recordable",
    "said",
    "spoken",
    "takes",
    "text_of",
]
