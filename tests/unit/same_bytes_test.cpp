#include "runtime/same_bytes.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using watchword::runtime::are_same_bytes;

namespace {

/// Bytes with nothing behind them that may be read.
std::unique_ptr<char[]> alone(const std::string& text) {
    auto bytes = std::make_unique<char[]>(text.size());
    text.copy(bytes.get(), text.size());
    return bytes;
}

} // namespace

TEST_CASE("bytes are the same if each is") {
    for (std::size_t size = 0; size <= 70; ++size) {
        std::string text(size, '\0');
        for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
        INFO("size " << size);
        const auto left = alone(text);
        CHECK(are_same_bytes({left.get(), size}, text));
        CHECK_FALSE(are_same_bytes({left.get(), size}, text + "x"));
        CHECK_FALSE(are_same_bytes(text + '\0', {left.get(), size}));
        for (std::size_t i = 0; i < size; ++i) {
            std::string other = text;
            other[i] ^= 1;
            const auto right = alone(other);
            INFO("differs at " << i);
            CHECK_FALSE(are_same_bytes({left.get(), size}, {right.get(), size}));
            CHECK_FALSE(are_same_bytes({right.get(), size}, {left.get(), size}));
        }
    }
}
