"""What the export knows of libraries: which calls serve, show, change or only look."""

from __future__ import annotations

APP_CLASSES = frozenset(
    ("Flask", "App", "Bottle", "FastAPI", "Starlette", "Quart", "APIFlask", "OpenAPI")
)
"""Classes whose instances are apps."""

APP_MODULES = frozenset(
    ("flask", "werkbook", "bottle", "fastapi", "starlette", "quart", "apiflask")
    + ("flask_openapi3",)
)

TUNNEL_MODULES = frozenset(
    ("flask_ngrok", "flask_ngrok2", "pyngrok", "ngrok", "flask_cloudflared")
    + ("flask_localtunnel", "flask_lt", "localtunnel", "pycloudflared", "portpicker")
    + ("flask_ngrok3", "colabcode", "flask_cors_ngrok", "zrok", "sshtunnel")
)
NOTEBOOK_MODULES = frozenset(
    ("google.colab", "IPython", "ipywidgets", "kora", "nest_asyncio", "webbrowser")
    + ("jupyter_dash", "werkbook_ext", "notebook", "jupyter_server", "nest_asyncio2")
)
"""What only a notebook has; a statement that calls it stays out."""

SERVING = frozenset(
    ("run_simple", "make_server", "serve_forever", "run_with_ngrok", "WSGIServer")
    + ("run_with_cloudflared", "run_with_lt", "start_ngrok", "_run_ngrok")
    + ("test_client", "test_request_context", "test_cli_runner", "TestClient")
    + ("get_ipython", "ThreadedWSGIServer", "BaseWSGIServer", "ThreadedHTTPServer")
    + ("run_server", "listen_and_serve", "install_as_flask")
)
"""Calls that serve an app or ask it, by their last name."""

SERVER_MODULES = frozenset(
    ("bottle", "uvicorn", "waitress", "hypercorn", "gunicorn", "cheroot", "gevent")
    + ("eventlet", "meinheld", "bjoern", "aiohttp.web", "werkzeug.serving")
)
STARTERS = frozenset(
    ("Thread", "Process", "Timer", "start_new_thread", "submit", "Popen", "create_task")
    + ("run_in_executor", "to_thread", "run_coroutine_threadsafe", "FlaskThread")
)
"""Calls that start something given to them."""

CLIENT_MODULES = frozenset(
    ("requests", "urllib", "urllib2", "urllib3", "http", "httpx", "aiohttp", "httplib")
    + ("socket", "httplib2", "websocket", "pycurl")
)
LOCAL_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "ngrok", "loca.lt")

LOOKING = frozenset(
    ("head", "tail", "info", "describe", "summary", "plot", "hist", "show", "sample")
    + ("score", "predict", "predict_proba", "evaluate", "value_counts", "isnull", "isna")
    + ("keys", "values", "items", "get", "copy", "join", "format", "count", "index")
    + ("mean", "sum", "min", "max", "std", "var", "median", "corr", "groupby", "unique")
    + ("nunique", "dtypes", "split", "strip", "lower", "upper", "startswith", "endswith")
    + ("print", "display", "boxplot", "scatter", "bar", "heatmap", "to_string", "shape")
    + ("get_params", "coef_", "json", "text", "decode", "encode", "sort_values", "any")
    + ("all", "duplicated", "query", "filter_by", "first", "one", "scalar", "fetchall")
    + ("fetchone", "fetchmany", "find", "find_one", "list_collection_names", "inspect")
    + ("get_feature_names_out", "get_config", "plot_model", "iter_rules", "nlargest")
    + ("to_dict", "to_json", "to_html", "transform", "inverse_transform", "quantile")
    + ("memory_usage", "crosstab", "pivot_table", "isin", "astype", "fillna_", "loc")
    + ("test_client", "test_request_context", "app_context", "ping", "tolist", "explain")
    + ("list_databases", "list_database_names", "list_models", "usage", "figure")
)
"""Methods that, as a statement of their own, only look at their object."""

