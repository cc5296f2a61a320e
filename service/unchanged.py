"""In front of Flask: who has an answer of figures already is told so before anything else is done (operations §6)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from service import http
from service.answers import Ready, tell
from service.notes import KEY
from tables.errors import StatbankError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "/v1/data/<table>/<format_>"  # what the kept questions came by, in the log and the counts


class Unchanged:
    """Answers 304 by the replies of questions that were read before in this catalogue; all else goes to the app."""

    def __init__(self, app: "WSGIApplication", counter: http.Counter) -> None:
        self._app = app
        self._counter = counter

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        given = environ.get("HTTP_IF_NONE_MATCH")
        if given and environ["REQUEST_METHOD"] in http.KEPT and not http.of_the_past(environ):
            pin = self._pin()
            asked = pin and self._counter.questions.kept(http.address(pin, environ))
            if pin and isinstance(asked, Ready) and http.known(given, asked.reply.etag):
                tell(environ[KEY], asked)
                environ[KEY].route = ROUTE
                start_response("304 NOT MODIFIED", http.described(self._counter, pin, asked.reply, kept=True))
                return ()
        return self._app(environ, start_response)

    def _pin(self) -> http.Pin | None:
        """None while there is no bank: the app says so in its own words."""
        try:
            return http.present(self._counter.bank)
        except StatbankError:
            return None
