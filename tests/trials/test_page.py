"""The page: everything in it is well-formed and escaped, and it asks nobody for anything."""

import re
from xml.etree import ElementTree

import pytest

from streams.alerts import Signal
from trials.details import Detail, Planted, Saying, worst_false, worst_misses
from trials.figures import figures
from trials.floors import checks
from trials.intervals import share
from trials.laws import Law, rows
from trials.markup import Safe, el, table
from trials.packed import Packed
from trials.page import page
from trials.page.words import duration
from trials.pairs import Pair
from trials.pictures import delay_place, shares
from trials.playing import Plan, Played
from trials.promise import promises
from trials.report import Report
from trials.returning import Nth

SHOW = 'v1"><script>alert(1)</script>'


def pair(show, strength=None, found_ms=None, **fields):
    return Pair(world="w", seed=1, show_id=show, scheme="paid_praise", strength=strength, found_ms=found_ms, **fields)


PAIRS = [
    pair("s1", "blatant", 4_000, third_ms=1_000, planted=10, named=8, right=6, score=0.9, audience=100, hours=1.0),
    pair(SHOW, "blatant", None, planted=10, score=0.2, audience=600, hours=1.0, disguises=("paraphrase",)),
    pair("s3", None, 9_000, named=3, score=0.55, hours=2.0, negatives=("raid",), taken_from="fake_orders"),
    pair("s4", None, None, hours=6.0),
]
SAYING = Saying(
    "paid_praise", False, 0.2, 61_000, "3 accounts <praise>", [Signal("praise", 3, 0.5, "lines", bits=7.5)], ["fans"],
    "One line less.", 3,
)  # fmt: skip
DETAIL = Detail(
    1, SHOW, 0, 3_600_000, 600, ["raid"], {"paid_praise": Planted("blatant", ["paraphrase"], 10, 30, 0, 9_000, 90_000)},
    [SAYING],
)  # fmt: skip
PLAN = Plan(world="w", seed=1, options={})


@pytest.fixture(scope="module")
def html() -> str:
    schemes = figures(PAIRS)
    some = {"paid_praise": {"60%": share(1, 2)}}
    return page(
        Report(
            title="A trial & more",
            notes=["A note."],
            schemes=schemes,
            checks=checks(schemes),
            pairs=PAIRS,
            details=[DETAIL],
            packed=Packed(some, some, some),
            promise=promises(PAIRS),
            laws=rows([(Law("quiet", of, PLAN), Played(PAIRS, {}, 0, 0, [])) for of in (False, True)]),
            returning=[Nth("paid_praise", 2, share(1, 2), share(1, 2), share(1, 2))],
        )
    )


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html.removeprefix("<!doctype html>"))


def test_it_is_well_formed_and_nothing_in_it_comes_from_elsewhere(html):
    root = parsed(html)

    assert root.find("head/title").text == "Claquewatch: A trial & more"
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import|<script""", html)


def test_names_are_text_and_never_markup(html):
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "3 accounts &lt;praise&gt;" in html


def test_every_link_leads_somewhere_and_every_id_is_one(html):
    ids = [element.get("id") for element in parsed(html).iter() if element.get("id")]
    links = {element.get("href").removeprefix("#") for element in parsed(html).iter("a")}

    assert len(ids) == len(set(ids))
    assert links <= set(ids)


def test_every_picture_says_what_it_shows_and_has_its_numbers_as_a_table(html):
    svg = "{http://www.w3.org/2000/svg}"
    pictures = list(parsed(html).iter(f"{svg}svg"))

    assert len(pictures) == 6
    for picture in pictures:
        assert picture.find(f"{svg}title").text
        assert picture.find(f"{svg}desc").text
    figures_with_pictures = [f for f in parsed(html).iter("figure") if f.find(f"{svg}svg") is not None]
    assert all(f.find("details/div/table") is not None for f in figures_with_pictures)


def test_what_went_wrong_leads_to_what_was_true_and_said(html):
    assert "paid praise, missed: 1" in html
    assert "paid praise, false alarms: 1" in html
    assert "near miss" in html
    assert "One line less." in html


def test_other_laws_and_the_promise_have_a_place(html):
    said = ElementTree.tostring(parsed(html).find(".//section[@id='laws']"), encoding="unicode", method="text")

    assert "quietpaid_praise1 of 2, -, -1 of 2, -, -1 of 21 of 2" in said
    assert "not measured" in "".join(parsed(html).find(".//section[@id='promise']").itertext())


def test_the_plainest_misses_and_the_surest_false_alarms_come_first():
    missed = [pair("a", "faint", score=0.1), pair("b", "blatant", score=0.3), pair("c", "blatant", score=0.2)]
    false = [pair("d", None, 1, score=0.6), pair("e", None, 1, score=0.8)]

    assert [one.show_id for one in worst_misses(missed + false)] == ["c", "b", "a"]
    assert [one.show_id for one in worst_false(missed + false)] == ["e", "d"]


def test_a_report_of_nothing_is_a_page():
    assert parsed(page(Report(title="Nothing", schemes={}))) is not None


def test_elements_escape_what_is_not_markup():
    assert el("p", "a<b", Safe("<br/>"), None, class_="x", title='"', hidden=None) == (
        '<p class="x" title="&quot;">a&lt;b<br/></p>'
    )
    assert el("line", x1=1.26, y1=2.0) == '<line x1="1.3" y1="2"/>'
    assert '<th scope="row">&amp;</th><td>1</td>' in table("t", ["a", "b"], [["&", "1"]])


def test_a_share_of_nothing_is_said_and_not_drawn():
    assert "no show" in shares("t", "d", [("faint", share(0, 0))])


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0 s"), (95_000, "1 min 35 s"), (-95_000, "-1 min 35 s"), (90_061_000, "1 d 1 h")]
)
def test_durations_have_two_units(ms, text):
    assert duration(ms) == text


def test_delays_are_placed_from_at_once_to_fifteen_days():
    assert delay_place(-5) == delay_place(0) == 0.0
    assert 0 < delay_place(30) < delay_place(3_600) < 1
    assert delay_place(10**9) == 1.0
