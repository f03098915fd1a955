"""Right and wrong answers to the exercise of lesson 00; each is graded for real in CI."""

RIGHT = {
    "first-check": [
        "days_apart = (shock - launch).days",
        "days_apart = shock.toordinal() - launch.toordinal()",
    ]
}

WRONG = {
    "first-check": {
        "years": "days_apart = shock.year - launch.year",
        "both-ends": "days_apart = (shock - launch).days + 1",
        "backwards": "days_apart = (launch - shock).days",
        "hours": "days_apart = (shock - launch).total_seconds() / 3600",
        "rounded": "days_apart = 24600",
    }
}

WRITTEN = {}
