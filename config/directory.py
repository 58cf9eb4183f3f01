"""The outside directory: what must fit so that agents can pass callers to its entries, and to nobody else outside."""

from config.callbacks import CallbacksSection
from config.draft import Draft, repeated
from config.schema import ContactSection
from ivr.numbers import may_be_called, normalise
from ivr.targets import SUBJECT


def check(draft: Draft) -> None:
    """Note every mistake in the draft's source."""
    wrong = draft.source.wrong
    found: list[tuple[tuple[str | int, ...], ContactSection]] = draft.items.get("directory", [])
    taken = {agent.extension: f"the extension of {agent.id}" for _, agent in draft.agents}
    subjects = draft.section("subjects") or ()
    taken |= {
        f"{SUBJECT}{n}": f"what agents key for the subject {code}" for n, code in enumerate(subjects, 1)
    }
    rules: CallbacksSection = draft.section("callbacks") or CallbacksSection()
    for place, code in repeated([contact.code for _, contact in found]):
        path, _ = found[place]
        wrong((*path, "code"), f"{code} is another entry's code", "give each entry a code of its own")
    for path, contact in found:
        if contact.code in taken:
            wrong((*path, "code"), f"{contact.code} is {taken[contact.code]}", "choose another code")
        number = normalise(contact.number)
        if number is None:
            wrong((*path, "number"), "is no telephone's number", "write it as +212537123456")
        elif not may_be_called(number, rules.allowed, rules.refused):
            wrong(
                (*path, "number"),
                "begins as no number that the centre may call",
                "widen callbacks.allowed, or take the entry out",
            )
