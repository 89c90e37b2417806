// Writes JSON (RFC 8259) into a text, without blanks, keys in the order of the calls. Texts that are not UTF-8 come out
// as UTF-8, with replacement characters. Does not check that the calls make one well-formed document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace watchword::stdlib {

class JsonWriter {
public:
    /// Appends to `out`, which must outlive the writer.
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    void text(std::string_view value);
    void integer(std::int64_t value);
    void count(std::uint64_t value);
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }
    /// A value that is JSON already.
    void raw(std::string_view json);

    void member(std::string_view name, std::string_view value) { key(name), text(value); }
    void member(std::string_view name, const char* value) { key(name), text(value); }
    void member(std::string_view name, bool value) { key(name), boolean(value); }
    void member(std::string_view name, std::uint64_t value) { key(name), count(value); }
    void member(std::string_view name, std::int64_t value) { key(name), integer(value); }
    void member(std::string_view name, int value) { key(name), integer(value); }

private:
    void separate();
    void open(char bracket);
    void close(char bracket);

    std::string& out_;
    bool first_ = true; ///< no comma before the next value
};

} // namespace watchword::stdlib
