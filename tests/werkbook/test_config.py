"""Configuration: the ways to fill it, and what goes wrong."""

import json
import tomllib
from pathlib import Path

import pytest

from werkbook import App
from werkbook.config import Config, ConfigAttribute, MissingVariableError


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path, {"DEBUG": False})


def test_from_pyfile_reads_upper_case_names(config: Config, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("lower = 1\nUPPER = __file__\n")
    assert config.from_pyfile("settings.py")
    assert config == {"DEBUG": False, "UPPER": str(tmp_path / "settings.py")}


def test_from_pyfile_missing(config: Config, tmp_path: Path) -> None:
    assert not config.from_pyfile("none.py", silent=True)
    with pytest.raises(OSError) as caught:
        config.from_pyfile("none.py")
    assert str(caught.value) == (
        "[Errno 2] Unable to load configuration file (No such file or directory): "
        f"'{tmp_path}/none.py'"
    )


def test_from_pyfile_in_a_file_is_silent(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not config.from_pyfile("file/settings.py", silent=True)


def test_from_file_reads_text_and_bytes(config: Config, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"A": 1, "b": 2}')
    (tmp_path / "c.toml").write_text("C = 3")
    assert config.from_file("a.json", load=json.load)
    assert config.from_file("c.toml", load=tomllib.load, text=False)
    assert config == {"DEBUG": False, "A": 1, "C": 3}


def test_from_file_missing(config: Config) -> None:
    assert not config.from_file("none.json", load=json.load, silent=True)
    with pytest.raises(OSError, match="Unable to load configuration file"):
        config.from_file("none.json", load=json.load)


def test_from_object_by_name_and_class(config: Config) -> None:
    class Settings:
        UPPER = 1
        lower = 2

    config.from_object(Settings)
    config.from_object("werkbook.flask_names")
    assert config["UPPER"] == 1
    assert config["FLASK_VERSION"] == "3.1.3"
    assert "lower" not in config


def test_from_mapping_takes_upper_case_keys(config: Config) -> None:
    assert config.from_mapping({"A": 1, "b": 2}, C=3, d=4)
    assert config == {"DEBUG": False, "A": 1, "C": 3}


def test_from_prefixed_env(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    config["DB"] = {"port": 1}
    for name, value in {
        "FLASK_A": "1",
        "FLASK_TEXT": "not json",
        "FLASK_DB__host": '"h"',
        "FLASK_NEW__deep__key": "true",
        "OTHER_B": "2",
    }.items():
        monkeypatch.setenv(name, value)
    assert config.from_prefixed_env()
    assert config == {
        "DEBUG": False,
        "A": 1,
        "TEXT": "not json",
        "DB": {"port": 1, "host": "h"},
        "NEW": {"deep": {"key": True}},
    }


def test_from_envvar(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.py").write_text("A = 1")
    monkeypatch.setenv("SETTINGS", str(tmp_path / "settings.py"))
    assert config.from_envvar("SETTINGS")
    assert config["A"] == 1


def test_from_envvar_not_set(config: Config) -> None:
    assert not config.from_envvar("NO_SETTINGS", silent=True)
    with pytest.raises(RuntimeError) as caught:
        config.from_envvar("NO_SETTINGS")
    assert isinstance(caught.value, MissingVariableError)
    assert str(caught.value) == (
        "The environment variable 'NO_SETTINGS' is not set.\n"
        "  Why: it must name the configuration file to read.\n"
        "  Fix: type export NO_SETTINGS=/path/to/settings.py before the start, or pass "
        "silent=True."
    )


def test_get_namespace(config: Config) -> None:
    config.update(DB_HOST="h", DB_PORT=1)
    assert config.get_namespace("DB_") == {"host": "h", "port": 1}
    assert config.get_namespace("DB_", lowercase=False, trim_namespace=False) == {
        "DB_HOST": "h",
        "DB_PORT": 1,
    }


def test_repr_is_short(config: Config) -> None:
    assert repr(config) == "<Config {'DEBUG': False}>"


def test_attribute_reads_and_writes_the_config() -> None:
    class Custom(App):
        answer = ConfigAttribute[str]("ANSWER", get_converter=str)

    app = Custom(__name__)
    app.answer = 42  # type: ignore[assignment]  # converted when read
    assert app.config["ANSWER"] == 42
    assert app.answer == "42"
    assert isinstance(Custom.answer, ConfigAttribute)
