"""Code that raises each error, as a reader would write it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """What raises an error.

    Attributes:
        shown: The code as readers write it.
        run: The code that is run to hear what the error says.
    """

    shown: str
    run: str


def _app(source: str, ask: str = "") -> Example:
    """Raise within an app that says what its views raise."""
    start = "from werkbook import *\napp = App('shop', root_path='.')\n"
    asked = f"\napp.testing = True\napp.test_client().{ask}" if ask else ""
    return Example(source, f"{start}{source}{asked}")


def _hidden(shown: str, run: str) -> Example:
    return Example(shown, run)


def _exported(*cells: str, options: str = "", at: str = "") -> str:
    made = ", ".join(f"Cell('c{n}', {cell!r})" for n, cell in enumerate(cells))
    return (
        "from pathlib import Path\nfrom werkbook.cells.cell import Cell\n"
        "from werkbook.export.delivering import Wish, deliver\n"
        f"{at}\ndeliver([{made}], Wish(Path('a.ipynb').absolute(),"
        f" Path('app.py').absolute(), is_checked=False{options}))"
    )


def _cell(*cells: str) -> Example:
    run = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"for cell in {cells!r}:\n    done = shell.run_cell(cell)\n"
        "raise done.error_in_exec or done.error_before_exec"
    )
    return Example(cells[-1], run)


VIEW = '@app.get("/")\ndef index():\n    '

EXAMPLES: dict[str, Example] = {
    "NoRootPathError": _hidden(
        'app = App("folder")  # a namespace package: a folder without __init__.py',
        "import os, sys\nos.mkdir('folder')\nsys.path.insert(0, os.getcwd())\n"
        "import folder\nfrom werkbook import App\nApp('folder')",
    ),
    "NoRequestToStreamError": _app("stream_with_context(iter(['a']))"),
    "NotSerializableError": _app(f'{VIEW}return {{"tags": {{"a", "b"}}}}', "get('/')"),
    "UnnamedViewError": _app(
        'import functools\n\napp.add_url_rule("/", view_func=functools.partial(str, 1))'
    ),
    "AmbiguousJsonError": _app("with app.app_context():\n    jsonify(1, name=2)"),
    "TagTakenError": _app(
        "from werkbook.json.tag import TagDict, TaggedJSONSerializer\n\n"
        "TaggedJSONSerializer().register(TagDict)"
    ),
    "ExerciseError": _hidden(
        "%%exercise greet\nA text, and no check.",
        "from werkbook.exercises.reading import read_exercise\n"
        "read_exercise('greet', 'A text, and no check.')",
    ),
    "SubmissionError": _hidden(
        "# a student's cell, in `werkbook grade`\nimport os\n\nos._exit(3)",
        "from werkbook.exercises.grading.notebook_process import SubmissionError\n"
        "from werkbook.exercises.grading.notebook_process import Conversation\n"
        "from types import SimpleNamespace as N\n"
        "one = Conversation.__new__(Conversation)\n"
        "one._process = N(wait=lambda timeout=None: 3, poll=lambda: 3, returncode=3)\n"
        "one._limits = N(memory_mb=2000)\nraise one._died()",
    ),
    "CourseError": _hidden(
        "werkbook course build lessons course  # none of them has an exercise",
        "from pathlib import Path\n"
        "from werkbook.exercises.course.build import build_course\n"
        "Path('lessons').mkdir()\nbuild_course(Path('lessons'), Path('course'))",
    ),
    "KeyFileError": _hidden(
        "werkbook grade handed-in --key lessons",
        "from pathlib import Path\nfrom werkbook.exercises.course.key import read_key\n"
        "Path('key.json').write_text('[]')\nread_key(Path('key.json'))",
    ),
    "NoSecretKeyError": _app(f'{VIEW}session["n"] = 1\n    return "1"', "get('/')"),
    "RuleError": _app('@app.get("/<name>/<name>")\ndef twice(name): ...'),
    "UnknownConverterError": _app('@app.get("/user/<itn:id>")\ndef user(id): ...'),
    "UrlBuildingError": _app('with app.app_context():\n    url_for("index")'),
    "UnknownEndpointError": _app(
        f'{VIEW}return "Hello"\n\n\nwith app.test_request_context():\n'
        '    url_for("indx")'
    ),
    "EndpointTakenError": _app(
        f'{VIEW}return "one"\n\n\n@app.get("/two")\ndef index():\n    return "two"'
    ),
    "ViewArgumentsError": _app(
        '@app.get("/hello/<name>")\ndef hello():\n    return "Hello"', "get('/hello/a')"
    ),
    "NoViewError": _app('app.add_url_rule("/late", "late")', "get('/late')"),
    "ResultMismatchError": _app(
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Tea:\n"
        '    name: str\n\n\n@app.get("/")\ndef index() -> Tea:\n    return {"name": 1}',
        "get('/')",
    ),
    "NoMsgspecError": _hidden(
        '# where msgspec is not installed\n@app.get("/")\n'
        "def index(limit: int = 10):\n    return []",
        "import sys\nfrom unittest.mock import patch\n"
        "with patch.dict(sys.modules, msgspec=None):\n"
        "    from werkbook.typed.decoding import load_msgspec\n"
        "    load_msgspec.__wrapped__()",
    ),
    "ParameterError": _app(
        "from werkbook.typed import Path\n\n\n"
        '@app.get("/")\ndef index(n: int = Path()):\n    return str(n)',
        "get('/')",
    ),
    "UnknownHintError": _app(
        "from werkbook.typed import Query\n\n\n"
        '@app.get("/")\ndef index(n: "Nmber" = Query()):\n    return str(n)',
        "get('/')",
    ),
    "MissingVariableError": _app('app.config.from_envvar("SHOP_SETTINGS")'),
    "HandlerError": _app("@app.errorhandler(999)\ndef strange(error): ..."),
    "HandlerTypeError": _app("@app.errorhandler(KeyError())\ndef strange(error): ..."),
    "TypedTargetError": _hidden(
        "%export --target flask  # with a view such as def index(limit: int = 10)",
        _exported(
            "from werkbook import App\napp = App()",
            '@app.get("/")\ndef index(limit: int = 10) -> list[int]:\n    return []',
            options=", target='flask'",
        ),
    ),
    "DocumentError": _hidden(
        "werkbook openapi app.py --diff older.json  # whose paths are a list",
        "from werkbook.openapi.differences import list_api_changes\n"
        "list_api_changes({'paths': []}, {'paths': {}})",
    ),
    "OutsideError": _hidden(
        "%%writefile ../notes.py\nNOTES = []\n\n# and in another cell\n"
        "from notes import NOTES",
        "from pathlib import Path\n"
        "from werkbook.export.project.file_names import check_inside\n"
        "check_inside(Path.cwd(), ['../notes.py'], {'../notes.py': 'In[2]'})",
    ),
    "MissingTemplateError": _app(
        f'{VIEW}return render_template("indx.html")', "get('/')"
    ),
    "ResponseError": _app(
        '@app.get("/")\ndef index():\n    print("Hello")', "get('/')"
    ),
    "NoAsyncError": _hidden(
        "# where asgiref is not installed\nasync def index():\n    return 'Hello'",
        "import sys\nfrom unittest.mock import patch\n"
        "from werkbook import App\napp = App('shop', root_path='.')\n"
        "async def index(): ...\n"
        "with patch.dict(sys.modules, {'asgiref.sync': None}):\n"
        "    app.async_to_sync(index)",
    ),
    "NoAppException": _hidden(
        "werkbook run  # in a folder without app.py",
        "from werkbook.cli import ScriptInfo\nimport os\n"
        "os.environ.pop('FLASK_APP', None)\nScriptInfo().load_app()",
    ),
    "AmbiguousBaseUrlError": _app(
        'app.test_request_context("/", base_url="http://a.example", subdomain="b")'
    ),
    "NoCookiesError": _app(
        "client = app.test_client(use_cookies=False)\n"
        "with client.session_transaction():\n    ..."
    ),
    "NoSessionError": _app(
        "with app.test_client().session_transaction() as session:\n    ...",
    ),
    "NestedClientError": _app(
        "with app.test_client() as client:\n    with client:\n        ..."
    ),
    "PortInUseError": _hidden(
        "%serve --port 8000  # another program has it",
        "import socket\nfrom werkbook import App, serving\n"
        "taken = socket.create_server(('127.0.0.1', 0))\n"
        "app = App('shop', root_path='.')\ntry:\n"
        "    serving.serve(app, port=taken.getsockname()[1])\n"
        "except serving.PortInUseError as error:\n"
        "    text = str(taken.getsockname()[1])\n"
        "    error.problem = error.problem.replace(text, '8000')\n"
        "    error.why = 'jupyter-lab (4242) listens on it.'\n"
        "    raise\nfinally:\n    taken.close()",
    ),
    "AddressError": _app(
        'from werkbook import serving\n\nserving.serve(app, host="192.0.2.1")'
    ),
    "NotWsgiError": _app("from werkbook import serving\n\nserving.serve(['no app'])"),
    "NoServerError": _hidden(
        "%serve  # in JupyterLite",
        "from werkbook import App, serving\nfrom werkbook.system import using\n"
        "from werkbook.system.bare import BareSystem\n"
        "with using(BareSystem()):\n    serving.serve(App('shop', root_path='.'))",
    ),
    "NoUvicornError": _hidden(
        "%serve  # an app of FastAPI, where uvicorn is not installed",
        "import sys\nfrom unittest.mock import patch\n"
        "from werkbook.serving.asgi import uvicorn_engine\n"
        "async def app(scope, receive, send): ...\n"
        "with patch.dict(sys.modules, uvicorn=None):\n"
        "    uvicorn_engine.load_uvicorn(app)",
    ),
    "LifespanError": _hidden(
        "%serve  # an app of FastAPI whose lifespan function fails",
        "from werkbook.serving.asgi.lifespans import start_failed\n"
        "raise start_failed('the database is not there')",
    ),
    "HeldUpError": _hidden(
        "%%exercise greet  # the app is served, and an async view of it never ends",
        "from werkbook_ext.exercises.open_apps import held_up\nraise held_up()",
    ),
    "NoSuchAppError": _hidden(
        'uvicorn.run("shop:app")  # in a cell; there is no module shop',
        "from werkbook_ext.front_end import asgi_runs\n"
        "asgi_runs._find_named(None, 'shop:app')",
    ),
    "KernelReplyError": _hidden(
        "werkbook mcp --kernel 4242  # no kernel's file begins so",
        "from pathlib import Path\n"
        "from werkbook_ext.agents import open_kernels\n"
        "open_kernels.find_kernel('4242', Path.cwd())",
    ),
    "NoNotebookError": _hidden(
        "werkbook mcp  # a tool is asked, and no notebook of the folder is open",
        "from pathlib import Path\nfrom types import SimpleNamespace\n"
        "from werkbook_ext.agents import notebook_choice\n"
        "choice = SimpleNamespace(folder=Path.cwd())\n"
        "raise notebook_choice.NotebookChoice._nothing(choice)",
    ),
    "ToolCallError": _hidden(
        "# a tool of werkbook mcp, asked for a page that has no rule",
        "from werkbook_ext.agents.notebook_choice import ToolCallError\n"
        "raise ToolCallError('[shop.ipynb]\\nNo rule matches /tee.')",
    ),
    "ImportingError": _hidden(
        "werkbook import app.py  # a file that is no Python",
        "from pathlib import Path\n"
        "from werkbook.importer.importer import import_app\n"
        "Path('app.py').write_text('from flask import Flask\\napp = Flask(')\n"
        "import_app(Path('app.py'))",
    ),
    "NotebookExistsError": _hidden(
        "werkbook import app.py -o app.ipynb  # there is another app.ipynb",
        "from pathlib import Path\n"
        "from werkbook.importer.import_command import write_import\n"
        "from werkbook.importer.importer import import_app\n"
        "Path('app.py').write_text('from flask import Flask\\n"
        "app = Flask(__name__)\\n')\n"
        "made = import_app(Path('app.py'))\n"
        "Path('app.ipynb').write_text('mine')\n"
        "write_import(made, Path('app.ipynb'), force=False)",
    ),
    "LimitsError": _app(
        "from werkbook import serving\n\nserving.Limits(connections=0)"
    ),
    "HeaderError": _hidden(
        f'{VIEW}return "Hello", {{"X-Name": "Zoë 日"}}',
        "from werkbook.serving.http.response_head import make_head\n"
        "make_head('200 OK', [('X-Name', 'Zoë 日')])",
    ),
    "StatusError": _hidden(
        f'{VIEW}return "Hello", 102',
        "from werkbook.serving.http.response_head import make_head\n"
        "make_head('102 PROCESSING', [])",
    ),
    "ForeignHostError": _hidden(
        "curl -H 'Host: shop.example' http://127.0.0.1:PORT/  # status 421",
        "from werkbook.serving.access import gate\n"
        "raise gate.foreign_host('shop.example')",
    ),
    "TokenError": _hidden(
        "curl http://127.0.0.1:PORT/  # another user of the machine; status 403",
        "from werkbook.serving.access import gate\nraise gate.no_token()",
    ),
    "ForeignPageError": _hidden(
        "<form method='post' action='http://127.0.0.1:PORT/'>"
        "  <!-- a page of https://shop.example; status 403 -->",
        "from werkbook.serving.access import origins\n"
        "raise origins.from_foreign_page('https://shop.example')",
    ),
    "TooManySocketsError": _hidden(
        "new WebSocket('ws://127.0.0.1:PORT/echo')"
        "  // the 201st that is open at a time; status 503",
        "from werkbook.serving.access import origins\nraise origins.too_many_sockets()",
    ),
    "CellLineError": _hidden(
        '%%route GET hello\n"Hello"',
        "from werkbook.cells.routes import parse_route_line\n"
        "parse_route_line('GET hello')",
    ),
    "CellBodyError": _hidden(
        "%%route /hello",
        "from werkbook.cells import routes\n"
        "import inspect\n"
        "make = next(f for f in vars(routes).values() if inspect.isfunction(f)"
        " and 'has no body' in inspect.getsource(f))\n"
        "make('', '/hello')",
    ),
    "NotebookError": _hidden(
        "werkbook export shop.txt",
        "from pathlib import Path\nfrom werkbook.cells.read import read_notebook\n"
        "Path('shop.ipynb').write_text('no notebook')\n"
        "read_notebook(Path('shop.ipynb'))",
    ),
    "NoAppError": _hidden(
        "werkbook export plots.ipynb  # no cell makes an app",
        _exported("1 + 1"),
    ),
    "ExportExistsError": _hidden(
        "%export app.py  # you have written an app.py of your own",
        _exported(
            "from flask import Flask\napp = Flask(__name__)",
            '@app.get("/")\ndef index():\n    return "Hello"',
            at="Path('app.py').write_text('mine')",
        ),
    ),
    "FileAccessError": _hidden(
        "werkbook export shop.ipynb -o app.py/shop.py  # app.py is a file",
        "from pathlib import Path\n"
        "from werkbook.cli.command_errors import explain_os_error\n"
        "Path('app.py').write_text('')\n"
        "try:\n    open('app.py/shop.py', 'w')\n"
        "except OSError as error:\n    raise explain_os_error(error) from None",
    ),
    "NoRoomError": _hidden(
        "werkbook grade handed-in --key course/key  # under a low ulimit -u",
        "import errno, os\n"
        "from werkbook.cli.command_errors import explain_os_error\n"
        "try:\n    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))\n"
        "except OSError as error:\n    raise explain_os_error(error) from None",
    ),
    "FillError": _hidden(
        "%http /items/{{ nmber }}",
        "from werkbook.cells.requests import Filler, compose, read_request\n"
        "compose(read_request('/items/{{ nmber }}'), Filler(lambda text: eval(text)))",
    ),
    "VocabularyError": _hidden(
        '%http / -> text hsa "Hello"',
        "from werkbook.cells.requests import read_request\n"
        "read_request('/ -> text hsa \"Hello\"')",
    ),
    "RequestSyntaxError": _hidden(
        "%http / --expct 200",
        "from werkbook.cells.requests import read_request\n"
        "read_request('/ --expct 200')",
    ),
    "FlaskImportedError": _hidden(
        "import flask\n\nimport werkbook\n\nwerkbook.install_as_flask()",
        "import flask\nimport werkbook\nwerkbook.install_as_flask()",
    ),
    "SetupFinishedError": _app(
        "# a script, outside a notebook\n"
        'app.test_client().get("/")\n\n\n@app.get("/late")\ndef late(): ...'
    ),
    "NotPicklableError": _app(
        "import multiprocessing\n\n"
        'spawn = multiprocessing.get_context("spawn")\n'
        "spawn.Process(target=app.run).start()"
    ),
    "UnimplementedMethodError": _app(
        "from werkbook.views import MethodView\n\n\nclass Teas(MethodView):\n"
        '    methods = ["GET", "POST"]\n\n    def get(self):\n        return []\n\n\n'
        'app.add_url_rule("/", view_func=Teas.as_view("teas"))',
        "post('/')",
    ),
    "DebugFilesKeyError": _app(
        "app.debug = True\n\n\n"
        '@app.post("/")\ndef upload():\n    return request.files["photo"].filename',
        "post('/', data={'photo': 'me.png'})",
    ),
    "FormDataRoutingRedirect": _hidden(
        "# in debug mode: a form is sent to a rule that redirects with 301 or 302",
        "from werkbook import App, request\n"
        "from werkzeug.routing import RequestRedirect\n"
        "from werkbook.debughelpers import FormDataRoutingRedirect\n"
        "app = App('shop', root_path='.')\n"
        "with app.test_request_context('/items', method='POST'):\n"
        "    asked = request._get_current_object()\n"
        "    asked.routing_exception = RequestRedirect('http://localhost/items/')\n"
        "    raise FormDataRoutingRedirect(asked)",
    ),
    "OutsideContextError": _app("request.args"),
    "BlueprintNameError": _app(
        'app.register_blueprint(Blueprint("shop", "shop", root_path="."))\n'
        'app.register_blueprint(Blueprint("shop", "other", root_path="."))'
    ),
    "BlueprintFinishedError": _app(
        "# a script, outside a notebook\n"
        'shop = Blueprint("shop", "shop", root_path=".")\n'
        'app.register_blueprint(shop)\n\n\n@shop.get("/late")\ndef late(): ...'
    ),
    "FlaskItselfError": _cell(
        "from flask import Flask\nthe_app = Flask('shop', root_path='.')",
        "%load_ext werkbook",
        "%%template hello.html\n<h1>Hello</h1>",
    ),
    "TemplateCellError": _cell("the_app = None", "%%template hello.html\n{% if %}"),
    "ExpectationError": _cell(
        "%load_ext werkbook\nfrom werkbook import App\napp = App()\n"
        "app.get('/')(lambda: 'Hello')",
        "%http / --app app -> 404",
    ),
    "NoAnswerError": _cell(
        "%load_ext werkbook",
        "%http http://127.0.0.1:9/",
    ),
    "ShareError": _cell(
        "%load_ext werkbook",
        "from werkbook import App\napp = App()",
        "%serve --share",
    ),
    "RouteSyntaxError": _cell(
        "%load_ext werkbook",
        "%%route /hello --app app\nif True\n    'Hello'",
    ),
    "CheckError": _hidden(
        "%check  # a cell fails when the notebook runs from the top",
        "from types import SimpleNamespace\n"
        "from werkbook_ext.restart import checking\n"
        "text = 'NameError: name \\'prices\\' is not defined'\n"
        "raise checking._failing(text, SimpleNamespace(find_place=str), 'app.py')",
    ),
}

CELLS = frozenset(
    name for name, one in EXAMPLES.items() if one.shown.startswith(("%", "curl", "<"))
) | {"CourseError", "KeyFileError", "NoAppException", "NotebookError", "NoAppError"}
"""Errors whose example is no Python."""
