"""Nothing in the documents is left out, and none of their wording is taken over."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from uptake_ml.errors import KnowledgeError
from uptake_ml.knowledge.coverage import (
    compare_with_documents,
    cover,
    main,
    render_table,
)
from uptake_ml.resources import data_path

CHECKOUT = Path(__file__).resolve().parents[2]
# Shorter than what would count as copied, so that the limit is kept with a margin.
RUN = 7


def test_every_section_and_row_is_carried_or_excused(knowledge):
    assert [c.problem for c in cover(knowledge) if c.problem] == []


def test_section_that_lost_its_lines_is_reported(knowledge):
    lines = tuple(x for x in knowledge.lines if "Fibrous Dysplasia" not in x.sections)
    problems = [c.problem for c in cover(replace(knowledge, lines=lines)) if c.problem]
    assert problems == [
        "000_133e1dadede17d86, Fibrous Dysplasia: no line cites it, and no reason is given"
    ]


def test_sections_and_rows_are_those_of_the_documents(knowledge, documents_dir):
    assert compare_with_documents(knowledge, documents_dir) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("\nFibrous Dysplasia\n", "\n", "Fibrous Dysplasia: the document has no such heading"),
        (
            "\nFibrous Dysplasia\n",
            "\nFibrous Dysplasia\nA Heading Nobody Listed\n",
            "looks like a heading that is not listed",
        ),
        ("| Cellulitis |", "| Erysipelas |", "'infection-cellulitis' is listed as 'Cellulitis'"),
        ("| Small bone metastasis |", "no table row here: |", "has 1 rows, 2 are listed"),
    ],
)
def test_changed_document_is_noticed(knowledge, documents_dir, tmp_path, old, new, problem):
    for document in knowledge.documents:
        text = (documents_dir / f"{document}.txt").read_text("utf-8")
        (tmp_path / f"{document}.txt").write_text(text.replace(old, new, 1), "utf-8")
    found = compare_with_documents(knowledge, tmp_path)
    assert any(problem in line for line in found), found


def test_missing_documents_are_refused(knowledge, tmp_path):
    with pytest.raises(KnowledgeError, match=r"000_133e1dadede17d86\.txt is not in the folder"):
        compare_with_documents(knowledge, tmp_path)


def test_page_is_what_the_command_prints(knowledge, capsys):
    page = (CHECKOUT / "docs" / "knowledge-coverage.md").read_text("utf-8")
    assert main([]) == 0
    assert capsys.readouterr().out == page
    assert render_table(cover(knowledge)) in page


def test_wrong_arguments_and_missing_documents_have_their_status(tmp_path, capsys):
    assert main(["a", "b"]) == 2
    assert main([str(tmp_path)]) == 1
    assert "usage" in capsys.readouterr().err


def test_no_wording_is_copied(knowledge, documents_dir):
    titles = [s.title for d in knowledge.documents.values() for s in d.section]
    titles += [d.title for d in knowledge.documents.values()]
    copied = set()
    for document in knowledge.documents:
        copied |= runs((documents_dir / f"{document}.txt").read_text("utf-8"))
    for path in own_files():
        text = path.read_text("utf-8")
        for title in sorted(titles, key=len, reverse=True):
            text = text.replace(title, " § ")
        assert runs(text) & copied == set(), path.name


def runs(text):
    words = re.findall(r"[a-z0-9]+|§", text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def own_files():
    found = [
        *(CHECKOUT / "uptake_ml" / "knowledge").glob("*.py"),
        *(CHECKOUT / "docs").glob("knowledge*.md"),
        *data_path("knowledge").glob("*.toml"),
        *Path(__file__).parent.glob("*.*"),
        data_path("sources.toml"),
    ]
    assert len(found) > 20
    return found
