"""Fixtures for tests of the site: one server, and one page of each browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from tests.browser.firefox import firefox
from tests.browser.lab import chromium

from tests_lite.site import TIMEOUT_S, Site, served_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with served_site() as site:
        yield site


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of each browser; Firefox's has the part of Playwright's that is used."""
    if request.param == "firefox":
        with firefox() as tab:
            yield tab
        return
    with sync_playwright() as playwright, chromium(playwright) as browser:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.set_default_timeout(TIMEOUT_S * 1000)
        yield context.new_page()
        context.close()
