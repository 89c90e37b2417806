// The engine's own arithmetic of scores: the same bits on every machine, whatever its libm.
#pragma once

namespace watchword::runtime {

/// 2^x for x <= 0 (a positive x or NaN counts as 0), by IEEE additions and multiplications alone. Exact for whole x,
/// monotone, within 0.6 units in the last place; below 2^-1074 it is 0. The range is reduced to x = k + f, |f| <= 1/2;
/// 2^f is its Taylor series, the leading terms in two doubles each (Dekker 1971).
double exp2_exact(double x) noexcept;

/// To a multiple of 0.001, ties of the exact binary value to even. Values of 2^43 or more, infinities and NaN stay.
double round_score(double value) noexcept;

} // namespace watchword::runtime
