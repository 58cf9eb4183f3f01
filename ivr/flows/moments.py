"""Moments as callers hear them, in the centre's own time: the day's name where it is plain, else the whole date."""

from datetime import datetime

from ivr.office import Office
from ivr.prompts import Phrase, phrase

PLAIN = 6  # days ahead; the seventh has today's name


def said_at(office: Office, moment: datetime, key: str, key_of_a_near_day: str) -> Phrase:
    """One of two prompts, both with the slots `on` and `at`."""
    local = moment.astimezone(office.centre.zone)
    days = (local.date() - office.now().astimezone(office.centre.zone).date()).days
    return phrase(
        key_of_a_near_day if 0 <= days <= PLAIN else key, on=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}"
    )
