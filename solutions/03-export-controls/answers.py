"""Right and wrong answers to every exercise of the lesson; each is graded for real in CI."""

TIERS = """
def october_2023(tpp, density, data_centre):
    {note}
    if {strict}:
        {exception_a}
    if {loose}:
        {exception_b}
    {last}
"""
PARTS = {
    "note": 'if not data_centre and tpp < 4800: return "not controlled"',
    "strict": "tpp >= 4800 or (tpp >= 1600 and density >= 5.92)",
    "exception_a": 'return "3A090.a" if data_centre else "3A090.a, NAC"',
    "loose": "(tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2)",
    "exception_b": 'return "3A090.b, NAC"',
    "last": 'return "not controlled"',
}


def _tiers(**changed):
    """Write the function of October 2023, with some of its parts changed."""
    return TIERS.format(**(PARTS | changed))


RIGHT = {
    "tpp": [
        """
def tpp(sheet):
    return max(bits * speed for bits, speed in sheet.items() if speed is not None)
""",
        """
def tpp(sheet):
    largest = 0
    for bits in sheet:
        if sheet[bits] is not None:
            largest = max(largest, bits * sheet[bits])
    return largest
""",
        """
def tpp(sheet):
    speeds = pd.Series(sheet, dtype=float)
    return float((speeds * speeds.index).max())
""",
    ],
    "dense-or-sparse": [
        'from_headline = {"H100 SXM": 3958 / 2 * 8, "RTX 5090": 3352 / 2 * 4, "L4": 485 / 2 * 8}',
        """
bits = {"FP8": 8, "FP4": 4}
from_headline = {}
for name in ["H100 SXM", "RTX 5090", "L4"]:
    row = chips.loc[name]
    from_headline[name] = row["headline_tops"] / 2 * bits[row["headline_format"]]
""",
        'from_headline = {"L4": 1940, "RTX 5090": 6704, "H100 SXM": 15832}',
    ],
    "density": [
        'density = sheets["tpp"] / sheets["die_area_mm2"]',
        'density = sheets["tpp"].div(sheets["die_area_mm2"]).rename("density")',
        """
density = pd.Series(
    {name: export_controls.performance_density(row["tpp"], row["die_area_mm2"])
     for name, row in sheets.iterrows()}
)
""",
        'density = (sheets["tpp"] / sheets["die_area_mm2"]).astype("Float64")',
        """
exact = sheets.convert_dtypes()
density = exact["tpp"] / exact["die_area_mm2"]
""",
    ],
    "october-2022": [
        """
def caught_2022(link, tpp):
    return link >= 600 and tpp >= 4800
""",
        """
def caught_2022(link, tpp):
    if link < 600:
        return False
    return not tpp < 4800
""",
        """
def caught_2022(link, tpp):
    return bool((link >= 600) & (tpp >= 4800))
""",
        """
def caught_2022(link, tpp):
    return 1 if link >= 600 and tpp >= 4800 else 0
""",
    ],
    "h800-vs-h100": [
        "h800_step = 0.8 + 0.2 * 900 / 400",
        "h800_step = 1 + 0.2 * (900 / 400 - 1)",
        "from fractions import Fraction\n\nh800_step = Fraction(5, 4)",
        """
links = chips["interconnect_bw_gb_s"]
h800_step = 0.8 + 0.2 * links["H100 SXM"] / links["H800 SXM"]
""",
    ],
    "october-2023": [
        _tiers(),
        _tiers(loose="in_b(tpp, density)", last='return "Not controlled"'),
        """
def october_2023(tpp, density, data_centre):
    in_a = tpp >= 4800 or tpp >= 1600 and density >= 5.92
    in_b = tpp >= 2400 and density >= 1.6 or tpp >= 1600 and density >= 3.2
    if data_centre:
        return "3A090.a" if in_a else "3A090.b, NAC" if in_b else "not controlled"
    return "3A090.a, NAC" if tpp >= 4800 else "not controlled"
""",
        """
def october_2023(tpp, density, data_centre):
    if tpp < 1600 or (tpp < 4800 and not data_centre):
        return "not controlled"
    if tpp >= 4800:
        return "3A090.a" if data_centre else "3A090.a, NAC"
    if density >= 5.92:
        return "3A090.a"
    least = 1.6 if tpp >= 2400 else 3.2
    return "3A090.b, NAC" if density >= least else "not controlled"
""",
    ],
    "just-under": [
        """
margins = {
    "H20": 1 - sheets.loc["H20", "tpp"] / 2400,
    "RTX 4090 D": 1 - sheets.loc["RTX 4090 D", "tpp"] / 4800,
    "L20": 1 - sheets.loc["L20", "tpp"] / sheets.loc["L20", "die_area_mm2"] / 3.2,
}
""",
        """
margins = {
    "H20": (2400 - 2368) / 2400,
    "RTX 4090 D": (4800 - 4707) / 4800,
    "L20": (3.2 - 3.1396) / 3.2,
}
""",
        """
nearest = export_controls.just_under("october-2023").set_index("chip")["margin"]
margins = nearest[["H20", "RTX 4090 D", "L20"]].to_dict()
""",
    ],
    "roofline": [
        """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    reading = parameters / (bandwidth_gb_s * 1e9)
    return n / max(computing, reading)
""",
        """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    by_computing = tera_operations * 1e12 / (2 * parameters)
    by_reading = n * bandwidth_gb_s * 1e9 / parameters
    return min(by_computing, by_reading)
""",
        """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    return export_controls.tokens_per_second(tera_operations, bandwidth_gb_s, parameters, n)
""",
    ],
    "what-changed-for-h20": [
        """
h20_caught = {
    "october-2022": False,
    "october-2023": False,
    "april-2025": True,
    "january-2026": False,
}
""",
        """
h20_caught = {
    rule: export_controls.classify(export_controls.chip("H20"), rule).caught
    for rule in export_controls.RULES
}
""",
        'h20_caught = {"october-2022": 0, "october-2023": 0, "april-2025": 1, "january-2026": 0}',
    ],
}