CHANGING = frozenset(
    ("fit", "fit_transform", "partial_fit", "fit_generator", "fit_predict", "train")
    + ("train_on_batch", "fit_on_texts", "fit_resample", "compile", "build", "adapt")
    + ("pop", "popitem", "append", "extend", "insert", "remove", "add", "update")
    + ("setdefault", "clear", "discard", "execute", "executemany", "executescript")
    + ("commit", "create_all", "create_table", "insert_one", "insert_many", "save")
    + ("load_weights", "load_state_dict", "set_weights", "load_data", "seed", "download")
    + ("register", "register_blueprint", "init_app", "add_url_rule", "add_resource")
    + ("add_namespace", "configure", "bulk_create", "create", "write", "readline")
    + ("learn", "build_vocab", "to_sql", "add_documents", "add_texts", "start", "next")
    + ("eval", "to", "cuda", "half", "load_model", "mount", "include_router", "open")
)
"""Methods that change their object although their result is used as well."""

TAKING = frozenset(
    ("init_app", "create_all", "drop_all", "bind", "attach", "setup", "configure")
    + ("install", "wrap", "init", "initialize", "init_db", "shuffle", "heapify")
    + ("heappush", "heappop", "insort", "setattr", "delattr", "register", "mount")
)
"""Calls that change what is given to them."""

GIVING = frozenset(
    ("cursor", "connect", "begin", "session", "get_collection", "collection", "table")
    + ("namespace", "blueprint", "worksheet", "get_worksheet", "open_sheet", "setdefault")
    + ("open_by_key", "get_or_create_collection", "create_collection", "create_function")
    + ("get_database", "database", "client", "Table", "create_session", "Session")
)
"""Methods whose result stands for a part of their object."""

HOLDING = frozenset(
    ("sessionmaker", "scoped_session", "Session", "Cursor", "DictCursor", "declarative")
    + ("automap_base", "Migrate", "Marshmallow", "LoginManager", "Table", "create_engine")
    + ("iter", "enumerate", "reversed", "memoryview", "proxy", "partial")
)
"""Callables whose result stands for what is given to them."""

SHOWING = frozenset(
    ("print", "display", "pprint", "clear_output", "len", "type", "dir", "help", "repr")
    + ("str", "sorted", "list", "dict", "set", "sum", "max", "min", "isinstance", "id")
    + ("HTML", "IFrame", "Image", "Markdown", "input", "exit", "quit", "vars", "hasattr")
    + ("getattr", "callable", "round", "abs", "any", "all", "open", "plot_tree", "raw_input")
    + ("plot_confusion_matrix", "classification_report", "confusion_matrix", "sleep")
    + ("accuracy_score", "mean_squared_error", "r2_score", "train_test_split", "getsource")
    + ("plot_model", "reload", "format", "range", "zip", "map", "filter", "hash", "iter")
)
"""Calls that show or measure, and change nothing."""

PLOTTING = frozenset(("matplotlib", "seaborn", "plotly", "bokeh", "altair", "pylab"))
PLOT_SETTINGS = frozenset(
    ("use", "switch_backend", "set", "set_theme", "set_style", "rc", "ioff", "set_option")
    + ("update", "register", "set_palette", "set_context", "enable")
)
MODULE_LOOKING = frozenset(
    ("listdir", "getcwd", "system", "popen", "walk", "stat", "time", "sleep", "dumps")
    + ("loads", "exists", "isfile", "isdir", "get", "post", "put", "delete", "patch")
    + ("Popen", "run", "call", "check_call", "check_output", "collect", "glob", "exit")
    + ("head", "urlopen", "pprint", "gettempdir", "getenv", "version", "chdir", "startfile")
    + ("show_versions", "getsource", "_exit", "kill", "set_printoptions", "dump_")
)
"""Functions of modules that change nothing the app needs, as statements."""

WRITING = frozenset(
    ("open", "connect", "create_engine", "makedirs", "mkdir", "save", "dump", "write")
    + ("to_csv", "to_json", "to_pickle", "to_parquet", "to_excel", "to_sql", "to_html")
    + ("save_model", "urlretrieve", "copy", "copyfile", "copytree", "move", "touch")
    + ("write_text", "write_bytes", "savez", "save_weights", "savefig", "download")
    + ("extractall", "save_pretrained", "save_local", "symlink", "rename", "to_file")
    + ("savetxt", "imwrite", "imsave", "write_html", "write_image", "unpack_archive")
)
"""Calls that write a file which they name, or open something that can."""

IMMUTABLE_ENVIRONMENT = ("FLASK_", "NGROK_", "WERKZEUG_", "JUPYTER_")
