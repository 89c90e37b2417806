// Internet addresses and networks as text and as 16 bytes.
#include "runtime/text.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace watchword::runtime {

namespace {

constexpr std::string_view mapped_prefix{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};
constexpr std::size_t longest_address = 45; // INET6_ADDRSTRLEN without the end

} // namespace

std::optional<std::string> parse_ip(std::string_view text) {
    text = trimmed(text);
    // `fe80::1%12`: the interface is no part of the address.
    if (const std::size_t interface = text.find('%'); interface != std::string_view::npos)
        text = text.substr(0, interface);
    if (text.empty() || text.size() > longest_address || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string ended{text};
    std::array<char, 16> bytes{};
    if (inet_pton(AF_INET6, ended.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
    if (inet_pton(AF_INET, ended.c_str(), bytes.data()) == 1)
        return std::string(mapped_prefix) + std::string(bytes.data(), 4);
    return std::nullopt;
}

std::optional<std::pair<std::string, std::uint8_t>> parse_network(std::string_view text) {
    text = trimmed(text);
    const std::size_t slash = text.find('/');
    const std::string_view address_text = text.substr(0, slash);
    std::optional<std::string> address = parse_ip(address_text);
    if (!address) return std::nullopt;
    unsigned prefix = 128;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        const bool is_ipv4 = address_text.find(':') == std::string_view::npos;
        if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        if (prefix > (is_ipv4 ? 32U : 128U)) return std::nullopt;
        if (is_ipv4) prefix += 96;
    }
    for (unsigned bit = prefix; bit < 128; ++bit)
        (*address)[bit / 8] = static_cast<char>((*address)[bit / 8] & ~(0x80 >> (bit % 8)));
    return std::pair{std::move(*address), static_cast<std::uint8_t>(prefix)};
}

std::string show_ip(std::string_view bytes) {
    if (bytes.size() != 16) return {};
    std::array<char, longest_address + 1> shown{};
    if (bytes.starts_with(mapped_prefix))
        inet_ntop(AF_INET, bytes.data() + 12, shown.data(), shown.size());
    else
        inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size());
    return shown.data();
}

} // namespace watchword::runtime
