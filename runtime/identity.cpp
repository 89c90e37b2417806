#include "runtime/identity.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <xxhash.h>

#include <cstdint>
#include <optional>

namespace watchword::runtime {

namespace {

std::array<char, 8> length_bytes(std::string_view part) {
    std::array<char, 8> bytes;
    std::uint64_t length = part.size();
    for (char& byte : bytes) {
        byte = static_cast<char>(length & 0xff);
        length >>= 8;
    }
    return bytes;
}

std::string joined(std::span<const std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts) size += part.size() + 8;
    std::string result;
    result.reserve(size);
    for (const std::string_view part : parts) {
        const std::array<char, 8> length = length_bytes(part);
        result.append(length.data(), length.size());
        result.append(part);
    }
    return result;
}

std::string hexadecimal(const unsigned char* bytes) {
    std::string result(32, '0');
    for (std::size_t i = 0; i < 16; ++i) {
        result[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        result[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return result;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Of libsodium nothing is used that `sodium_init` would have to prepare.
/// HMAC-SHA-256 with the key in place: to set one up takes as long as to hash an alert's few words.
class KeyedDigest {
public:
    using Digest = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

    explicit KeyedDigest(std::string_view key) : key_(key) {
        crypto_auth_hmacsha256_init(&keyed_, bytes_of(key_), key_.size());
    }
    bool has(std::string_view key) const { return key_ == key; }
    Digest of(std::string_view message) const {
        Digest digest;
        crypto_auth_hmacsha256_state state = keyed_;
        crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
        crypto_auth_hmacsha256_final(&state, digest.data());
        return digest;
    }

private:
    std::string key_;
    crypto_auth_hmacsha256_state keyed_;
};

} // namespace

std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view message) {
    thread_local std::optional<KeyedDigest> last;
    if (!last || !last->has(key)) last.emplace(key);
    return last->of(message);
}

std::string keyed_hash(std::string_view key, std::span<const std::string_view> parts) {
    return hexadecimal(hmac_sha256(key, joined(parts)).data());
}

std::string content_hash(std::span<const std::string_view> parts) {
    const std::string message = joined(parts);
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(message.data(), message.size()));
    return hexadecimal(canonical.digest);
}

} // namespace watchword::runtime
