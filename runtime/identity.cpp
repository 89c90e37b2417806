#include "runtime/identity.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include <array>
#include <cstdint>

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

} // namespace

std::string keyed_hash(std::string_view key, std::span<const std::string_view> parts) {
    const std::string message = joined(parts);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    // OpenSSL takes a null key for "the key of the last call", so an empty one needs an address.
    HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &length);
    return hexadecimal(digest.data());
}

std::string content_hash(std::span<const std::string_view> parts) {
    const std::string message = joined(parts);
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(message.data(), message.size()));
    return hexadecimal(canonical.digest);
}

} // namespace watchword::runtime
