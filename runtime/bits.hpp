// Sets of small numbers as the bits of a word.
#pragma once

#include <bit>
#include <cstdint>

namespace watchword::runtime {

constexpr std::uint64_t bit(std::uint32_t number) { return std::uint64_t{1} << number; }
/// Those from `first` to before `last`, which is greater and at most 64.
constexpr std::uint64_t bits_between(std::uint32_t first, std::uint32_t last) {
    return (~std::uint64_t{0} >> (64 - (last - first))) << first;
}
/// `visit(std::uint32_t)` with each number of the set, rising.
template <class Visit>
void each_bit(std::uint64_t bits, Visit visit) {
    for (; bits != 0; bits &= bits - 1) visit(static_cast<std::uint32_t>(std::countr_zero(bits)));
}

} // namespace watchword::runtime
