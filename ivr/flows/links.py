"""«Send me the link»: which number, and the request that staff find with `mowakaba requests`."""

from ivr.call import Call
from ivr.flows.promise import key_number
from ivr.numbers import is_mobile
from ivr.office import Office
from ivr.prompts import Phrase, phrase
from routing.model import Language, LinkRequest


async def take_link(call: Call, office: Office, language: Language, article: str) -> tuple[Phrase, ...]:
    """Keep her request to be sent the link of `article`; what to tell her. A message needs a mobile.

    Her own is used when she calls from one; else she keys one.
    """
    own = call.caller.number
    if own is not None and is_mobile(own):
        number: str | None = own
    else:
        number = await key_number(
            call, office, language, accepts=is_mobile, else_told=phrase("article.mobile_needed")
        )
    if number is None:
        call.log.note("no link", why="no usable number")
        return (phrase("callback.not_taken"),)
    request = LinkRequest(
        id=f"{call.id}-{article}",
        number=number,
        language=language,
        article=article,
        asked_at=office.now(),
        asked_in=call.id,
    )
    office.recorder.record(request)
    call.log.note("link asked for", article=article)
    return (phrase("article.link_taken"),)
