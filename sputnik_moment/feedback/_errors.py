"""What to say about the errors that a student's function most often stops with."""

from __future__ import annotations

OTHER = "error"

BRACKETS = (
    "Put each comparison in brackets of its own, and `&` (and) or `|` (or) between them: "
    "`(a == b) & (c != d)`. Without the brackets Python begins with `&`; the words `and` and `or` "
    "do not work on columns.",
    "brackets-missing",
)

# Part of the error's text, then what to say and how to name the slip. The first that fits counts.
KNOWN = (
    (
        (
            "'int' object is not callable",
            "int64' object is not callable",
            "'float' object is not callable",
            "float64' object is not callable",
        ),
        (
            "Python needs a `*` between a number or a name and a bracket: `n * (1 + ...)`.",
            "times-sign-missing",
        ),
    ),
    (
        (
            "'numpy.ndarray' object is not callable",
            "'Series' object is not callable",
            "'DataFrame' object is not callable",
        ),
        (
            "Round brackets behind a name call a function. To multiply, write a `*` between the "
            "two; to take rows or a column, use square brackets.",
            "round-brackets-behind-a-table",
        ),
    ),
    (
        ("name 'ln' is not defined", "name 'log' is not defined"),
        ("NumPy calls the natural logarithm `np.log`.", OTHER),
    ),
    (
        ("name 'math' is not defined",),
        ("Use NumPy, which is imported here: `np.log`, `np.exp`, `np.sqrt`.", OTHER),
    ),
    (
        ("'float' object has no attribute", "float64' object has no attribute", "'int' object has"),
        (
            "That is one number, not a Series: it has no rows and no method of a Series. Compute "
            "with the number itself.",
            "number-taken-for-series",
        ),
    ),
    (
        ("only 0-dimensional arrays", "only length-1 arrays"),
        ("It works for one number, but not for a whole column: use numpy's functions.", OTHER),
    ),
    (("rand_", "ror_", "for &:", "for |:", "truth value of a"), BRACKETS),
    (
        ("'invert'", "operand type for unary ~"),
        ("`~` turns True and False round, so it goes before brackets: `~(a == b)`.", OTHER),
    ),
    (
        ("has no attribute 'dt'",),
        ("An index of dates has `.year` itself, without `.dt`; a column has `.dt.year`.", OTHER),
    ),
    (
        ("KeyError: 'date'", "KeyError: 'year'", "has no attribute 'year'"),
        (
            "That is not a column here. If the dates stand at the left of the table, they are its "
            "index: `.index`, with `.index.year`.",
            "dates-as-a-column",
        ),
    ),
    (
        ("Grouper and axis must be same length",),
        (
            "Rows and years are of different lengths: choose the rows first, and take the years "
            "from the index of those rows.",
            OTHER,
        ),
    ),
    (
        ("for +: 'int' and 'str'",),
        ("`sum` of a dict adds its keys, which are texts: add its `.values()`.", OTHER),
    ),
    (
        ("positional argument",),
        (
            "If it names your own function: keep its `def` line as it was, with all arguments.",
            OTHER,
        ),
    ),
    (
        ("'NoneType'",),
        (
            "Something in this line is `None`: a value that is missing, or what a function without "
            "`return` gives.",
            OTHER,
        ),
    ),
    (
        ("KeyError: ",),
        (
            "What stands before the square brackets has no such label. Print it, or its `.index`, "
            "`.columns` or `.keys()`, to see which there are.",
            OTHER,
        ),
    ),
    (
        ("NameError: name ",),
        ("Is it spelled as where it was given? If a cell above defines it, run that first.", OTHER),
    ),
)


def advice(error: Exception) -> tuple[str, str]:
    """Return what to tell a student about an error, perhaps nothing, and the name of the slip."""
    text = f"{type(error).__name__}: {told_by(error)}"
    for fragments, told in KNOWN:
        if any(fragment in text for fragment in fragments):
            return told
    return "", OTHER


def told_by(error: Exception) -> str:
    """Return what an error says; an error of a student's own class may fail to say anything."""
    try:
        return str(error)
    except Exception:
        return ""


def first_line(error: Exception) -> str:
    """Return an error as part of a sentence: its type, and the first line of what it says."""
    told = told_by(error).strip().partition("\n")[0].rstrip(".")
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
