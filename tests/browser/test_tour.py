"""The main job, end to end: the tour in a real JupyterLab, in a real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.lab import ROOT, Lab
from tests.browser.tour import NAME, Tour


@pytest.fixture(scope="module")
def tour(lab: Lab, page: Page) -> Iterator[Tour]:
    """The tour, all of its cells run."""
    opened = Tour(lab, page)
    opened.show()
    opened.run_all()
    yield opened
    opened.close()


def test_tour_runs(tour: Tour) -> None:
    """Every cell works, and the exported file is there."""
    assert tour.failures() == []
    assert (tour.folder / "app.py").is_file()
    tour.wait_output(tour.cells["start"], "22km NNE of Hualian")
    for cell_id in ["ask-api", "index-route", "post-report", "ask-missing"]:
        tour.scroll_to(cell_id)
        tour.screenshot(f"tour_{cell_id}")


def test_export_is_that_of_the_command_line(tour: Tour, tmp_path: Path) -> None:
    """``%export`` in JupyterLab and ``werkbook export`` give the same bytes."""
    command = [sys.executable, "-m", "werkbook", "export", NAME, "--no-check"]
    sources = os.pathsep.join([str(ROOT / "src"), str(ROOT / "kernel_ext")])
    subprocess.run(
        [*command, "-o", tmp_path / "app.py"],
        cwd=ROOT / "notebooks",
        env=os.environ | {"PYTHONPATH": sources},
        check=True,
        timeout=60,
    )
    exported = (tour.folder / "app.py").read_bytes()
    assert exported == (tmp_path / "app.py").read_bytes()
    tour.wait_output(tour.cells["export"], "Proved")


def test_live_page_follows_the_cell(tour: Tour) -> None:
    """A route cell is changed and run: the page below ``%browse`` changes."""
    tour.scroll_to("browse")
    heading = tour.frame().locator("h1")
    expect(heading).to_have_text("The ground is never quite still")
    expect(tour.frame().locator("circle")).to_have_count(297)
    tour.screenshot("tour_browse")
    tour.change("index-route", "never quite still", "always on the move")
    tour.scroll_to("browse")
    expect(heading).to_have_text("The ground is always on the move")
    tour.screenshot("tour_changed")


def test_live_page_is_used(tour: Tour) -> None:
    """In the live page, links lead on and the form is sent."""
    tour.scroll_to("browse")
    page = tour.frame()
    page.get_by_role("link", name="22km NNE of Hualian, Taiwan").click()
    expect(page.locator("li")).to_contain_text(["Ada: The lamps swung for a minute."])
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("What was it like?").fill("Books fell.")
    page.get_by_role("button", name="Tell us").click()
    expect(page.locator(".message")).to_have_text("Thank you, Grace.")
    expect(page.locator("li")).to_contain_text(["Ada", "Grace: Books fell."])
    tour.screenshot("tour_form")


def test_broken_cell_changes_nothing(tour: Tour) -> None:
    """A cell that fails leaves the live page as it was, and says so."""
    tour.scroll_to("browse")
    tour.frame().get_by_role("link", name="A week of earthquakes").click()
    heading = tour.frame().locator("h1")
    expect(heading).to_have_text("The ground is always on the move")
    index = tour.run("@app.get('/')\ndef index():\n    return 'half'\n1 / 0")
    assert "ZeroDivisionError" in tour.output(index)
    answer = tour.run("app.test_client().get('/').text.count('circle')")
    assert tour.output(answer) == "297"
    expect(heading).to_have_text("The ground is always on the move")
