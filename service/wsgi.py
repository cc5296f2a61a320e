"""`app` for gunicorn: code only, so that it can be loaded before the fork; `start` opens the bank after it."""

from secrets import token_hex

from service import create_app
from service.settings import Settings
from service.watch import Watch
from tables.bank import Bank

_settings = Settings.from_environment()
_bank = Bank(_settings.bank, engine=_settings.engine, cache=_settings.cache, run=token_hex(8))
app = create_app(_bank, _settings)


def start() -> None:
    """Called once in each worker (deploy/gunicorn.conf.py, post_worker_init)."""
    watch = Watch(_bank, app.extensions["statbank"].counts)
    watch.start()
    app.extensions["statbank.watch"] = watch
