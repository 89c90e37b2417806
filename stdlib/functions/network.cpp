// Functions of addresses: e-mail, URLs, hosts, IP. They take URLs apart as RFC 3986 has them, and never ask the
// network.
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/functions/signature.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace watchword::stdlib {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;

/// Hosts are held in folded form.
Value folded(std::string_view text, FunctionContext& context) {
    if (text.empty()) return Value::absent();
    if (runtime::is_folded_ascii(text)) return Value::of(text);
    char* const place = context.scratch.allocate(text.size() + text.size() / 2);
    return place == nullptr ? Value::absent() : Value::of(std::string_view{place, runtime::fold_to(text, place)});
}

/// `Anna Lee <anna@corp.example>` is the part between the angle brackets.
std::string_view bare_address(std::string_view address) {
    address = runtime::trimmed(address);
    const std::size_t open = address.rfind('<');
    if (open != nowhere && address.ends_with('>')) return address.substr(open + 1, address.size() - open - 2);
    return address;
}

Value domain(const Value* a, FunctionContext& context) noexcept {
    const std::string_view address = bare_address(a[0].text());
    const std::size_t at = address.rfind('@');
    return at == nowhere ? Value::absent() : folded(address.substr(at + 1), context);
}

Value mailbox(const Value* a, FunctionContext& context) noexcept {
    const std::string_view address = bare_address(a[0].text());
    const std::size_t at = address.rfind('@');
    return at == nowhere ? Value::absent() : folded(address.substr(0, at), context);
}

struct Url {
    std::string_view scheme, host, path, query;
};

/// With or without a scheme: proxies log `example.com:443` and `example.com/path` as well.
Url take_apart(std::string_view text) {
    Url url;
    text = runtime::trimmed(text);
    text = text.substr(0, text.find('#'));
    if (const std::size_t query = text.find('?'); query != nowhere) {
        url.query = text.substr(query + 1);
        text = text.substr(0, query);
    }
    if (const std::size_t colon = text.find("://"); colon != nowhere && text.find('/') == colon + 1) {
        url.scheme = text.substr(0, colon);
        text = text.substr(colon + 3);
    } else if (text.starts_with("//")) {
        text.remove_prefix(2);
    } else if (text.starts_with('/')) {
        url.path = text;
        return url;
    }
    const std::size_t slash = text.find('/');
    if (slash != nowhere) url.path = text.substr(slash);
    std::string_view authority = text.substr(0, slash);
    authority = authority.substr(authority.rfind('@') + 1);
    if (authority.starts_with('['))
        url.host = authority.substr(1, authority.find(']') - 1);
    else
        url.host = authority.substr(0, authority.find(':'));
    return url;
}

Value host(const Value* a, FunctionContext& context) noexcept { return folded(take_apart(a[0].text()).host, context); }
Value scheme(const Value* a, FunctionContext& context) noexcept {
    return folded(take_apart(a[0].text()).scheme, context);
}
Value path(const Value* a, FunctionContext&) noexcept {
    const std::string_view found = take_apart(a[0].text()).path;
    return Value::of(found.empty() ? std::string_view{"/"} : found);
}
Value query(const Value* a, FunctionContext&) noexcept { return Value::of(take_apart(a[0].text()).query); }

Value within_domain(const Value* a, FunctionContext&) noexcept {
    std::string_view name = a[0].text(), zone = a[1].text();
    while (zone.starts_with('.')) zone.remove_prefix(1);
    if (zone.empty() || name.size() < zone.size()) return Value::of(false);
    const std::string_view end = name.substr(name.size() - zone.size());
    const bool at_a_label = name.size() == zone.size() || name[name.size() - zone.size() - 1] == '.';
    return Value::of(at_a_label && runtime::equal_folded(end, zone));
}

std::string problem_of_domain(std::size_t argument, Value value) {
    const std::string_view zone = value.text();
    if (argument != 1 || zone.find_first_of("*/@ ") == std::string_view::npos) return {};
    return "no host lies in such a domain: a domain is written `example.com`, and stands for what lies below it too";
}

constexpr std::string_view mapped_prefix{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};

bool is_ipv4(std::string_view bytes) { return bytes.size() == 16 && bytes.starts_with(mapped_prefix); }

unsigned byte_of(std::string_view bytes, std::size_t index) { return static_cast<unsigned char>(bytes[index]); }

/// RFC 1918 and RFC 6598 for IPv4, RFC 4193 for IPv6; both with loopback and link-local addresses.
Value is_private(const Value* a, FunctionContext&) noexcept {
    const std::string_view bytes = a[0].text();
    if (bytes.size() != 16) return Value::of(false);
    if (!is_ipv4(bytes)) {
        const bool unique_local = (byte_of(bytes, 0) & 0xfe) == 0xfc;
        const bool link_local = byte_of(bytes, 0) == 0xfe && (byte_of(bytes, 1) & 0xc0) == 0x80;
        const bool loopback = bytes == std::string_view{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16};
        return Value::of(unique_local || link_local || loopback);
    }
    const unsigned first = byte_of(bytes, 12), second = byte_of(bytes, 13);
    return Value::of(first == 10 || first == 127 || (first == 172 && (second & 0xf0) == 16) ||
                     (first == 192 && second == 168) || (first == 169 && second == 254) ||
                     (first == 100 && (second & 0xc0) == 64));
}

Value is_ipv6(const Value* a, FunctionContext&) noexcept { return Value::of(!is_ipv4(a[0].text())); }

Value network(const Value* a, FunctionContext& context) noexcept {
    const std::string_view bytes = a[0].text();
    const std::int64_t width = is_ipv4(bytes) ? 32 : 128;
    const std::int64_t prefix = std::clamp<std::int64_t>(a[1].integer, 0, width) + 128 - width;
    char* const place = context.scratch.allocate(16);
    if (place == nullptr || bytes.size() != 16) return Value::absent();
    std::memcpy(place, bytes.data(), 16);
    for (std::int64_t bit = prefix; bit < 128; ++bit)
        place[bit / 8] = static_cast<char>(place[bit / 8] & ~(0x80 >> (bit % 8)));
    return Value::of(std::string_view{place, 16});
}

} // namespace

