"""The command `statbank`: the registry of its commands."""

from service.cli.build import build
from service.cli.check import check
from service.cli.demo import demo
from service.cli.importing import import_
from service.cli.main import assemble
from service.cli.new import new
from service.cli.query import query
from service.cli.release import release
from service.cli.serve import serve
from service.cli.soem import soem

COMMANDS = (demo, build, new, import_, check, release, serve, query, soem)

main = assemble(COMMANDS)
