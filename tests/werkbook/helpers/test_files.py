"""Files: conditional and range requests, and folders that nothing leaves."""

import io
from pathlib import Path
from typing import Any

import pytest
from werkzeug.exceptions import NotFound

from werkbook import App, send_file, send_from_directory
from werkbook.testing import FlaskClient


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pub").mkdir()
    (tmp_path / "pub" / "a.txt").write_text("0123456789")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "public-secret").mkdir()
    (tmp_path / "public-secret" / "s.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def serving(app: App, folder: Path) -> App:
    @app.get("/file")
    def file() -> Any:
        return send_file(folder / "pub" / "a.txt")

    @app.get("/from/<path:name>")
    def from_folder(name: str) -> Any:
        return send_from_directory(folder / "pub", name)

    return app


def test_conditional(serving: App, client: FlaskClient) -> None:
    with client.get("/file") as first:
        assert first.mimetype == "text/plain"
        assert first.headers["Content-Disposition"] == "inline; filename=a.txt"
        assert first.cache_control.no_cache
        assert first.last_modified
    etag = first.headers["ETag"]
    with client.get("/file", headers={"If-None-Match": etag}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=-2", 206, b"89"),
        ("bytes=20-", 416, None),
    ],
)
def test_range(
    serving: App, client: FlaskClient, asked: str, status: int, body: bytes | None
) -> None:
    with client.get("/file", headers={"Range": asked}) as response:
        assert response.status_code == status
        if body is not None:
            assert response.data == body


def test_max_age(app: App, folder: Path) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 60
    with app.test_request_context():
        path = folder / "pub" / "a.txt"
        with send_file(path) as response:
            assert response.cache_control.max_age == 60
        with send_file(path, max_age=5) as response:
            assert response.cache_control.max_age == 5


def test_attachment_of_a_file_object(app: App) -> None:
    with app.test_request_context():
        with send_file(
            io.BytesIO(b"x"), as_attachment=True, download_name="ä.png"
        ) as response:
            assert response.mimetype == "image/png"
            assert "attachment" in response.headers["Content-Disposition"]
        with pytest.raises(ValueError, match="binary mode"):
            send_file(io.StringIO("x"), mimetype="text/plain")  # type: ignore[arg-type]  # what is tested


def test_x_sendfile(app: App, folder: Path) -> None:
    app.config["USE_X_SENDFILE"] = True
    path = folder / "pub" / "a.txt"
    with app.test_request_context(), send_file(path) as response:
        assert response.headers["X-Sendfile"] == str(path)


def test_relative_path_starts_at_the_root_path(app: App, folder: Path) -> None:
    app.root_path = str(folder)
    with app.test_request_context():
        with send_file("pub/a.txt") as response:
            response.direct_passthrough = False
            assert response.data == b"0123456789"
        with send_from_directory("pub", "a.txt") as response:
            assert response.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "../public-secret/s.txt",
        "..%2fsecret.txt",
        "..\\secret.txt",
        "/etc/passwd",
        "//etc/passwd",
        "a.txt/../../secret.txt",
        "./../secret.txt",
        "a.txt\0.png",
        "",
        ".",
        "missing",
    ],
)
def test_nothing_leaves_the_folder(app: App, folder: Path, name: str) -> None:
    with app.test_request_context(), pytest.raises(NotFound):
        send_from_directory(folder / "pub", name)


def test_links_lead_out_of_no_folder(app: App, folder: Path) -> None:
    """Links within the folder, and a folder that is one itself, are followed."""
    pub = folder / "pub"
    (pub / "out.txt").symlink_to(folder / "secret.txt")
    (pub / "outside").symlink_to(folder / "public-secret")
    (pub / "same.txt").symlink_to("a.txt")
    (folder / "linked").symlink_to(pub)
    with app.test_request_context():
        for name in ("out.txt", "outside/s.txt"):
            with pytest.raises(NotFound):
                send_from_directory(pub, name)
        for place in (pub, folder / "linked"):
            with send_from_directory(place, "same.txt") as response:
                assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/from/../secret.txt",
        "/from/%2e%2e/secret.txt",
        "/from/..%2fsecret.txt",
        "/from/..%5csecret.txt",
        "/from//etc/passwd",
        "/from/%2fetc%2fpasswd",
        "/from/%00",
    ],
)
def test_nothing_leaves_the_folder_by_url(
    serving: App, client: FlaskClient, path: str
) -> None:
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 404


def test_static_folder(folder: Path) -> None:
    app = App("static_app", root_path=str(folder), static_folder="pub")
    client = app.test_client()
    with client.get("/pub/a.txt") as response:
        assert response.data == b"0123456789"
    for path in (
        "/pub/../secret.txt",
        "/pub/..%2fsecret.txt",
        "/pub/%2e%2e%2fsecret.txt",
    ):
        assert client.get(path).status_code == 404


def test_directory_is_not_a_file(app: App, folder: Path) -> None:
    (folder / "pub" / "inner").mkdir()
    with app.test_request_context(), pytest.raises(NotFound):
        send_from_directory(folder / "pub", "inner")
