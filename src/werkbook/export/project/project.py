"""A project's folder around an exported app, ready to deploy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from werkbook.cells.asked import Asked
from werkbook.export.exporter import Export
from werkbook.export.project import host_files
from werkbook.export.project.clusters import kubernetes_files, ray_files
from werkbook.export.project.environment_variables import (
    default_secrets,
    variables_read,
)
from werkbook.export.project.server_files import gunicorn_settings, server_module
from werkbook.export.project.workers import workers_for
from werkbook.export.project.written_tests import testing_packages, tests_for
from werkbook.export.proof.proved import Proved


def project_files(
    result: Proved,
    asked: Sequence[Asked],
    notebook: Path,
    deploys: Sequence[str] = (),
) -> dict[str, str]:
    """The files of a project, by their path below its folder.

    Templates and static files are files there; app.py finds them where Flask does.

    Args:
        result: The export, with its proof.
        asked: The notebook's requests, for the tests.
        notebook: The notebook's path.
        deploys: Clusters to write files for: some of `deploys.DEPLOYS`.
    """
    export = result.export
    workers = workers_for(result)
    variables = variables_read(export)
    secrets = default_secrets(export) if _has_secret(export) else []
    has_rule = any(one.rule == "/healthz" for one in export.rules)
    target = "werkbook" if export.package == "werkbook" else "flask"
    testing = testing_packages(export)
    files = {
        "app.py": export.source,
        "server.py": server_module(is_asgi=export.is_asgi, has_health_rule=has_rule),
        "gunicorn.conf.py": gunicorn_settings(workers, secrets, is_asgi=export.is_asgi),
        "requirements.txt": host_files.requirements(
            export.requirements, is_asgi=export.is_asgi
        ),
        ".env.example": host_files.env_example(variables, secrets),
        "tests/test_app.py": tests_for(result, asked, "app", notebook.name),
        "tests/conftest.py": host_files.CONFTEST,
        ".github/workflows/test.yml": host_files.workflow(testing),
        "Dockerfile": host_files.dockerfile(workers),
        "Procfile": host_files.procfile(workers),
        "app.yaml": host_files.app_yaml(workers),
        ".dockerignore": host_files.DOCKERIGNORE,
        ".gitignore": host_files.GITIGNORE,
        "README.md": host_files.readme(
            notebook.name, deploys, target, testing, secrets
        ),
    }
    if "kubernetes" in deploys:
        files.update(kubernetes_files(workers, variables, secrets))
    if "ray" in deploys:
        files.update(ray_files(workers, is_asgi=export.is_asgi))
    files.update(export.files)
    return files


def _has_secret(export: Export) -> bool:
    """Say whether the app is one of Flask's kind, which signs cookies with a key."""
    return export.package in ("flask", "werkbook")
