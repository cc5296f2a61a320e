"""The yardstick: a bare Flask route under the same gunicorn settings."""

from flask import Flask, Response

app = Flask(__name__)
BODY = b"x" * 1500  # about a JSON answer of 100 cells


@app.get("/hello")
def hello() -> Response:
    return Response(BODY, mimetype="application/json")


def start() -> None:
    """What the settings file calls after the fork: nothing here."""
