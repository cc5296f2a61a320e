"""Logs as JSON lines without anything about readers; gunicorn's own words lose their addresses (operations §10-11)."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from gunicorn.glogging import Logger as GunicornLogger

from service.ledger import FIELDS

ENCODER = json.JSONEncoder(ensure_ascii=False)
ADDRESS = re.compile(r"ip=\S+")


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "message": ADDRESS.sub("ip=-", record.getMessage()),
        }
        line |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1]:
            line["trace"] = traceback.format_exception(record.exc_info[1])
        return ENCODER.encode(line)


class Logger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's logger with our lines on stdout."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        logs(self.error_log)
        logs(logging.getLogger("service"))


def logs(logger: logging.Logger) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines())
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
