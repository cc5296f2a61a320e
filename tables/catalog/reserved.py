"""Words that mean something in an address or a question, so no table or dimension may be called so."""

from typing import Final

# ux §1: the keys of pages, files and embeds
_SITE: Final = ("view", "rows", "columns", "sort", "calc", "base", "x-asof", "lang", "codelist", "contentscode")
# ux §2, ARCHITECTURE §3: the first part of every path
_PATHS: Final = (
    *("da", "en", "embed", "oembed", "alt", "api", "openapi", "katalog", "sitemap", "robots", "llms", "was", "static"),
    *("v1", "livez", "readyz", "metrics", "favicon"),
)
# dst-api §1, and the settings of its charts
_DST: Final = (
    *("lang", "format", "subjects", "includetables", "recursive", "omitinactivesubjects", "omitsubjectswithouttables"),
    *("pastdays", "includeinactive", "table", "id", "valuepresentation", "delimiter", "timeorder"),
    *("allowvariablesinhead", "allowcodeoverrideincolumnnames", "indhold"),
    *("chartsettings", "type", "width", "height", "showlegend", "showtitle", "fontsize", "autopivot", "labelsangle"),
    *("titlecolor", "seriescolors", "valuecolors"),
)
_PXWEB: Final = ("time", "valuecodes", "outputvalues", "heading", "stub", "outputformat", "outputformatparams")

TABLES: Final = frozenset((*_SITE, *_PATHS))
DIMENSIONS: Final = frozenset((*_SITE, *_PATHS, *_DST, *_PXWEB))
