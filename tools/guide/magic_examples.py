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
    ),
    "%%template": (
        '%%template hello.html --with name="Ada"\n<h1>Hello {{ name }}!</h1>',
    ),
    "%%static": ("%%static css/notes.css\nli { color: seagreen; }",),
    "%serve": ("%serve", "%serve app", "%serve stop"),
    "%http": (
        "%http /notes",
        '%http -f POST /notes text="Feed the cat" -> redirects to /notes',
        "%http POST /echo name=Ada n:=3 --expect-json 'json[\"n\"] == 3'",
        "response = %http -q /notes Accept:application/json\nresponse.json()",
        "%http /notes?of={{ len(notes) }} --expect 200 --expect-text tea",
    ),
    "%%http": (
        '%%http POST /echo\nContent-Type: application/json\n\n{"text": "Call Grace"}',
        '%%http POST /echo -> 200, json text == "Tea"\n{"text": "Tea"}',
    ),
    "%browse": ("%browse /notes",),
    "%docs": ("%docs",),
    "%routes": ("%routes", "%routes --log"),
    "%doctor": ("%doctor",),
    "%trace": ("%trace /notes", "%trace -f POST /notes text=Tea"),
    "%%exercise": (
        "%%exercise greet --points 2\n"
        "Make a page at `/hello/NAME` that greets by name.\n\n"
        'GET /hello/Ada -> 200, text has "Hello Ada"\n'
        'GET /hello/<b>x</b> -> text lacks "<b>x</b>"\n'
        "hint: A rule can have a part that varies: `<name>`.",
    ),
    "%werkbook": ("%werkbook",),
}

NOT_HERE: dict[str, tuple[str, ...]] = {
    "%check": ("%check", "%check app"),
    "%export": (
        "%export app.py",
        "%export --project shop --deploy kubernetes",
        "%export app.py --tests --env API_KEY --timeout 120",
    ),
}
"""Examples of magics that read the notebook itself: the tests of the guide run them."""

EXAMPLES |= NOT_HERE

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
