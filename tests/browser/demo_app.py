# lines of HTML and JavaScript stay whole
"""A Flask app with a bit of all that pages do, for the mini browser's tests."""

from __future__ import annotations

import io
import struct
import time
import zlib
from typing import Any

from flask import Flask, Response, jsonify, redirect, request, send_file, session

HEAD = """<!doctype html><html lang="en"><head><title>{title}</title>
<link rel="stylesheet" href="/static_files/style.css">
<script src="/static_files/app.js" defer></script></head><body>"""
HOME = """<h1 id="h">Home</h1><img id="im" src="pic.png" width="40" height="40" alt="">
<p><a id="l1" href="hello?name=Ana">hello Ana</a> <a id="l3" href="/secret">secret</a>
<a id="ext" href="https://example.org/">external</a> <a id="frag" href="#bottom">bottom</a>
<a id="blank" href="/hello?name=tab" target="_blank">new tab</a>
<a id="file" href="/report.csv">file</a>
<a id="byscript" href="#" onclick="window.location='/hello?name=script';return false">s</a>
</p>
<form id="f" action="/form" method="post" enctype="multipart/form-data">
<input name="q" id="q" value="abc"><input type="file" name="up" id="up">
<button id="sub" name="btn" value="ok">Send</button></form>
<form id="g" action="/hello"><input name="name" id="gname" value="Bob &amp; Cie">
<button id="gsub">Get</button></form>
<p id="js">js not run</p><p id="xhr"></p><p id="st"></p><p id="ev"></p><p id="mod"></p>
<script type="module">import {name} from "./modules/main.js";
document.getElementById("mod").textContent = "module: " + name;</script>
<div style="height:900px"></div><p id="bottom">bottom</p>"""
SCRIPT = """
const put = (id, text) => { const e = document.getElementById(id); if (e) e.textContent = text; };
fetch("/api/data?n=3").then((r) => r.json())
  .then((d) => put("js", "fetch: " + JSON.stringify(d)), (e) => put("js", "failed " + e));
const x = new XMLHttpRequest(); x.open("POST", "api/echo");
x.setRequestHeader("Content-Type", "application/json");
x.onload = () => put("xhr", "xhr: " + x.status + " " + x.responseText);
x.send(JSON.stringify({a: "é</script>"}));
localStorage.setItem("k", "v"); put("st", "ls: " + localStorage.getItem("k"));
const i = new Image(); i.id = "dyn"; i.width = 20; i.height = 20; i.src = "/pic.png?dyn";
document.body.append(i);
"""


LATE = """<h1 id="h">Late</h1><p id="late"></p>
<button id="click" onclick="import('./modules/base.js').then(m => show(m.base))">x</button>
<script>const show = (text) => { document.getElementById("late").textContent += text; };
import("/modules/main.js").then((m) => show(m.name), (error) => show(error));</script>"""


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + body + chunk(b"IEND", b"")


def make() -> Flask:
    app = Flask("demo")
    app.secret_key = "for tests"
    add_pages(app)
    add_files(app)
    add_interfaces(app)
    return app


