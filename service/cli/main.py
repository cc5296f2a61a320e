"""The root of `statbank`: its options, and how an error becomes a sentence and an exit code."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from service.settings import Settings
from tables.errors import BadInput, BankDamaged, CatalogError, Locked, NewerFormat, Refused, StatbankError
from tables.model import LANGUAGES, Lang, Text

# ux §11: 0 done, 1 findings or refused by a rule, 2 usage, 3 bank damaged, 4 locked, 5 environment or I/O
EXIT: tuple[tuple[type[Exception], int], ...] = (
    (BadInput, 2),
    (BankDamaged, 3),
    (Locked, 4),
    (NewerFormat, 5),
    (Refused, 1),
    (CatalogError, 1),
    (StatbankError, 1),
    (OSError, 5),
)


@dataclass(frozen=True, slots=True)
class Shell:
    """What the root options say; every command gets it."""

    lang: Lang
    json: bool
    quiet: bool
    verbose: bool
    library: Path
    bank: Path

    def say(self, text: Text) -> None:
        """A sentence for the person at the terminal; silent with --quiet and --json."""
        if not (self.quiet or self.json):
            click.echo(text[self.lang])

    def report(self, data: object) -> None:
        """The machine's answer, on --json only."""
        if self.json:
            click.echo(json.dumps(data, ensure_ascii=False))

    @property
    def progress(self) -> bool:
        """Progress is for a person: on a terminal, and not when told to be quiet."""
        return sys.stderr.isatty() and not (self.quiet or self.json)


class Root(click.Group):
    """Turns our errors into one sentence on stderr and the exit code of the contract."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except tuple(kind for kind, _ in EXIT) as error:
            code = next(code for kind, code in EXIT if isinstance(error, kind))
            self._tell(ctx, error, code)
            ctx.exit(code)

    @staticmethod
    def _tell(ctx: click.Context, error: Exception, code: int) -> None:
        shell = ctx.find_object(Shell)
        lang: Lang = shell.lang if shell else "da"
        message = error.text[lang] if isinstance(error, StatbankError) else f"{error.strerror}: {error.filename}"  # type: ignore[attr-defined]  # OSError by EXIT
        if shell and shell.json:
            click.echo(
                json.dumps({"error": type(error).__name__, "message": message, "exit": code}, ensure_ascii=False)
            )
        else:
            click.echo(message, err=True)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="statistikbank")
@click.option("--lang", type=click.Choice(LANGUAGES), default="da", help="Language of messages (da).")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@click.option("--verbose", "-v", is_flag=True, help="Say more.")
@click.pass_context
def root(ctx: click.Context, lang: Lang, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Statistikbank: from register to published table, and every answer in between."""
    settings = Settings.from_environment()
    ctx.obj = Shell(lang, as_json, quiet, verbose, settings.library, settings.bank)


def assemble(commands: Sequence[click.Command]) -> click.Group:
    """The root with every command of the registry under it."""
    for command in commands:
        root.add_command(command)
    return root
