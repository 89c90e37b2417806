// Where sealed history goes that has no room in memory. The engine does no input and output: whoever hosts it gives it
// a store (stdlib/temporary_blocks.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace watchword::runtime {

/// Blocks of bytes that are written once, read now and then, and dropped. Of any thread, where engines in several share
/// one.
class BlockStore {
public:
    using Number = std::uint64_t;

    virtual ~BlockStore() = default;
    /// nullopt: it has no room, or fails; the bytes stay where they are.
    virtual std::optional<Number> put(std::string_view bytes) noexcept = 0;
    /// Into as many bytes as the block has. False: it cannot be read any more.
    virtual bool get(Number block, std::span<char> into) noexcept = 0;
    /// The block, of so many bytes, is no longer wanted.
    virtual void drop(Number block, std::size_t bytes) noexcept = 0;
};

} // namespace watchword::runtime
