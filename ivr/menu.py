"""Menus as data, and the one decision they need: what follows her key or words. Pure but for `choose`, which asks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar, assert_never

from ivr.call import FIRST_KEY, Call, CallerHungUp, Heard, Keys, Question, Sayable, Silence, Words
from ivr.prompts import Phrase, phrase
from routing.model import Language

T = TypeVar("T")

TRIES = 3  # after the third wrong answer a person helps
REPEAT = "*"


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """A key, what is said of it, and what it means. `says` None: the key works and is not announced."""

    key: str
    means: T
    says: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Menu(Generic[T]):
    """`name` is for the trace. `head` is said only the first time, `tail` only from the second time on.

    After `tries` answers without use it is given up. A `wordless` menu is said again without a word of why: nobody
    knows yet which language she understands. A `spoken` menu may be answered by voice where that is understood: not
    one that plays recordings or numbers, which a loudspeaker may bring back, nor one where giving up means yes.
    Where `silence_ends` it, who keys nothing within `answer_within` is not asked again.
    """

    name: str
    choices: tuple[Choice[T], ...]
    intro: tuple[Phrase, ...] = ()
    tail: tuple[Phrase, ...] = ()
    head: tuple[Phrase, ...] = ()
    tries: int = TRIES
    wordless: bool = False
    spoken: bool = False
    answer_within: timedelta = FIRST_KEY
    silence_ends: bool = False

    def phrases(self, *, first: bool, spoken: bool = False) -> tuple[Phrase, ...]:
        """What is said, in order, the first time or later; `spoken` invites to say the choice or press."""
        invitation = (phrase("menu.say_or_press"),) if spoken else ()
        choices = tuple(choice.says for choice in self.choices if choice.says is not None)
        said = self.intro + invitation + choices
        return self.head + said if first else said + self.tail

    @property
    def may_say(self) -> tuple[Sayable, ...]:
        """What may be said instead of a key."""
        if not self.spoken:
            return ()
        named = (
            Sayable(choice.key, "" if choice.says is None else choice.says.key) for choice in self.choices
        )
        return (*named, Sayable(REPEAT, "menu.repeat"))


@dataclass(frozen=True, slots=True)
class Chosen(Generic[T]):
    """She chose; `key` is the menu's own key, never a number of hers."""

    means: T
    key: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ask once more, saying `because` first; a repetition she asked for costs no try."""

    attempt: int
    because: Phrase | None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No usable answer after the menu's tries."""


def next_step(menu: Menu[T], attempt: int, heard: Heard) -> Chosen[T] | AskAgain | GiveUp:
    """What follows `heard` on try `attempt` (from 1)."""
    match heard:
        case Keys(keys=key):
            for choice in menu.choices:
                if choice.key == key:
                    return Chosen(choice.means, key)
            if key == REPEAT:
                return AskAgain(attempt, None)
            because = None if menu.wordless else phrase("menu.wrong_key")
        case Words(key=str(named)):
            return next_step(menu, attempt, Keys(named))
        case Words():
            because = phrase("menu.not_understood")
        case Silence() if menu.silence_ends:
            return GiveUp()
        case Silence():
            because = None if menu.wordless else phrase("menu.nothing_heard")
        case _ as never:
            assert_never(never)
    return GiveUp() if attempt >= menu.tries else AskAgain(attempt + 1, because)


MOST_REPEATS = 9  # a stuck key must not keep a call for ever


async def choose(call: Call, menu: Menu[T], in_: Language) -> Chosen[T] | GiveUp:
    """Ask until she chooses or the tries are used up. Raises `CallerHungUp`.

    The trace has one line for each answer that was of no use, and one for how the menu ended.
    """
    attempt, because, asked = 1, None, 0
    while True:
        prefix = () if because is None else (because,)
        may_say = menu.may_say if call.understands(in_) else ()
        said = prefix + menu.phrases(first=asked == 0, spoken=bool(may_say))
        try:
            heard = await call.ask(Question(said, first_key=menu.answer_within, may_say=may_say), in_)
        except CallerHungUp:
            call.log.note("menu left", menu=menu.name, language=in_)
            raise
        asked += 1
        step = next_step(menu, attempt, heard)
        match step:
            case AskAgain() if asked < MOST_REPEATS:
                why = _of_no_use(heard)
                call.log.note(
                    "menu asked again", menu=menu.name, language=in_, attempt=step.attempt, because=why
                )
                attempt, because = step.attempt, step.because
            case Chosen():
                call.log.note("menu answered", menu=menu.name, language=in_, key=step.key, **_how(heard))
                return step
            case _:
                call.log.note("menu given up", menu=menu.name, language=in_, because=_of_no_use(heard))
                return GiveUp()


def _of_no_use(heard: Heard) -> str:
    """For the trace: why this was no choice. What she keyed or said is kept nowhere."""
    match heard:
        case Keys(keys=key):
            return "repeat" if key == REPEAT else "invalid"
        case Words(key=key):
            return "repeat" if key == REPEAT else "not understood"
        case Silence():
            return "silence"
        case _ as never:
            assert_never(never)


def _how(heard: Heard) -> dict[str, str]:
    """For the trace, where she spoke: how sure it was. What she said is kept nowhere."""
    return {"spoken": f"{heard.confidence:.2f}"} if isinstance(heard, Words) else {}
