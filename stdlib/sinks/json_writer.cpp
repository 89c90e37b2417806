// Escapes only what must be escaped: quotes, backslashes, control characters, and bytes that are not UTF-8.
#include "stdlib/sinks/json_writer.hpp"

#include "runtime/text.hpp"

#include <fmt/format.h>

namespace watchword::stdlib {

namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || length > text.size()) return 0;
    return runtime::is_utf8(text.substr(0, length)) ? length : 0;
}

/// How many bytes at the start of `text` stand for themselves; `trusted`: all beyond ASCII do.
std::size_t plain_length(std::string_view text, bool trusted) {
    const auto is_plain = [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte != 0x7f && byte != '"' && byte != '\\' && (byte < 0x80 || trusted);
    };
    std::size_t length = 0;
    while (length < text.size() && is_plain(text[length])) ++length;
    return length;
}

void append_escaped(std::string& out, std::string_view text) {
    const bool trusted = runtime::is_utf8(text);
    while (true) {
        const std::size_t plain = plain_length(text, trusted);
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) return;
        const char c = text.front();
        std::size_t length = 1;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else if (length = sequence_length(text); length == 0) {
            out += "\\ufffd";
            length = 1;
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
}

} // namespace

void JsonWriter::separate() {
    if (!first_) out_ += ',';
    first_ = false;
}

void JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
}

void JsonWriter::close(char bracket) {
    out_ += bracket;
    first_ = false;
}

void JsonWriter::key(std::string_view name) {
    text(name);
    out_ += ':';
    first_ = true;
}

void JsonWriter::text(std::string_view value) {
    separate();
    out_ += '"';
    append_escaped(out_, value);
    out_ += '"';
}

void JsonWriter::integer(std::int64_t value) { raw(fmt::format("{}", value)); }

void JsonWriter::count(std::uint64_t value) { raw(fmt::format("{}", value)); }

void JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
}

} // namespace watchword::stdlib
