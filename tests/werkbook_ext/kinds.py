"""A cell for each kind of registration, and the question that shows what is in force.

Each source has `{v}`, which stands for what the cell registers this time; each probe is
an expression that gives that text, or None where nothing is registered.
"""

from dataclasses import dataclass

BASE = """
from werkbook import (App, Blueprint, g, request, render_template,
    render_template_string, current_app)
from werkbook.views import MethodView
from werkbook import signals
app = App("__main__")
app.testing = False
@app.route("/probe/", defaults={"x": None})
@app.route("/probe/<x>")
def probe(x):
    return ",".join(g.get("seen", []))
@app.route("/boom")
def boom():
    raise LookupError("boom")
def see(text):
    g.setdefault("seen", []).append(text)
def ask(url, method="GET"):
    response = app.test_client().open(url, method=method)
    return response.get_data(as_text=True) if response.status_code == 200 else None
def render(source):
    with app.test_request_context():
        try:
            return render_template_string(source)
        except Exception:
            return None
"""


@dataclass(frozen=True)
class Kind:
    """How to register something, and how to see it; `base` is the notebook's top."""

    name: str
    source: str
    probe: str
    base: str = BASE

    def cell(self, value: str) -> str:
        return self.source.replace("{v}", value)

    @property
    def is_magic(self) -> bool:
        return self.source.startswith("%%")


def _hook(name: str, decorator: str, arguments: str, body: str, probe: str) -> Kind:
    source = f"{decorator}\ndef hook_{{v}}({arguments}):\n    {body}"
    return Kind(name, source, probe)


TORN = "(app.config.pop('TORN', None), ask('/probe/'), app.config.pop('TORN', None))[2]"
SEEN = "ask('/probe/') or None"

