"""Charts of an answer: what can be drawn, the Vega-Lite specification, and the finished picture."""

from service.charts.draw import picture, spec
from service.charts.fit import VIEWS, reason

__all__ = ["VIEWS", "picture", "reason", "spec"]
