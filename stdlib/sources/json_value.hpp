// Tokens of native JSON records → values of the language's types. Knows nothing of fields, records or files.
#pragma once

#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/reading.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace watchword::stdlib {

/// `program` and `scanner` must outlive it; nested tokens must be of the text that the scanner indexed last.
class JsonValues {
public:
    JsonValues(const runtime::Program& program, JsonScanner& scanner) : reader_(program), scanner_(scanner) {}

    /// A text with a wrong escape is left as written.
    std::string_view text_of(const JsonToken& token, Arena& arena);
    /// A text as `read_time` takes it, or an epoch.
    std::optional<runtime::Time> time_of(const JsonToken& token, Arena& arena);
    /// Of a text without escapes. False: it is no time, of the usual one not within the second read last. (An optional
    /// would go through memory, and be waited for.)
    bool read_usual_time(std::string_view text, runtime::Time& time) const {
        return read_last_second(text, last_time_, time);
    }
    bool read_time(std::string_view text, runtime::Time& time) {
        if (read_last_second(text, last_time_, time)) return true;
        const std::optional<runtime::Time> other = read_other_time(text, reader_.zone, last_time_);
        if (other) time = *other;
        return other.has_value();
    }
    /// nullopt: it is no value of that type.
    std::optional<runtime::Value> value_of(const JsonToken& token, runtime::Type type, Arena& arena);
    const Reader& reader() const { return reader_; }

private:
    std::optional<runtime::Value> number_of_type(const JsonToken& token, runtime::Type type);
    std::optional<runtime::Value> list_of(const JsonToken& token, runtime::Type type, Arena& arena);

    Reader reader_;
    JsonScanner& scanner_;
    LastTime last_time_;
    std::vector<JsonToken> elements_;
};

} // namespace watchword::stdlib
