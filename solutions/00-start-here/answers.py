"""Right and wrong answers to the exercise of lesson 00; each is graded for real in CI."""

RIGHT = {
    "first-check": [
        "days_apart = (shock - launch).days",
        "days_apart = shock.toordinal() - launch.toordinal()",
        "from decimal import Decimal\ndays_apart = Decimal((shock - launch).days)",
    ]
}

WRONG = {
    "first-check": {
        "years": "days_apart = shock.year - launch.year",
        "both-ends": "days_apart = (shock - launch).days + 1",
        "one-short": "days_apart = (shock - launch).days - 1",
        "backwards": "days_apart = (launch - shock).days",
        "no-leap-days": "days_apart = 365 * (shock.year - launch.year)",
        "weeks": "days_apart = (shock - launch).days / 7",
        "hours": "days_apart = (shock - launch).total_seconds() / 3600",
        "timedelta-instead-of-days": "days_apart = shock - launch",
        "unit": "days_apart = (shock - launch).days / 1000",
        "text-instead-of-number": 'days_apart = "24587"',
    }
}

WRITTEN = {}