def add_pages(app: Flask) -> None:
    @app.get("/")
    def index() -> str:
        return HEAD.format(title="Home") + HOME

    @app.get("/hello")
    def hello() -> str:
        name = request.args.get("name", "?")
        page = f'<h1 id="h">Hello {name}</h1><a id="home" href="/">home</a>'
        return HEAD.format(title="Hello") + page

    @app.post("/form")
    def form() -> Any:
        file = request.files.get("up")
        size = len(file.read()) if file else 0
        name = file.filename if file else None
        session["msg"] = (
            f"q={request.form['q']} btn={request.form.get('btn')} {name}:{size}"
        )
        return redirect("/done", 303)

    @app.get("/done")
    def done() -> str:
        return f'<h1 id="h">Done</h1><p id="msg">{session.pop("msg", "")}</p>'

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        if request.method == "POST" and request.form["pw"] == "s3":
            session["user"] = request.form["user"]
            return redirect("/secret")
        return (
            '<h1 id="h">Login</h1><form method="post"><input name="user" id="user">'
            '<input name="pw" id="pw" type="password"><button id="go">Go</button></form>'
        )

    @app.get("/secret")
    def secret() -> Any:
        if "user" not in session:
            return redirect("/login?next=/secret")
        return f'<h1 id="h">Secret of {session["user"]}</h1><a id="out" href="/logout">x</a>'

    @app.get("/late")
    def late() -> str:
        return LATE

    @app.get("/logout")
    def logout() -> Any:
        session.clear()
        return redirect("/")

    @app.post("/plain")
    def plain() -> str:
        return f'<h1 id="h">Posted {request.form.get("a")}</h1>'

    @app.get("/big")
    def big() -> str:
        count = int(request.args.get("n", 1_000_000))
        return '<!doctype html><h1 id="h">Big</h1>' + ("<p>" + "x" * 93) * (count // 96)


def add_files(app: Flask) -> None:
    texts = {
        "style.css": (
            '@import "more.css"; body{font-family:sans-serif;background:#eef '
            "url(bg.png) repeat-x} h1{color:rgb(0,128,0)}",
            "text/css",
        ),
        "more.css": ("h1{letter-spacing:3px}", "text/css"),
        "app.js": (SCRIPT, "text/javascript"),
    }
    modules = {
        "main.js": 'import {part} from "./parts/part.js"; export const name = part + "!";',
        "parts/part.js": 'import {base} from "../base.js"; export const part = base;',
        "base.js": 'export const base = "based";',
        "worker.js": (
            "importScripts('lib.js'); onmessage = async ({data}) => {"
            " const answer = await fetch('/ping');"
            " const late = await import('./base.js');"
            " postMessage([twice(data), await answer.text(), late.base]); };"
        ),
        "lib.js": "const twice = (n) => 2 * n;",
        "module_worker.js": (
            'import {name} from "./main.js"; onmessage = () => postMessage(name);'
        ),
        "broken_worker.js": "throw new Error('in a worker');",
        "asking_worker.js": (
            "onmessage = () => postMessage(["
            "() => new XMLHttpRequest().open('GET', '/ping'),"
            "() => new WebSocket(`ws://${location.host}/ws`),"
            "() => new EventSource('/events')].map((ask) => {"
            " try { ask(); return 'asked'; } catch (error) { return error.message; } }));"
        ),
    }

    @app.get("/static_files/<name>")
    def static_file(name: str) -> Response:
        if name == "bg.png":
            return Response(png(4, 4, (255, 220, 120)), mimetype="image/png")
        text, kind = texts[name]
        return Response(text, mimetype=kind)

    @app.get("/modules/<path:name>")
    def module(name: str) -> Response:
        return Response(modules[name], mimetype="text/javascript")

    @app.get("/pic.png")
    def picture() -> Response:
        return Response(png(16, 16, (200, 30, 30)), mimetype="image/png")

    @app.get("/report.csv")
    def report() -> Any:
        file = io.BytesIO(b"a,b\n1,2\n")
        return send_file(file, "text/csv", as_attachment=True, download_name="r.csv")


def add_interfaces(app: Flask) -> None:
    @app.get("/api/data")
    def data() -> Any:
        return jsonify(n=int(request.args["n"]), items=["a", "b"])

    @app.post("/api/echo")
    def echo() -> Any:
        return jsonify(got=request.get_json(), ct=request.content_type)

    @app.get("/ping")
    def ping() -> str:
        return "pong"

    @app.get("/events")
    def events() -> Response:
        def produce() -> Any:
            for number in range(3):
                yield f"id: {number}\ndata: event {number}\n\n"
                time.sleep(0.2)

        return Response(produce(), mimetype="text/event-stream")
