// Sealed history that has no room in memory, in a temporary file that nobody else can see and that is gone with the
// process, however it ends.
#pragma once

#include "runtime/block_store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace watchword::stdlib {

/// Of any threads: several engines can share one.
class TemporaryBlocks final : public runtime::BlockStore {
public:
    /// The file is made in `folder` (empty: $TMPDIR or /tmp) when the first block comes.
    explicit TemporaryBlocks(std::string folder) : folder_(std::move(folder)) {}
    ~TemporaryBlocks() override;
    TemporaryBlocks(const TemporaryBlocks&) = delete;
    TemporaryBlocks& operator=(const TemporaryBlocks&) = delete;

    std::optional<Number> put(std::string_view bytes) noexcept override;
    bool get(Number block, std::span<char> into) noexcept override;
    void drop(Number block, std::size_t bytes) noexcept override;

    std::uint64_t most_bytes() const { return most_bytes_; } ///< that the file has had
    /// What failed first, in a sentence each; empty: nothing. Where nothing can be put away, all goes on in memory;
    /// what cannot be read back is lost.
    const std::string& put_error() const { return put_error_; }
    const std::string& get_error() const { return get_error_; }

private:
    /// Where a block of so many bytes may go.
    Number place_for(std::size_t bytes);

    std::mutex mutex_;
    std::string folder_;
    int file_ = -1;
    std::uint64_t most_bytes_ = 0;
    std::map<std::size_t, std::vector<Number>> free_; ///< by size in units
    std::string put_error_, get_error_;
};

} // namespace watchword::stdlib
