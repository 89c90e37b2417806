#include "runtime/kept_values.hpp"

#define XXH_INLINE_ALL // keys are short: the call would cost as much as the hash
#include <xxhash.h>

#include <bit>
#include <memory>

namespace watchword::runtime {

namespace {

bool held_as_bytes(Kind kind) { return is_textual(kind) || kind == Kind::ip; }

Type element_of(Type list) { return {static_cast<Kind>(list.detail), false, 0}; }

template <class Out>
void put_fixed(Out& out, std::uint64_t number) {
    char bytes[8];
    std::memcpy(bytes, &number, sizeof bytes);
    out.append(std::string_view{bytes, sizeof bytes});
}

template <class Out>
void append_number(Out& out, std::uint64_t number) {
    while (number >= numbers_of_one_byte) {
        out.push_back(static_cast<char>(number | 0x80));
        number >>= 7;
    }
    out.push_back(static_cast<char>(number));
}

std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}

template <class Out>
void append_value(Out& out, const Value& value, Type type) {
    out.push_back(value.present() ? 1 : 0);
    if (!value.present()) return;
    if (held_as_bytes(type.kind)) {
        append_number(out, value.extent);
        out.append(value.text());
    } else if (type.kind == Kind::real) {
        // -0 and 0 are one value
        put_fixed(out, std::bit_cast<std::uint64_t>(value.real == 0 ? 0.0 : value.real));
    } else if (type.kind == Kind::list) {
        append_number(out, value.extent);
        for (std::size_t i = 0; i < value.extent; ++i) append_value(out, value.items[i], element_of(type));
    } else {
        append_number(out, zigzag(value.integer));
    }
}

std::uint64_t take_fixed(std::string_view& in) {
    std::uint64_t number = 0;
    std::memcpy(&number, in.data(), sizeof number);
    in.remove_prefix(sizeof number);
    return number;
}

} // namespace

std::uint64_t hash_of(std::string_view bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

/// What stands before a text has mostly just been written, a byte at a time: a read of it together with the text's
/// beginning, or of both of its bytes at once, would wait until they have reached the cache. The first one says that
/// there is a value, as of nearly all keys.
std::uint64_t hash_of_key(std::string_view key) noexcept {
    if (key.size() < 2) return hash_of(key);
    return XXH3_64bits_withSeed(key.data() + 2, key.size() - 2, static_cast<unsigned char>(key[1]));
}

void put_number(Bytes& out, std::uint64_t number) { append_number(out, number); }
void put_any_number(KeyBuffer& out, std::uint64_t number) { append_number(out, number); }

std::uint64_t take_any_number(std::string_view& in) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; !in.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) break;
    }
    return number;
}

void put_signed(Bytes& out, std::int64_t number) { append_number(out, zigzag(number)); }

std::int64_t take_signed(std::string_view& in) {
    const std::uint64_t number = take_number(in);
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

void KeyBuffer::grow(std::size_t more) {
    const std::size_t larger = std::max(2 * capacity_, size_ + more);
    char* const bytes = new char[larger];
    std::copy_n(bytes_, size_, bytes);
    if (bytes_ != room_) delete[] bytes_;
    bytes_ = bytes;
    capacity_ = larger;
}

void put_value(Bytes& out, const Value& value, Type type) { append_value(out, value, type); }
void put_any_value(KeyBuffer& out, const Value& value, Type type) { append_value(out, value, type); }

Value take_value(std::string_view& in, Type type, std::vector<Value>& lists) {
    const bool present = in.front() != 0;
    in.remove_prefix(1);
    if (!present) return Value::absent();
    if (held_as_bytes(type.kind)) {
        const std::size_t length = take_number(in);
        const Value value = Value::of(in.substr(0, length));
        in.remove_prefix(length);
        return value;
    }
    if (type.kind == Kind::real) return Value::of(std::bit_cast<double>(take_fixed(in)));
    if (type.kind == Kind::list) {
        const std::size_t count = take_number(in);
        const std::size_t first = lists.size();
        for (std::size_t i = 0; i < count; ++i) lists.push_back(take_value(in, element_of(type), lists));
        return Value::of_list(count == 0 ? nullptr : lists.data() + first, count);
    }
    return Value::of(take_signed(in));
}

std::string_view take_bytes(std::string_view& in, Type type) {
    const std::string_view all = in;
    const bool present = in.front() != 0;
    in.remove_prefix(1);
    if (present && type.kind == Kind::list) {
        for (std::uint64_t left = take_number(in); left != 0; --left) take_bytes(in, element_of(type));
    } else if (present && held_as_bytes(type.kind)) {
        const std::size_t length = take_number(in);
        in.remove_prefix(length);
    } else if (present && type.kind == Kind::real) {
        take_fixed(in);
    } else if (present) {
        take_number(in);
    }
    return all.substr(0, all.size() - in.size());
}

std::size_t list_items(std::string_view in, Type type) {
    if (type.kind != Kind::list || in.front() == 0) return 0;
    in.remove_prefix(1);
    return take_number(in);
}

void KeptValues::assign(std::span<const Value> values, std::span<const Type> types) {
    std::size_t bytes = 0;
    std::size_t items = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (held_as_bytes(types[i].kind)) bytes += values[i].extent;
        if (types[i].kind != Kind::list) continue;
        items += values[i].extent;
        if (!held_as_bytes(element_of(types[i]).kind)) continue;
        for (std::size_t k = 0; k < values[i].extent; ++k) bytes += values[i].items[k].extent;
    }
    bytes += (values.size() + items) * sizeof(Value);
    Value* const block = bytes == 0 ? nullptr : static_cast<Value*>(memory_->allocate(bytes, alignof(Value)));
    Value* item = block + values.size();
    char* text = reinterpret_cast<char*>(item + items);
    const auto copy = [&](const Value& value, Kind kind) {
        if (!held_as_bytes(kind) || !value.present()) return value;
        const std::string_view from = value.text();
        if (from.empty()) return Value::of(std::string_view{""});
        std::memcpy(text, from.data(), from.size());
        text += from.size();
        return Value::of(std::string_view{text - from.size(), from.size()});
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (types[i].kind != Kind::list || !values[i].present()) {
            std::construct_at(block + i, copy(values[i], types[i].kind));
            continue;
        }
        Value* const first = item;
        for (std::size_t k = 0; k < values[i].extent; ++k)
            std::construct_at(item++, copy(values[i].items[k], element_of(types[i]).kind));
        std::construct_at(block + i, Value::of_list(values[i].extent == 0 ? nullptr : first, values[i].extent));
    }
    release();
    block_ = block;
    bytes_ = bytes;
    size_ = values.size();
}

} // namespace watchword::runtime
