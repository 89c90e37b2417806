// Ids that stay the same from run to run: keyed ones, which give nothing away about what they were made of, and plain
// ones for the content of records.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace watchword::runtime {

/// HMAC-SHA-256 (RFC 2104). The key may be empty. Throws nothing but std::bad_alloc.
std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view message);
/// The same over the parts, each after its length (8 bytes, little-endian), cut to 128 bits: 32 hex
/// digits.
std::string keyed_hash(std::string_view key, std::span<const std::string_view> parts);

/// XXH3-128 over the same bytes: 32 hex digits. Fast; no protection against somebody who seeks collisions.
std::string content_hash(std::span<const std::string_view> parts);

} // namespace watchword::runtime
