"""A small centre's telephone exchange for tests: two agents, a trunk at 127.0.0.2 and one at 127.0.0.3."""

from pathlib import Path

from dialplan.plan import Directories, NumberFrom, PbxPlan, Phone, Trunk
from routing.model import Language

AMI_SECRET = "the-secret-of-the-controller"
NUMBERS = ("2000", "+212537000000")
PHONES = (Phone("101", "أمينة", "secret-of-101"), Phone("102", "ⵢⵓⵙⴼ", "secret-of-102"))
TRUNKS = (
    Trunk("main", ("127.0.0.2",), host="127.0.0.2", port=5080, caller_id="+212537000000"),
    Trunk("second", ("127.0.0.3",), number_from=NumberFrom.PAI, early_media=True),
)


def directories(root: Path) -> Directories:
    """Folders below `root`, for rendering only."""
    return Directories(
        config=root / "etc",
        modules=root / "modules",
        data=root / "data",
        var=root / "var",
        run=root / "run",
        log=root / "log",
        spool=root / "spool",
        sounds=root / "sounds",
        requests=root / "requests",
        keeper=root / "agi/keeper",
    )


def plan(places: Directories, **changes: object) -> PbxPlan:
    """The centre with these settings changed."""
    settings: dict[str, object] = {
        "centre_name": "Test",
        "numbers": NUMBERS,
        "languages": tuple(Language),
        "phones": PHONES,
        "trunks": TRUNKS,
        "directories": places,
        "ami_secret": AMI_SECRET,
    }
    return PbxPlan(**(settings | changes))  # type: ignore[arg-type]
