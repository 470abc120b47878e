"""What the export knows of libraries: which calls serve, show, change or only look."""

from __future__ import annotations

import ast


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


APP_CLASSES = _words(
    """
    API APIFlask App Bottle Dash FastAPI FastHTML Flask FlaskAPI JupyterDash
    Litestar OpenAPI Quart Sanic Starlette default_app get_asgi_application
    get_wsgi_application
    """
)
"""Classes whose instances are apps, and functions that give one."""
AMBIGUOUS_CLASSES = _words("API App default_app")
"""Those that only count where they come from a known framework."""
APP_MODULES = _words(
    """
    apiflask bottle dash falcon fastapi fasthtml flask flask_openapi3 litestar quart
    starlette werkbook
    """
)
TUNNEL_MODULES = _words(
    """
    colabcode flask_cloudflared flask_cors_ngrok flask_localtunnel flask_lt
    flask_ngrok flask_ngrok2 flask_ngrok3 localtunnel ngrok portpicker pycloudflared
    pyngrok sshtunnel zrok
    """
)
NOTEBOOK_MODULES = _words(
    """
    google.colab jupyter_server kora nest_asyncio nest_asyncio2 notebook webbrowser
    werkbook_ext
    """
)
"""What only a notebook has; a statement that calls it stays out."""
SERVING = _words(
    """
    _run_ngrok BaseWSGIServer get_ipython install_as_flask JupyUvi JupyUviAsync
    listen_and_serve make_server nb_serve nb_serve_async run_server run_simple
    run_with_cloudflared run_with_lt
    run_with_ngrok serve_forever start_ngrok test_cli_runner test_client
    test_request_context TestClient ThreadedHTTPServer ThreadedWSGIServer WSGIServer
    """
)
"""Calls that serve an app or ask it, by their last name."""
ASKING = _words(
    """
    get_ipython install_as_flask test_cli_runner test_client test_request_context
    TestClient
    """
)
"""Those of SERVING that serve nothing."""
OWN_SERVERS = _words(
    """
    BaseServer HTTPServer SimpleXMLRPCServer TCPServer ThreadingHTTPServer
    ThreadingTCPServer ThreadingUDPServer UDPServer UnixStreamServer
    """
)
"""Servers that may answer with the notebook's own class instead of an app."""
SERVER_MODULES = _words(
    """
    aiohttp.web bjoern bottle cheroot eventlet gevent gunicorn hypercorn
    meinheld tornado.httpserver tornado.ioloop tornado.wsgi uvicorn waitress
    werkbook_ext werkzeug.serving wsgiref
    """
)
STARTERS = _words(
    """
    create_task FlaskThread Popen Process run_coroutine_threadsafe run_in_executor
    start_new_thread submit Thread Timer to_thread
    """
)
"""Calls that start something given to them."""
CLIENT_MODULES = _words(
    """
    aiohttp http httplib httplib2 httpx pycurl requests socket urllib urllib2
    urllib3 websocket
    """
)
LOOKING = _words(
    """
    all any app_context astype bar boxplot coef_ copy corr count crosstab decode
    describe display dtypes duplicated encode endswith evaluate explain fetchall
    fetchmany fetchone figure fillna_ filter_by find find_one first format get
    get_config get_feature_names_out get_params groupby head heatmap hist index info
    inspect inverse_transform isin isna isnull items iter_rules join json keys
    list_collection_names list_database_names list_databases list_models loc lower
    max mean median memory_usage min nlargest nunique one ping pivot_table plot
    plot_model predict predict_proba print quantile query sample scalar scatter
    score shape show sort_values split startswith std strip sum summary tail
    test_client test_request_context text to_dict to_html to_json to_string tolist
    transform unique upper usage value_counts values var
    """
)
"""Methods that, as a statement of their own, only look at their object."""
CHANGING = _words(
    """
    acquire adapt add add_documents add_namespace add_resource add_texts
    add_url_rule append build build_vocab bulk_create clear commit compile configure
    create create_all create_table cuda discard download eval execute executemany
    executescript extend fit fit_generator fit_on_texts fit_predict fit_resample
    fit_transform get_nowait half include_router init_app insert insert_many
    insert_one learn load_data load_model load_state_dict load_weights mount next
    open partial_fit pop popitem readline recv register register_blueprint release
    remove result save seed set_weights setdefault start to to_sql train train_on_batch
    update write
    """
)
"""Methods that change their object although their result is used as well."""
TAKING = _words(
    """
    attach bind configure create_all delattr drop_all heapify heappop heappush init
    init_app init_db initialize insort install mount register setattr setup shuffle
    to_sql wrap
    """
)
"""Calls that change what is given to them."""
GIVING = _words(
    """
    begin blueprint client collection connect create_collection create_function
    create_session cursor database get_collection get_database
    get_or_create_collection get_worksheet items keys namespace open_by_key open_sheet
    session Session setdefault table Table values worksheet
    """
)
"""Methods whose result stands for a part of their object."""
HOLDING = _words(
    """
    as_completed automap_base create_engine Cursor declarative DictCursor enumerate iter
    LoginManager Marshmallow memoryview Migrate partial proxy reversed
    scoped_session Session sessionmaker Table
    """
)
"""Callables whose result stands for what is given to them."""
CHOOSING = _words("enumerate filter iter list max min next reversed sorted tuple zip")
"""Builtins that give parts of what is given to them."""
ITERATORS = _words(
    """
    chain count cycle DictReader enumerate filter islice iter map reader repeat
    reversed zip
    """
)
"""Calls whose result can be gone through once."""
SHOWING = _words(
    """
    abs accuracy_score all any callable classification_report clear_output
    confusion_matrix dict dir display exit filter format getattr getsource hasattr
    hash help HTML id IFrame Image input isinstance iter len list map Markdown max
    mean_squared_error min open plot_confusion_matrix plot_model plot_tree pprint
    print quit r2_score range raw_input reload repr round set sleep sorted str sum
    train_test_split type vars zip
    """
)
"""Calls that show or measure, and change nothing."""
PLOTTING = _words(
    """
    altair bokeh matplotlib plotly pylab seaborn
    """
)
READ_ARGUMENTS = _words("argparse click docopt fire getopt optparse typer")
"""Packages that read `sys.argv`."""
PLOT_SETTINGS = _words(
    """
    enable ioff rc register set set_context set_option set_palette set_style
    set_theme switch_backend update use
    """
)
MODULE_LOOKING = _words(
    """
    _exit call chdir check_call check_output collect delete dump_ dumps exists exit
    get getcwd getenv getsource gettempdir glob head isdir isfile kill listdir loads
    patch Popen popen post pprint put run set_printoptions show_versions sleep
    startfile stat system time urlopen version walk
    """
)
"""Functions of modules that change nothing the app needs, as statements."""
WRITING = _words(
    """
    connect copy copyfile copytree create_engine download dump extractall imsave
    imwrite makedirs mkdir move open rename save save_local save_model
    save_pretrained save_weights savefig savetxt savez symlink to_csv to_excel
    to_file to_html to_json to_parquet to_pickle to_sql touch unpack_archive
    urlretrieve ZipFile write write_bytes write_html write_image write_text
    """
)
"""Calls that write a file which they name, or open something that can."""


def is_in_place(call: ast.Call) -> bool:
    """Say whether a call that seems to look changes its object all the same.

    `df.sort_values("a", inplace=True)` sorts it, `thread.join()` waits for it,
    `queue.get()` takes something out.
    """
    attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    waits = attribute == "join" and not call.args
    return (
        waits
        or takes_out(call)
        or any(
            one.arg in ("inplace", "in_place", "overwrite")
            and not (isinstance(one.value, ast.Constant) and not one.value.value)
            for one in call.keywords
        )
    )


def takes_out(call: ast.Call) -> bool:
    """Say whether a call is a queue's `get`: a look at data names a key."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "get":
        return False
    first = call.args[0] if call.args else None
    waits = isinstance(first, ast.Constant) and isinstance(first.value, bool)
    names = {one.arg for one in call.keywords}
    return (first is None and names <= {"block", "timeout"}) or waits