std::vector<FunctionRow> network_functions() {
    return {
        {"domain",
         {a_text},
         maybe(a_host),
         domain,
         "domain(address text) host?",
         "The domain of an e-mail address; absent if it has none.",
         R"(domain("Anna Lee <anna@Corp.Example>"))",
         R"("corp.example")"},
        {"mailbox",
         {a_text},
         maybe(a_text),
         mailbox,
         "mailbox(address text) text?",
         "What stands before the `@` of an e-mail address, in lower case; absent if there is none.",
         R"(mailbox("Anna.Lee@corp.example"))",
         R"("anna.lee")"},
        {"host",
         {a_text},
         maybe(a_host),
         host,
         "host(url text) host?",
         "The host of a URL, with or without a scheme; absent if it names none.",
         R"(host("https://Drive.Example.com:8443/u/0"))",
         R"("drive.example.com")"},
        {"path",
         {a_text},
         a_text,
         path,
         "path(url text) text",
         "The path of a URL, `/` if it is empty.",
         R"(path("https://example.com/share/up?id=7"))",
         R"("/share/up")"},
        {"scheme",
         {a_text},
         maybe(a_text),
         scheme,
         "scheme(url text) text?",
         "The scheme of a URL in lower case; absent if it names none.",
         R"(scheme("HTTPS://example.com"))",
         R"("https")"},
        {"query",
         {a_text},
         a_text,
         query,
         "query(url text) text",
         "What stands behind the question mark of a URL; empty if there is nothing.",
         R"(query("https://example.com/search?q=resign"))",
         R"("q=resign")"},
        {"within_domain",
         {a_host, a_text},
         a_bool,
         within_domain,
         "within_domain(name host, domain text) bool",
         "Whether a host is the domain itself or lies below it.",
         R"(within_domain("mail.corp.example", "corp.example"))",
         "true",
         problem_of_domain},
        {"is_private",
         {an_ip},
         a_bool,
         is_private,
         "is_private(address ip) bool",
         "Whether an address is not routed in the internet: private, shared, link-local or loopback.",
         R"(is_private("10.1.2.3"))",
         "true"},
        {"is_ipv6",
         {an_ip},
         a_bool,
         is_ipv6,
         "is_ipv6(address ip) bool",
         "Whether an address is not an IPv4 one.",
         R"(is_ipv6("2001:db8::1"))",
         "true"},
        {"network",
         {an_ip, an_int},
         an_ip,
         network,
         "network(address ip, prefix int) ip",
         "The address with all bits behind the prefix cleared, so that neighbours count as one.",
         R"(to_text(network("10.1.2.3", 24)))",
         R"("10.1.2.0")"},
    };
}

} // namespace watchword::stdlib
