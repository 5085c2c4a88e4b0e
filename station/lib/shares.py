"""Parts of a whole, in whole per cent."""

from collections.abc import Sequence


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole per cent, rounded; 100 only when nothing is missing, 0 only when nothing is there."""
    if not whole:
        return 0
    rounded = round(100 * part / whole)
    if 0 < part < whole:
        return min(99, max(1, rounded))
    return rounded


def portions(parts: Sequence[int]) -> list[int]:
    """Whole per cents of the sum of `parts` that add up to exactly 100 (all 0 where there is nothing).

    The largest remainder is rounded up first; what is there never shows as 0 (with up to a hundred parts).
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    shares = [max(100 * part // whole, 1 if part else 0) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(100 * parts[index] % whole), index))
    missing = 100 - sum(shares)
    for index in by_remainder[: max(0, missing)]:
        shares[index] += 1
    for _surplus in range(-missing):  # what was raised to 1 comes off the largest
        shares[shares.index(max(shares))] -= 1
    return shares
