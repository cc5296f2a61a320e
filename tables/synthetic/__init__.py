"""The synthetic register of the demo: seeded, deterministic, set beside published figures (domain §14)."""

from tables.synthetic.calibration import Calibration, calibrate
from tables.synthetic.files import Generated
from tables.synthetic.generate import generate

__all__ = ["Calibration", "Generated", "calibrate", "generate"]
