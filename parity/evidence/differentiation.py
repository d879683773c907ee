"""Check a claimed gradient against numeric differentiation of the function itself.

For a function f, a point x and a cotangent u of the output's shape, the claim is that `analytic` holds

    d<u, f(x)> / dx_i        for every element i of x.

How the number to compare with is found, along one line x + t d (one element, or a random direction):

- Differences are taken output by output and weighted afterwards, <u, f(x + h d) - f(x - h d)> / 2h, so outputs
  that do not depend on t cancel exactly. Along one element the step is what was really added: (x + h) - x.
- The steps are h_k = 8^-k / 32 times max(1, |x_i|). From central quotients D_k,  R_k = (64 D_k - D_{k-1}) / 63
  cancels the h^2 term. Its error is estimated as the smaller of |D_k - D_{k-1}| and |R_k - R_{k-1}|: what one
  step earlier was still wrong, about 63 or 4,095 times the error of R_k itself for a smooth f. Linear functions end
  after two steps (4 evaluations), smooth ones after three (6); where f bends more sharply, smaller steps follow.
- The one-sided quotients come from the same evaluations. Their difference S_k = a h + c h^3 + ... goes to zero with h,
  unless the slopes left and right of x differ, by J: extrapolating S_k to h = 0 gives J. A central quotient alone
  never notices a kink at x. Half of |J| is part of the error estimate.
- If J stays, one much smaller step decides. Still there: a kink at x (or nearer than the smallest steps, 2e-10 of
  the scale), no derivative exists, the element is excluded and counted. Gone: a kink near x, and smaller steps go on
  until they lie between x and the kink.
- Rounding: f is computed to a few units in the last place per output, so a quotient is uncertain by
  NOISE eps sqrt(sum (u_j f_j)^2) / h, taken over the outputs that changed (eps of the type that f returns). Outputs
  that lost digits inside f are found at the start, by fourth differences of f at five points next to x.

    allowed = error estimate + rounding + rtol |numeric| + atol
              + FLOOR max|numeric|    for elements that cannot be told from zero

(along a direction d, rtol and atol count 3 ||analytic d|| and 3 ||d|| times: see _Place).

Error estimate and rounding are what the numeric side can be wrong by, and are enough to let a correct gradient pass.
The default rtol, 1e-8, is for the claim, which is rounded too, and whose formula may lose digits by cancellation; it is
100 times below the smallest relative error, 1e-6 in one element, that the tests ask to be found. FLOOR is for elements
that are zero by cancellation, where the claim is a rounding remainder. A bound so wide that agreement would be worth
little makes the check "inconclusive", which is a failure; so does a jump at x. A claim that is meant to differ a little
from the slope, as that of a loss log(y + 1e-7) whose gradient leaves the 1e-7 out, is given an rtol and an atol of its
own; where those swallow the gradient, so that zeros would pass as well, the check is "vacuous", a failure too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parity.arrays import unravel

Array = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]

RTOL = 1e-8
EPSILON = float(np.finfo(np.float64).eps)
NOISE = 8.0
"""Units of rounding allowed for f: a few operations deep, each within half a unit."""
FLOOR = 1e-12
"""Share of the largest element of the gradient below which elements count as zero."""
GOOD = 1e-9
"""An error estimate below this share of the value ends the search for a better step."""
CONCLUSIVE = 1e-5
"""An error bound above this share of the value decides nothing."""
SMALL = 1e-2
"""Elements below this share of the largest are taken for that large when asking if a bound is conclusive."""
FIRST_STEP = 2.0**-5
RATIO = 8.0
LEVELS = 11
DIRECTIONS = 12
SINGLES = 8
"""Single elements checked beside the directions."""
DEVIATIONS = 3.0
"""How many standard deviations of what the elements are allowed a direction is allowed."""
SUSPECTS = 24
"""Single elements checked of those that the directions had to leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientCheck:
    """What `check_gradient` found. `analytic` to `step` belong to the worst place: the largest error / allowed.

    `reason` is None for a pass, else "value", "shape", "kinks" (no element without a kink was left), "vacuous" (every
    element is zero in both, or zeros would have passed as well, or there is no element) or "inconclusive". The caller
    may build one with "error" or "missing". `index` is None along directions. `rtol` and `atol` are what the claim
    was allowed beside what the slope is uncertain by.
    """

    of: str
    wrt: str
    gradient: str
    ok: bool
    reason: str | None
    message: str
    checked: int = 0
    kinks: int = 0
    directions: int = 0
    analytic: float = math.nan
    numeric: float = math.nan
    error: float = math.nan
    allowed: float = 0.0
    index: tuple[int, ...] | None = None
    step: float = 0.0
    evaluations: int = 0
    rtol: float = RTOL
    atol: float = 0.0


