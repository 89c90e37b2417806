#include "runtime/identity.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <new>
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

/// HMAC-SHA-256 with the key in place: to set one up takes several times as long as to hash an alert's few words.
class KeyedDigest {
public:
    using Digest = std::array<unsigned char, 32>;

    explicit KeyedDigest(std::string_view key) : key_(key) {
        EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        context_.reset(algorithm == nullptr ? nullptr : EVP_MAC_CTX_new(algorithm));
        EVP_MAC_free(algorithm);
        char digest[] = "SHA256";
        const std::array<OSSL_PARAM, 2> settings{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                                 OSSL_PARAM_construct_end()};
        // a null key stands for that of the call before, so an empty one needs an address
        const auto* const bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
        if (context_ == nullptr || EVP_MAC_init(context_.get(), bytes, key.size(), settings.data()) != 1)
            throw std::bad_alloc(); // nothing else can be wrong with constants
    }
    bool has(std::string_view key) const { return key_ == key; }
    Digest of(std::string_view message) const {
        Digest digest{};
        std::size_t length = 0;
        EVP_MAC_init(context_.get(), nullptr, 0, nullptr); // anew, with the same key
        EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()), message.size());
        EVP_MAC_final(context_.get(), digest.data(), &length, digest.size());
        return digest;
    }

private:
    struct Free {
        void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
    };
    std::string key_;
    std::unique_ptr<EVP_MAC_CTX, Free> context_;
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
