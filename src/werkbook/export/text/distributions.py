"""What imports are called on the package index, and what libraries need besides."""

from __future__ import annotations

IMPORTS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fasthtml": "python-fasthtml",
    "fitz": "PyMuPDF",
    "flask": "Flask",
    "flask_admin": "Flask-Admin",
    "flask_bcrypt": "Flask-Bcrypt",
    "flask_bootstrap": "Flask-Bootstrap",
    "flask_caching": "Flask-Caching",
    "flask_cors": "Flask-Cors",
    "flask_httpauth": "Flask-HTTPAuth",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_limiter": "Flask-Limiter",
    "flask_login": "Flask-Login",
    "flask_mail": "Flask-Mail",
    "flask_marshmallow": "flask-marshmallow",
    "flask_migrate": "Flask-Migrate",
    "flask_pymongo": "Flask-PyMongo",
    "flask_restful": "Flask-RESTful",
    "flask_restx": "flask-restx",
    "flask_session": "Flask-Session",
    "flask_socketio": "Flask-SocketIO",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_wtf": "Flask-WTF",
    "google.auth": "google-auth",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.storage": "google-cloud-storage",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "googleapiclient": "google-api-python-client",
    "gridfs": "pymongo",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "markdown": "Markdown",
    "mysql": "mysql-connector-python",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pymysql": "PyMySQL",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slack": "slackclient",
    "speech_recognition": "SpeechRecognition",
    "telegram": "python-telegram-bot",
    "werkbook": "werkbook",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Imports whose distribution has another name, or another spelling."""

SAME_NAME = frozenset(
    """
    altair apiflask apscheduler arrow bcrypt blinker bokeh boto3 bottle catboost celery
    cherrypy click cryptography dash duckdb falcon fastapi flask_openapi3 folium gensim
    geopandas geopy gradio graphene gunicorn gtts h5py httpx humanize imageio
    itsdangerous jinja2 joblib keras langchain librosa lightgbm litestar loguru lxml
    markupsafe marshmallow matplotlib networkx nltk numba numpy openai openpyxl orjson
    pandas passlib peewee plotly polars prophet psutil psycopg pyarrow pydantic pymongo
    pypdf pytz qrcode quart redis requests rich rq sanic scipy seaborn
    sentence_transformers shap simplejson spacy sqlalchemy sqlmodel starlette
    statsmodels streamlit stripe sympy tabulate tensorflow textblob tinydb torch
    torchaudio torchvision tornado tqdm transformers tweepy twilio ujson uvicorn
    waitress werkzeug wordcloud wtforms xgboost xlrd yfinance
    """.split()  # noqa: SIM905  # words read better than a list of them
)
"""Packages of the index that everybody knows by the name of their import."""

TABLE_CALLS = {
    "ExcelFile": "openpyxl",
    "ExcelWriter": "openpyxl",
    "read_excel": "openpyxl",
    "to_excel": "openpyxl",
    "read_feather": "pyarrow",
    "to_feather": "pyarrow",
    "read_parquet": "pyarrow",
    "to_parquet": "pyarrow",
    "read_orc": "pyarrow",
    "read_hdf": "tables",
    "to_hdf": "tables",
    "read_html": "lxml",
    "read_xml": "lxml",
    "to_xml": "lxml",
    "read_spss": "pyreadstat",
    "to_markdown": "tabulate",
}
"""What pandas needs for a call, and does not bring."""

ENGINES = {
    "fastparquet": "fastparquet",
    "html5lib": "html5lib",
    "lxml": "lxml",
    "odf": "odfpy",
    "openpyxl": "openpyxl",
    "pyarrow": "pyarrow",
    "pyxlsb": "pyxlsb",
    "xlrd": "xlrd",
    "xlsxwriter": "XlsxWriter",
}
"""Engines and parsers that a call names by a text."""

DRIVERS = {
    "aiomysql": "aiomysql",
    "aiosqlite": "aiosqlite",
    "asyncmy": "asyncmy",
    "asyncpg": "asyncpg",
    "cx_oracle": "cx_Oracle",
    "mariadbconnector": "mariadb",
    "mysqlconnector": "mysql-connector-python",
    "mysqldb": "mysqlclient",
    "oracledb": "oracledb",
    "pg8000": "pg8000",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pymssql": "pymssql",
    "pymysql": "PyMySQL",
    "pyodbc": "pyodbc",
    # What a database URL without a driver means.
    "mariadb": "mysqlclient",
    "mssql": "pyodbc",
    "mysql": "mysqlclient",
    "oracle": "oracledb",
    "postgres": "psycopg2-binary",
    "postgresql": "psycopg2-binary",
}
"""What the scheme of a database URL needs."""

NAMES = {
    ("fastapi", "Form"): "python-multipart",
    ("fastapi", "File"): "python-multipart",
    ("fastapi", "UploadFile"): "python-multipart",
    ("fastapi", "OAuth2PasswordRequestForm"): "python-multipart",
    ("fastapi", "Jinja2Templates"): "Jinja2",
    ("fastapi", "websocket"): "websockets",
    ("fastapi", "SessionMiddleware"): "itsdangerous",
    ("starlette", "form"): "python-multipart",
    ("starlette", "Jinja2Templates"): "Jinja2",
    ("starlette", "WebSocketRoute"): "websockets",
    ("starlette", "SessionMiddleware"): "itsdangerous",
    ("pydantic", "EmailStr"): "email-validator",
    ("wtforms", "Email"): "email-validator",
}
"""What a name of a package needs, and the package does not bring."""
