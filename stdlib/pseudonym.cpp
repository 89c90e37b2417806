// Pseudonyms: a key for each purpose is derived from the one of the key file, so that none can stand for another.
#include "stdlib/pseudonym.hpp"

#include "runtime/identity.hpp"
#include "runtime/text.hpp"

#include <array>

namespace watchword::stdlib {

namespace {

constexpr std::size_t shown_bytes = 8;

std::string short_hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (const char byte : bytes.substr(0, shown_bytes)) {
        const auto value = static_cast<unsigned char>(byte);
        result += digits[value >> 4];
        result += digits[value & 15];
    }
    return result;
}

bool is_person(const runtime::Type& type) {
    return type.kind == runtime::Kind::person ||
           (type.kind == runtime::Kind::list && static_cast<runtime::Kind>(type.detail) == runtime::Kind::person);
}

} // namespace

std::string keyed_hash(std::string_view key, std::string_view text) {
    const std::array<unsigned char, 32> digest = runtime::hmac_sha256(key, text);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string alert_identity_key(std::string_view key) {
    return key.empty() ? std::string() : keyed_hash(key, "watchword alert identity");
}

Pseudonyms::Pseudonyms(std::string_view key) : key_(keyed_hash(key, "watchword pseudonym")) {}

Pseudonyms Pseudonyms::revealed() {
    Pseudonyms result;
    result.reveals_ = true;
    return result;
}

std::string Pseudonyms::person(std::string_view id) const {
    if (reveals_) return std::string{id};
    return "p-" + short_hex(keyed_hash(key_, "person:" + runtime::fold(id)));
}

std::string Pseudonyms::sensitive(std::string_view value) const {
    if (reveals_) return std::string{value};
    return "s-" + short_hex(keyed_hash(key_, "sensitive:" + std::string{value}));
}

bool Pseudonyms::hides(const runtime::NamedValue& value) const {
    return !reveals_ && (value.sensitive || is_person(value.type));
}

std::string Pseudonyms::shown(const runtime::NamedValue& value) const {
    if (!hides(value)) return value.value;
    if (value.type.kind == runtime::Kind::person) return person(value.value);
    return sensitive(value.value);
}

std::vector<std::string> Pseudonyms::arguments(const runtime::Action& action, const runtime::Program& program) const {
    std::vector<std::string> result;
    const auto& parameters = program.actions[action.action].parameters;
    for (std::size_t i = 0; i < action.arguments.size() && i < parameters.size(); ++i)
        result.push_back(shown({parameters[i].first, action.arguments[i], parameters[i].second}));
    return result;
}

} // namespace watchword::stdlib
