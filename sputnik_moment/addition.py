"""Addition written out, character by character: distillation on a teacher's text.

A network of `sputnik_moment.distillation` reads the last characters of a text and chooses the
next one, as a language model does, only much smaller. A sum is posed column by column, lowest
digits first; 47 + 85 is ``7+5,4+8,``. Two ways to go on::

    =12,=13,>132.    written steps: the sum of each column with its carry, then the answer
    >132.            the final answer alone

The same network learns from either kind of text. Which of the two it can learn, with the same
size and the same number of updates, is the question of the experiment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sputnik_moment.distillation import Network, new_network, train

ALPHABET = "0123456789+,=>."
"""The characters a network can read and write."""

_CODES = np.full(256, -1)
_CODES[[ord(character) for character in ALPHABET]] = np.arange(len(ALPHABET))


def make_sums(count: int, digits: int, seed: int) -> np.ndarray:
    """Draw `count` different pairs of numbers with up to `digits` digits.

    Returns
    -------
    numpy.ndarray
        Shape ``(count, 2)``.

    Raises
    ------
    ValueError
        There are fewer than `count` different pairs.
    """
    if count > 10 ** (2 * digits):
        raise ValueError(f"there are only {10 ** (2 * digits):,} sums with {digits} digits")
    drawn = np.random.default_rng(seed).choice(10 ** (2 * digits), size=count, replace=False)
    return np.stack(np.divmod(drawn, 10**digits), axis=1)


def pose(first: int, second: int, digits: int) -> str:
    """Write a sum column by column, lowest digits first: 47 + 85 is ``7+5,4+8,``."""
    columns = _columns(first, second, digits)
    return "".join(f"{upper}+{lower}," for upper, lower in columns)


def final_answer(first: int, second: int, digits: int) -> str:
    """Write the answer alone, with one digit more than the numbers have: ``>132.``."""
    return f">{first + second:0{digits + 1}d}."


def written_solution(first: int, second: int, digits: int) -> str:
    """Write the sum of every column with its carry, then the answer: ``=12,=13,>132.``."""
    steps, carry = "", 0
    for upper, lower in _columns(first, second, digits):
        column = upper + lower + carry
        carry = column // 10
        steps += f"={column:02d},"
    return steps + final_answer(first, second, digits)


def _columns(first: int, second: int, digits: int) -> list[tuple[int, int]]:
    if not (0 <= first < 10**digits and 0 <= second < 10**digits):
        raise ValueError(f"{first} and {second} must have at most {digits} digits")
    pairs = zip(f"{first:0{digits}d}", f"{second:0{digits}d}", strict=True)
    return [(int(upper), int(lower)) for upper, lower in pairs][::-1]


def encode(texts: Sequence[str], window: int) -> np.ndarray:
    """Turn the last `window` characters of each text into one row of noughts and ones.

    A row has ``window x len(ALPHABET)`` entries: for every place one per character. Places
    before the start of a text are all nought. The newest character is always in the last
    place, so that "four characters ago" is the same input wherever the writer is.

    Raises
    ------
    ValueError
        A text has a character that is not in `ALPHABET`.
    """
    recent = [text[-window:] for text in texts]
    lengths = np.array([len(text) for text in recent], dtype=int)
    codes = _CODES[np.frombuffer("".join(recent).encode("latin-1", "replace"), dtype=np.uint8)]
    if (codes < 0).any():
        raise ValueError(f"a text has a character outside {ALPHABET!r}")
    # All characters of all texts at once: the row of each, and its place counted from the end.
    row = np.repeat(np.arange(len(texts)), lengths)
    start_of_row = np.repeat(np.cumsum(lengths) - lengths, lengths)
    place = np.arange(len(codes)) - start_of_row + np.repeat(window - lengths, lengths)
    rows = np.zeros((len(texts), window, len(ALPHABET)), dtype=bool)
    rows[row, place, codes] = True
    return rows.reshape(len(texts), -1)


def examples(
    prompts: Sequence[str], texts: Sequence[str], window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut texts into examples: the characters so far, and the one that comes next.

    Parameters
    ----------
    prompts
        Where each text starts; nothing is learned from these characters alone.
    texts
        What should be written after each prompt.
    window
        How many characters the network can look back.

    Returns
    -------
    tuple
        Inputs, shape ``(characters, window x len(ALPHABET))``, and the code of each next
        character, shape ``(characters,)``: what `distillation.train` takes.
    """
    before, after = [], []
    for prompt, text in zip(prompts, texts, strict=True):
        for place, character in enumerate(text):
            before.append(prompt + text[:place])
            after.append(ALPHABET.index(character))
    return encode(before, window), np.array(after)


def write(network: Network, prompts: Sequence[str], characters: int) -> list[str]:
    """Let a network write: it chooses a character, reads it, and goes on.

    Returns
    -------
    list of str
        What follows each prompt, up to and with the first full stop.
    """
    window = len(network.weights_in) // len(ALPHABET)
    texts = list(prompts)
    for _ in range(characters):
        chosen = network.predict(encode(texts, window))
        texts = [text + ALPHABET[code] for text, code in zip(texts, chosen, strict=True)]
    written = [text[len(prompt) :] for text, prompt in zip(texts, prompts, strict=True)]
    return [text.partition(".")[0] + "." for text in written]


def answer_of(text: str) -> str:
    """Take the final answer from a written text: what follows its last ``>``."""
    _, mark, answer = text.rpartition(">")
    return mark + answer


def window_for(digits: int) -> int:
    """How far a network must look back to see a whole sum with its written solution."""
    return len(pose(0, 0, digits)) + len(written_solution(0, 0, digits)) - 1


def learn_to_write(
    prompts: Sequence[str],
    texts: Sequence[str],
    window: int,
    *,
    hidden: int = 64,
    updates: int = 1500,
    seed: int = 0,
) -> Network:
    """Train a new network to continue every prompt with its text.

    Parameters
    ----------
    prompts, texts
        What it reads and what it should write then: a teacher's steps, or final answers.
    window
        How many characters it can look back; `window_for` the number of digits. The size of
        the network depends on it, so give the same to networks that are to be compared.
    hidden
        Hidden units.
    updates
        Steps of the optimiser, each on 128 characters.
    seed
        Decides the first weights and the order of the examples.
    """
    inputs, next_codes = examples(prompts, texts, window)
    start = new_network(hidden, seed, inputs=inputs.shape[1], classes=len(ALPHABET))
    return train(start, inputs, next_codes, updates=updates, batch=128, rate=0.01, seed=seed)


def share_right(texts: Sequence[str], sums: np.ndarray, digits: int) -> float:
    """Share of written texts whose final answer is right in every digit, 0 to 1."""
    return (len(texts) - len(mistakes(texts, sums, digits))) / len(texts)


def mistakes(texts: Sequence[str], sums: np.ndarray, digits: int) -> list[int]:
    """Places of the written texts whose final answer is wrong, in their order."""
    right = [final_answer(first, second, digits) for first, second in sums]
    pairs = enumerate(zip(texts, right, strict=True))
    return [place for place, (text, answer) in pairs if answer_of(text) != answer]