def random_cotangent(shape: tuple[int, ...], seed: int = 0) -> Floats:
    """Numbers with magnitudes in [0.5, 2] and random signs; the same for the same shape and seed.

    Never zero, so every output counts; unequal, because an all-ones cotangent lets a wrong softmax pass. If there
    are two or more, both signs occur.
    """
    rng = np.random.RandomState(seed)
    size = math.prod(shape)
    magnitudes = 0.5 + 1.5 * rng.random_sample(size)
    signs = np.where(rng.random_sample(size) < 0.5, -1.0, 1.0)
    if size > 1 and abs(signs.sum()) == size:
        signs[size // 2] = -signs[0]
    values: Floats = (magnitudes * signs).reshape(shape)
    return values


def check_gradient(
    f: Callable[[Floats], object],
    x: object,
    analytic: object,
    cotangent: object,
    *,
    of: str,
    wrt: str,
    gradient: str,
    rtol: float = RTOL,
    atol: float = 0.0,
    limit: int = 64,
    seed: int = 0,
) -> GradientCheck:
    """Compare `analytic` with the numeric gradient of <cotangent, f(x)> with respect to `x`.

    Up to `limit` elements every one is checked. Beyond, DIRECTIONS random directions and SINGLES single elements (half
    of them those with the largest claim); if x has kinks, as a relu at exact zeros, the directions leave out the
    elements that are zero or equal to another, and a sample of these is checked one by one.
    `rtol` and `atol` are for a claim that is meant to differ from the slope, and are part of what is reported.
    What f raises is not caught. f gets a fresh array each time and may return the same one each time.
    """
    if not (0.0 <= rtol < math.inf and 0.0 <= atol < math.inf):
        raise ValueError(f"tolerances must be finite and not negative: rtol={rtol!r}, atol={atol!r}")
    blank = GradientCheck(
        of=of, wrt=wrt, gradient=gradient, ok=False, reason=None, message="", rtol=rtol, atol=atol
    )  # fmt: skip

    def refused(reason: str, message: str, evaluations: int) -> GradientCheck:
        return replace(blank, reason=reason, message=message, evaluations=evaluations)

    point = np.array(x, dtype=np.float64, order="C")
    claim_array = np.asarray(analytic)
    if claim_array.dtype.kind not in "fiu":
        return refused("shape", f"{gradient} is not numeric", 0)
    if claim_array.shape != point.shape and {claim_array.shape, point.shape} != {(), (1,)}:
        return refused("shape", f"{gradient} has shape {claim_array.shape}, {wrt} has shape {point.shape}", 0)
    weights = np.array(cotangent, dtype=np.float64)
    line = _Line(f, point, weights)
    if line.base.shape != weights.shape and {line.base.shape, weights.shape} != {(), (1,)}:
        text = f"{of} has shape {line.base.shape}, the cotangent has shape {weights.shape}"
        return refused("shape", text, line.evaluations)
    if point.size == 0 or line.base.size == 0:
        return refused("vacuous", f"{wrt if point.size == 0 else of} has no elements", line.evaluations)
    if not np.isfinite(line.base).all():
        return refused("inconclusive", f"{of} is not finite", line.evaluations)

    claim = claim_array.astype(np.float64).ravel()
    finite = np.isfinite(claim)
    if not finite.all():
        flat = int(np.argmin(finite))
        value = float(claim[flat])
        refusal = refused("value", f"{value} at a point where {of} is finite", line.evaluations)
        return replace(refusal, analytic=value, error=math.inf, index=unravel(flat, point.shape))
    places, directions = _explore(line, claim, limit, seed)
    return _judge(replace(blank, directions=directions, evaluations=line.evaluations), places)


# ------------------------------------------------------------------------------------------- along a single line


@dataclass(slots=True)
class _Estimate:
    """The derivative along one line. `state`: "ok", "kink" or "unsure" (nothing was finite).

    `rounding` is the part of `bound` that is there even if f did not move at all.
    """

    state: str
    numeric: float
    bound: float
    step: float
    rounding: float = 0.0


@dataclass(slots=True)
class _Place:
    """An estimate and the claim it is compared with; `relative` and `absolute` are what rtol and atol are shares of.

    Along a direction, deviations of single elements that a tolerance allows add up. Their signs are random, as those of
    the direction are, so that they add up as noise does.
    """

    index: tuple[int, ...] | None
    analytic: float
    estimate: _Estimate
    relative: float = 0.0
    absolute: float = 1.0


_Shift = Callable[[float], tuple[Floats, float, float]]
"""h -> the point moved by h, the step really taken, and what its rounding adds to the difference of f."""


class _Line:
    """f around x: evaluations are counted, and each line starts with the step that served the one before."""

    def __init__(self, f: Callable[[Floats], object], point: Floats, weights: Floats) -> None:
        self.f = f
        self.point = point
        self.evaluations = 0
        self.epsilon = EPSILON
        self.start = 0
        self.largest = 0.0
        self.unseen = math.nan
        self.base = self._evaluate(point)
        self.weights = weights.reshape(self.base.shape) if weights.size == self.base.size else weights
        self.roughness = np.zeros_like(self.base)
        if self.base.size and self.base.shape == self.weights.shape and np.isfinite(self.base).all():
            self.roughness = self._measure_roughness()

    def _measure_roughness(self) -> Floats:
        """What f really is uncertain by, output by output, where that is more than its last digits.

        log(1 - 1e-9) has lost nine digits inside, and a function that draws at random has no digits at all; no
        output shows it, but neighbouring points do. Fourth divided differences at five points very near x leave
        nothing of a smooth function. With weights of norm 1 they leave independent errors at their size. The points
        are unevenly spaced, or rounding in equal steps would look like a straight line. Kinks and sharp
        bends would be mistaken for errors: a suspicion is looked at again on the other side and nearer, and the
        smaller counts.
        """
        usual = 100.0 * self.epsilon * np.abs(self.base)
        rough = np.full_like(self.base, np.inf)
        scale = np.maximum(1.0, np.abs(self.point))
        uneven = random_cotangent(self.point.shape, 1)
        nodes = (1.0, 1.83, 3.14, 4.29, 5.37)
        weights = np.array([1.0 / math.prod(p - q for q in nodes if q != p) for p in nodes])
        weights /= np.linalg.norm(weights)
        for spacing in (1e-6, -1e-9):
            around = np.stack([self._evaluate(self.point + k * spacing * scale * uneven) for k in nodes])
            with np.errstate(all="ignore"):
                # from f(x), so that a sum of weights that is not quite zero does not count
                fourth = np.abs(np.tensordot(weights, around - self.base, axes=1))
            informed = np.isfinite(fourth) & (around != around[0]).any(axis=0)
            rough = np.where(informed, np.minimum(rough, fourth), rough)
            if not (np.isfinite(rough) & (rough > usual)).any():
                break
        return np.where(np.isfinite(rough) & (rough > self.epsilon * np.abs(self.base)), rough, 0.0)

    def _evaluate(self, point: Floats) -> Floats:
        self.evaluations += 1
        with np.errstate(all="ignore"):
            # Copies both ways: f may change its argument, and may hand out the same array each time.
            value = np.asarray(self.f(point.copy()))
            if value.dtype.kind == "f" and value.dtype.itemsize < 8:
                self.epsilon = float(np.finfo(value.dtype).eps)
            return np.array(value, dtype=np.float64)

    def element(self, flat: int) -> _Estimate:
        """The derivative with respect to one element."""
        x = self.point.item(flat)

        def shifted(h: float) -> tuple[Floats, float, float]:
            moved = self.point.copy()
            moved.flat[flat] = x + h
            return moved, moved.item(flat) - x, 0.0

        return self._differentiate(shifted, max(1.0, abs(x)))

    def direction(self, d: Floats, claim: Floats) -> _Estimate:
        """The derivative along d.

        x + h d is rounded, and so is not exactly h away along d. The remainder is of the order of eps |x|; to first
        order it changes the difference by <gradient, remainder>, for which the claim is good enough.
        """
        flat_x = self.point.ravel()

        def shifted(h: float) -> tuple[Floats, float, float]:
            moved = flat_x + h * d
            remainder = (moved - flat_x) - h * d
            return moved.reshape(self.point.shape), h, float(claim @ remainder)

        return self._differentiate(shifted, 1.0)

    def _quotients(self, shifted: _Shift, h: float) -> tuple[float, float, float] | None:
        """Central quotient, difference of the one-sided ones, and rounding; None where f is not finite or h is lost."""
        up, up_step, up_off = shifted(h)
        down, down_step, down_off = shifted(-h)
        if up_step == 0.0 or down_step == 0.0:
            return None
        above, below = self._evaluate(up), self._evaluate(down)
        if above.shape != self.base.shape or below.shape != self.base.shape:
            return None
        with np.errstate(all="ignore"):
            right = self.weights * (above - self.base)
            left = self.weights * (self.base - below)
            forward, backward = float(right.sum()) - up_off, float(left.sum()) + down_off
            # the sum over the differences of the outputs themselves: no rounding from f(x) enters it
            central = float((self.weights * (above - below)).sum()) - up_off + down_off
            if not (math.isfinite(forward) and math.isfinite(backward) and math.isfinite(central)):
                return None
            touched = (right != 0.0) | (left != 0.0)
            units = np.maximum(self.epsilon * np.maximum(np.abs(above), np.abs(below)), self.roughness)
            units = np.abs(self.weights * units)
            terms = np.where(touched | (self.roughness > 0.0), units, 0.0)
            top = float(terms.max())
            rounding = NOISE * top * math.sqrt(float(np.square(terms / top).sum())) if top else 0.0
            if math.isnan(self.unseen):
                # Outputs that the longest step did not move may have moved by less than their last digit.
                self.unseen = 2.0 * float((units - terms).max()) / (up_step - down_step)
        noise = 2.0 * rounding / (up_step - down_step) + self.unseen
        return central / (up_step - down_step), forward / up_step - backward / -down_step, noise

    def _differentiate(self, shifted: _Shift, scale: float) -> _Estimate:
        best = _Estimate("unsure", math.nan, math.inf, 0.0)
        best_level = self.start
        self.unseen = math.nan
        previous: list[tuple[float, float, float]] = []  # central, sided, noise of the steps without a gap between
        improved = jump = math.nan
        probed = False
        for level in range(self.start, LEVELS):
            h = FIRST_STEP * scale * RATIO**-level
            quotients = self._quotients(shifted, h)
            if quotients is None:
                previous, improved, jump = [], math.nan, math.nan
                continue
            central, sided, noise = quotients
            previous.append(quotients)
            if len(previous) < 2:
                continue
            earlier_central, earlier_sided, _ = previous[-2]
            earlier_improved, earlier_jump = improved, jump
            improved = (RATIO**2 * central - earlier_central) / (RATIO**2 - 1)
            linear = (RATIO * sided - earlier_sided) / (RATIO - 1)
            jump = linear
            change = abs(central - earlier_central)
            if len(previous) > 2:
                change = min(change, abs(improved - earlier_improved))
                before = (RATIO * earlier_sided - previous[-3][1]) / (RATIO - 1)
                cubic = (RATIO**3 * linear - before) / (RATIO**3 - 1)
                jump = min(linear, cubic, key=abs)
            bound = change + abs(jump) / 2 + noise
            if bound < best.bound:
                best, best_level = _Estimate("unsure", improved, bound, h, noise), level
            size = max(abs(improved), 1e-6 * self.largest)
            if bound - noise <= max(GOOD * size, noise):
                break
            steady = abs(jump - earlier_jump) <= 0.01 * abs(jump) and abs(jump) > 100 * noise
            if steady and not probed:
                probed = True
                if self._kink_at_point(shifted, scale, h, jump, noise):
                    return _Estimate("kink", improved, abs(jump), h)
            if noise > 2 * best.bound:  # smaller steps can only lose digits from here on
                break
        if math.isfinite(best.numeric):
            self.largest = max(self.largest, abs(best.numeric))
            # One level at a time: a single kink nearby must not cost the next elements their digits.
            self.start = max(0, min(self.start + 1, best_level - 2))
            best.state = "ok"
        return best

    def _kink_at_point(self, shifted: _Shift, scale: float, h: float, jump: float, noise: float) -> bool:
        """Whether the one-sided slopes still differ at the smallest step that rounding leaves meaningful."""
        smallest = max(noise * h / (1e-2 * abs(jump)), FIRST_STEP * scale * RATIO ** -(LEVELS - 2))
        smallest = 2.0 ** math.ceil(math.log2(smallest))
        if smallest >= h:  # there already
            return True
        quotients = self._quotients(shifted, smallest)
        return quotients is not None and abs(quotients[1] - jump) <= 0.1 * abs(jump)


# ------------------------------------------------------------------------------------------------ which lines


def _explore(line: _Line, claim: Floats, limit: int, seed: int) -> tuple[list[_Place], int]:
    shape, size = line.point.shape, claim.size
    mask = np.ones(size)

    def at(flat: int) -> _Place:
        return _Place(unravel(flat, shape), claim.item(flat), line.element(flat))

    def along(d: Floats) -> _Place:
        step = d * mask
        relative, absolute = (DEVIATIONS * float(np.linalg.norm(v)) for v in (claim * step, step))
        return _Place(None, float(claim @ step), line.direction(step, claim), relative, absolute)

    if size <= limit:
        return [at(flat) for flat in range(size)], 0

    rng = np.random.RandomState(seed)
    places: list[_Place] = []
    suspects: Array = np.empty(0, dtype=np.intp)
    for d in _random_directions(rng, line.point.ravel()):
        place = along(d)
        if _unusable(place) and not suspects.size:
            # Kinks lie where x is zero (relu, abs) or where two elements are equal (max): step beside them.
            suspects = _suspects(line.point.ravel())
            if 0 < suspects.size < size:
                mask[suspects] = 0.0
                place = along(d)
        if _unusable(place):
            # Some kink stays in the way of every direction: single elements are all that is left.
            places = []
            suspects = np.arange(size)
            break
        places.append(place)
    directions = len(places)
    singles = SINGLES if not suspects.size else SUSPECTS if directions else limit
    flats = list(np.argsort(-np.abs(claim), kind="stable")[: SINGLES // 2])
    pool = suspects if suspects.size else np.arange(size)
    flats += list(rng.permutation(pool)[: max(0, singles - len(flats))])
    places += [at(int(flat)) for flat in dict.fromkeys(int(c) for c in flats)]
    return places, directions


def _random_directions(rng: np.random.RandomState, flat_x: Floats) -> Iterator[Floats]:
    """Signed, no entry near zero, larger where x is; few digits, so that a step times an entry is exact."""
    scale = 2.0 ** np.floor(np.log2(np.maximum(1.0, np.abs(flat_x))))
    for _ in range(DIRECTIONS):
        magnitudes = scale * rng.randint(128, 385, flat_x.size) / 256.0
        yield np.where(rng.random_sample(flat_x.size) < 0.5, -magnitudes, magnitudes)


def _suspects(flat_x: Floats) -> Array:
    _, where, counts = np.unique(flat_x, return_inverse=True, return_counts=True)
    suspects: Array = np.flatnonzero((flat_x == 0.0) | (counts[where] > 1))
    return suspects


def _unusable(place: _Place) -> bool:
    estimate = place.estimate
    return estimate.state != "ok" or estimate.bound > CONCLUSIVE * abs(estimate.numeric)


# --------------------------------------------------------------------------------------------------- judgement


def _judge(blank: GradientCheck, places: list[_Place]) -> GradientCheck:
    of, wrt, gradient, rtol, atol = blank.of, blank.wrt, blank.gradient, blank.rtol, blank.atol
    smooth = [p for p in places if p.estimate.state == "ok"]
    kinks = sum(p.estimate.state == "kink" for p in places)
    unsure = [p for p in places if p.estimate.state == "unsure"]
    singles = [p for p in smooth if p.index is not None]
    along = [p for p in smooth if p.index is None]
    largest: dict[bool, float] = {
        False: max((abs(p.estimate.numeric) for p in singles), default=0.0),
        True: max((abs(p.estimate.numeric) for p in along), default=0.0),
    }

    checked, wrong = 0, 0
    swallowed = True
    worst: tuple[float, _Place, float, float] | None = None
    for place in smooth:
        numeric, bound = place.estimate.numeric, place.estimate.bound
        scale = largest[place.index is None]
        error = abs(place.analytic - numeric)
        tolerated = atol * place.absolute
        allowed = bound + rtol * max(abs(numeric), place.relative) + tolerated
        if bound >= 1e-3 * abs(numeric):
            allowed += FLOOR * scale
        ratio = error / allowed if allowed else math.inf if error else 0.0
        conclusive = bound <= max(CONCLUSIVE * max(abs(numeric), SMALL * scale), tolerated)
        # A wide bound is itself uncertain: then only a difference far beyond it is the claim's fault.
        if ratio > (1.0 if conclusive else 1e3):
            wrong += 1
        elif not conclusive:
            unsure.append(place)
            continue
        checked += 1
        swallowed = swallowed and abs(numeric) <= allowed
        if worst is None or ratio > worst[0]:
            worst = (ratio, place, error, allowed)

    def result(reason: str | None, message: str, place: _Place, error: float, allowed: float) -> GradientCheck:
        return replace(
            blank,
            ok=reason is None,
            reason=reason,
            message=message,
            checked=checked,
            kinks=kinks,
            analytic=place.analytic,
            numeric=place.estimate.numeric,
            error=error,
            allowed=allowed,
            index=place.index,
            step=place.estimate.step,
        )

    if worst is not None and wrong:
        _, place, error, allowed = worst
        unit = "elements" if not blank.directions else "directions and elements"
        share = f"; {wrong} of {checked} {unit} differ" if checked > 1 else ""
        text = (
            f"{gradient} is {place.analytic:.10g} where the slope of {of} is {place.estimate.numeric:.10g}, "
            f"off by {error:.3g}, allowed {allowed:.3g} (rtol {rtol:g}, atol {atol:g}){share}"
        )
        return result("value", text, place, error, allowed)
    flat = [p for p in smooth if p.analytic == 0.0 == p.estimate.numeric and p.estimate.bound == p.estimate.rounding]
    if flat and len(flat) + kinks == len(places):
        text = f"{gradient} and the slope of {of} are zero everywhere"
        return result("vacuous", text, flat[0], 0.0, 0.0)
    if unsure:
        place = max(unsure, key=lambda p: p.estimate.bound)
        bound = place.estimate.bound
        text = f"the slope of {of} along {wrt} could not be measured: " + (
            f"known only to within {bound:.3g}" if math.isfinite(bound) else "it is not finite near the point"
        )
        return result("inconclusive", text, place, abs(place.analytic - place.estimate.numeric), bound)
    if worst is None:
        text = f"every one of the {kinks} elements is at a kink of {of}"
        return result("kinks", text, places[0], math.nan, 0.0)
    _, place, error, allowed = worst
    if swallowed:
        text = f"zero would agree with the slope of {of} along {wrt} as well (rtol {rtol:g}, atol {atol:g})"
        return result("vacuous", text, place, error, allowed)
    return result(None, "", place, error, allowed)
