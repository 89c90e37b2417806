#include "stdlib/temporary_blocks.hpp"

#include "stdlib/sources/bytes.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace watchword::stdlib {

namespace {

/// Blocks begin and end at its multiples, so that what is dropped fits others: most are nearly as large.
constexpr std::size_t unit = 1024;

std::size_t units_of(std::size_t bytes) { return (bytes + unit - 1) / unit; }

/// `transfer`(done) moves some more bytes; false: it fails, and errno says why, or 0 that there are no more.
template <class Transfer>
bool move_all(std::size_t size, Transfer transfer) {
    for (std::size_t done = 0; done < size;) {
        const ssize_t count = transfer(done);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) errno = 0;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

std::string reason() { return errno != 0 ? std::strerror(errno) : "it ends too soon"; }

} // namespace

TemporaryBlocks::~TemporaryBlocks() {
    if (file_ >= 0) close(file_);
}

TemporaryBlocks::Number TemporaryBlocks::place_for(std::size_t bytes) {
    if (const auto found = free_.find(units_of(bytes)); found != free_.end() && !found->second.empty()) {
        const Number place = found->second.back();
        found->second.pop_back();
        return place;
    }
    const Number place = most_bytes_;
    most_bytes_ += units_of(bytes) * unit;
    return place;
}

std::optional<runtime::BlockStore::Number> TemporaryBlocks::put(std::string_view bytes) noexcept {
    const std::lock_guard lock(mutex_);
    if (!put_error_.empty()) return std::nullopt; // it would hardly go better now
    if (file_ < 0) file_ = open_temporary(folder_, put_error_);
    if (file_ < 0) return std::nullopt;
    const Number place = place_for(bytes.size());
    const bool is_written = move_all(bytes.size(), [&](std::size_t done) {
        return pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(place + done));
    });
    if (is_written) return place;
    put_error_ = fmt::format("cannot put kept history into a temporary file: {}", reason());
    free_[units_of(bytes.size())].push_back(place);
    return std::nullopt;
}

bool TemporaryBlocks::get(Number block, std::span<char> into) noexcept {
    const std::lock_guard lock(mutex_);
    const bool is_read = move_all(into.size(), [&](std::size_t done) {
        return pread(file_, into.data() + done, into.size() - done, static_cast<off_t>(block + done));
    });
    if (!is_read && get_error_.empty())
        get_error_ = fmt::format("cannot read kept history back from a temporary file: {}", reason());
    return is_read;
}

void TemporaryBlocks::drop(Number block, std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    free_[units_of(bytes)].push_back(block);
#ifdef __linux__ // what is erased is gone from the disk too, where its file system can do that
    static_cast<void>(fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(block),
                                static_cast<off_t>(units_of(bytes) * unit)));
#endif
}

} // namespace watchword::stdlib
