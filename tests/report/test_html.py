"""The page as a browser would parse it: nothing loaded, nothing injected, all of it shown."""

import copy
import re
from html.parser import HTMLParser

import pytest

from uptake_ml.report.finding import INTENDED_USE, failed_finding
from uptake_ml.report.html import render_page

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
VOID = {"meta", "link", "img", "br", "hr", "input", "image", "path", "line", "circle"}
TITLES = {"000_133e1dadede17d86": "What Does It Mean When a Bone Scan Shows Uptake"}


class Page(HTMLParser):
    """Tags with their attributes, ids, text, and whether every tag is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open, self.mismatched = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.mismatched.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def render(make_finding, study, layouts, spots):
    def make(*findings):
        items = [(f, study, layouts, spots) for f in findings or (make_finding(),)]
        text = render_page(items, document_titles=TITLES)
        return text, Page(text)

    return make


def test_page_is_well_formed_and_says_its_language(render):
    text, page = render()
    assert text.startswith("<!DOCTYPE html>")
    assert (page.mismatched, page.open) == ([], [])
    assert page.named("html")[0]["lang"] == "en"
    assert "viewport" in {meta.get("name") for meta in page.named("meta")}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_page_loads_nothing_and_runs_nothing(render):
    text, page = render()
    assert not page.named("script")
    assert not page.named("link")
    assert not re.search(r"https?:|url\(|@import|//[a-z]", re.sub(r"data:image[^\"]+", "", text))
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,")), tag


def test_intended_use_is_at_the_top_and_in_the_footer(render):
    text, _ = render()
    assert text.index(INTENDED_USE) < text.index("<main>")
    assert INTENDED_USE in text.rpartition('<footer class="page-foot">')[2]
    assert INTENDED_USE in text.partition("<article")[2].partition("</article>")[0]


def test_hostile_strings_are_shown_and_not_run(make_finding, render):
    finding = copy.deepcopy(make_finding())
    finding["differential"][0]["condition"] = HOSTILE
    finding["differential"][0]["reasons"][0]["text"] = HOSTILE
    finding["differential"][0]["sources"][0]["section"] = HOSTILE
    finding["study"]["id"] = HOSTILE
    finding["cautions"][0]["text"] = HOSTILE
    finding["evidence"][0]["text"] = HOSTILE
    finding["hotspots"][0]["region"] = HOSTILE
    finding["provenance"]["command"] = HOSTILE
    finding["features"] = {HOSTILE: 1.0}
    _, page = render(finding, finding)
    assert not page.named("script")
    assert not page.named("img")
    assert (page.mismatched, page.open) == ([], [])
    assert page.text.count(HOSTILE) >= 16


def _sources(finding):
    entries = [*finding["differential"], *finding["cautions"], *finding["next_steps"]]
    for entry in list(entries):
        entries += [*entry.get("reasons", ()), *entry.get("against", ())]
    return [source for entry in entries for source in entry["sources"]]


def test_every_citation_is_shown_with_the_document_s_title(make_finding, render):
    finding = make_finding()
    _, page = render(finding)
    sections = {source["section"] for source in _sources(finding)}
    assert len(sections) == 4
    for section in sections:
        assert section in page.text
    assert TITLES["000_133e1dadede17d86"] in page.text
    assert "000_133e1dadede17d86" not in page.text


def test_result_is_shown_whole(make_finding, render):
    finding = make_finding(superimposed=("focal",))
    _, page = render(finding)
    for label, p in finding["probabilities"].items():
        assert f"{label} {p:.2f}" in page.text
    for part in (
        "Joint-symmetric pattern, focal superimposed",
        "0.64",
        "Rheumatoid arthritis",
        "1.8",
    ):
        assert part in page.text
    for entry in finding["evidence"]:
        assert entry["text"] in page.text
    assert "2.1235" not in page.text, "values are shown with three digits"
    assert "2.12" in page.text


def test_images_have_a_text_alternative_side_marks_and_numbers(render):
    text, page = render()
    text = re.sub(r'<details class="evidence-places">.*?</details>', "", text, flags=re.DOTALL)
    films = [svg for svg in page.named("svg") if svg.get("role") == "img"]
    films = [svg for svg in films if "place of the evidence" not in svg["aria-label"]]
    assert [svg["aria-label"].split(",")[1].strip() for svg in films] == [
        "anterior view",
        "posterior view",
    ]
    sides = re.findall(r'class="side"[^>]*>([RL])<', text)
    assert sides == ["R", "L", "L", "R"]
    assert re.findall(r'class="tag"[^>]*>(\d)<', text) == ["1", "2", "4", "3"]


def test_numbers_of_the_images_are_those_of_the_table(render, spots):
    text, _ = render()
    rows = re.findall(r'<tr><td class="num">(\d+)</td><td>([a-z ]+?) *<.*?<td>([a-z]+)</td>', text)
    assert [(n, view) for n, _, view in rows] == [
        (str(i), spot.view) for i, spot in enumerate(spots, start=1)
    ]


@pytest.mark.parametrize("decision", ["rejected", "failed"])
def test_study_without_a_result_shows_its_reason_and_no_result(decision, study, layouts, spots):
    finding = failed_finding(study, "noise & nothing else", decision=decision)
    page = Page(render_page([(finding, study, layouts, spots), (finding, None, None, None)]))
    assert page.text.count("Noise & nothing else") == 2
    assert "Probability of each label" not in page.text
    assert len([svg for svg in page.named("svg")]) == 2
    assert not [a for a in page.named("path") if a.get("class") == "outline"]


def test_rejected_study_shows_none_of_the_model_s_probabilities(make_finding, render):
    _, page = render(make_finding(decision="rejected"))
    assert "0.83" not in page.text
    assert "Not assessed" in page.text


def test_several_studies_have_an_index_whose_links_lead_somewhere(make_finding, render):
    finding = make_finding()
    _, page = render(finding, make_finding(decision="indeterminate"), finding)
    links = [a["href"].removeprefix("#") for a in page.named("a")]
    anchors = [article["id"] for article in page.named("article")]
    assert links == anchors
    assert len(anchors) == 3
    assert not Page(render_page([(finding, None, None, None)])).named("nav")


def test_items_may_come_from_a_generator(make_finding):
    finding = make_finding()
    page = Page(render_page((finding, None, None, None) for _ in range(2)))
    assert len(page.named("article")) == 2


def test_features_are_listed_with_unit_and_meaning(render):
    _, page = render()
    assert page.named("details")
    assert "largest_area 400 mm² area of the largest hot spot" in page.text
    assert "joint_share – " in page.text


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a, b):
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_the_contrast_of_wcag_aa(render):
    text, _ = render()
    palettes = re.findall(r":root \{(.*?)\}", text, flags=re.S)
    assert len(palettes) == 3
    light = None
    for palette in palettes[:2]:
        colours = (light or {}) | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", palette))
        light = light or colours
        for ink, ground in (
            ("ink", "sheet"), ("ink", "ground"), ("ink-soft", "sheet"), ("ink-soft", "ground"),
            ("accent", "sheet"), ("red-ink", "sheet"), ("red-ink", "red-fill"),
            ("amber-ink", "amber-fill"),
        ):  # fmt: skip
            assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
