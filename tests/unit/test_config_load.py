"""The centre's YAML file: what an administrator writes, what he gets, and what he is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from config.build import to_centre
from config.load import load
from config.mistakes import ConfigError
from config.schema import Settings
from routing.model import DeskRules, Language

DEFAULT = Path(__file__).parents[2] / "config/center.yaml"

SOUND = """\
centre:
  name: {ar: مركز, zgh: ⴰⵎⵎⴰⵙ, fr: Centre}
agents:
  - id: salma
    name: Salma
    extension: 101
    languages: [ar, zgh, fr]
"""


def loaded(folder: Path, text: str | bytes, **environ: str) -> Settings:
    file = folder / "center.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file, environ)


def told(folder: Path, text: str | bytes, **environ: str) -> list[str]:
    """The mistakes that an administrator reads."""
    with pytest.raises(ConfigError) as refusal:
        loaded(folder, text, **environ)
    return [str(mistake) for mistake in refusal.value.mistakes]


# ---- what is understood ----


def test_the_file_that_comes_along_is_fine() -> None:
    settings = load(DEFAULT, {})
    assert [warning.key for warning in settings.warnings] == ["trunks"], "no operator is known yet"
    assert [agent.extension for agent in settings.agents] == ["101", "102", "103", "104"]
    assert settings.languages == (Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH)
    assert settings.numbers == ("2000",)
    assert settings.trunks[0].peers == ("127.0.0.2",)


def test_what_the_file_that_comes_along_says_is_the_default(tmp_path: Path) -> None:
    # What an earlier file does not say stays as it was: its agents sign in without a PIN that nobody gave them.
    written, bare = load(DEFAULT, {"MOWAKABA_DESK__SIGN_IN_PIN": "no"}), loaded(tmp_path, SOUND)
    assert load(DEFAULT, {}).desk.sign_in_pin
    for section in (
        "hours",
        "numbers",
        "languages",
        "languages_by_region",
        "subjects",
        "articles",
        "trunks",
        "pbx",
        "database",
        "desk",
        "queue",
        "callbacks",
        "speech",
        "log",
    ):
        assert getattr(written, section) == getattr(bare, section), section
    assert bare.desk.ring_for == DeskRules().ring_for


@pytest.mark.parametrize("number", ["2000", '"2000"', "'2000'", "[2000]", '["2000"]', "\n  - 2000"])
def test_a_number_may_have_quotes_or_not(tmp_path: Path, number: str) -> None:
    assert loaded(tmp_path, f"{SOUND}numbers: {number}\n").numbers == ("2000",)


@pytest.mark.parametrize(
    "number", ["0537", "00212537", "+212537000000", "010", "08", "1_000".replace("_", ""), "1234567890123"]
)
def test_a_number_is_never_counted_with(tmp_path: Path, number: str) -> None:
    """0537 is no octal, 1234567890123 no float."""
    assert loaded(tmp_path, f"{SOUND}numbers: [{number}]\n").numbers == (number,)


def test_yes_no_and_times_mean_what_they_say(tmp_path: Path) -> None:
    text = SOUND + "hours:\n  week: {monday: 8:30-16:30}\n  holidays: {fixed: no, islamic: off}\n"
    settings = loaded(tmp_path, text)
    assert settings.hours.week.monday[0].opens.isoformat() == "08:30:00"
    assert settings.hours.week.tuesday == ()
    assert not settings.hours.holidays.fixed
    assert not settings.hours.holidays.islamic


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10s", timedelta(seconds=10)),
        ("1m30s", timedelta(seconds=90)),
        ("1m 30s", timedelta(seconds=90)),
        ("90s", timedelta(seconds=90)),
        ("2min", timedelta(minutes=2)),
        ("1h", timedelta(hours=1)),
        ("0s", timedelta(0)),
    ],
)
def test_durations(tmp_path: Path, written: str, meant: timedelta) -> None:
    assert loaded(tmp_path, f"{SOUND}desk: {{wrap_up: {written}}}\n").desk.wrap_up == meant


def test_an_empty_value_is_the_default(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND + "desk:\n  wrap_up:\nqueue:\npbx: {external_address: ~}\n")
    assert settings.desk.wrap_up == DeskRules().wrap_up
    assert settings.pbx.external_address is None


def test_direction_marks_that_come_with_copied_arabic_are_dropped(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND.replace("مركز", "\u200fمركز\u200e"))
    assert settings.centre.name.ar == "مركز"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode()).agents[0].id == "salma"


def test_a_secret_is_read_from_its_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "phone").write_text("kx7mq-2wertz\n")
    settings = loaded(tmp_path, SOUND + "    secret_file: phone\n")
    assert settings.agents[0].secret is not None
    assert settings.agents[0].secret.get_secret_value() == "kx7mq-2wertz"
    assert "kx7mq" not in repr(settings)


# ---- the environment ----


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        SOUND + "pbx: {sip_port: 5061}\n",
        MOWAKABA_PBX__SIP_PORT="5070",
        MOWAKABA_DATABASE__URL="postgresql://centre@db/calls",
        MOWAKABA_NUMBERS="2000, 2001",
        MOWAKABA_AGENTS__SALMA__SECRET="kx7mq-2wertz",
        MOWAKABA_CENTRE__NAME__FR="Accueil",
        MOWAKABA_CONFIG="elsewhere.yaml",
        PATH="/bin",
    )
    assert settings.pbx.sip_port == 5070
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql://centre@db/calls"
    assert settings.numbers == ("2000", "2001")
    assert settings.agents[0].secret is not None
    assert settings.centre.name.fr == "Accueil"


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND, MOWAKABA_PBX__SIP_PORT="many") == [
        'MOWAKABA_PBX__SIP_PORT: pbx.sip_port: "many" is not a port; write a port from 1 to 65535'
    ]
    assert told(tmp_path, SOUND, MOWAKABA_PBX__SIPPORT="5070") == [
        "MOWAKABA_PBX__SIPPORT: pbx.sipport: is not a setting; did you mean sip_port?"
    ]
    assert told(tmp_path, SOUND, MOWAKABA_DESC__WRAP_UP="1s") == [
        "MOWAKABA_DESC__WRAP_UP: there is no section desc; did you mean desk?"
    ]
    assert told(tmp_path, SOUND, MOWAKABA_AGENTS__IDIR__NAME="Idir") == [
        "MOWAKABA_AGENTS__IDIR__NAME: nothing in agents has the id or name idir; use one that the file lists"
    ]


# ---- what is refused, and in which words ----


def test_a_mistake_names_file_line_key_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND + "desk:\n  ring_for: 20s\n  wrap_up: ten\n") == [
        'center.yaml:10: desk.wrap_up: "ten" is not a duration; write 10s or 1m30s'
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    mistakes = told(
        tmp_path,
        SOUND
        + "  - {id: salma, name: Idir, extension: 101, languages: [es]}\n"
        + "  - {id: salma, name: Nadia, extension: 101, languages: [ar]}\n"
        + "desk: {wrap_up: ten, bogus: 1}\n"
        + "dsk: {}\n"
        + "desk: {}\n"
        + "hours: {week: {tusday: closed, friday: 16:30-8:30}}\n"
        + "pbx: {sip_port: 0, ami_port: x}\n",
        MOWAKABA_QUEUE__MOST_WAITING="lots",
    )
    for words in (
        'agents.salma.languages.1: "es"',
        'agents.salma.id: "salma"',
        "agents.salma.extension: 101",
        "desk.wrap_up",
        "desk.bogus",
        "dsk: is not a section; did you mean desk?",
        "desk: is written twice, first in line 10",
        "hours.week.tusday: is not a setting; did you mean tuesday?",
        "hours.week.friday: 16:30-8:30 ends before it begins",
        "pbx.sip_port: 0 is out of range",
        "pbx.ami_port",
        "MOWAKABA_QUEUE__MOST_WAITING",
    ):
        assert any(words in mistake for mistake in mistakes), words
    assert len(mistakes) == 12


AGENT = "  - {id: idir, name: Idir, extension: 102, languages: [ar]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wrong: 1", "wrong: is not a section"),
        ("desk: fast", "desk: is not a section; write its keys below it"),
        ("desk: {ring_for: 1s}", "1s is too short; write 5s or more"),
        ("desk: {ring_for: 10m}", "10m is too long; write 2m or less"),
        ("desk: {ring_for: 20}", '"20" is not a duration; write 10s or 1m30s'),
        ("desk: {ring_for: [1s]}", "desk.ring_for: is not a single value"),
        ("centre: {name: {fr: A, ar: B, zgh: C}}", "centre: is written twice, first in line 1"),
        ("hours: {week: {monday: 8:30}}", '"8:30" is not a time from and until'),
        ("hours: {week: {monday: 8:30-25:00}}", '"25:00" is not a time of day'),
        ("hours: {week: {monday: [8:30-12:00, 11:59-13:00]}}", "11:59-13:00 overlaps 08:30-12:00"),
        ("hours: {week: {monday: {}}}", "hours.week.monday: is not a list of times"),
        (
            "hours: {special_days: [{day: 2027-02-30, hours: closed, why: x}]}",
            "2027-02-30 is not in the calendar",
        ),
        ("hours: {special_days: [{day: 1/2/2027, hours: closed, why: x}]}", '"1/2/2027" is not a day'),
        ("hours: {special_days: [{day: 2027-02-03, hours: closed}]}", "hours.special_days.1.why: is missing"),
        (
            "hours:\n  special_days:\n  - {day: 2027-02-03, hours: closed, why: x}\n"
            "  - {day: 2027-02-03, hours: closed, why: y}",
            "center.yaml:11: hours.special_days.2.day: 2027-02-03 is listed twice",
        ),
        (
            "hours: {seasons: [{why: R, first: 2027-03-09, last: 2027-02-08, week: {}}]}",
            "2027-02-08 is before the first day",
        ),
        (
            "hours:\n  seasons:\n  - {why: R, first: 2027-02-08, last: 2027-03-09, week: {}}\n"
            "  - {why: S, first: 2027-03-09, last: 2027-03-10, week: {}}",
            'overlaps the season "R"',
        ),
        ("hours: {holidays: {confirmed: [{feast: eid, first_day: 2027-03-10}]}}", '"eid" is not known'),
        (
            "hours: {holidays: {confirmed: [{feast: eid_al_fitr, first_day: 2027-05-10}]}}",
            "2027-05-10 is far from the eid_al_fitr expected on 2027-03-09",
        ),
        (
            "hours:\n  holidays:\n    confirmed:\n    - {feast: eid_al_fitr, first_day: 2027-03-10}\n"
            "    - {feast: eid_al_fitr, first_day: 2027-03-11}",
            "eid_al_fitr is confirmed twice",
        ),
        ("hours: {holidays: {fixed: maybe}}", '"maybe" is neither yes nor no'),
        ("numbers: []", "numbers: is empty"),
        ("numbers: [two]", '"two" is not a telephone number'),
        ("numbers: [٢٠٠٠]", "is not a telephone number"),
        ("numbers: [2000, 2000]", 'numbers.2: "2000" is listed twice'),
        ("languages: [ar, fra]", '"fra" is not known; did you mean fr?'),
        ("languages: {}", "languages: is not a list; write languages such as"),
        (
            "languages_by_region: [{region: X, prefixes: [0528], languages: [zgh]}]",
            'languages_by_region.1.prefixes.1: "0528" is not the beginning of an international number',
        ),
        (
            "languages_by_region:\n- {region: X, prefixes: ['+2125'], languages: [zgh]}\n"
            "- {region: Y, prefixes: ['+2125'], languages: [fr]}",
            "languages_by_region.2.prefixes: +2125 is listed twice; leave it to one region",
        ),
        (
            "articles: {legl: [founding]}",
            "articles.legl: is not among the centre's subjects; did you mean legal?",
        ),
        ("articles: {legal: [founding, founding]}", 'articles.legal.2: "founding" is listed twice'),
        (
            "articles: {legal: [a, b, c, d, e, f, g, h, i]}",
            "articles.legal: has 9 articles and its menu has keys for 8",
        ),
        ("articles: {legal: [Founding]}", '"Founding" is not a short name'),
        ("articles: [founding]", "articles: is not a list of subjects; write for each subject its articles"),
        (
            "subjects: [a, b, c, d, e, f, g, other]\narticles: {a: [founding]}",
            "subjects: has 8 entries, and key 8 leads to the recorded articles; keep 7 at most, or write articles: {}",
        ),
        (
            "queue: {information: [site, site]}",
            'queue.information.2: "site" is listed twice; keep one of them',
        ),
        ("queue: {information: {legal: site}}", "queue.information: is not a list; write articles such as"),
        ("queue: {information: [Site]}", '"Site" is not a short name'),
        ("queue: {information_every: 9h}", "queue.information_every"),
        ("subjects: [legal]", 'lacks "other"'),
        ("subjects: [Legal, other]", '"Legal" is not a short name'),
        ("subjects: [a, b, c, d, e, f, g, h, i, other]", "has 10 entries and its menu has keys for 8"),
        ("trunks: {name: x}", "trunks: is not a list"),
        ("trunks: [{name: x, peers: []}]", "trunks.x.peers: is empty"),
        ("trunks: [{name: x, peers: [sip.example]}]", "is neither an IP address nor a network"),
        ("trunks: [{name: x, peers: [192.0.2.1], register: yes}]", "write host, username and secret too"),
        ("trunks: [{name: x, peers: [192.0.2.1], transport: tls}]", '"tls" is not known'),
        (
            "trunks:\n- {name: x, peers: [192.0.2.0/24]}\n- {name: y, peers: [192.0.2.9]}",
            "192.0.2.9 is also a peer of x",
        ),
        (
            "trunks:\n- {name: x, peers: [192.0.2.1]}\n- {name: x, peers: [192.0.2.2]}",
            "is another trunk's name",
        ),
        ("pbx: {mode: remote}", '"remote" is not known'),
        ("pbx: {mode: attached}", "pbx.ami_secret: is missing, and an attached PBX has one"),
        ("pbx: {sip_port: 65536}", "65536 is out of range; write a port from 1 to 65535"),
        ("pbx: {sip_port: 5038}", "5038 is also the SIP port"),
        ("pbx: {sip_port: 20500}", "20500 is within rtp_ports"),
        ("pbx: {rtp_ports: 20999-20000}", "holds too few ports"),
        ("pbx: {rtp_ports: 20000-70000}", "20000-70000 is out of range"),
        ("pbx: {sip_address: localhost}", '"localhost" is not an IP address'),
        ("pbx: {external_address: 1.2.3}", "is neither an IP address nor a host name"),
        ("pbx: {ami_host: pbx.example}", '"pbx.example" is not an IP address'),
        ("pbx: {ami_user: me}", "is chosen by Mowakaba for its own PBX"),
        (
            "pbx: {ami_secret: abcdefgh, ami_secret_file: x}",
            "is written beside ami_secret; keep one of the two",
        ),
        ("database: {url: mysql://x}", "is not the address of a database that is known here"),
        ("queue: {most_waiting: -1}", "-1 is out of range; write a whole number from 1"),
        ("callbacks: {allowed: [212]}", '"212" is not the beginning of an international number'),
        ("callbacks: {first: both}", '"both" is not known'),
        ("callbacks: {spacing: []}", "callbacks.spacing.no_answer: is not a list"),
        ("callbacks: {spacing: {never: 5m}}", "callbacks.spacing.never: is not a setting"),
        ("callbacks: {spacing: {busy: soon}}", '"soon" is not a duration'),
        ("callbacks: {quiet: {friday: 14:00-12:30}}", "14:00-12:30 ends before it begins"),
        ("log: {level: loud}", '"loud" is not known'),
        ("desk: &a {wrap_up: 10s}\nqueue: *a", "repeats another value"),
        ("desk: !!python/object:os.system {}", "which means nothing here"),
        ("numbers: [2000, ]\ndesk: {[a]: b}", "has a key that is not a word"),
        ("numbers:\n  - 2000\n  -", "is an empty item of a list"),
    ],
)
def test_a_mistake_is_told_in_plain_words(tmp_path: Path, text: str, words: str) -> None:
    mistakes = told(tmp_path, SOUND + text + "\n")
    assert len(mistakes) == 1, mistakes
    assert words in mistakes[0]


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("", None),
        (", extension: 103", "agents.idir.extension: is written twice"),
        (", skills: x", "agents.idir.skills: is not a setting"),
        (", subjects: [legale]", '"legale" is not among the centre\'s subjects; did you mean legal?'),
        (", subjects: [legal, legal]", "is listed twice"),
        (", secret: short", "agents.idir.secret: is not usable as a secret; write 8 to 128"),
        (", secret: ' >abcdefgh'", "is not usable as a secret"),
        (", secret_file: nowhere", "nowhere cannot be read (No such file or directory)"),
    ],
)
def test_a_mistake_of_an_agent_calls_him_by_his_id(tmp_path: Path, rest: str, words: str | None) -> None:
    text = SOUND + AGENT + rest + "}\n"
    if words is None:
        loaded(tmp_path, text)
        return
    mistakes = told(tmp_path, text)
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].startswith("center.yaml:8: agents.idir.")
    assert words in mistakes[0]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("102", "101", "agents.idir.extension: 101 is already the extension of salma"),
        ("102", "2000", "agents.idir.extension: 2000 is a number of the centre"),
        ("102", "1", '"1" is not an extension'),
        ("102", "'*11'", '"*11" is not an extension'),
        ("id: idir", "id: Idir", '"Idir" is not a short name'),
        ("name: Idir", 'name: "Idir;x"', "holds ;, which telephones cannot show"),
        ("name: Idir", 'name: "Idir\\nx"', "holds a control character"),
        ("[ar]", "[]", "agents.idir.languages: is empty"),
        ("[ar]", "[ar, ar]", "is listed twice"),
    ],
)
def test_agents_who_cannot_be(tmp_path: Path, before: str, after: str, words: str) -> None:
    (mistake,) = told(tmp_path, SOUND + AGENT.replace(before, after) + "}\n")
    assert words in mistake


def test_a_language_that_the_centre_does_not_have(tmp_path: Path) -> None:
    text = SOUND + "languages: [ar, fr]\n"
    (mistake,) = told(tmp_path, text)
    assert 'agents.salma.languages.2: "zgh" is not among the centre\'s languages' in mistake


def test_a_centre_without_a_name_or_with_a_zone_that_is_nowhere(tmp_path: Path) -> None:
    assert "centre: is missing" in told(tmp_path, "agents: []\n")[0]
    assert (
        "centre.name.zgh: is missing; write the centre's name in Tamazight"
        in (told(tmp_path, SOUND.replace("zgh: ⴰⵎⵎⴰⵙ, ", ""))[0])
    )
    for zone in ("Africa/Casa", "../../etc/passwd", "/etc/localtime", "Africa", ""):
        text = SOUND.replace("agents:", f'  time_zone: "{zone}"\nagents:')
        assert "is not a time zone" in told(tmp_path, text)[0], zone


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "center.yaml: is empty"),
        (b"# only a comment\n", "center.yaml: is empty"),
        (b"--- \n...\n", "center.yaml: is empty"),
        (b"hello\n", "does not begin with sections"),
        (b"- a\n", "does not begin with sections"),
        (b"centre:\n\tname: x\n", "center.yaml:2: is indented with a tab; indent with spaces"),
        (b"centre: {name: [\n", "is not YAML"),
        (b"a: b: c\n", "center.yaml:1: is not YAML"),
        (b'a: "b\n', "is not YAML"),
        (b"a: 1\n---\nb: 2\n", "begins a second document; remove the line ---"),
        (b"a: 1\nb: caf\xe9\n", "center.yaml:2: is not UTF-8 text; save the file with the encoding UTF-8"),
        (b"a: \x01\n", "is not YAML"),
        (b"[" * 5000, "nested too deeply"),
        (b"a: *nobody\n", "is not YAML"),
        (b"x" * 1_000_001, "is larger than a million bytes"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, text: bytes, words: str) -> None:
    (mistake,) = told(tmp_path, text)
    assert words in mistake


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: is not there; name the file with --config"):
        load(tmp_path / "nowhere.yaml", {})
    with pytest.raises(ConfigError, match="is a folder"):
        load(tmp_path, {})


def test_no_secret_is_ever_repeated_in_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "phone").write_text("tell nobody\n")
    mistakes = told(
        tmp_path,
        SOUND
        + "    secret: tell nobody\n  - {id: b, name: B, extension: 102, languages: [ar], secret_file: phone}\n"
        "database: {url: 'x://tell nobody'}\npbx: {ami_secret: tell nobody}\n",
    )
    assert len(mistakes) == 4
    assert not any("tell nobody" in mistake for mistake in mistakes)


# ---- what works and is probably not meant ----


def test_a_language_or_subject_that_nobody_answers_is_a_warning(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND.replace("[ar, zgh, fr]", "[ar]\n    subjects: [legal]"))
    warnings = [str(warning) for warning in settings.warnings]
    assert warnings[0].startswith("center.yaml:3: agents: nobody speaks Tamazight; add an agent who does")
    assert "nobody speaks French" in warnings[1]
    assert any('nobody answers "funding"' in warning for warning in warnings)


def test_ports_and_addresses_that_let_nobody_in_are_warnings(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND + "pbx: {external_address: 192.0.2.1, sip_port: 506}\n")
    assert [warning.key for warning in settings.warnings][1:] == ["pbx.external_address", "pbx.sip_port"]


def test_callbacks_without_a_trunk_that_leads_outside_are_a_warning(tmp_path: Path) -> None:
    (warning,) = loaded(tmp_path, SOUND).warnings
    assert "trunks: none has a host, so nobody can be called back; give a trunk its operator's host" in str(
        warning
    )
    assert loaded(tmp_path, SOUND + "callbacks: {offered: no}\n").warnings == ()
    trunk = "trunks: [{name: operator, peers: [192.0.2.10], host: 192.0.2.10}]\n"
    assert loaded(tmp_path, SOUND + trunk).warnings == ()


def test_a_mistake_in_the_file_is_not_blamed_on_a_variable_beside_it(tmp_path: Path) -> None:
    (mistake,) = told(tmp_path, f"{SOUND}pbx:\n  mode: attached\n", MOWAKABA_PBX__AMI_PORT="5999")
    assert mistake.startswith("center.yaml:9: pbx.ami_secret: is missing")
    (mistake,) = told(tmp_path, f"{SOUND}pbx: {{sip_port: 5061}}\n", MOWAKABA_PBX__MODE="attached")
    assert mistake.startswith("MOWAKABA_PBX__MODE: pbx.ami_secret: is missing")


def test_the_controller_of_the_data_is_named_in_every_language(tmp_path: Path) -> None:
    text = "centre: {name: {ar: A, zgh: Z, fr: F}, controller: {fr: Ministère, ar: B}}\n"
    (mistake,) = told(tmp_path, text)
    assert "centre.controller.zgh: is missing; write who answers for the data in Tamazight" in mistake


@pytest.mark.parametrize("receipt", ["D-GC-123/2026", "1232026"])
def test_a_receipt_is_said_by_its_digits(tmp_path: Path, receipt: str) -> None:
    text = f"centre: {{name: {{ar: A, zgh: Z, fr: F}}, cndp_receipt: {receipt}}}\n"
    assert to_centre(loaded(tmp_path, text)).cndp_receipt == "1232026"


def test_a_receipt_without_digits_is_refused(tmp_path: Path) -> None:
    text = "centre: {name: {ar: A, zgh: Z, fr: F}, cndp_receipt: demandé}\n"
    (mistake,) = told(tmp_path, text)
    assert "is not the number of a receipt; write it as the CNDP does" in mistake


@pytest.mark.parametrize(
    ("peers", "local", "warned"),
    [
        ("[127.0.0.1]", "[]", True),
        ("[127.0.0.0/8]", "[]", True),
        ("[192.168.0.0/16]", "[192.168.1.0/24]", True),
        ("[192.168.1.5]", "[192.168.1.0/24]", False),  # a gateway in the house
        ("[192.0.2.0/24, 127.0.0.2]", "[192.168.1.0/24]", False),
    ],
)
def test_peers_among_which_telephones_may_be_are_doubted(
    tmp_path: Path, peers: str, local: str, warned: bool
) -> None:
    text = f"trunks: [{{name: out, host: 192.0.2.1, peers: {peers}}}]\npbx: {{local_networks: {local}}}\n"
    told = [str(warning) for warning in loaded(tmp_path, SOUND + text).warnings]
    assert any("trunks.out.peers.1" in line and "could not register" in line for line in told) is warned


def test_paths_of_an_attached_pbx_are_whole_and_only_for_one(tmp_path: Path) -> None:
    (mistake,) = told(tmp_path, f"{SOUND}pbx: {{cdr_file: /a/Master.csv}}\n")
    assert "pbx.cdr_file: is for an attached PBX" in mistake
    text = f"{SOUND}pbx: {{mode: attached, ami_secret: long-enough-secret, config_dir: etc}}\n"
    (mistake,) = told(tmp_path, text)
    assert 'pbx.config_dir: "etc" is not a whole path; begin it with /' in mistake
