"""Cells that show each magic, and mistakes with each.

All of them are run when the guide is built: an example that fails, or a mistake that
passes, ends the build.
"""

from __future__ import annotations

PRELUDE = (
    "%load_ext werkbook",
    "from werkbook import App, redirect, render_template, request, url_for\n"
    "app = App()\nnotes = ['Buy tea']",
    '@app.get("/notes")\ndef list_notes():\n    return notes',
    '@app.post("/notes")\ndef add_note():\n    notes.append(request.form["text"])\n'
    '    return redirect("/notes")',
    '@app.post("/echo")\ndef echo():\n    return request.get_json()',
)
"""What runs before each of them."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "%%route": (
        '%%route /\nf"<h1>{len(notes)} notes</h1>"',
        "%%route GET /notes/<int:number> --try /notes/0 --try /notes/7\n"
        "if number >= len(notes):\n"
        '    return "No such note", 404\n'
        "notes[number]",
        "%%route POST,PUT /upload --name upload\nlen(request.data), 201",
        '%%route /about --app app\n"Notes, by Ada"',
    ),
    "%%template": (
        '%%template hello.html --with name="Ada"\n<h1>Hello {{ name }}!</h1>',
    ),
    "%%static": ("%%static css/notes.css\nli { color: seagreen; }",),
    "%serve": (
        "%serve",
        "%serve app",
        "%serve stop",
        "%serve --app app --host 127.0.0.1 --port 0",
    ),
    "%http": (
        "%http /notes",
        '%http -f POST /notes text="Feed the cat" -> redirects to /notes',
        "%http POST /echo name=Ada n:=3 --expect-json 'json[\"n\"] == 3'",
        "response = %http -q /notes Accept:application/json\nresponse.json()",
        "%http /notes?of={{ len(notes) }} --expect 200 --expect-text tea",
        "%http -j POST /echo text=Tea",
        "%http POST /echo --raw '[1, 2]' Content-Type:application/json",
        "%http --multipart POST /notes text=Cake --no-follow --expect 302",
        "%http -f POST /notes text=Milk --follow --expect 200",
        "%http -a ada:engine /notes --app app --no-cookies --timeout 5",
        "%http -A bearer -a t0ken /notes",
        "from flask_sock import Sock\nsock = Sock(app)\n\n\n"
        '@sock.route("/chat")\ndef chat(ws):\n'
        "    while True:\n        ws.send(ws.receive().upper())",
        '%http --ws /chat "hello" "again" --frames 2',
        '%http --ws /chat "hello" --protocol chat.v1',
    ),
    "%%http": (
        '%%http POST /echo\nContent-Type: application/json\n\n{"text": "Call Grace"}',
        '%%http POST /echo -> 200, json text == "Tea"\n{"text": "Tea"}',
        "%%http -f POST /notes --no-follow --expect 302\ntext=Call+Grace",
        '%%http POST /echo -q -j --app app --timeout 5 --expect-text Tea\n["Tea"]',
        '%%http POST /echo --no-cookies --expect-json \'json == {"n": 3}\'\n{"n": 3}',
        "%%http -A bearer -a t0ken --follow POST /echo --expect 200\n{}",
        "%%http --ws /chat --frames 2 --protocol chat.v1\nhello\nagain",
    ),
    "%browse": (
        "%browse /notes",
        "%browse /notes --app app --height 300 --no-live",
        "%browse --dock --allow https://cdn.jsdelivr.net",
    ),
    "%docs": ("%docs", "%docs --app app --height 400", "%docs --dock"),
    "%routes": ("%routes", "%routes --log", "%routes --app app"),
    "%doctor": ("%doctor",),
    "%trace": ("%trace /notes", "%trace -f POST /notes text=Tea", "%trace --app app /"),
    "%%exercise": (
        "%%exercise greet --points 2\n"
        "Make a page at `/hello/NAME` that greets by name.\n\n"
        'GET /hello/Ada -> 200, text has "Hello Ada"\n'
        'GET /hello/<b>x</b> -> text lacks "<b>x</b>"\n'
        "hint: A rule can have a part that varies: `<name>`.",
        "%%exercise notes --app app --timeout 2 --language de --no-solution\n"
        "Gib unter `/notes` alle Notizen.\n\n"
        "GET /notes -> 200, json length(@) >= 1\n"
        "solution: A list is sent as JSON.",
    ),
    "%werkbook": ("%werkbook",),
    "%check": ("%check", "%check --app app"),
    "%export": (
        "%export app.py",
        "%export --project shop --deploy kubernetes --no-check",
        "%export app.py --tests --env API_KEY --timeout 120 --no-check",
        "%export notes.py --app app --target werkbook --docs --openapi --no-check",
        "%export app.py --upto 5 --force --no-check",
        "%%writefile shop.py\nfrom werkbook import App\n\nshop = App(__name__)\n\n\n"
        '@shop.get("/")\ndef index():\n    return "Open"',
        "%export app.py --file shop.py --no-check",
    ),
}

MISTAKES: dict[str, tuple[str, ...]] = {
    "%%route": (
        "%%route\n1",
        "%%route hello\n1",
        "%%route GTE /hello\n1",
        "%%route /hello --names hi\n1",
        "%%route /hello --name say-hello\n1",
        "%%route /hello\n",
        "%%route /hello\nif True\n    1",
        '%%route /hello/<itn:name>\n"Hello"',
    ),
    "%%template": (
        "%%template\n<h1>Hello</h1>",
        "%%template hello.html\n{% if %}",
        "%%template hello.html --with nme\n<h1>Hello</h1>",
    ),
    "%%static": ("%%static ../secret.txt\nx", "%%static\nx"),
    "%serve": (
        "%serve --port 99999",
        "%serve shop",
        "%serve app app",
        "%serve --prot 8000",
        "%serve notes",
        "%serve --share",
        "%serve --unshare",
    ),
    "%http": (
        "%http GET",
        '%http /notes "unclosed',
        "%http /notes --expct 200",
        "%http /notes --timeout soon",
        "%http /notes?of={{ nobody }}",
        "%http /notes -> text hsa 'tea'",
        "%http /notes --expect 404",
        "%http POST /echo n:=three",
    ),
    "%%http": ("%%http POST /echo name=Ada\n{}",),
    "%browse": ("%browse --height 1", "%browse --allow ???"),
    "%docs": ("%docs /docs",),
    "%routes": ("%routes nobody",),
    "%check": ("%check app --app app",),
    "%export": ("%export --target django", "%export --upto many"),
    "%trace": ("%trace GET",),
    "%%exercise": (
        "%%exercise greet --pionts 2\nText.\nGET / -> 200",
        "%%exercise greet\nText without a check.",
        "%%exercise greet\nText.\nGET /",
        '%%exercise greet\nText.\nGET / -> text hsa "x"',
    ),
    "%doctor": ("%doctor all",),
    "%werkbook": ("%werkbook http",),
}
