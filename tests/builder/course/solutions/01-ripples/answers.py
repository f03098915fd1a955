"""Right and wrong answers to the exercises of a small lesson, for the tests."""

RIGHT = {
    "ring-width": ["ring_width = 5.0", "ring_width = 2 * SPEED * 10"],
    "ring-height": [
        "def ring_height(time):\n    return 1 / (1 + time)",
        "ring_height = lambda time: (1 + time) ** -1",
    ],
    "why-fade": ['why_fade = "b"', 'why_fade = "B".lower()'],
}

WRONG = {
    "ring-width": {
        "radius": "ring_width = SPEED * 10",
        "text-instead-of-number": 'ring_width = "5.0"',
        "not-a-number": 'ring_width = float("nan")',
    },
    "ring-height": {
        "constant": ("def ring_height(time):\n    return 1", 1),
        "error": "def ring_height(time):\n    return 1 / 0",
        "linear": ("def ring_height(time):\n    return 1 - time / 10", 1),
    },
    "why-fade": {
        "a": 'why_fade = "a"',
        "c": 'why_fade = "c"',
        "d": 'why_fade = "d"',
    },
}

WRITTEN = {
    "report": {
        4: ["It is 5 m wide, because it grows to both sides.", "5 m: twice 0.25 m/s for 10 s."],
        3: ["It is 5 m wide, somehow.", "5 m, as measured."],
        2: ["It is 5.", "Five."],
        1: ["Rings grow.", "It is a ring."],
    }
}
