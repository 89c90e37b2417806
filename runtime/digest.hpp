// Which program this is: a number made of everything in it that can show in state or alerts. The texts it was compiled
// from, their places and names, its sources and its tests do not count; a changed comment keeps the digest.
#pragma once

#include "runtime/program.hpp"

#include <array>

namespace watchword::runtime {

/// 16 bytes: XXH3-128 in canonical order. Equal programs have equal digests on every machine of one byte order.
std::array<char, 16> digest(const Program& program);

/// Of the event types and the roster alone. Programs of which it is equal take the same events from native records, in
/// the same slots.
std::array<char, 16> schema_digest(const Program& program);

} // namespace watchword::runtime