KINDS = [
    Kind("get", '@app.get("/k")\ndef k_{v}():\n    return "{v}"', "ask('/k')"),
    Kind(
        "route",
        '@app.route("/k", methods=["GET", "POST"])\ndef k():\n    return "{v}"',
        "ask('/k', 'POST')",
    ),
    Kind(
        "renamed rule",
        '@app.get("/k/{v}")\ndef k():\n    return "{v}"',
        "next((v for v in ('one', 'two', 'three') if ask('/k/' + v)), None)",
    ),
    Kind("add_url_rule", 'app.add_url_rule("/k", "k", lambda: "{v}")', "ask('/k')"),
    Kind(
        "MethodView",
        'class K(MethodView):\n    def get(self): return "{v}"\n'
        'app.add_url_rule("/k", view_func=K.as_view("k"))',
        "ask('/k')",
    ),
    Kind("%%route", '%%route GET /k\n"{v}"', "ask('/k')"),
    Kind(
        "loop",
        'for n in range(2):\n    app.add_url_rule(f"/k/{n}", f"k{n}", lambda: "{v}")',
        "ask('/k/1')",
    ),
    Kind(
        "exec",
        'exec(\'@app.get("/k")\\ndef k(): return "{v}"\')',
        "ask('/k')",
    ),
    Kind(
        "nested run_cell",
        'get_ipython().run_cell(\'@app.get("/k")\\ndef k(): return "{v}"\')\nNone',
        "ask('/k')",
    ),
    Kind("%%template", "%%template k.html\n{v}", "render('{% include \"k.html\" %}')"),
    Kind(
        "%%static",
        "%%static k.txt\n{v}",
        "(ask('/static/k.txt') or '').strip() or None",
    ),
    _hook("before_request", "@app.before_request", "", 'see("{v}")', SEEN),
    _hook(
        "after_request",
        "@app.after_request",
        "response",
        'response.headers["X-K"] = "{v}"; return response',
        "app.test_client().get('/probe/').headers.get('X-K')",
    ),
    _hook(
        "teardown_request",
        "@app.teardown_request",
        "error",
        'app.config["TORN"] = "{v}"',
        TORN,
    ),
    _hook(
        "teardown_appcontext",
        "@app.teardown_appcontext",
        "error",
        'app.config["TORN"] = "{v}"',
        TORN,
    ),
    _hook(
        "errorhandler",
        "@app.errorhandler(LookupError)",
        "error",
        'return "{v}"',
        "ask('/boom')",
    ),
    _hook(
        "error handler by code",
        "@app.errorhandler(404)",
        "error",
        'return "{v}", 200',
        "ask('/nowhere')",
    ),
    _hook(
        "url_value_preprocessor",
        "@app.url_value_preprocessor",
        "endpoint, values",
        'see("{v}")',
        SEEN,
    ),
    _hook(
        "url_defaults",
        "@app.url_defaults",
        "endpoint, values",
        'values["k"] = "{v}"',
        "(render('{{ url_for(\"boom\") }}') or '').partition('?k=')[2] or None",
    ),
    _hook(
        "template_filter",
        '@app.template_filter("k")',
        "value",
        'return "{v}"',
        "render('{{ 1|k }}')",
    ),
    _hook(
        "template_test",
        '@app.template_test("k")',
        "value",
        'return value == "{v}"',
        "next((v for v in ('one', 'two', 'three')"
        " if render('{{ \"%s\" is k }}' % v) == 'True'), None)",
    ),
    _hook(
        "template_global",
        '@app.template_global("k")',
        "",
        'return "{v}"',
        "render('{{ k() }}')",
    ),
    _hook(
        "context_processor",
        "@app.context_processor",
        "",
        'return {"k": "{v}"}',
        "render('{{ k }}') or None",
    ),
    _hook(
        "shell_context_processor",
        "@app.shell_context_processor",
        "",
        'return {"k": "{v}"}',
        "app.make_shell_context().get('k')",
    ),
    _hook(
        "cli command",
        '@app.cli.command("k")',
        "",
        'print("{v}")',
        "(lambda r: r.output.strip() if r.exit_code == 0 else None)"
        "(app.test_cli_runner().invoke(args=['k']))",
    ),
    Kind(
        "blueprint",
        'bp = Blueprint("bp", "__main__", url_prefix="/bp")\n'
        '@bp.get("/k")\ndef k_{v}():\n    return "{v}"\napp.register_blueprint(bp)',
        "ask('/bp/k')",
    ),
    Kind(
        "blueprint hook",
        'bp = Blueprint("bp", "__main__")\n@bp.before_app_request\n'
        'def hook():\n    see("{v}")\napp.register_blueprint(bp)',
        SEEN,
    ),
    Kind(
        "signal",
        "def receiver(sender, **extra):\n"
        '    see("{v}")\nsignals.request_started.connect(receiver, app)',
        SEEN,
    ),
    Kind(
        "extension",
        "class Extension:\n    def init_app(self, app):\n"
        '        if "k" in app.extensions: raise RuntimeError("twice")\n'
        '        app.extensions["k"] = "{v}"\nExtension().init_app(app)',
        "app.extensions.get('k')",
    ),
    Kind("config", 'app.config["K"] = "{v}"', "app.config.get('K')"),
    Kind("config.update", 'app.config.update(K="{v}", L=1)', "app.config.get('K')"),
    Kind("secret_key", 'app.secret_key = "{v}"', "app.secret_key"),
    Kind(
        "wsgi_app",
        "def wrap(inner):\n    def wsgi(environ, start_response):\n"
        '        environ["k"] = "{v}"\n        return inner(environ, start_response)\n'
        "    return wsgi\napp.wsgi_app = wrap(app.wsgi_app)\n",
        "(lambda e: (app(e, lambda *a: None), e.get('k'))[1])"
        "(__import__('werkzeug.test', fromlist=['x']).EnvironBuilder('/probe/')"
        ".get_environ())",
    ),
    Kind(
        "public list",
        'app.before_request_funcs.setdefault(None, []).append(lambda: see("{v}"))',
        SEEN,
    ),
    Kind(
        "jinja_env.globals",
        'app.jinja_env.globals["k"] = "{v}"',
        "render('{{ k }}') or None",
    ),
    Kind(
        "jinja_env.policies",
        'app.jinja_env.policies["truncate.leeway"] = "{v}"',
        "(lambda v: None if v == 5 else v)(app.jinja_env.policies['truncate.leeway'])",
    ),
    Kind(
        "jinja_env.add_extension",
        "from jinja2.ext import Extension\nclass Saying(Extension):\n"
        "    def preprocess(self, source, name, filename=None):\n"
        '        return source.replace("KKK", "{v}")\n'
        "app.jinja_env.add_extension(Saying)",
        "(lambda text: None if text == 'KKK' else text)(render('KKK'))",
    ),
    Kind(
        "jinja_env.filters",
        'app.jinja_env.filters["k"] = lambda value: "{v}"',
        "render('{{ 1|k }}')",
    ),
]
