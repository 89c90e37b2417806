// How people and sensitive values are shown: keyed pseudonyms by default, in clear when the run was told to reveal.
// Knows nothing of files; the key comes from key_file.hpp.
#pragma once

#include "runtime/alert.hpp"
#include "runtime/program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// HMAC-SHA-256 (RFC 2104) of `text`: 32 bytes.
std::string keyed_hash(std::string_view key, std::string_view text);

/// What runtime::EngineOptions::identity_key is where pseudonyms have that key: the same alerts get the same ids from
/// whoever has the key, and who knows ids learns nothing of pseudonyms. Empty of none.
std::string alert_identity_key(std::string_view key);

/// A value; may be shared by threads.
class Pseudonyms {
public:
    /// The same key gives the same pseudonyms, so that runs can be compared. A short key is as good as no key.
    explicit Pseudonyms(std::string_view key);
    /// Shows everything in clear. Write to the reveal log first.
    static Pseudonyms revealed();

    bool reveals() const { return reveals_; }
    /// `p-` and 16 hex digits (64 bits). Letters' case makes no difference, as in the roster.
    std::string person(std::string_view id) const;
    /// `s-` and 16 hex digits.
    std::string sensitive(std::string_view value) const;
    /// A hit's or trigger's value: as it is, unless it is a person, a list of persons, or sensitive.
    std::string shown(const runtime::NamedValue& value) const;
    /// What an action is called with: as it is, unless it is a person or a list of persons.
    std::vector<std::string> arguments(const runtime::Action& action, const runtime::Program& program) const;
    /// Whether `shown` hides this value.
    bool hides(const runtime::NamedValue& value) const;

private:
    Pseudonyms() = default;

    std::string key_;
    bool reveals_ = false;
};

} // namespace watchword::stdlib
