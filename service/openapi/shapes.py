"""The shapes of questions and answers, as marshmallow schemas; the document is made from them."""

from marshmallow import Schema, fields, validate

LANG = validate.OneOf(("da", "en"))


def told(text: str, example: object = None) -> dict[str, object]:
    """What the document says of a field."""
    return {"description": text} if example is None else {"description": text, "example": example}


class Lang(Schema):
    lang = fields.String(validate=LANG, metadata=told("Language of texts; Danish when left out."))


class AsOf(Schema):
    asof = fields.String(
        data_key="x-asof",
        metadata=told(
            "The figures as they stood: a release id or an RFC 3339 instant of the past.", "2025-05-23T0600Z"
        ),
    )


class Subjects(Lang, AsOf):
    """Questions about subjects."""

    subjects = fields.List(fields.String(), metadata=told("Ids of subjects; without any, the top of the tree."))
    recursive = fields.Boolean(metadata=told("With all that lies below."))
    includeTables = fields.Boolean(metadata=told("With the tables of each subject."))
    omitInactiveSubjects = fields.Boolean(metadata=told("Without subjects whose tables are all closed."))
    omitSubjectsWithoutTables = fields.Boolean(metadata=told("Without subjects that have no table."))


class Tables(Lang, AsOf):
    """Questions about the list of tables."""

    subjects = fields.List(fields.String(), metadata=told("Only tables of these subjects."))
    pastdays = fields.Integer(
        validate=validate.Range(min=0, max=36_500), metadata=told("Only tables updated in the last so many days.")
    )
    includeInactive = fields.Boolean(metadata=told("Closed tables too."))


class TableInfo(Lang, AsOf):
    """Questions about one table."""

    table = fields.String(metadata=told("Id of the table, in any case.", "ISBU04"))


class Variable(Schema):
    """A variable and the values chosen of it."""

    code = fields.String(required=True, metadata=told("Id of the variable, in any case.", "Tid"))
    values = fields.List(fields.String(), metadata=told("Codes, *, patterns or functions as sum(01;02)."))
    placement = fields.String(
        validate=validate.OneOf(("Stub", "Head")),
        metadata=told("Down the page or across it; columns of the head last."),
    )


class Presented(Lang, AsOf):
    """How the figures of a table are written."""

    valuePresentation = fields.String(
        validate=validate.OneOf(("Default", "Value", "Code", "CodeAndValue", "ValueAndCode")),
        metadata=told("Texts, codes or both in text files."),
    )
    delimiter = fields.String(
        validate=validate.OneOf(("Semicolon", "Tab")), metadata=told("Between the fields of text files.")
    )
    timeOrder = fields.String(
        validate=validate.OneOf(("Ascending", "Descending")), metadata=told("Order of periods, not in streams.")
    )
    allowCodeOverrideInColumnNames = fields.Boolean(metadata=told("Texts for codes as names of columns."))
    allowVariablesInHead = fields.Boolean(metadata=told("Is understood and changes nothing."))
    decimal = fields.String(
        data_key="x-decimal", validate=validate.OneOf(("comma", "point")), metadata=told("Sign in text files.")
    )


class Transformation(Schema):
    """Shares instead of figures."""

    operation = fields.String(
        validate=validate.OneOf(("percent", "permille")), metadata=told("Per cent when left out.")
    )
    selectedVariableCode = fields.String(metadata=told("Along which variable; needed where several are chosen.", "KØN"))
    basisValueForCalculation = fields.String(metadata=told("The value that is 100; else the sum of those chosen."))
    newValueName = fields.String(metadata=told("What the share is called; [da …][en …] for each language."))


class DataBody(Presented):
    """A question for figures, as it is posted."""

    table = fields.String(required=True, metadata=told("Id of the table.", "ISBU04"))
    format = fields.String(required=True, metadata=told("Name of a format.", "CSV"))
    variables = fields.List(fields.Nested(Variable), metadata=told("What is chosen; the rest is eliminated."))
    valueTransformationSettings = fields.Nested(Transformation, metadata=told("Per cent or per mille, not in streams."))


class Oembed(Schema):
    url = fields.Url(required=True, metadata=told("A page, frame or article of this site."))
    maxwidth = fields.Integer(validate=validate.Range(min=1), metadata=told("Pixels."))
    maxheight = fields.Integer(validate=validate.Range(min=1), metadata=told("Pixels."))
    format = fields.String(validate=validate.OneOf(("json",)), metadata=told("The only one."))


class Site(AsOf):
    """The keys of pages, files and frames, besides one key for each variable."""

    view = fields.String(
        validate=validate.OneOf(("table", "line", "bar", "stacked", "pyramid", "multiples", "map", "tiles")),
        metadata=told("How it is shown; a picture of `table` is drawn as lines or bars."),
    )
    rows = fields.String(metadata=told("Variables down the page, outermost first, between commas."))
    columns = fields.String(metadata=told("Variables across the page, outermost first, between commas."))
    sort = fields.String(metadata=told("A column by its codes, or text; - before it turns it around."))
    calc = fields.String(
        validate=validate.OneOf(("change", "pct", "index", "share")), metadata=told("Reckoned from shown cells.")
    )
    base = fields.String(metadata=told("What is reckoned against: previous, year, a period, or a variable."))


class Frame(Site, Lang):
    """The keys of a frame."""


class Refused(Schema):
    """A refusal of the StatBank API."""

    errorTypeCode = fields.String(required=True, metadata=told("What kind of refusal.", "EXTRACT-NOTFOUND"))
    message = fields.String(required=True, metadata=told("What is wrong, and the nearest that is right."))


class Param(Schema):
    param = fields.String(metadata=told("The key that is wrong."))
    value = fields.String(metadata=told("What was sent."))
    suggestions = fields.List(fields.String(), metadata=told("What comes nearest."))


class Problem(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata=told("What is wrong, and how to mend it."))
    errors = fields.List(fields.Nested(Param))


class Embedded(Schema):
    """The answer of oEmbed."""

    version = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    html = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


class WholeFile(Schema):
    url = fields.Url(required=True)
    format = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class WholeTable(Schema):
    id = fields.String(required=True)
    release = fields.String(required=True)
    updated = fields.String(required=True)
    files = fields.List(fields.Nested(WholeFile), required=True)


class Whole(Schema):
    """All whole-table files."""

    tables = fields.List(fields.Nested(WholeTable), required=True)