WRONG = {
    "tpp": {
        "doubled": """
def tpp(sheet):
    return max(2 * bits * speed for bits, speed in sheet.items() if speed is not None)
""",
        "summed": """
def tpp(sheet):
    return sum(bits * speed for bits, speed in sheet.items() if speed is not None)
""",
        "sixteen-bits-only": """
def tpp(sheet):
    return 16 * (sheet.get(16) or 0)
""",
        "eight-bits-only": """
def tpp(sheet):
    return 8 * (sheet.get(8) or 0)
""",
        "one-format-only": """
def tpp(sheet):
    for bits, speed in sheet.items():
        if speed is not None:
            return bits * speed
""",
        "mixed-formats": """
def tpp(sheet):
    known = {bits: speed for bits, speed in sheet.items() if speed}
    return max(known) * max(known.values())
""",
        "bits-forgotten": """
def tpp(sheet):
    return max(speed for speed in sheet.values() if speed is not None)
""",
        "tera-written-out": """
def tpp(sheet):
    return max(bits * speed * 1e12 for bits, speed in sheet.items() if speed is not None)
""",
        "bits-instead-of-product": """
def tpp(sheet):
    known = {bits: speed for bits, speed in sheet.items() if speed is not None}
    return max(known, key=lambda bits: bits * known[bits])
""",
        "smallest-product": """
def tpp(sheet):
    return min(bits * speed for bits, speed in sheet.items() if speed is not None)
""",
        "unpublished-not-left-out": """
def tpp(sheet):
    return max(bits * speed for bits, speed in sheet.items())
""",
    },
    "dense-or-sparse": {
        "sparse-counted": 'from_headline = {"H100 SXM": 3958 * 8, "RTX 5090": 3352 * 4, "L4": 485 * 8}',
        "eight-bits-for-all": 'from_headline = {"H100 SXM": 1979 * 8, "RTX 5090": 1676 * 8, "L4": 242.5 * 8}',
        "sparse-and-eight-bits": 'from_headline = {"H100 SXM": 3958 * 8, "RTX 5090": 3352 * 8, "L4": 485 * 8}',
        "halved-twice": 'from_headline = {"H100 SXM": 989.5 * 8, "RTX 5090": 838 * 4, "L4": 121.25 * 8}',
        "bits-forgotten": 'from_headline = {"H100 SXM": 1979, "RTX 5090": 1676, "L4": 242.5}',
        "other-key": 'from_headline = {"H100": 1979 * 8, "RTX 5090": 1676 * 4, "L4": 242.5 * 8}',
    },
    "density": {
        "zero-for-unknown": 'density = (sheets["tpp"] / sheets["die_area_mm2"]).fillna(0)',
        "dropped-unknown": 'density = (sheets["tpp"] / sheets["die_area_mm2"]).dropna()',
        "average-for-unknown": """
area = sheets["die_area_mm2"]
density = sheets["tpp"] / area.fillna(area.mean())
""",
        "average-density-for-unknown": """
density = sheets["tpp"] / sheets["die_area_mm2"]
density = density.fillna(density.mean())
""",
        "upside-down": 'density = sheets["die_area_mm2"] / sheets["tpp"]',
        "multiplied": 'density = sheets["tpp"] * sheets["die_area_mm2"]',
        "rounded": 'density = (sheets["tpp"] / sheets["die_area_mm2"]).round(1)',
        "word-for-unknown": """
density = (sheets["tpp"] / sheets["die_area_mm2"]).astype(object).fillna("unknown")
""",
        "number-for-unknown": 'density = (sheets["tpp"] / sheets["die_area_mm2"]).fillna(-1)',
        "speed-instead-of-tpp": 'density = sheets["fp16_dense_tflops"] / sheets["die_area_mm2"]',
    },
    "october-2022": {
        "as-given": """
def caught_2022(link, tpp):
    return link > 600 or tpp > 4800
""",
        "or-instead-of-and": (
            """
def caught_2022(link, tpp):
    return link >= 600 or tpp >= 4800
""",
            1,
        ),
        "edge-left-out": (
            """
def caught_2022(link, tpp):
    return link > 600 and tpp > 4800
""",
            1,
        ),
        "link-edge-left-out": (
            """
def caught_2022(link, tpp):
    return link > 600 and tpp >= 4800
""",
            1,
        ),
        "tpp-edge-left-out": (
            """
def caught_2022(link, tpp):
    return link >= 600 and tpp > 4800
""",
            1,
        ),
        "none-instead-of-false": (
            """
def caught_2022(link, tpp):
    if link >= 600 and tpp >= 4800:
        return True
""",
            1,
        ),
        "text-instead-of-truth": """
def caught_2022(link, tpp):
    return "True" if link >= 600 and tpp >= 4800 else "False"
""",
        "whole-numbers-only": (
            """
def caught_2022(link, tpp):
    return link > 599 and tpp > 4799
""",
            1,
        ),
        "pairs-compared": (
            """
def caught_2022(link, tpp):
    return (link, tpp) >= (600, 4800)
""",
            1,
        ),
        "ampersand-without-brackets": """
def caught_2022(link, tpp):
    return link >= 600 & tpp >= 4800
""",
        "upside-down": """
def caught_2022(link, tpp):
    return link < 600 or tpp < 4800
""",
    },
    "h800-vs-h100": {
        "whole-step": "h800_step = 900 / 400",
        "nothing-changes": "h800_step = 1",
        "upside-down": "h800_step = 0.8 + 0.2 * 400 / 900",
        "cut-instead-of-ratio": "h800_step = 0.8 + 0.2 * (1 + 500 / 900)",
        "computing-slowed": "h800_step = 0.8 * 900 / 400 + 0.2",
        "about-twice": "h800_step = 0.8 + 0.2 * 2",
        "per-cent": "h800_step = 100 * (0.8 + 0.2 * 900 / 400)",
        "extra-time-only": "h800_step = 0.2 * 900 / 400 - 0.2",
    },
    "october-2023": {
        "note-forgotten": (_tiers(note="pass"), 3),
        "consumers-all-free": (_tiers(note='if not data_centre: return "not controlled"'), 2),
        "note-reversed": _tiers(note='if data_centre and tpp < 4800: return "not controlled"'),
        "note-above-the-line": (
            _tiers(note='if not data_centre and tpp >= 4800: return "not controlled"'),
            2,
        ),
        "density-alone": (_tiers(strict="tpp >= 4800 or density >= 5.92"), 2),
        "density-forgotten": (_tiers(strict="tpp >= 4800"), 1),
        "whole-numbers-only": (
            _tiers(
                note='if not data_centre and tpp <= 4799: return "not controlled"',
                strict="tpp > 4799 or (tpp > 1599 and density > 5.91)",
            ),
            2,
        ),
        "exception-in-a-only": (_tiers(exception_b='return "3A090.b"'), 3),
        "density-needed-too": (_tiers(strict="tpp >= 1600 and density >= 5.92"), 2),
        "b-before-a": """
def october_2023(tpp, density, data_centre):
    if not data_centre and tpp < 4800:
        return "not controlled"
    if in_b(tpp, density):
        return "3A090.b, NAC"
    if tpp >= 4800 or (tpp >= 1600 and density >= 5.92):
        return "3A090.a" if data_centre else "3A090.a, NAC"
    return "not controlled"
""",
        "one-way-into-b": (_tiers(loose="tpp >= 2400 and density >= 1.6"), 2),
        "note-at-the-line": (
            _tiers(note='if not data_centre and tpp <= 4800: return "not controlled"'),
            3,
        ),
        "edges-left-out": (
            _tiers(
                strict="tpp > 4800 or (tpp > 1600 and density > 5.92)",
                loose="(tpp > 2400 and density > 1.6) or (tpp > 1600 and density > 3.2)",
            ),
            2,
        ),
        "exception-swapped": (
            _tiers(
                exception_a='return "3A090.a, NAC" if data_centre else "3A090.a"',
                exception_b='return "3A090.b"',
            ),
            3,
        ),
        "exception-swapped-in-a": (
            _tiers(exception_a='return "3A090.a, NAC" if data_centre else "3A090.a"'),
            3,
        ),
        "exception-in-b-only": (_tiers(exception_a='return "3A090.a"'), 3),
        "exception-for-all": (_tiers(exception_a='return "3A090.a, NAC"'), 3),
        "exception-forgotten": (
            _tiers(exception_a='return "3A090.a"', exception_b='return "3A090.b"'),
            3,
        ),
        "no-last-return": (_tiers(last="pass"), 2),
        "missing-return": (
            """
def october_2023(tpp, density, data_centre):
    if data_centre:
        if tpp >= 4800 or (tpp >= 1600 and density >= 5.92):
            return "3A090.a"
        return "3A090.b, NAC" if in_b(tpp, density) else "not controlled"
    if tpp >= 4800:
        return "3A090.a, NAC"
""",
            3,
        ),
        "spelled-without-space": (
            _tiers(
                exception_a='return "3A090.a" if data_centre else "3A090.a,NAC"',
                exception_b='return "3A090.b,NAC"',
            ),
            3,
        ),
        "spelled-without-comma": (
            _tiers(
                exception_a='return "3A090.a" if data_centre else "3A090.a NAC"',
                exception_b='return "3A090.b NAC"',
            ),
            0,
        ),
    },
    "just-under": {
        "wrong-keys": """
margins = {"H20": 1 - 2368 / 2400, "RTX 4090D": 1 - 4707.2 / 4800, "L20": 1 - 1912 / 609 / 3.2}
""",
        "all-against-4800": """
margins = {name: 1 - sheets.loc[name, "tpp"] / 4800 for name in ["H20", "RTX 4090 D", "L20"]}
""",
        "l20-by-tpp": """
margins = {"H20": 1 - 2368 / 2400, "RTX 4090 D": 1 - 4707.2 / 4800, "L20": 1 - 1912 / 2400}
""",
        "h20-by-density": """
densities = sheets["tpp"] / sheets["die_area_mm2"]
margins = {
    "H20": 1 - densities["H20"] / 3.2,
    "RTX 4090 D": 1 - 4707.2 / 4800,
    "L20": 1 - densities["L20"] / 3.2,
}
""",
        "consumer-card-by-density": """
margins = {
    "H20": 1 - 2368 / 2400,
    "RTX 4090 D": 1 - 4707.2 / 608 / 5.92,
    "L20": 1 - 1912 / 609 / 3.2,
}
""",
        "rounded": 'margins = {"H20": 0.013, "RTX 4090 D": 0.019, "L20": 0.019}',
        "rounded-to-per-cents": 'margins = {"H20": 0.01, "RTX 4090 D": 0.02, "L20": 0.02}',
        "negative": """
margins = {"H20": 2368 / 2400 - 1, "RTX 4090 D": 4707.2 / 4800 - 1, "L20": 1912 / 609 / 3.2 - 1}
""",
        "upside-down": """
margins = {"H20": 2400 / 2368, "RTX 4090 D": 4800 / 4707.2, "L20": 3.2 / (1912 / 609)}
""",
        "share-of-the-line": """
margins = {"H20": 2368 / 2400, "RTX 4090 D": 4707.2 / 4800, "L20": 1912 / 609 / 3.2}
""",
        "per-cent": """
margins = {
    "H20": 100 * (1 - 2368 / 2400),
    "RTX 4090 D": 100 * (1 - 4707.2 / 4800),
    "L20": 100 * (1 - 1912 / 609 / 3.2),
}
""",
        "per-cent-rounded": 'margins = {"H20": 1.3, "RTX 4090 D": 1.9, "L20": 1.9}',
        "divided-by-the-chip": """
margins = {"H20": 2400 / 2368 - 1, "RTX 4090 D": 4800 / 4707.2 - 1, "L20": 3.2 * 609 / 1912 - 1}
""",
        "distance-in-units": """
margins = {"H20": 2400 - 2368, "RTX 4090 D": 4800 - 4707.2, "L20": 3.2 - 1912 / 609}
""",
    },
    "roofline": {
        "faster-half": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / min(computing, parameters / (bandwidth_gb_s * 1e9))
""",
        "added": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / (computing + parameters / (bandwidth_gb_s * 1e9))
""",
        "steps-per-second": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return 1 / max(computing, parameters / (bandwidth_gb_s * 1e9))
""",
        "seconds-per-step": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return max(computing, parameters / (bandwidth_gb_s * 1e9))
""",
        "one-operation": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = parameters * n / (tera_operations * 1e12)
    return n / max(computing, parameters / (bandwidth_gb_s * 1e9))
""",
        "reading-for-each": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / max(computing, n * parameters / (bandwidth_gb_s * 1e9))
""",
        "giga-forgotten": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / max(computing, parameters / bandwidth_gb_s)
""",
        "brackets-forgotten": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / max(computing, parameters / bandwidth_gb_s * 1e9)
""",
        "giga-is-tera": """
def decode_rate(tera_operations, bandwidth_gb_s, parameters, n):
    computing = 2 * parameters * n / (tera_operations * 1e12)
    return n / max(computing, parameters / (bandwidth_gb_s * 1e12))
""",
    },
    "what-changed-for-h20": {
        "link-alone-catches": """
h20_caught = {"october-2022": True, "october-2023": False, "april-2025": True, "january-2026": False}
""",
        "notice-in-2023": """
h20_caught = {"october-2022": False, "october-2023": True, "april-2025": True, "january-2026": False}
""",
        "nothing-changed": """
h20_caught = {"october-2022": False, "october-2023": False, "april-2025": False, "january-2026": False}
""",
        "january-for-all": """
h20_caught = {"october-2022": False, "october-2023": False, "april-2025": True, "january-2026": True}
""",
        "text-instead-of-truth": """
h20_caught = {
    "october-2022": "no", "october-2023": "not controlled", "april-2025": "yes", "january-2026": "False"
}
""",
        "wrong-type": """
h20_caught = {"october-2022": 0, "october-2023": 0, "april-2025": 1400, "january-2026": 0}
""",
        "upside-down": """
h20_caught = {"october-2022": True, "october-2023": True, "april-2025": False, "january-2026": True}
""",
        "caught-ever-since": """
h20_caught = {"october-2022": False, "october-2023": True, "april-2025": True, "january-2026": True}
""",
    },
}

