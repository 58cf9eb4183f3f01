"""What the administrator wrote, as the flows and the telephone exchange get it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from config import secrets
from config.build import database_url, to_centre, to_hours, to_plan
from config.load import load
from dialplan.plan import Directories, NumberFrom
from dialplan.render import render
from ivr.centre import CallbackRules, QueueRules
from routing.callbacks import Spacing
from routing.hours import Certainty, Closed, Holiday, Open
from routing.model import AgentId, DeskRules, Language, Subject

DEFAULT = Path(__file__).parents[2] / "config/center.yaml"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PLACES = Directories(**{name: Path("/x") / name for name in Directories.__dataclass_fields__})


def holidays(tmp_path: Path, text: str, year: int) -> list[tuple[str, str, str]]:
    file = tmp_path / "center.yaml"
    file.write_text("centre: {name: {ar: A, zgh: Z, fr: F}}\n" + text)
    found = to_hours(load(file, {}), around=datetime(year, 6, 1, tzinfo=UTC)).holidays
    return [(one.day.isoformat(), one.name, one.certainty.value) for one in found if one.day.year == year]


def test_the_centre_as_flows_know_it() -> None:
    centre = to_centre(load(DEFAULT, {}), around=NOW)
    assert list(centre.name) == [Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH]
    assert centre.numbers == ("2000",)
    assert centre.zone.key == "Africa/Casablanca"
    assert (centre.callbacks, centre.queue, centre.desk) == (CallbackRules(), QueueRules(), DeskRules())
    nadia = centre.agents[AgentId("nadia")]
    assert nadia.languages == (Language.FRENCH, Language.ARABIC)
    assert nadia.subjects == {"legal", "funding", "participation", "other"}
    assert centre.agents[AgentId("idir")].subjects == set(centre.subjects)
    assert centre.subjects[0] == Subject("legal")
    assert centre.other_subject in centre.subjects


def test_the_plan_is_one_that_can_be_rendered(tmp_path: Path) -> None:
    settings = load(DEFAULT, {"MOWAKABA_PBX__SIP_PORT": "5070"})
    known = secrets.ready(settings, tmp_path)
    plan = to_plan(settings, known, PLACES, NOW)
    assert plan.sip_port == 5070
    assert [phone.extension for phone in plan.phones] == ["101", "102", "103", "104"]
    assert plan.phones[0].secret == known.agents[AgentId("salma")]
    assert (plan.trunks[0].name, plan.trunks[0].number_from) == ("local-test", NumberFrom.FROM)
    assert plan.open_intervals[0] == (
        int(NOW.timestamp()),
        int(datetime(2026, 11, 23, 16, 30, tzinfo=UTC).timestamp()),
    )
    assert all(opens < closes for opens, closes in plan.open_intervals)
    assert known.agents[AgentId("salma")] in render(plan)["pjsip.conf"]


def test_islamic_holidays_are_estimates(tmp_path: Path) -> None:
    found = holidays(tmp_path, "", 2027)
    assert ("2027-01-14", "Amazigh New Year", "fixed") in found
    assert [one for one in found if one[2] != "fixed"] == [
        ("2027-03-09", "Eid al-Fitr", "estimated"),
        ("2027-03-10", "Eid al-Fitr", "estimated"),
        ("2027-05-16", "Eid al-Adha", "estimated"),
        ("2027-05-17", "Eid al-Adha", "estimated"),
        ("2027-06-06", "1 Muharram", "estimated"),
        ("2027-08-14", "Mawlid", "estimated"),
        ("2027-08-15", "Mawlid", "estimated"),
    ]


def test_a_confirmed_feast_replaces_its_own_estimate_only(tmp_path: Path) -> None:
    text = "hours: {holidays: {confirmed: [{feast: eid_al_fitr, first_day: 2027-03-10}]}}\n"
    found = [one for one in holidays(tmp_path, text, 2027) if one[1].startswith("Eid")]
    assert found == [
        ("2027-03-10", "Eid al-Fitr", "confirmed"),
        ("2027-03-11", "Eid al-Fitr", "confirmed"),
        ("2027-05-16", "Eid al-Adha", "estimated"),
        ("2027-05-17", "Eid al-Adha", "estimated"),
    ]


def test_a_feast_may_come_twice_in_a_year(tmp_path: Path) -> None:
    """Eid al-Fitr is expected on 2 January and on 23 December 2033."""
    text = "hours: {holidays: {confirmed: [{feast: eid_al_fitr, first_day: 2033-01-03}]}}\n"
    found = [one for one in holidays(tmp_path, text, 2033) if one[1] == "Eid al-Fitr"]
    assert found == [
        ("2033-01-03", "Eid al-Fitr", "confirmed"),
        ("2033-01-04", "Eid al-Fitr", "confirmed"),
        ("2033-12-23", "Eid al-Fitr", "estimated"),
        ("2033-12-24", "Eid al-Fitr", "estimated"),
    ]


def test_a_feast_at_the_turn_of_the_year_is_two_days_once(tmp_path: Path) -> None:
    for year in range(2020, 2045):
        days = [date.fromisoformat(one[0]) for one in holidays(tmp_path, "", year) if one[1] == "Eid al-Adha"]
        assert len(days) in (2, 4), year


def test_holidays_can_be_switched_off(tmp_path: Path) -> None:
    assert holidays(tmp_path, "hours: {holidays: {fixed: no, islamic: no}}\n", 2027) == []


def test_hours_know_seasons_and_special_days(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(
        "centre: {name: {ar: A, zgh: Z, fr: F}}\n"
        "hours:\n"
        "  seasons: [{why: Ramadan, first: 2027-02-08, last: 2027-03-09, week: {monday: 9:00-15:00}}]\n"
        "  special_days: [{day: 2026-11-18, hours: 9:00-10:00, why: Forum}]\n"
    )
    hours = to_hours(load(file, {}), around=NOW)
    assert hours.at(datetime(2027, 2, 8, 8, 45, tzinfo=UTC)) == Closed(
        datetime(2027, 2, 8, 9, tzinfo=UTC), "before opening (Ramadan)"
    )
    assert hours.at(datetime(2026, 11, 18, 9, 30, tzinfo=UTC)) == Open(datetime(2026, 11, 18, 10, tzinfo=UTC))


def test_holidays_reach_years_ahead_of_now() -> None:
    hours = to_hours(load(DEFAULT, {}))
    last = max(hours.holidays, key=lambda one: one.day)
    assert last.day > datetime.now(UTC).date() + timedelta(days=4 * 365)
    assert isinstance(last, Holiday)
    assert last.certainty in Certainty


def test_the_database_is_a_file_of_the_state_folder_or_what_is_written(tmp_path: Path) -> None:
    assert database_url(load(DEFAULT, {}), tmp_path) == f"sqlite+aiosqlite:///{tmp_path}/mowakaba.db"
    for written in ("postgres://me@db/calls", "postgresql://me@db/calls", "postgresql+asyncpg://me@db/calls"):
        settings = load(DEFAULT, {"MOWAKABA_DATABASE__URL": written})
        assert database_url(settings, tmp_path) == "postgresql+asyncpg://me@db/calls"


def test_waits_between_attempts_are_written_for_all_causes_or_for_each(tmp_path: Path) -> None:
    quarter, hour = timedelta(minutes=15), timedelta(hours=1)

    def spacing(text: str) -> Spacing:
        file = tmp_path / "center.yaml"
        file.write_text("centre: {name: {ar: A, zgh: Z, fr: F}}\n" + text)
        return to_centre(load(file, {})).callbacks.spacing

    assert spacing("callbacks: {spacing: [15m, 1h], busy_spacing: 1h}") == Spacing(
        no_answer=(quarter, hour), busy=(hour,), unreachable=(quarter, hour), machine=(quarter, hour)
    )
    assert spacing("callbacks: {spacing: {unreachable: 1h}}") == Spacing(unreachable=(hour,))
