// Values that outlive their event: one byte encoding, used for keys, kept fields, captures and sealed history alike.
// Equal values have equal bytes, so the encoding serves as identity too.
#pragma once

#include "runtime/same_bytes.hpp"
#include "runtime/type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watchword::runtime {

using Bytes = std::pmr::string;

/// Types of the slots of each event type, in slot order.
using SlotTypes = std::vector<std::vector<Type>>;

/// Room for a key that is looked up and, most often, thrown away: on the stack, unless it is long.
class KeyBuffer {
public:
    KeyBuffer() = default;
    KeyBuffer(const KeyBuffer&) = delete;
    KeyBuffer& operator=(const KeyBuffer&) = delete;
    ~KeyBuffer() {
        if (bytes_ != room_) delete[] bytes_;
    }

    void push_back(char byte) {
        if (size_ == capacity_) grow(1);
        bytes_[size_++] = byte;
    }
    void append(std::string_view bytes) {
        if (capacity_ - size_ < bytes.size()) grow(bytes.size());
        std::memcpy(bytes_ + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void clear() { size_ = 0; }
    std::string_view bytes() const { return {bytes_, size_}; }

private:
    void grow(std::size_t more);

    char* bytes_ = room_;
    std::size_t size_ = 0, capacity_ = sizeof room_;
    char room_[232];
};

/// XXH3-64, for tables in memory.
std::uint64_t hash_of(std::string_view bytes) noexcept;
/// The same of a key, as put_value writes it.
std::uint64_t hash_of_key(std::string_view key) noexcept;

/// Below it a number takes one byte.
inline constexpr std::uint64_t numbers_of_one_byte = 0x80;
/// Unsigned LEB128.
void put_number(Bytes& out, std::uint64_t number);
std::uint64_t take_any_number(std::string_view& in);
inline std::uint64_t take_number(std::string_view& in) {
    if (in.empty() || static_cast<unsigned char>(in.front()) >= numbers_of_one_byte) return take_any_number(in);
    const char number = in.front();
    in.remove_prefix(1);
    return static_cast<std::uint64_t>(number);
}
/// Signed, zigzag.
void put_signed(Bytes& out, std::int64_t number);
std::int64_t take_signed(std::string_view& in);

/// Appends: a presence byte, then the value. Lists by element.
void put_value(Bytes& out, const Value& value, Type type);
void put_any_value(KeyBuffer& out, const Value& value, Type type);
void put_any_number(KeyBuffer& out, std::uint64_t number);
inline void put_number(KeyBuffer& out, std::uint64_t number) {
    if (number < numbers_of_one_byte) return out.push_back(static_cast<char>(number));
    put_any_number(out, number);
}
inline void put_value(KeyBuffer& out, const Value& value, Type type) {
    if (!is_textual(type.kind) || !value.present() || value.extent >= numbers_of_one_byte)
        return put_any_value(out, value, type);
    // nearly all keys and most of what is observed
    out.push_back(1);
    out.push_back(static_cast<char>(value.extent));
    out.append(value.text());
}
/// Whether these are the bytes of the value, as put_value writes them; false may also mean that it takes longer to
/// tell.
inline bool are_bytes_of(std::string_view bytes, const Value& value, Type type) {
    if (!is_textual(type.kind) || value.extent >= numbers_of_one_byte || bytes.size() != value.extent + 2) return false;
    return static_cast<std::uint64_t>(bytes[1]) == value.extent && are_same_bytes(bytes.substr(2), value.text());
}
/// Reads one back; texts and the items of lists point into `in` and `lists`. `lists` must not reallocate while the
/// values are in use: reserve `list_items` first.
Value take_value(std::string_view& in, Type type, std::vector<Value>& lists);
/// The bytes of the value at the start of `in`, which are taken off.
std::string_view take_bytes(std::string_view& in, Type type);
/// How many list items the value at the start of `in` needs.
std::size_t list_items(std::string_view in, Type type);

/// A row of values with their texts and lists, owned: one block, nothing while it is empty.
class KeptValues {
public:
    explicit KeptValues(std::pmr::memory_resource* memory) : memory_(memory) {}
    KeptValues(KeptValues&& other) noexcept
        : memory_(other.memory_), block_(std::exchange(other.block_, nullptr)), bytes_(std::exchange(other.bytes_, 0)),
          size_(std::exchange(other.size_, 0)) {}
    KeptValues& operator=(KeptValues&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(block_, other.block_);
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~KeptValues() { release(); }

    /// Copies all of them deeply; they may be these.
    void assign(std::span<const Value> values, std::span<const Type> types);
    const Value* data() const { return block_; }
    std::size_t size() const { return size_; }

private:
    void release() {
        if (block_ != nullptr) memory_->deallocate(block_, bytes_, alignof(Value));
    }

    std::pmr::memory_resource* memory_;
    Value* block_ = nullptr; ///< the values, then the items of lists, then texts
    std::size_t bytes_ = 0;
    std::size_t size_ = 0;
};

} // namespace watchword::runtime
