# lines of HTML and JavaScript stay whole
"""Apps of other frameworks, and pages made with htmx and Alpine."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook
from tests.browser.npm import npm_file

FLASK = """import flask
%load_ext werkbook
from flask import Flask, request, send_file
scripts = Flask("scripts")
items = ["one"]
@scripts.get("/")
def index():
    return '''<!doctype html><script src="/htmx.js"></script><script defer src="/alpine.js"></script>
<form hx-post="/add" hx-target="#list" hx-swap="outerHTML"><input id="new" name="item"><button id="add">Add</button></form>
<ul id="list"><li>one</li></ul>
<a id="boost" hx-get="/part" hx-target="#part" hx-push-url="/parts/1">part</a><div id="part"></div>
<div x-data="{open: false, count: 0}"><button id="plus" @click="count++">+</button>
<span id="count" x-text="count"></span><button id="toggle" @click="open = !open">t</button>
<template x-if="open"><img id="pic" src="/pic.png"></template></div>'''
@scripts.post("/add")
def add():
    items.append(request.form["item"])
    return "<ul id='list'>" + "".join(f"<li>{i}</li>" for i in items) + "</ul>"
@scripts.get("/part")
def part():
    return "<b id='b'>" + request.headers.get("HX-Request", "") + "</b><img id='inner' src='/pic.png'>"
@scripts.get("/htmx.js")
def htmx(): return send_file(HTMX)
@scripts.get("/alpine.js")
def alpine(): return send_file(ALPINE)
@scripts.get("/pic.png")
def pic():
    from tests.browser.demo_app import png
    return png(16, 16, (1, 2, 3)), 200, {"Content-Type": "image/png"}"""
DJANGO = """import django
from django.conf import settings
settings.configure(DEBUG=True, SECRET_KEY="for tests", ROOT_URLCONF="dj_urls",
  DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "dj.sqlite3"}},
  INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles"],
  MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware"],
  TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request",
      "django.contrib.auth.context_processors.auth",
      "django.contrib.messages.context_processors.messages"]}}], STATIC_URL="/static/")
import sys, types, os
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
django.setup()
from django.contrib import admin
from django.urls import path
urls = types.ModuleType("dj_urls")
urls.urlpatterns = [path("admin/", admin.site.urls)]
sys.modules["dj_urls"] = urls
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
User.objects.create_superuser("ada", "a@b.c", "s3cret-word")
from django.core.handlers.wsgi import WSGIHandler
from django.contrib.staticfiles.handlers import StaticFilesHandler
dj = StaticFilesHandler(WSGIHandler())"""
BOTTLE = """import bottle
bot = bottle.Bottle()
@bot.get("/")
def home(): return "<h1 id='h'>Bottle</h1>"
"""


@pytest.fixture(scope="module")
def opened(module_notebook: Notebook) -> Notebook:
    htmx = npm_file("htmx.org", "2.0.4", "dist/htmx.min.js")
    alpine = npm_file("alpinejs", "3.14.8", "dist/cdn.min.js")
    paths = f"HTMX, ALPINE = {str(htmx)!r}, {str(alpine)!r}"
    module_notebook.set_cells(paths, FLASK, "%browse --app scripts")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#list")).to_have_text("one")
    return module_notebook


def test_htmx(opened: Notebook) -> None:
    frame = opened.frame()
    frame.locator("#new").fill("two")
    frame.locator("#add").click()
    expect(frame.locator("#list li")).to_have_text(["one", "two"])
    frame.locator("#boost").click()
    expect(frame.locator("#b")).to_have_text("true")
    expect(frame.locator("#inner")).to_have_js_property("naturalWidth", 16)
    expect(opened.view().get_by_label("Address")).to_have_value("/parts/1")


def test_alpine(opened: Notebook) -> None:
    frame = opened.frame()
    frame.locator("#plus").click()
    frame.locator("#plus").click()
    expect(frame.locator("#count")).to_have_text("2")
    frame.locator("#toggle").click()
    expect(frame.locator("#pic")).to_have_js_property("naturalWidth", 16)


def test_django_admin_log_in_with_csrf(opened: Notebook) -> None:
    opened.run(DJANGO)
    opened.run("%browse /admin/ --app dj --height 600")
    frame = opened.frame()
    frame.locator("#id_username").fill("ada")
    frame.locator("#id_password").fill("s3cret-word")
    frame.locator("input[type=submit]").click()
    expect(opened.frame().locator("#user-tools")).to_contain_text("ada")
    opened.frame().get_by_role("link", name="Users").click()
    expect(opened.frame().locator("#result_list")).to_contain_text("a@b.c")
    opened.screenshot("django_admin", opened.view())


def test_bottle(opened: Notebook) -> None:
    opened.run(BOTTLE)
    opened.run("%browse / --app bot")
    expect(opened.frame().locator("#h")).to_have_text("Bottle")
    opened.run("@bot.get('/')\ndef again(): return \"<h1 id='h'>Again</h1>\"")
    expect(opened.frame().locator("#h")).to_have_text("Again")
