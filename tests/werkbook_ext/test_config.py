from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets import TraitError
from traitlets.config import Config

from werkbook_ext.config import options_of


@pytest.fixture
def configured_shell() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    config.Werkbook.port = 5001
    shell = InteractiveShell.instance(config=config)
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


def test_options_of_is_one_object_a_shell(plain_shell: InteractiveShell) -> None:
    assert options_of(plain_shell) is options_of(plain_shell)


def test_options_come_from_configuration_files(
    configured_shell: InteractiveShell,
) -> None:
    assert options_of(configured_shell).port == 5001


def test_config_magic_sets_an_option(plain_shell: InteractiveShell) -> None:
    options = options_of(plain_shell)
    plain_shell.run_line_magic("config", "Werkbook.port = 5002")
    assert options.port == 5002


def test_options_refuse_what_is_no_port(plain_shell: InteractiveShell) -> None:
    with pytest.raises(TraitError):
        options_of(plain_shell).port = 70000