WRITTEN = {
    "did-the-controls-fail": {
        4: [
            "Yes. The aim was to keep strong training out of reach, and it was not reached: V3 was "
            "trained on 2,048 H800 for 2.788 million hours, and the H800 has all the computing of "
            "an H100. The rule of October 2022 asked for a link of 600 GB/s; a cut from 900 to 400 "
            "was enough to stay free. When the next rule came into force on 17 November 2023, the "
            "H800 had been on sale since March, and 10,000 A100 had been bought in 2021 before any "
            "rule. No. The same dates show that V3 and R1 were built with what the first rule had "
            "left open; they say little about the second, which caught the H800. A rule bites "
            "with delay, since chips already bought go on working. And V3 used about a tenth of "
            "the GPU hours of Llama 3.1: pressure to save is what a shortage would look like. What "
            "would decide: how many chips DeepSeek really has (50,000 is an estimate), when they "
            "were bought, and how its models after 2024 compare with those of firms that have "
            "no limit.",
            "For yes: R1 is as good as o1 on several tests (January 2025), and it came from a "
            "firm under two rules. The lines could be seen and met: the H20 stays 1.3 % under "
            "2400, and with 4,000 GB/s of memory it answers faster than an H100 for a single "
            "user. It took until April 2025 before the memory of a whole AI chip was looked at. "
            "For no: R1's base was trained on H800, legal only from 21 March to 17 November "
            "2023; that is a hole in the rule of 2022, and it was closed. The H20 has 15 % of "
            "the H100's computing, so training the next model on it takes far longer. One model "
            "shows that the rule came late, not that limits have no effect. To decide I would "
            "want the purchase dates and numbers of DeepSeek's chips, the share of smuggled "
            "ones, and a firm of the same skill without limits to compare with. None of these "
            "is in our tables.",
        ],
        3: [
            "Yes: V3 was trained on 2,048 H800, which have the same computing as the H100 and were "
            "not caught by the rule of 2022, because their link of 400 GB/s is below 600. So the "
            "controls missed what counts. No: the H800 was caught from November 2023 on, and the "
            "H20 that was still allowed has only 15 % of the computing of an H100. Later models "
            "may be slower to come. More evidence about the chips would be needed.",
            "The controls failed since DeepSeek had 10,000 A100 from 2021 and bought H800 in 2023 "
            "without a licence, and R1 came out on 20 January 2025. On the other hand they did "
            "not fail, because Amodei and others say that they work with delay, and because the "
            "rule of October 2023 closed the hole. One would have to know how many chips they "
            "own; SemiAnalysis estimates 50,000.",
        ],
        2: [
            "I think they failed. DeepSeek used H800 chips, which are H100 chips with a slower "
            "link, and trained V3 with 2,048 of them. The H20 is also under the line. Some people "
            "say that the controls work later, but R1 shows that they do not.",
            "On one side China built a good model, so the rules were too weak. On the other side "
            "the rules made it more difficult to get chips, and later rules were stricter. It is "
            "hard to say who is right and both have a point.",
        ],
        1: [
            "Yes, they failed, because R1 exists and is as good as the American models.",
            "Of course not. Without the controls China would be far ahead by now, everybody knows "
            "that.",
        ],
    }
}
