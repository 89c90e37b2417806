// Memory for the events of one batch: handed out in order, given back all at once. Nothing in it is ever freed alone.
#pragma once

#include "runtime/prefetch.hpp"
#include "runtime/type.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// Addresses stay valid until `reset`. Not thread-safe.
class Arena {
public:
    /// Aligned for Value.
    char* allocate(std::size_t bytes) {
        bytes = (bytes + alignof(runtime::Value) - 1) & ~(alignof(runtime::Value) - 1);
        if (bytes > left_) grow(bytes);
        char* result = next_;
        next_ += bytes;
        left_ -= bytes;
        runtime::ask_to_write(next_ + 384);
        runtime::ask_to_write(next_ + 448);
        return result;
    }
    /// Never has a null pointer, not even of an empty text.
    std::string_view copy(std::string_view text) {
        char* bytes = allocate(text.size() + 1);
        if (!text.empty()) std::memcpy(bytes, text.data(), text.size());
        return {bytes, text.size()};
    }
    /// With so many zeros behind it.
    std::string_view copy_before(std::string_view text, std::size_t zeros) {
        char* bytes = allocate(text.size() + zeros);
        if (!text.empty()) std::memcpy(bytes, text.data(), text.size());
        std::memset(bytes + text.size(), 0, zeros);
        return {bytes, text.size()};
    }
    /// All absent.
    runtime::Value* values(std::size_t count) {
        const std::size_t bytes = count * sizeof(runtime::Value);
        char* memory = allocate(bytes == 0 ? sizeof(runtime::Value) : bytes);
        std::memset(memory, 0, bytes);
        return reinterpret_cast<runtime::Value*>(memory);
    }
    struct Mark {
        std::size_t chunks = 0;
        char* next = nullptr;
        std::size_t left = 0;
    };
    Mark mark() const { return {chunks_.size(), next_, left_}; }
    /// Gives back what was handed out since `mark` was taken.
    void rewind(const Mark& mark) {
        if (mark.chunks == 0) return reset();
        chunks_.resize(mark.chunks);
        next_ = mark.next;
        left_ = mark.left;
    }
    /// Keeps the first chunk for the next batch.
    void reset() {
        if (chunks_.empty()) return;
        chunks_.resize(1);
        next_ = chunks_.front().get();
        left_ = chunk_bytes;
    }

private:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 18;

    void grow(std::size_t bytes) {
        // An outsize request gets a chunk of its own behind the first, so that `reset` lets go of it.
        if (chunks_.empty() && bytes > chunk_bytes)
            chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes));
        const std::size_t size = bytes > chunk_bytes ? bytes : chunk_bytes;
        chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
        next_ = chunks_.back().get();
        left_ = size;
    }

    std::vector<std::unique_ptr<char[]>> chunks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

} // namespace watchword::stdlib
