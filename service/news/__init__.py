"""Articles: their pages, and their figures in frames."""

from service.news import frame, page

BLUEPRINTS = (page.BLUEPRINT, frame.BLUEPRINT)
