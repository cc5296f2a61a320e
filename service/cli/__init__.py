"""The command `statbank`: the registry of its commands."""

from service.cli.attack import attack
from service.cli.build import build
from service.cli.check import check
from service.cli.demo import demo
from service.cli.diff import diff
from service.cli.disclose import disclose
from service.cli.importing import import_
from service.cli.main import assemble
from service.cli.new import new
from service.cli.preview import preview
from service.cli.probe import probe
from service.cli.publish import arm, cancel, withdraw
from service.cli.query import query
from service.cli.release import release
from service.cli.serve import serve
from service.cli.soem import soem
from service.cli.status import status
from service.cli.verify import verify

COMMANDS = (
    demo,
    build,
    new,
    import_,
    check,
    diff,
    disclose,
    preview,
    release,
    arm,
    cancel,
    withdraw,
    status,
    verify,
    probe,
    attack,
    serve,
    query,
    soem,
)

main = assemble(COMMANDS)
