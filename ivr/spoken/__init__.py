"""Values as words in the three languages: never a digit reaches a voice, which would read it wrongly."""

from ivr.spoken.slots import KINDS, PRIVATE_KINDS, BadValue, spoken

__all__ = ["KINDS", "PRIVATE_KINDS", "BadValue", "spoken"]
