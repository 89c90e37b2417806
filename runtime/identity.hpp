// Ids that stay the same from run to run: keyed ones, which give nothing away about what they were made of, and plain
// ones for the content of records.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace watchword::runtime {

/// HMAC-SHA-256 (RFC 2104) over the parts, each after its length (8 bytes, little-endian), cut to 128 bits: 32 hex
/// digits. The key may be empty. Throws nothing but std::bad_alloc.
std::string keyed_hash(std::string_view key, std::span<const std::string_view> parts);

/// XXH3-128 over the same bytes: 32 hex digits. Fast; no protection against somebody who seeks collisions.
std::string content_hash(std::span<const std::string_view> parts);

} // namespace watchword::runtime
