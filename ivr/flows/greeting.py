"""The first words in the caller's language, and what law 09-08, article 5, wants her to know."""

from ivr.centre import Centre
from ivr.prompts import Phrase, phrase


def welcome(*, known: bool = False) -> tuple[Phrase, ...]:
    """The centre's name and what is kept of her; a caller known from earlier calls knows the name."""
    hello = (phrase("welcome_back"),) if known else (phrase("welcome"), phrase("centre.name"))
    return (*hello, phrase("notice.short"))


def notice(centre: Centre) -> tuple[Phrase, ...]:
    """Who keeps what, why, for whom, and her rights. A declaration is named only where one is configured."""
    receipt = (phrase("notice.receipt", id=centre.cndp_receipt),) if centre.cndp_receipt else ()
    return (phrase("notice.controller"), phrase("centre.controller"), phrase("notice.long"), *receipt)
