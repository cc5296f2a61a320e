"""`statbank serve`: the production server over a bank, on this machine by default."""

import os
import sys
from pathlib import Path

import click

import service
from service.cli.main import Shell
from service.settings import PREFIX, Settings
from tables.errors import Refused
from tables.model import Text

CONFIGURATION = Path(service.__file__).resolve().parents[1] / "deploy" / "gunicorn.conf.py"
LOCAL = ("127.0.0.1", "::1", "localhost")


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Port to listen on (8000).")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), default=CONFIGURATION, help="gunicorn file.")
@click.pass_obj
def serve(shell: Shell, host: str, port: int, config: Path) -> None:
    """Serve the bank over HTTP."""
    if not config.is_file():
        raise Refused(
            "config",
            f"Filen {config} findes ikke; angiv en gunicorn-opsætning med --config.",
            f"The file {config} does not exist; name a gunicorn configuration with --config.",
        )
    if host not in LOCAL:
        shell.say(
            Text(
                "Uden nginx foran er serveren ikke beskyttet mod langsomme klienter; se deploy/.",
                "Without nginx in front nothing protects the server against slow clients; see deploy/.",
            )
        )
    shell.say(Text(f"Statistikbanken svarer på http://{host}:{port}/", f"The bank answers at http://{host}:{port}/"))
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    words = [gunicorn, "--config", str(config), "--bind", f"{host}:{port}"]
    settings = Settings.from_environment()
    if settings.internal:
        words += ["--bind", settings.internal]
    if settings.url == Settings().url:  # none named: links lead to this very server
        words += ["--env", f"{PREFIX}URL=http://{host}:{port}"]
    os.execv(gunicorn, words)  # noqa: S606  # our own program
